"""Entries to be read by who may: newest first, a page after the other, by what they are about."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, LiteralString
from zoneinfo import ZoneInfo

import orjson

from ..store import Connection, Database

HONG_KONG = ZoneInfo("Asia/Hong_Kong")
PAGE = 50
_HOLDS: LiteralString = (
    " AND NOT EXISTS (SELECT FROM unnest(%s::text[]) AS needle WHERE strpos(body, needle) = 0)"
    " AND (cardinality(%s::text[]) = 0"
    " OR EXISTS (SELECT FROM unnest(%s::text[]) AS needle WHERE strpos(body, needle) > 0))"
)
_NEWEST = "SELECT seq, body FROM ledger WHERE seq > %s AND seq < %s" + _HOLDS + " ORDER BY seq DESC LIMIT %s"  # noqa: S608
_OLDEST = "SELECT body, hash FROM ledger WHERE seq > %s AND seq < %s" + _HOLDS + " ORDER BY seq"  # noqa: S608
_LOOKED_THROUGH = 200_000
"""Entries that one page is searched in: about half a second where hardly one is found."""
_EXPORTED = 1_000
_YEARS = range(2000, 9000)
"""Of days that can have entries; the calendar's ends are in no other time zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries. What is empty is not asked for."""

    kind: str = ""
    outcome: str = ""
    officer: str = ""
    """The officer's id."""
    department: str = ""
    use: str = ""
    deed: str = ""
    """What a person did, or how it begins: `people.`."""
    task: str = ""
    subject: str = ""
    deeds: tuple[str, ...] = ()
    """Or deeds that begin with any of these, or calls in which a stage gave any of the next."""
    reasons: tuple[str, ...] = ()
    day: date | None = None
    """Of Hong Kong."""
    ends: date | None = None
    """The last day, where it is another than `day`."""
    before: int | None = None
    """Only entries with a smaller number."""

    @property
    def needles(self) -> list[str]:
        """What stands in the body of every such entry.

        Bodies are canonical JSON: a quotation mark inside a value is escaped, so that these words in this
        order are found nowhere but at the field.
        """
        names = ("kind", "outcome", "officer", "department", "use", "task", "subject")
        found = [f"{_field(name, value)}" for name in names if (value := getattr(self, name))]
        return found + ([_field("deed", self.deed)[:-1]] if self.deed else [])

    @property
    def any_needle(self) -> list[str]:
        """Of which one at least stands in the body; none is asked for where there are none."""
        begun = [_field("deed", deed)[:-1] for deed in self.deeds]
        return begun + [f",{orjson.dumps(reason).decode()}]" for reason in self.reasons]


@dataclass(frozen=True, slots=True)
class Entries:
    """A page of entries."""

    entries: tuple[dict[str, Any], ...]
    """Newest first, as they were written."""
    next: int | None
    """What `before` of the next page is; None where there is none."""


def _field(name: str, value: str) -> str:
    return f'"{name}":{orjson.dumps(value).decode()}'


async def page(database: Database, wanted: Wanted) -> Entries:
    """A page of entries, of all departments: ask who reads first. Raises StoreError."""
    async with database.maintenance() as connection:
        first, end = await _bounds(connection, wanted)
        floor = max(first, end - 1 - _LOOKED_THROUGH)
        cursor = await connection.execute(
            _NEWEST,
            (floor, end, wanted.needles, wanted.any_needle, wanted.any_needle, PAGE + 1),
        )
        rows = await cursor.fetchall()
    entries = tuple(orjson.loads(body) for _, body in rows[:PAGE])
    if len(rows) > PAGE:
        return Entries(entries, rows[PAGE - 1][0])
    return Entries(entries, floor + 1 if floor > first else None)


async def entry(database: Database, number: int) -> dict[str, Any] | None:
    """One entry, as it was written; None where there is none."""
    async with database.maintenance() as connection:
        cursor = await connection.execute("SELECT body FROM ledger WHERE seq = %s", (number,))
        row = await cursor.fetchone()
    return None if row is None else orjson.loads(row[0])


async def lines(database: Database, wanted: Wanted, after: int = 0) -> AsyncIterator[bytes]:
    """Every entry as a line of JSON with its hash, the oldest first."""
    async with database.maintenance() as connection:
        first, end = await _bounds(connection, wanted)
        async with connection.cursor(name="export") as cursor:
            cursor.itersize = _EXPORTED
            await cursor.execute(
                _OLDEST,
                (max(first, after), end, wanted.needles, wanted.any_needle, wanted.any_needle),
            )
            async for body, hash_ in cursor:
                # The body stands as it was hashed: reading and writing it anew might change it.
                yield b'{"entry":%b,"hash":"%b"}\n' % (body.encode(), bytes(hash_).hex().encode())


async def _bounds(connection: Connection, wanted: Wanted) -> tuple[int, int]:
    """Entries `first < seq < end` are those of the day, before the page's end."""
    row = await (await connection.execute("SELECT seq FROM ledger_head")).fetchone()
    last = row[0] if row else 0
    end = min(last + 1, wanted.before) if wanted.before is not None else last + 1
    if wanted.day is None:
        return 0, end
    if wanted.day.year not in _YEARS:
        return 0, 0
    begins = datetime.combine(wanted.day, time(), HONG_KONG)
    first = await _first_from(connection, begins, last)
    after = datetime.combine((wanted.ends or wanted.day) + timedelta(days=1), time(), HONG_KONG)
    following = await _first_from(connection, after, last)
    return first - 1, min(end, following)


async def _first_from(connection: Connection, moment: datetime, last: int) -> int:
    """The first entry that was written at a moment or later: numbers and times rise together."""
    wanted = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    low, high = 1, last + 1
    while low < high:
        middle = (low + high) // 2
        cursor = await connection.execute(
            "SELECT body::jsonb->>'at' FROM ledger WHERE seq >= %s ORDER BY seq LIMIT 1", (middle,)
        )
        row = await cursor.fetchone()
        if row is not None and row[0] < wanted:
            low = middle + 1
        else:
            high = middle
    return low
