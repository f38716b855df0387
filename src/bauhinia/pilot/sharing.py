"""Sharing: a document or a finished draft that others may read for a time. The database lets them see it, and
nothing else of its officer's (`shares` in migration 0010)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, LiteralString

from ..errors import InputError, NotFound, Refused
from ..gateway import classifications
from ..guideline.complaints import Complaints
from ..ledger import Ledger
from ..people import Officer
from ..store import Connection, Database
from .shelf import Card, Shelf

USUAL_DAYS = 14
MOST_DAYS = 180
Kind = Literal["document", "task"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What is shared, by whom, with whom, until when."""

    id: str
    document: str | None
    task: str | None
    officer: str
    """Whose it is."""
    department: str
    officer_name: str
    to_department: str
    to_officer: str | None
    """None: every officer of the department."""
    to_name: str
    title: str
    created: datetime
    expires: datetime
    opened: datetime | None
    """When one of those it was shared with first read it."""
    withdrawn: datetime | None

    @property
    def stands(self) -> bool:
        """Whether it can be read by it now."""
        return self.withdrawn is None and self.expires > datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """With whom."""

    department: str
    officer: str | None
    name: str


class Sharing:
    """The shares of one database."""

    def __init__(self, database: Database, ledger: Ledger, shelf: Shelf) -> None:
        self._database = database
        self._ledger = ledger
        self._shelf = shelf

    async def share(self, by: Officer, kind: Kind, key: str, receiver: str, days: int = USUAL_DAYS) -> str:
        """Let an officer, by account, or a department, by its short name, read one thing; gives the share's
        id. Raises NotFound, InputError, Refused."""
        if not 1 <= days <= MOST_DAYS:
            raise InputError(
                "A share ends by itself.", hint=f"Choose a number of days from 1 to {MOST_DAYS}."
            )
        title, classification = await self._subject(kind, key)
        if kind == "task":
            await Complaints(self._database, self._ledger).check_issuable(key)
        to = await self.receiver(receiver)
        limit = classifications().between_departments
        if to.department != by.department and not classifications().within(classification, limit):
            await self._record("share", by, key, "classification")
            raise Refused(
                f"What is {classification} may not be shared with another department.",
                stage="share",
                hint=f"Up to {limit} may be.",
            )
        share = secrets.token_hex(8)
        values = (share, key, by.name, to.department, to.officer, to.name, title, timedelta(days))
        await self._database.write(_SHARE_DOCUMENT if kind == "document" else _SHARE_TASK, values)
        await self._record("share", by, share)
        return share

    async def withdraw(self, by: Officer, share: str) -> None:
        """End a share at once. Raises NotFound."""
        if not await self._database.write(_WITHDRAW, (share,)):
            raise _no_such_share()
        await self._record("withdraw", by, share)

    async def given(self, kind: Kind, key: str) -> list[Share]:
        """The officer's standing shares of one thing."""
        values = (key, None) if kind == "document" else (None, key)
        return await self._read(_OWN_SHARES + " AND (document = %s OR task = %s) ORDER BY created", values)

    async def all_given(self) -> list[Share]:
        """All of the officer's standing shares, the newest first."""
        return await self._read(_OWN_SHARES + " ORDER BY created DESC", ())

    async def received(self) -> list[Share]:
        """What others share with the officer, the newest first."""
        return await self._read(_OTHERS_SHARES + " ORDER BY created DESC", ())

    async def read_by(self, officer: Officer, kind: Kind, key: str) -> Share | None:
        """The share by which the officer reads something of another's; None for what is their own.

        The first reading from another department is recorded before anything is shown. Raises NotFound.
        """
        if await self._is_own(kind, key):
            return None
        found = [share for share in await self.received() if key in (share.document, share.task)]
        if not found:
            raise NotFound("There is no such document or task.", hint="It may have been removed.")
        share = max(found, key=lambda each: each.expires)
        if share.department != officer.department and await self._first_opened(share.id):
            await self._record("open", officer, share.id)
        return share

    async def stands(self, share: str) -> bool:
        """Whether whoever acts may still read by that share."""
        return bool(await self._read(_SHARES + " AND id = %s", (share,)))

    async def copy(self, by: Officer, document: str) -> Card:
        """A shared document, copied to the officer's own shelf as it is classified. Raises NotFound."""
        share = await self.read_by(by, "document", document)
        card = await self._shelf.card(document)
        copied = await self._shelf.copy(document)
        await self._record("copy", by, share.id if share else card.id)
        return copied

    async def classify(self, by: Officer, document: str, classification: str) -> None:
        """Classify a document: its officer higher, an administrator of the department lower.

        What other departments may no longer read is withdrawn from them. Raises NotFound, InputError,
        Refused.
        """
        card, scale = await self._shelf.card(document), classifications()
        if classification == scale.level(card.classification).id:
            return
        if not scale.within(classification, card.classification):
            await self._shelf.raise_classification(document, classification)
            if not scale.within(classification, scale.between_departments):
                await self._database.write(_WITHDRAW_OUTSIDE, (document, document, document))
        elif "department_administrator" in by.roles:
            await self._shelf.lower_classification(document, classification)
        else:
            await self._record("classify", by, document, "only_upwards")
            raise Refused(
                "A document is classified lower by an administrator of its department.",
                stage="share",
                hint="Share it with the administrator, and ask.",
            )
        await self._ledger.record(
            f"document.classify.{classification}",
            officer=by.id,
            department=by.department,
            subject=document,
        )

    async def _subject(self, kind: Kind, key: str) -> tuple[str, str]:
        """What is shared: its title and classification. Raises NotFound, InputError."""
        async with self._database.connection() as connection:
            if kind == "document":
                row = await _one(connection, _DOCUMENT, (key,))
            else:
                row = await _one(connection, _TASK, (key,))
        if row is None:
            raise NotFound("You have no such document or draft.", hint="Share what is your own.")
        title, classification, finished = row
        if not finished:
            raise InputError("Only a finished draft can be shared.", hint="Wait until it is done.")
        return title, classification

    async def receiver(self, receiver: str) -> Receiver:
        """Whom that account or short name of a department means. Raises NotFound."""
        async with self._database.connection() as connection:
            if row := await _one(connection, _DEPARTMENT, (receiver,)):
                return Receiver(department=row[0], officer=None, name=row[1])
            values = (receiver.strip().casefold(),)
            row = await _one(connection, "SELECT id, department, name FROM receiver_named(%s)", values)
        if row is None:
            raise NotFound(
                "There is no such officer or department.",
                hint="Give what the officer types to sign in, or the department's short name.",
            )
        return Receiver(officer=row[0], department=row[1], name=row[2])

    async def _is_own(self, kind: Kind, key: str) -> bool:
        values = (key, None) if kind == "document" else (None, key)
        async with self._database.connection() as connection:
            return await _one(connection, "SELECT is_own(%s, %s)", values) == (True,)

    async def _first_opened(self, share: str) -> bool:
        async with self._database.connection() as connection:
            return await _one(connection, "SELECT share_opened(%s)", (share,)) == (True,)

    async def _record(self, verb: str, by: Officer, subject: str, why: str = "") -> None:
        await self._ledger.record(
            f"sharing.{verb}",
            officer=by.id,
            department=by.department,
            subject=subject,
            done=not why,
            why=why,
        )

    async def _read(self, query: LiteralString, values: tuple[Any, ...]) -> list[Share]:
        return await self._database.rows(Share, query, values)


async def _one(
    connection: Connection, query: LiteralString, values: tuple[Any, ...]
) -> tuple[Any, ...] | None:
    return await (await connection.execute(query, values)).fetchone()


def _no_such_share() -> NotFound:
    return NotFound("You share nothing of that id.", hint="It may have been withdrawn; reload the page.")


_DEPARTMENT: LiteralString = "SELECT id, name_en FROM departments WHERE id = %s"
_GIVEN: LiteralString = "officer = acting_officer() AND department = acting_department()"
_SHARES: LiteralString = (
    "SELECT id, document, task, officer, department, officer_name, to_department, to_officer, to_name, title,"
    " created, expires, opened, withdrawn FROM shares WHERE withdrawn IS NULL AND expires > now()"
)
_OWN_SHARES: LiteralString = f"{_SHARES} AND {_GIVEN}"
_OTHERS_SHARES: LiteralString = f"{_SHARES} AND NOT ({_GIVEN})"
_INTO: LiteralString = (
    "INSERT INTO shares (id, {}, officer_name, to_department, to_officer, to_name, title, expires)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, now() + %s)"
)
_SHARE_DOCUMENT: LiteralString = _INTO.format("document")
_SHARE_TASK: LiteralString = _INTO.format("task")
_WITHDRAW: LiteralString = (
    "UPDATE shares SET withdrawn = now() WHERE id = %s AND withdrawn IS NULL"
    " AND officer = acting_officer() AND department = acting_department()"
)
_WITHDRAW_OUTSIDE: LiteralString = """
UPDATE shares SET withdrawn = now()
 WHERE withdrawn IS NULL AND officer = acting_officer() AND department = acting_department()
   AND to_department <> department
   AND (document = %s OR task IN (SELECT id FROM tasks
        WHERE "order" ->> 'document' = %s OR "order" -> 'documents' ? %s))
"""
_DOCUMENT: LiteralString = """
SELECT coalesce(nullif(document ->> 'title', ''), name), classification, true FROM documents
 WHERE id = %s AND officer = acting_officer() AND department = acting_department()
"""
_TASK: LiteralString = """
SELECT coalesce(nullif(draft ->> 'title', ''), kind), classification, status = 'done' AND draft IS NOT NULL
  FROM tasks
 WHERE id = %s AND officer = acting_officer() AND department = acting_department()
"""
