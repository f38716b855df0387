"""The data sheet of each collection: stated, changed, audited; and what its readers are warned of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal, LiteralString

from ..errors import InputError, NotFound
from ..gateway import Gateway
from ..people import Officer
from ..people.permissions import Subject, check, may
from ..people.quotas import HONG_KONG
from ..store import Connection, Database
from .rights import Grade, Statement

Flag = Literal["unstated", "stale", "unaudited", "broken", "grade_c"]
"""What a reader is warned of: no rights stated, past its refresh or its audit, altered, little trusted."""
PROCESSING = (
    "Read as text with its page and headings; hidden, deleted and commented text set apart; spaces and "
    "characters put into one normal form; identical files kept once; cut into passages; embedded."
)
"""The fixed cleaning steps of every document (D-2.1.3.1-01)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A collection's data sheet, as it was stated last."""

    collection: str
    name: str
    source: str
    basis: str
    reference: str
    post: str
    grade: Grade
    licence: str
    processing: str
    source_date: date | None
    refresh_by: date | None
    audit_days: int
    owner: str
    """Id of the officer who answers for it."""
    owner_name: str
    stated: datetime
    audited: datetime | None
    """When its documents were last checked."""
    broken: int
    """How many were not as they were kept, when they were last checked."""

    @property
    def audit_due(self) -> date:
        """When its documents are to be checked next."""
        return day(self.audited or self.stated) + timedelta(days=self.audit_days)

    def flags(self, today: date) -> tuple[Flag, ...]:
        """What a reader is warned of (D-3.1-07)."""
        told: dict[Flag, bool] = {
            "broken": self.broken > 0,
            "stale": self.refresh_by is not None and self.refresh_by < today,
            "unaudited": self.audit_due < today,
            "grade_c": self.grade == "C",
        }
        return tuple(flag for flag, so in told.items() if so)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """A check of all documents of a collection."""

    at: datetime
    officer_name: str
    checked: int
    broken: list[str]
    """Ids of the documents that were not as they were kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How a collection's documents are spread (D-2.3.4-01): numbers of documents; languages by passages."""

    documents: int = 0
    languages: dict[str, int] = field(default_factory=dict)
    formats: dict[str, int] = field(default_factory=dict)
    years: dict[str, int] = field(default_factory=dict)
    """By the year in which they were added."""
    personal: dict[str, int] = field(default_factory=dict)
    repeats: int = 0
    """Documents that mostly say what another says."""
    hidden: int = 0
    """Documents with hidden text."""
    uncounted: int = 0
    """Documents from before such counts were kept."""


class Sheets:
    """The data sheets of the acting officer's department."""

    def __init__(self, database: Database, gateway: Gateway) -> None:
        self._database = database
        self._gateway = gateway

    async def of(self, collection: str) -> Sheet | None:
        """The collection's sheet; None where it is still to be stated."""
        return next(iter(await self._sheets("s.collection = %s", collection)), None)

    async def all(self) -> dict[str, Sheet]:
        """Every sheet of the department, by collection."""
        return {each.collection: each for each in await self._sheets("%s = ''", "")}

    async def of_documents(self, documents: Sequence[str]) -> dict[str, Sheet | None]:
        """The sheet of each document's collection, by document; without documents that are not there."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                "SELECT id, collection FROM knowledge_documents WHERE id = ANY (%s)", (list(documents),)
            )
            rows = await cursor.fetchall()
        sheets = await self.all()
        return {row[0]: sheets.get(row[1]) for row in rows}

    async def state(self, collection: str, stated: Statement) -> None:
        """Write the sheet, or write it anew: then by its owner or whoever governs alone, who is its owner
        from then on. Raises NotFound, NotPermitted."""
        officer = self._gateway.officer
        if (before := await self.of(collection)) is not None:
            check_answers(officer, before)
        async with self._database.connection() as connection:
            await write(connection, collection, stated, officer)
        await self._record("knowledge.sheet", collection)

    async def audits(self, collection: str) -> list[Audit]:
        """The newest first."""
        return await self._database.rows(
            Audit,
            "SELECT at, officer_name, checked, broken FROM knowledge_audits WHERE collection = %s "
            "ORDER BY at DESC LIMIT 50",
            (collection,),
        )

    async def audited(self, collection: str, checked: int, broken: Sequence[str]) -> None:
        """Write down that all its documents were checked, and tell the ledger of each that is broken."""
        async with self._database.connection() as connection:
            await connection.execute(
                "INSERT INTO knowledge_audits (collection, officer_name, checked, broken) "
                "VALUES (%s, %s, %s, %s)",
                (collection, self._gateway.officer.name, checked, list(broken)),
            )
        await self._record("knowledge.audit", collection)
        for document in broken:
            await self._record("knowledge.integrity", document)

    async def spread(self, collection: str) -> Spread:
        """How the collection's documents are spread."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                "SELECT format, to_char(added AT TIME ZONE 'Asia/Hong_Kong', 'YYYY'), quality "
                "FROM knowledge_documents WHERE collection = %s",
                (collection,),
            )
            rows = await cursor.fetchall()
            cursor = await connection.execute(
                "SELECT variety, count(*)::int FROM knowledge_passages WHERE collection = %s "
                "AND department = acting_department() GROUP BY 1 ORDER BY 2 DESC, 1",
                (collection,),
            )
            languages = dict(await cursor.fetchall())
        return _spread(rows, languages)

    async def _sheets(self, where: LiteralString, value: str) -> list[Sheet]:
        return await self._database.rows(Sheet, _SHEETS + " WHERE " + where, (value,))

    async def _record(self, deed: str, subject: str) -> None:
        who = self._gateway.officer
        await self._gateway.ledger.record(deed, officer=who.id, department=who.department, subject=subject)


async def write(connection: Connection, collection: str, stated: Statement, officer: Officer) -> None:
    """Write a collection's sheet. Raises NotFound for the collection."""
    cursor = await connection.execute(
        _WRITE, {"collection": collection, "owner_name": officer.name, **stated.model_dump()}
    )
    if not cursor.rowcount:
        raise NotFound("There is no such collection.", hint="See the list of the department's collections.")


async def check_stated(connection: Connection, collection: str) -> None:
    """Raises InputError where nobody has stated by what right the collection's documents are held."""
    cursor = await connection.execute(
        "SELECT EXISTS (SELECT FROM knowledge_sheets WHERE collection = %s)", (collection,)
    )
    if await cursor.fetchone() == (False,):
        raise InputError(
            "It is still to be stated by what right this collection's documents are held.",
            hint="State source, rights basis and owner on the collection's data sheet, then add the files.",
        )


def answers_for(officer: Officer, sheet: Sheet) -> bool:
    """Whether that officer answers for the collection: its owner, or who governs the department's records."""
    return officer.id == sheet.owner or may(officer, "govern", Subject(department=officer.department)) == "ok"


def check_answers(officer: Officer, sheet: Sheet) -> None:
    """Raises NotPermitted where that officer does not answer for the collection."""
    if officer.id != sheet.owner:
        check(officer, "govern", Subject(department=officer.department))


def today() -> date:
    """The day in Hong Kong."""
    return datetime.now(HONG_KONG).date()


def day(at: datetime) -> date:
    """The day of a moment in Hong Kong."""
    return at.astimezone(HONG_KONG).date()


def _spread(rows: Iterable[tuple[str, str, dict[str, Any]]], languages: dict[str, int]) -> Spread:
    formats: Counter[str] = Counter()
    years: Counter[str] = Counter()
    personal: Counter[str] = Counter()
    repeats = hidden = uncounted = 0
    for form, year, quality in rows:
        formats[form] += 1
        years[year] += 1
        personal += Counter(quality.get("personal", {}))
        repeats += bool(quality.get("repeats"))
        hidden += bool(quality.get("hidden"))
        uncounted += not quality
    return Spread(
        documents=formats.total(),
        languages=languages,
        formats=dict(formats.most_common()),
        years=dict(sorted(years.items())),
        personal=dict(personal.most_common()),
        repeats=repeats,
        hidden=hidden,
        uncounted=uncounted,
    )


_SHEETS: LiteralString = """
SELECT s.collection, c.name, source, basis, reference, post, grade, licence, processing, source_date,
       refresh_by, audit_days, owner, s.owner_name, stated, last.at AS audited,
       coalesce(cardinality(last.broken), 0) AS broken
  FROM knowledge_sheets AS s JOIN knowledge_collections AS c ON c.id = s.collection
  LEFT JOIN LATERAL (SELECT at, broken FROM knowledge_audits AS a WHERE a.collection = s.collection
                     ORDER BY at DESC LIMIT 1) AS last ON true
"""
_WRITE: LiteralString = """
INSERT INTO knowledge_sheets (collection, source, basis, reference, post, grade, licence, processing,
    source_date, refresh_by, audit_days, owner_name)
SELECT id, %(source)s, %(basis)s, %(reference)s, %(post)s, %(grade)s, %(licence)s, %(processing)s,
    %(source_date)s, %(refresh_by)s, %(audit_days)s, %(owner_name)s
  FROM knowledge_collections WHERE id = %(collection)s
ON CONFLICT (collection) DO UPDATE SET source = excluded.source, basis = excluded.basis,
    reference = excluded.reference, post = excluded.post, grade = excluded.grade, licence = excluded.licence,
    processing = excluded.processing, source_date = excluded.source_date, refresh_by = excluded.refresh_by,
    audit_days = excluded.audit_days, owner = excluded.owner, owner_name = excluded.owner_name, stated = now()
"""
