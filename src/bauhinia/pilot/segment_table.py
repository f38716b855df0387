"""The table of segments: windows of it, and changes that never overwrite somebody else's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from psycopg.rows import class_row

from ..errors import NotFound
from ..store import Database
from .draft import Draft
from .segments import EditedSegment, Shown, laid_over


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How far a translation's revision is."""

    total: int
    found: int
    """Those shown."""
    confirmed: int
    with_findings: int


class Segments:
    """Every task's segments. Once there are any, they and not the draft have the translation's words."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, task: str) -> list[EditedSegment]:
        """The task's segments in order; none before its editor was first opened."""
        return await self._rows(f"{_SELECT} ORDER BY place", task)

    async def there(self, task: str) -> bool:
        """Whether the task's editor was ever opened."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                "SELECT FROM segments WHERE task = %(task)s LIMIT 1", {"task": task}
            )
            return await cursor.fetchone() is not None

    async def window(self, task: str, shown: Shown, start: int, count: int) -> list[EditedSegment]:
        """At most `count` of the segments shown, from number `start` of them on."""
        query = f"{_SELECT} AND {_shown(shown)} ORDER BY place OFFSET %(start)s LIMIT %(count)s"
        return await self._rows(query, task, find=shown.find, start=start, count=count)

    async def shown(self, task: str, shown: Shown) -> list[EditedSegment]:
        """All of the segments shown."""
        return await self._rows(f"{_SELECT} AND {_shown(shown)} ORDER BY place", task, find=shown.find)

    async def totals(self, task: str, shown: Shown) -> Totals:
        """All zero before the task's editor was first opened."""
        query = _TOTALS.format(shown=_shown(shown))
        async with self._database.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Totals))
            await cursor.execute(query, {"task": task, "find": shown.find})
            found = await cursor.fetchone()
        assert found is not None
        return found

    async def around(self, task: str, place: int) -> tuple[str | None, EditedSegment, str | None]:
        """A segment between the sources of its neighbours; None where it is the first or last.
        Raises NotFound."""
        rows = await self._rows(
            f"{_SELECT} AND place BETWEEN %(place)s - 1 AND %(place)s + 1", task, place=place
        )
        by_place = {row.place: row for row in rows}
        if place not in by_place:
            raise NotFound("The translation has no such segment.", hint="Open the editor again.")
        before, after = by_place.get(place - 1), by_place.get(place + 1)
        return before.source if before else None, by_place[place], after.source if after else None

    async def alike(self, task: str, segments: Iterable[EditedSegment]) -> list[EditedSegment]:
        """The segments that say the same as one of these in the source or in the target."""
        sources, targets = zip(*((segment.source, segment.target) for segment in segments), strict=True)
        return await self._rows(
            f"{_SELECT} AND {_ALIKE} ORDER BY place", task, sources=list(sources), targets=list(targets)
        )

    async def over(self, task: str, draft: Draft) -> Draft:
        """The task's draft as its officers left it."""
        return laid_over(draft, await self.of(task))

    async def add(self, task: str, segments: Iterable[EditedSegment]) -> None:
        """Keep the first state of each; those that are there stay as they are."""
        async with self._database.connection() as connection:
            await connection.execute(_ADD, {"task": task, "rows": _json(segments)})

    async def save(self, task: str, segments: Iterable[EditedSegment]) -> None:
        """Keep the targets, statuses and findings."""
        await self.change(task, [(segment, None) for segment in segments])

    async def change(
        self, task: str, changes: Sequence[tuple[EditedSegment, str | None]], *, undoable: bool = False
    ) -> set[int]:
        """Keep those whose target is still the one beside them, or any for None; their places.

        With `undoable` the targets and statuses of before are kept for `undo`, and older ones forgotten.
        """
        rows = orjson.dumps([{**asdict(segment), "was": was} for segment, was in changes]).decode()
        async with self._database.connection() as connection:
            if undoable:
                await connection.execute(_FORGET, {"task": task})
            cursor = await connection.execute(_CHANGE, {"task": task, "rows": rows, "undoable": undoable})
            return {int(row[0]) for row in await cursor.fetchall()}

    async def note(self, task: str, segments: Iterable[EditedSegment]) -> None:
        """Keep the findings of those whose target is still theirs."""
        async with self._database.connection() as connection:
            await connection.execute(_NOTE, {"task": task, "rows": _json(segments)})

    async def undo(self, task: str) -> list[EditedSegment]:
        """Take the last replacement back where nobody has written since; those segments as they are again,
        with the findings of the replaced words."""
        return await self._database.rows(EditedSegment, _UNDO, {"task": task})

    async def of_passage(self, task: str, passage: str) -> list[EditedSegment]:
        """The passage's segment, if it has one."""
        return await self._rows(f"{_SELECT} AND passage = %(passage)s", task, passage=passage)

    async def _rows(self, query: str, task: str, **values: Any) -> list[EditedSegment]:
        return await self._database.rows(EditedSegment, query, {"task": task, **values})


def _json(segments: Iterable[EditedSegment]) -> str:
    return orjson.dumps([asdict(segment) for segment in segments]).decode()


def _shown(shown: Shown) -> str:
    """The condition; it uses the parameter `find`."""
    holds = _HOLDS if shown.case else _HOLDS_ANY_CASE
    return f"({_ONLY[shown.only]} AND {holds if shown.find else 'true'})"


_ONLY = {
    "all": "true",
    "unconfirmed": "status <> 'confirmed'",
    "findings": "findings <> '[]'",
    "edited": "target <> original",
}
_HOLDS = "(strpos(source_words, %(find)s) > 0 OR strpos(target_words, %(find)s) > 0)"
_HOLDS_ANY_CASE = (
    "(strpos(lower(source_words), lower(%(find)s)) > 0 OR strpos(lower(target_words), lower(%(find)s)) > 0)"
)
_ALIKE = """
(source_words = ANY (SELECT words_of(each) FROM unnest(%(sources)s::text[]) AS each)
    OR target_words = ANY (SELECT words_of(each) FROM unnest(%(targets)s::text[]) AS each))
"""
_SELECT = """
SELECT place, passage, source, target, original, status, findings FROM segments WHERE task = %(task)s
"""
_TOTALS = """
SELECT count(*) AS total, count(*) FILTER (WHERE {shown}) AS found,
    count(*) FILTER (WHERE status = 'confirmed') AS confirmed,
    count(*) FILTER (WHERE findings <> '[]') AS with_findings
FROM segments WHERE task = %(task)s
"""
_ADD = """
INSERT INTO segments (task, place, passage, source, target, original, status, findings)
SELECT %(task)s, place, passage, source, target, original, status, findings
FROM jsonb_to_recordset(%(rows)s::jsonb) AS given (
    place integer, passage text, source text, target text, original text, status text, findings jsonb)
ON CONFLICT DO NOTHING
"""
_CHANGE = """
UPDATE segments SET target = given.target, status = given.status, findings = given.findings,
    earlier = CASE WHEN %(undoable)s
        THEN jsonb_build_object('target', segments.target, 'status', segments.status) END
FROM jsonb_to_recordset(%(rows)s::jsonb) AS given (
    place integer, target text, status text, findings jsonb, was text)
WHERE segments.task = %(task)s AND segments.place = given.place
    AND (given.was IS NULL OR segments.target = given.was)
RETURNING segments.place
"""
_NOTE = """
UPDATE segments SET findings = given.findings
FROM jsonb_to_recordset(%(rows)s::jsonb) AS given (place integer, target text, findings jsonb)
WHERE segments.task = %(task)s AND segments.place = given.place AND segments.target = given.target
"""
_FORGET = "UPDATE segments SET earlier = NULL WHERE task = %(task)s AND earlier IS NOT NULL"
_UNDO = """
UPDATE segments SET target = earlier ->> 'target', status = earlier ->> 'status', earlier = NULL
WHERE task = %(task)s AND earlier IS NOT NULL
RETURNING place, passage, source, target, original, status, findings
"""
