"""A translation's segments as officers edit them: kept in the database, laid over the draft for its files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import orjson
from psycopg.rows import class_row

from ..documents.layout import Edit, edited, line, plain, reworded
from ..errors import NotFound
from ..language import Termbase, Variety
from ..store import Database
from ..translation.checks import Context, check_segment
from .draft import Draft, Passage
from .tagged import escaped, target_of

Status = Literal["draft", "confirmed"]
_ALONE = "\ufffc"
"""Stands for a thing in the line, so that no search runs across one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedSegment:
    """One place of a translation. Source, target and original are tagged text."""

    place: int
    """From 0, in reading order."""
    passage: str
    source: str
    target: str
    original: str
    """The model's translation."""
    status: Status
    findings: list[dict[str, Any]]
    """`translation.checks.Fault`s as JSON."""

    def holds(self, words: str) -> bool:
        """Whether source or target says that, whatever the case."""
        wanted = words.casefold()
        return wanted in line(self.source).casefold() or wanted in line(self.target).casefold()


def first_segments(draft: Draft) -> list[EditedSegment]:
    """The segments of a draft: one a passage that translates something."""
    passages = [passage for passage in draft.passages() if passage.kind != "row" and passage.source_text]
    return [_first(place, passage) for place, passage in enumerate(passages)]


def _first(place: int, passage: Passage) -> EditedSegment:
    written = passage.text if passage.original is None else passage.original
    return EditedSegment(
        place=place,
        passage=passage.id,
        source=passage.tagged_source or escaped(passage.source_text),
        target=target_of(passage),
        original=passage.tagged if passage.unit else escaped(written),
        status="draft",
        findings=[],
    )


def checked(segment: EditedSegment, to: Variety, termbase: Termbase) -> EditedSegment:
    """The segment with what a reviser's checks find in it now."""
    context = Context(termbase=termbase, tagged=(segment.source, segment.target))
    found = check_segment(plain(segment.source), plain(segment.target), to, context)
    return replace(segment, findings=[asdict(fault) for fault in found])


def replaced(segment: EditedSegment, find: str, words: str) -> tuple[EditedSegment, int]:
    """The segment with `words` for every `find` in its target's words, and how many. No tag is touched, and
    a change takes the confirmation back."""
    places = [match.span() for match in re.finditer(re.escape(find), line(segment.target, _ALONE))]
    if not places:
        return segment, 0
    target = edited(segment.target, [Edit(start, end, words) for start, end in places], _ALONE)
    return replace(segment, target=target, status="draft"), len(places)


def laid_over(draft: Draft, segments: Sequence[EditedSegment]) -> Draft:
    """The draft with the segments' targets; without segments the draft itself."""
    by_passage = {segment.passage: segment for segment in segments}
    sections = [
        replace(section, passages=tuple(_laid(each, by_passage.get(each.id)) for each in section.passages))
        for section in draft.sections
    ]
    return replace(draft, sections=tuple(sections)) if segments else draft


def _laid(passage: Passage, segment: EditedSegment | None) -> Passage:
    if segment is None:
        return passage
    text = line(segment.target)
    original = passage.text if passage.original is None else passage.original
    kept = None if text == original else original
    return replace(passage, text=text, original=kept, tagged=segment.target if passage.unit else "")


class Segments:
    """Every task's segments. Once there are any, they and not the draft have the translation's words."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, task: str) -> list[EditedSegment]:
        """The task's segments in order; none before its editor was first opened."""
        async with self._database.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(EditedSegment))
            await cursor.execute(f"{_SELECT} ORDER BY place", {"task": task})
            return await cursor.fetchall()

    async def over(self, task: str, draft: Draft) -> Draft:
        """The task's draft as its officers left it."""
        return laid_over(draft, await self.of(task))

    async def one(self, task: str, place: int) -> EditedSegment:
        """Raises NotFound."""
        async with self._database.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(EditedSegment))
            await cursor.execute(f"{_SELECT} AND place = %(place)s", {"task": task, "place": place})
            found = await cursor.fetchone()
        if found is None:
            raise NotFound("The translation has no such segment.", hint="Open the editor again.")
        return found

    async def add(self, task: str, segments: Iterable[EditedSegment]) -> None:
        """Keep the first state of each; those that are there stay as they are."""
        async with self._database.connection() as connection:
            await connection.execute(_ADD, {"task": task, "rows": _rows(segments)})

    async def save(self, task: str, segments: Iterable[EditedSegment]) -> None:
        """Keep the targets, statuses and findings."""
        async with self._database.connection() as connection:
            await connection.execute(_SAVE, {"task": task, "rows": _rows(segments)})

    async def reword(self, task: str, passage: str, text: str) -> None:
        """Give a passage's segment, where there is one, the words that were written on the task's page."""
        rows = [segment for segment in await self.of(task) if segment.passage == passage]
        await self.save(
            task, [replace(row, target=reworded(row.target, text), status="draft") for row in rows]
        )


def _rows(segments: Iterable[EditedSegment]) -> str:
    return orjson.dumps([asdict(segment) for segment in segments]).decode()


_SELECT = """
SELECT place, passage, source, target, original, status, findings FROM segments WHERE task = %(task)s
"""
_ADD = """
INSERT INTO segments (task, place, passage, source, target, original, status, findings)
SELECT %(task)s, place, passage, source, target, original, status, findings
FROM jsonb_to_recordset(%(rows)s::jsonb) AS given (
    place integer, passage text, source text, target text, original text, status text, findings jsonb)
ON CONFLICT DO NOTHING
"""
_SAVE = """
UPDATE segments SET target = given.target, status = given.status, findings = given.findings
FROM jsonb_to_recordset(%(rows)s::jsonb) AS given (place integer, target text, status text, findings jsonb)
WHERE segments.task = %(task)s AND segments.place = given.place
"""
