"""The translation memory: what was translated before, found again exactly, in context, or nearly.

Scores: 101 the same segment between the same neighbours; 100 the same segment; 99 to 97 the same words with
other figures (put over), tags, capitals or marks; below that, likeness in words (English) or characters
(Chinese).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from psycopg.rows import class_row, dict_row
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from ..language import Variety
from ..store import Connection, Database
from .adapting import adapt
from .matching import chunks, context_hash, grams, likeness, most_edits, shape, text_key, unfigured

SHARED = ""
"""The department whose segments all departments find."""
LEAST = 75
"""The lowest score that is worth showing."""
_CANDIDATES = 3_000
_BATCH = 1_000
_COMMON_SECONDS = 600.0
_CHUNKS = (2, 4)
"""Into how many chunks a shape is cut, before as many as `LEAST` needs: nearer segments are found sooner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A translated segment, to be remembered."""

    source: str
    """Tagged text."""
    target: str
    """Tagged text."""
    to: Variety
    department: str = SHARED
    before: str | None = None
    """The segment before it in its document, tagged; None where that is not known."""
    after: str | None = None
    origin: str = ""
    """Where it is from: a document, a file of another memory, `model`."""
    confirmed_by: str = ""
    """The post of who confirmed it; empty: nobody has."""
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    props: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A remembered translation offered for a segment."""

    unit: int
    score: int
    """101 in context, 100 exact, below that how near (the module's docstring)."""
    source: str
    """The remembered source, tagged."""
    target: str
    """Its translation, with the segment's own figures and tags."""
    remembered: str
    """The translation as it was learnt, tagged."""
    figures: int
    """How many figures were put over."""
    department: str
    origin: str
    confirmed_by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What became of segments that were given to the memory."""

    added: int = 0
    changed: int = 0
    """A translation that was replaced; the old one is in the history."""
    unchanged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A translation that a later one has replaced."""

    target: str
    origin: str
    confirmed_by: str
    at: datetime
    replaced: datetime


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    department: str
    source: str
    target: str
    before: int
    after: int
    origin: str
    confirmed_by: str
    at: datetime


_COLUMNS = "id, department, source, target, before, after, origin, confirmed_by, at"
_OURS = "to_language = %(to)s AND department = ANY(%(departments)s)"


class Memory:
    """The memory in the database. One of it serves a process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._common: dict[int, float] = {}
        self._common_at = float("-inf")

    async def learn(self, segments: Iterable[Segment]) -> Learnt:
        """Remember segments; a later look-up finds them. Of a segment between the same neighbours the newest
        translation counts, and what it replaces is kept as history. Raises StoreError, InputError.
        """
        total = [0, 0, 0]
        batch: dict[tuple[Any, ...], dict[str, Any]] = {}
        for segment in segments:
            row = row_of(segment)
            batch[row["source_key"], row["department"], row["to_language"], row["before"], row["after"]] = row
            if len(batch) == _BATCH:
                total = [one + other for one, other in zip(total, await self._keep(batch), strict=True)]
                batch = {}
        if batch:
            total = [one + other for one, other in zip(total, await self._keep(batch), strict=True)]
        return Learnt(added=total[0], changed=total[1], unchanged=total[2])

    async def _keep(self, batch: Mapping[Any, dict[str, Any]]) -> tuple[int, int, int]:
        async with self._database.connection() as connection:
            rows = orjson.dumps(list(batch.values())).decode()
            cursor = await connection.execute(_LEARN, {"rows": rows})
            added, changed = (await cursor.fetchone()) or (0, 0)
        return added, changed, len(batch) - added - changed

    async def look_up(
        self, source: str, to: Variety, *, department: str = SHARED,
        before: str | None = None, after: str | None = None, least: int = LEAST, most: int = 5,
    ) -> list[Match]:  # fmt: skip
        """The best matches of a tagged segment, best first; near ones only where there is no exact one."""
        asked = _Asked(source, to, department, context_hash(before), context_hash(after), least, most)
        async with self._database.connection() as connection:
            exact = await _rows(connection, f"{_OURS} AND source_key = %(key)s LIMIT 50", asked.values)
            if exact:
                return asked.best(exact)
            await connection.execute("SET LOCAL enable_seqscan = off; SET LOCAL jit = off")
            same = await _rows(
                connection,
                f"{_OURS} AND shape_key = hashtextextended(%(shape)s, 0)"
                " AND shape = %(shape)s ORDER BY id DESC LIMIT 50",
                asked.values,
            )
            if len(same) >= most:
                return asked.best(same)
            near = await self._near(connection, asked)
            rows = await _rows(connection, "id = ANY(%(ids)s)", {"ids": near}) if near else []
            return asked.best([*{row.id: row for row in [*same, *rows]}.values()])

    async def _near(self, connection: Connection, asked: _Asked) -> list[int]:
        """Units whose shapes are nearest, as many as may be wanted."""
        length = len(asked.shape)
        edits = most_edits(length, asked.least)
        if length < 2 or edits < 1:
            return []
        common = await self._common_grams(connection)
        for count in dict.fromkeys((*(count for count in _CHUNKS if count <= edits), edits + 1)):
            found = await _candidates(connection, asked, chunks(asked.shape, count, common))
            near = process.extract(
                asked.shape,
                found,
                scorer=Levenshtein.distance,
                score_cutoff=edits,
                limit=4 * asked.most,
            )
            # whatever is within count - 1 edits has been seen, so nothing nearer is left to find
            if near and near[0][1] < count:
                break
        return [unit for _, _, unit in near]

    async def _common_grams(self, connection: Connection) -> Mapping[int, float]:
        """How many segments hold each frequent gram, as PostgreSQL's own statistics have it."""
        if time.monotonic() - self._common_at > _COMMON_SECONDS:
            cursor = await connection.execute(_COMMON)
            found = await cursor.fetchone()
            self._common = dict(zip(*found[:2], strict=False)) if found and found[0] else {}
            total = found[2] if found else 0
            self._common = {gram: share * total for gram, share in self._common.items()}
            self._common_at = time.monotonic()
        return self._common

    async def history(self, unit: int) -> list[Earlier]:
        """The translations that a unit had before, the newest first."""
        return await self._database.rows(Earlier, _HISTORY, (unit,))

    async def forget(self, unit: int) -> bool:
        """Remove a unit with its history; whether there was one."""
        async with self._database.connection() as connection:
            return (await connection.execute("DELETE FROM memory WHERE id = %s", (unit,))).rowcount > 0

    async def export(self, to: Variety, *, department: str = SHARED) -> list[Segment]:
        """Every segment of one department into one language, the oldest first. Neighbours are not known."""
        async with self._database.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(_EXPORT, (department, to.value))
            return [Segment(to=to, **row) for row in await cursor.fetchall()]


class _Asked:
    """A look-up: what is asked for, and how what is found is judged."""

    def __init__(
        self, source: str, to: Variety, department: str, before: int, after: int, least: int, most: int
    ) -> None:
        self.source, self.to, self.least, self.most = source, to, least, most
        self.shape = shape(source)
        self._context = (before, after)
        self.values: dict[str, Any] = {
            "to": to.value,
            "departments": [SHARED, department],
            "key": text_key(source),
            "shape": self.shape,
        }

    def best(self, rows: Sequence[_Row]) -> list[Match]:
        """The matches, best first: by score, confirmed before not, newest first; one a translation."""
        found = [self._match(row) for row in rows]
        found = [match for match in found if match.score >= self.least]
        found.sort(key=lambda match: (match.score, bool(match.confirmed_by), match.at), reverse=True)
        return list({match.target: match for match in reversed(found)}.values())[::-1][: self.most]

    def _match(self, row: _Row) -> Match:
        if row.source == self.source:
            known = 0 not in self._context and (row.before, row.after) == self._context
            return _offer(row, 101 if known else 100, row.target, 0)
        fitted = adapt(self.source, row.source, row.target, self.to)
        form = shape(row.source)
        edits = Levenshtein.distance(self.shape, form) + fitted.unmet
        score = likeness(edits, len(self.shape), len(form))
        other = edits == 0 and unfigured(self.source) != unfigured(row.source)
        penalty = bool(fitted.figures) + fitted.tags + other
        return _offer(
            row, min(score, 100) - penalty if edits else 100 - max(penalty, 1), fitted.target, fitted.figures
        )


def _offer(row: _Row, score: int, target: str, figures: int) -> Match:
    return Match(
        unit=row.id, score=score, source=row.source, target=target, remembered=row.target, figures=figures,
        department=row.department, origin=row.origin, confirmed_by=row.confirmed_by, at=row.at,
    )  # fmt: skip


async def _rows(connection: Connection, where: str, values: Mapping[str, Any]) -> list[_Row]:
    cursor = connection.cursor(row_factory=class_row(_Row))
    await cursor.execute(f"SELECT {_COLUMNS} FROM memory WHERE {where}", values)  # noqa: S608  # our own words
    return await cursor.fetchall()


async def _candidates(
    connection: Connection, asked: _Asked, stretches: Sequence[Sequence[int]]
) -> dict[int, str]:
    """Shapes, by unit, that hold one of these stretches and are not too long or short."""
    if not stretches:
        return {}
    length, edits = len(asked.shape), most_edits(len(asked.shape), asked.least)
    values = {
        "to": asked.values["to"],
        # One JSON text: PostgreSQL's arrays are rectangular, and stretches are not of one length.
        "stretches": orjson.dumps([list(stretch) for stretch in stretches]).decode(),
        "shortest": length - edits,
        "longest": length + edits,
        "most": _CANDIDATES,
    }
    cursor = await connection.execute(_NEAR, values)
    return dict(await cursor.fetchall())


def row_of(segment: Segment) -> dict[str, Any]:
    """A segment as the columns of its table."""
    form = shape(segment.source)
    return {
        "department": segment.department,
        "to_language": segment.to.value,
        "source": segment.source,
        "target": segment.target,
        "before": context_hash(segment.before),
        "after": context_hash(segment.after),
        "source_key": text_key(segment.source),
        "shape": form,
        "grams": grams(form),
        "origin": segment.origin,
        "confirmed_by": segment.confirmed_by,
        "at": segment.at.isoformat(),
        "props": dict(segment.props),
    }


_LEARN = """
WITH incoming AS (
    SELECT * FROM jsonb_populate_recordset(NULL::memory, %(rows)s::jsonb)
), replaced AS (
    INSERT INTO memory_history (unit, target, origin, confirmed_by, at)
    SELECT old.id, old.target, old.origin, old.confirmed_by, old.at
    FROM memory old JOIN incoming USING (source_key, department, to_language, before, after)
    WHERE old.target <> incoming.target
    RETURNING unit
), kept AS (
    INSERT INTO memory (department, to_language, source, target, before, after, source_key, shape, grams,
                        origin, confirmed_by, at, props)
    SELECT department, to_language, source, target, before, after, source_key, shape, grams,
           origin, confirmed_by, at, props FROM incoming
    ON CONFLICT (source_key, department, to_language, before, after) DO UPDATE
    SET target = excluded.target, origin = excluded.origin, confirmed_by = excluded.confirmed_by,
        at = excluded.at, props = excluded.props
    WHERE (memory.target, memory.confirmed_by) IS DISTINCT FROM (excluded.target, excluded.confirmed_by)
    RETURNING xmax = 0 AS added
)
SELECT (SELECT count(*) FROM kept WHERE added), (SELECT count(*) FROM replaced)
"""
_NEAR = "SELECT id, shape FROM memory_near(%(to)s, %(stretches)s, %(shortest)s, %(longest)s, %(most)s)"
_COMMON = "SELECT grams, shares, total FROM memory_common()"
_HISTORY = """
SELECT target, origin, confirmed_by, at, replaced FROM memory_history WHERE unit = %s ORDER BY replaced DESC
"""
_EXPORT = """
SELECT department, source, target, origin, confirmed_by, at, props
FROM memory WHERE department = %s AND to_language = %s ORDER BY id
"""
