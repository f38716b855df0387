"""Between label and record's end, for uses of high risk: a person releases each answer (D-2.1.2-04)."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, LiteralString

import orjson
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from ..errors import Conflict, InputError, NotFound
from ..ledger import Ledger
from ..models import ToolCall, Usage
from ..people import Officer
from ..store import Database
from .exchange import Answer, Ask, Decision, Label
from .untrusted import unmarked

_LONGEST_NOTE = 2_000
_SHOWN = 20_000
"""Characters of what was asked that a reviewer is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """That an answer waits, or what became of it, without what it says."""

    id: str
    key: str
    use: str
    question: str
    created: datetime
    outcome: str | None
    """`released`, `withheld`, or None while it waits."""
    decided_name: str | None
    decided: datetime | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(Waiting):
    """An answer that a reviewer may read."""

    officer: str
    officer_name: str
    answer: dict[str, Any]


class HeldAnswers:
    """The answers of one database that wait for a person."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    async def hold(self, ask: Ask, answer: Answer) -> Decision:
        """Keep an answer back; the decision that tells where it waits."""
        name = secrets.token_hex(8)
        values = (name, key_of(ask), ask.use, ask.officer.name, _asked(ask), Jsonb(_as_json(answer)))
        async with self._database.connection() as connection:
            await connection.execute(_HOLD, values)
        return _awaiting(name)

    async def earlier(self, ask: Ask) -> tuple[Decision | None, Answer | None]:
        """What became of the same question asked before: a refusal while it waits or where it was withheld,
        or the answer that was released. Nothing where it is new."""
        async with self._database.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Waiting))
            await cursor.execute(_STATE, (key_of(ask),))
            found = await cursor.fetchone()
            if found is None:
                return None, None
            if found.outcome is None:
                return _awaiting(found.id), None
            if found.outcome == "withheld":
                sentence = "The answer was withheld by the person who reviewed it."
                why = f"They wrote: {found.note}" if found.note else "Ask otherwise, or ask that person."
                return Decision("approve", False, "withheld", sentence, why), None
            row = await (await connection.execute(_RELEASED, (found.id,))).fetchone()
        assert row is not None
        return None, _from_json(row[0], found.decided_name or "")

    async def listed(self) -> list[Held]:
        """What the acting officer may review, the longest first, then what was decided lately."""
        return await self._held(" ORDER BY outcome IS NOT NULL, created LIMIT 200", ())

    async def own(self) -> list[Waiting]:
        """What the acting officer asked, the newest first."""
        return await self._database.rows(
            Waiting, "SELECT * FROM held_states() ORDER BY created DESC LIMIT 200"
        )

    async def get(self, name: str) -> Held:
        """Raises NotFound, also for who asked while it waits."""
        if found := await self._held(" AND id = %s", (name,)):
            return found[0]
        raise NotFound("No answer of that id waits.", hint="See the list on the page /held.")

    async def decide(self, by: Officer, name: str, *, release: bool, note: str = "") -> None:
        """Release or withhold an answer. What an officer asked for themselves they do not find, but where
        nobody signs in. Raises NotFound, Conflict, InputError."""
        held = await self.get(name)
        if len(note) > _LONGEST_NOTE:
            raise InputError("The note is too long.", hint=f"Write at most {_LONGEST_NOTE} characters.")
        if not release and not note.strip():
            raise InputError("Say why it is withheld.", hint="One sentence is enough.")
        if held.outcome is not None:
            raise Conflict("This has been decided.", hint="Reload the list.")
        outcome = "released" if release else "withheld"
        async with self._database.connection() as connection:
            done = await connection.execute(_DECIDE, (outcome, by.id, by.name, note.strip() or None, name))
        if not done.rowcount:
            raise Conflict("This has been decided.", hint="Reload the list.")
        await self._record(by, "release" if release else "withhold", name)

    async def _held(self, condition: LiteralString, values: tuple[Any, ...]) -> list[Held]:
        return await self._database.rows(Held, _SEEN + condition, values)

    async def _record(self, by: Officer, verb: str, name: str) -> None:
        await self._ledger.record(f"held.{verb}", officer=by.id, department=by.department, subject=name)


def key_of(ask: Ask) -> str:
    """SHA-256 of who asks what for which use: equal for the same question asked again."""
    asked = [ask.officer.id, ask.officer.department, ask.use, ask.task, ask.model, ask.reply_in, ask.schema,
             [asdict(message) for message in ask.messages]]  # fmt: skip
    return sha256(orjson.dumps(asked)).hexdigest()


def _asked(ask: Ask) -> str:
    asked = next((each.content for each in reversed(ask.messages) if each.role == "user"), "")
    return unmarked(asked)[:_SHOWN]


def _awaiting(name: str) -> Decision:
    return Decision(
        "approve",
        False,
        "awaiting_approval",
        "This use is of high risk: a person has to approve the answer before it leaves.",
        f"It waits on the page /held/{name}. Ask again once it is released, and you get it.",
    )


def _as_json(answer: Answer) -> dict[str, Any]:
    return {name: value for name, value in asdict(answer).items() if name != "decisions"}


def _from_json(kept: dict[str, Any], reviewer: str) -> Answer:
    answer = Answer(
        text=kept["text"],
        thinking=kept["thinking"],
        finish=kept["finish"],
        usage=Usage(),
        seconds=0.0,
        label=Label(**kept["label"]),
        decisions=(),
        tool_calls=tuple(ToolCall(**call) for call in kept["tool_calls"]),
    )
    return replace(answer, decisions=(Decision("approve", True, "released", f"Approved by {reviewer}."),))


_HOLD: LiteralString = (
    "INSERT INTO held_answers (id, key, use, officer_name, question, answer) VALUES (%s, %s, %s, %s, %s, %s)"
)
_STATE: LiteralString = "SELECT * FROM held_states() WHERE key = %s ORDER BY created DESC LIMIT 1"
_RELEASED: LiteralString = "SELECT answer FROM held_answers WHERE id = %s"
_SEEN: LiteralString = (
    "SELECT id, key, use, question, created, outcome, decided_name, decided, note, officer, officer_name,"
    " answer FROM held_answers WHERE true"
)
_DECIDE: LiteralString = (
    "UPDATE held_answers SET outcome = %s, decided_by = %s, decided_name = %s, note = %s, decided = now()"
    " WHERE id = %s AND outcome IS NULL"
)
