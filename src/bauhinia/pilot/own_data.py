"""What is kept of an officer: seen, taken away as one file, and deleted in one step (D-2.2.1-06, D-3.3-18).

The ledger's rows are not among it: they hold no words, prove what was done, and cannot be deleted.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import IO, TYPE_CHECKING, Any, Literal, LiteralString

import orjson
from psycopg.rows import dict_row

from ..errors import InputError
from ..guideline.complaints import Complaints
from ..guideline.consent import Consents
from ..guideline.without_ai import OptOuts

if TYPE_CHECKING:
    from .office import Office

Part = Literal["history", "uploads", "corrections", "content", "chat"]
PARTS: tuple[Part, ...] = ("history", "uploads", "corrections", "content", "chat")
REMINDS = timedelta(days=90)
"""An officer who has not looked at what is kept of them for so long is reminded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """How much is kept of an officer, and when they last looked."""

    history: int
    """Tasks with their drafts."""
    uploads: int
    """Documents on the shelf."""
    corrections: int
    """Translations that the department's memory learnt from them."""
    content: int
    """Exchanges whose words are kept."""
    chat: int
    """Conversations with the public assistant, and what it may remember."""
    oldest: datetime | None
    reviewed: datetime | None

    @property
    def due(self) -> bool:
        """Whether they should look again."""
        since = self.reviewed or self.oldest
        return since is not None and datetime.now(UTC) - since > REMINDS


class OwnData:
    """What is kept of whoever acts."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._database = office.database

    async def holdings(self) -> Holdings:
        """How much there is."""
        by = self._office.officer
        row = (await self._rows(_HOLDINGS, {"officer": by.id, "name": by.name}))[0]
        return Holdings(**row)

    async def reviewed(self) -> None:
        """Note that the officer has looked."""
        async with self._database.connection() as connection:
            await connection.execute(_REVIEWED, (self._office.officer.id,))

    async def write(self, file: IO[bytes]) -> None:
        """Everything, as a ZIP archive of the files as they came and of JSON."""
        by, ledger = self._office.officer, self._office.gateway.ledger
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("README.txt", _README)
            archive.writestr("officer.json", _json({**asdict(by), "roles": sorted(by.roles)}))
            for card in await self._office.shelf.cards(limit=1_000_000):
                name = f"documents/{card.id}-{_file_name(card.name)}"
                archive.writestr(name, await self._office.shelf.file(card.id))
            for row in await self._rows(_TASKS, {"officer": by.id}):
                task = await self._office.task(row["id"])
                archive.writestr(f"tasks/{task.id}.json", _json(asdict(task)))
            for name, query in _TABLES.items():
                found = await self._rows(query, {"officer": by.id, "name": by.name})
                archive.writestr(f"{name}.json", _json(found))
            consents = Consents(self._database, ledger)
            archive.writestr("consents.json", _json(await consents.history(by)))
            archive.writestr("opt-outs.json", _json(sorted(await OptOuts(self._database, ledger).of(by))))
            cases = await Complaints(self._database, ledger).mine(by)
            archive.writestr("cases.json", _json([asdict(case) for case in cases]))
        await ledger.record("own_data.export", officer=by.id, department=by.department)

    async def delete(self, parts: frozenset[str]) -> Holdings:
        """Delete these parts at once; gives what was there. Raises InputError."""
        if not parts or parts - set(PARTS):
            raise InputError("Choose what to delete.", hint=f"There are: {', '.join(PARTS)}.")
        by, before = self._office.officer, await self.holdings()
        values = {"officer": by.id, "name": by.name}
        if "corrections" in parts:
            await self._do(_FORGET, values)
        if "content" in parts:
            await self._do("DELETE FROM content_log WHERE officer = %(officer)s", values)
        if "chat" in parts:
            await self._do("DELETE FROM chat_conversations WHERE owner = %(officer)s", values)
            await self._do("DELETE FROM chat_memories WHERE owner = %(officer)s", values)
        if "history" in parts:
            await self._delete_history(values)
        if "uploads" in parts:
            for card in await self._office.shelf.cards(limit=1_000_000):
                await self._office.remove(card.id)
        for part in sorted(parts):
            deed = f"own_data.delete.{part}"
            await self._office.gateway.ledger.record(deed, officer=by.id, department=by.department)
        return before

    async def _delete_history(self, values: dict[str, str]) -> None:
        """Work that goes on is stopped first."""
        for row in await self._rows(_TASKS, values):
            if row["open"]:
                await self._office.tasks.cancel(row["id"])
        await self._do("DELETE FROM tasks WHERE officer = %(officer)s", values)

    async def _do(self, statement: LiteralString, values: dict[str, str]) -> None:
        async with self._database.connection() as connection:
            await connection.execute(statement, values)

    async def _rows(self, query: LiteralString, values: dict[str, str]) -> list[dict[str, Any]]:
        async with (
            self._database.connection() as connection,
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            await cursor.execute(query, values)
            return await cursor.fetchall()


def _json(found: Any) -> bytes:
    return orjson.dumps(found, option=orjson.OPT_INDENT_2, default=str)


def _file_name(name: str) -> str:
    """A name that leads nowhere."""
    return re.sub(r"[^\w.\- ]", "_", name).strip(". ")[-100:] or "file"


_README = """What this system keeps of you, as of the day of this file.

officer.json      who you are here
documents/        the files on your shelf, as you sent them
tasks/            what you asked for and the drafts as you left them
corrections.json  translations that the department's memory learnt from you
content.json      words of exchanges, kept because you consent to it
chat.json         your conversations with the public assistant
remembered.json   what you let the public assistant remember of you
usage.json        calls of models in your name, without their words
shares.json       what you share
consents.json     every consent and withdrawal
opt-outs.json     AI uses that you want no AI for
cases.json        complaints and feedback of yours

The ledger's rows about you hold no words and are kept as proof; an auditor shows them to you.
If something about you is wrong, ask for a correction on the page /my-data.
"""
_HOLDINGS: LiteralString = """
SELECT (SELECT count(*) FROM tasks WHERE officer = %(officer)s AND department = acting_department())
        AS history,
    (SELECT count(*) FROM documents WHERE officer = %(officer)s AND department = acting_department())
        AS uploads,
    (SELECT count(*) FROM learnt_from(%(officer)s, %(name)s)) AS corrections,
    (SELECT count(*) FROM content_log WHERE officer = %(officer)s) AS content,
    (SELECT count(*) FROM chat_conversations WHERE owner = %(officer)s)
        + (SELECT count(*) FROM chat_memories WHERE owner = %(officer)s) AS chat,
    (SELECT min(created) FROM (SELECT created FROM tasks WHERE officer = %(officer)s
        UNION ALL SELECT created FROM documents WHERE officer = %(officer)s) AS kept) AS oldest,
    (SELECT at FROM data_reviews WHERE officer = %(officer)s) AS reviewed
"""
_FORGET: LiteralString = "DELETE FROM memory WHERE id IN (SELECT learnt_from(%(officer)s, %(name)s))"
_REVIEWED: LiteralString = (
    "INSERT INTO data_reviews (officer) VALUES (%s) ON CONFLICT (officer) DO UPDATE SET at = now()"
)
_TASKS: LiteralString = (
    "SELECT id, status NOT IN ('done', 'failed', 'cancelled', 'parked') AS open FROM tasks"
    " WHERE officer = %(officer)s AND department = acting_department() ORDER BY created"
)
_TABLES: dict[str, LiteralString] = {
    "corrections": "SELECT source, target, to_language, origin, at FROM memory"
    " WHERE id IN (SELECT learnt_from(%(officer)s, %(name)s))",
    "content": "SELECT entry, use, task, at, asked, answered FROM content_log WHERE officer = %(officer)s",
    "chat": "SELECT c.id, c.title, t.number, t.question, t.answer, t.at FROM chat_conversations c"
    " JOIN chat_turns t ON t.conversation = c.id WHERE c.owner = %(officer)s ORDER BY c.begun, t.number",
    "remembered": "SELECT kept, changed FROM chat_memories WHERE owner = %(officer)s",
    "usage": "SELECT entry, at, use, model, task, prompt_tokens, completion_tokens, seconds, cost FROM usage"
    " WHERE officer = %(officer)s ORDER BY entry",
    "shares": "SELECT id, document, task, to_name, title, created, expires, withdrawn FROM shares"
    " WHERE officer = %(officer)s",
}
