"""Evidence of tests, reviews, plans and descriptions: dated, signed, due again, never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Literal, LiteralString

from psycopg.types.json import Jsonb
from pydantic import BaseModel, ConfigDict

from ..errors import InputError, NotFound
from ..ledger import Ledger
from ..people import Officer
from ..people.permissions import Subject, check, reach
from ..people.quotas import HONG_KONG
from ..store import Database
from .data_files import data_file
from .months import months_on
from .tiers import Named

State = Literal["missing", "current", "overdue", "none needed"]
_LONGEST = 4_000


class EvidenceKind(Named):
    """A kind of evidence."""

    months: int
    """How long one of it lasts; 0 where it is kept when something happened."""
    duties: tuple[str, ...]
    fields: Mapping[str, Named]
    """What it has to say."""


class _Kinds(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    kinds: Mapping[str, EvidenceKind]


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, EvidenceKind]:
    """Every kind by its id."""
    return data_file("evidence_kinds.yaml", _Kinds).kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of evidence."""

    number: int
    kind: str
    department: str
    """Empty: of the whole service."""
    subject: str
    held: date
    answers: dict[str, str]
    name: str
    """Who keeps it."""
    entry: int
    """Its row in the ledger."""
    at: datetime

    @property
    def due(self) -> date | None:
        """When one of its kind is needed again; None where none is."""
        months = kinds()[self.kind].months
        return months_on(self.held, months) if months else None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a kind of evidence stands."""

    kind: str
    last: Piece | None
    state: State


class Evidence:
    """The evidence of one database."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    async def keep(
        self, by: Officer, kind: str, *, subject: str, held: date, answers: Mapping[str, str]
    ) -> int:
        """Keep a piece; gives its number. It is the whole service's where its keeper governs all of it.

        Raises NotPermitted, NotFound, InputError.
        """
        check(by, "govern", Subject(department=by.department))
        asked = kind_of(kind).fields
        said = {name: answers.get(name, "").strip() for name in asked}
        if not subject.strip() or not all(said.values()):
            missing = [asked[name].en for name, text in said.items() if not text] or ["what it is of"]
            raise InputError("Evidence has to be whole.", hint=f"Still to be said: {', '.join(missing)}.")
        if any(len(text) > _LONGEST for text in (subject, *said.values())):
            raise InputError(f"A text is longer than {_LONGEST} characters.", hint="Say where the rest is.")
        if held > datetime.now(HONG_KONG).date():
            raise InputError("That day is still to come.", hint="Keep it once it has been done.")
        entry = await self._ledger.record(
            f"evidence.{kind}", officer=by.id, department=by.department, subject=subject.strip()[:200]
        )
        department = "" if reach(by, "govern") == "all" else by.department
        values = (kind, department, subject.strip(), held, Jsonb(said), by.name, entry)
        async with self._database.connection() as connection:
            row = await (await connection.execute(_KEEP, values)).fetchone()
        assert row is not None
        return int(row[0])

    async def of(self, kind: str) -> list[Piece]:
        """All of a kind that who acts may see, the newest first. Raises NotFound."""
        kind_of(kind)
        return await self._read("WHERE kind = %s ORDER BY held DESC, number DESC LIMIT 500", (kind,))

    async def standings(self, today: date) -> list[Standing]:
        """Where every kind stands."""
        last = await self._read(_LAST, ())
        by_kind = {piece.kind: piece for piece in last}
        return [Standing(kind, by_kind.get(kind), state(kind, by_kind.get(kind), today)) for kind in kinds()]

    async def _read(self, condition: LiteralString, values: Sequence[str]) -> list[Piece]:
        return await self._database.rows(Piece, _SEEN + condition, values)


def kind_of(name: str) -> EvidenceKind:
    """Raises NotFound."""
    if (found := kinds().get(name)) is None:
        raise NotFound("There is no such kind of evidence.", hint=f"There are: {', '.join(kinds())}.")
    return found


def state(kind: str, last: Piece | None, today: date) -> State:
    """Where a kind stands, given its last piece."""
    if not kinds()[kind].months:
        return "none needed" if last is None else "current"
    if last is None or last.due is None:
        return "missing"
    return "current" if today <= last.due else "overdue"


_KEEP: LiteralString = (
    "INSERT INTO evidence (kind, department, subject, held, answers, name, entry)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING number"
)
_LAST: LiteralString = (
    "WHERE number IN (SELECT DISTINCT ON (kind) number FROM evidence ORDER BY kind, held DESC, number DESC)"
)
_SEEN: LiteralString = (
    "SELECT number, kind, department, subject, held, answers, name, entry, at FROM evidence "
)
