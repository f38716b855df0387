"""What is recorded of a use besides its assessment: yearly audits, reports of trials, reviews (D-2.1.2-08,
D-3.2.2-08, D-3.1-22). Each has a day, a signatory and a row in the ledger; none is ever changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, LiteralString, get_args

from ..errors import InputError, NotPermitted
from ..ledger import Ledger
from ..people import Officer
from ..people.permissions import Subject, may
from ..people.quotas import HONG_KONG
from ..store import LOCAL, Connection, Database
from .uses import Use

RecordKind = Literal["annual_audit", "trial_report", "review"]
RECORD_KINDS: tuple[RecordKind, ...] = get_args(RecordKind)
_LONGEST = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One of them."""

    number: int
    use: str
    kind: RecordKind
    held: date
    passed: bool
    note: str
    """What was found, or where the report is kept."""
    officer: str
    name: str
    post: str
    entry: int
    """Its row in the ledger."""
    at: datetime


class UseRecords:
    """The records of one database."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    async def add(
        self, by: Officer, use: Use, *, kind: RecordKind, held: date, passed: bool, note: str
    ) -> None:
        """Record it. An audit is another's than the owner's, but where nobody signs in. Raises NotPermitted,
        InputError."""
        _check_may(by, use, kind)
        if not note.strip() or len(note) > _LONGEST:
            raise InputError("A record needs its findings.", hint="Say in a few sentences what was found.")
        if held > datetime.now(HONG_KONG).date():
            raise InputError("It has not been held yet.", hint="Record it once it has been.")
        entry = await self._ledger.record(
            f"use.{kind}", officer=by.id, department=by.department, subject=use.id,
            why="passed" if passed else "open_points",
        )  # fmt: skip
        async with self._database.connection() as connection:
            post = await post_of(connection, by)
            values = (use.id, use.department, kind, held, passed, note.strip(), by.name, post, entry)
            await connection.execute(_ADD, values)

    async def of(self, use: str) -> list[Record]:
        """A use's, the newest first."""
        return await self._read(_SEEN + " WHERE use = %s ORDER BY held DESC, number DESC", (use,))

    async def last(self) -> dict[tuple[str, RecordKind], Record]:
        """The last that passed, of each use and kind."""
        found = await self._read(_SEEN + " WHERE passed ORDER BY held, number", ())
        return {(record.use, record.kind): record for record in found}

    async def _read(self, query: LiteralString, values: tuple[str, ...]) -> list[Record]:
        return await self._database.rows(Record, query, values)


async def post_of(connection: Connection, by: Officer) -> str:
    """The post that an officer signs with, their grade where they have none; empty where nobody signs in."""
    cursor = await connection.execute("SELECT post, grade FROM officers WHERE id = %s", (by.id,))
    row = await cursor.fetchone()
    return str(row[0] or row[1]) if row else ""


def may_record(by: Officer, use: Use, kind: RecordKind) -> bool:
    """Whether that officer may record it of that use."""
    subject = Subject(id=use.owner, department=use.department or "\0")
    if by.id == LOCAL:
        return True
    if kind == "annual_audit":
        return by.id != use.owner and "ok" in (may(by, "audit", subject), may(by, "review", subject))
    return use.owner == by.id or "ok" in (may(by, "govern", subject), may(by, "review", subject))


def _check_may(by: Officer, use: Use, kind: RecordKind) -> None:
    if not may_record(by, use, kind):
        raise NotPermitted(
            "You may not record this of this use.",
            why="oneself" if by.id == use.owner else "no_role",
            hint="An audit is recorded by an auditor or a reviewer who does not own the use; other records "
            "by its owner or an administrator.",
        )


_ADD: LiteralString = (
    "INSERT INTO use_records (use, department, kind, held, passed, note, name, post, entry)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
_SEEN: LiteralString = (
    "SELECT number, use, kind, held, passed, note, officer, name, post, entry, at FROM use_records"
)
