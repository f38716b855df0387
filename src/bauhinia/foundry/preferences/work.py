"""Finished work of the pilot as an export reads it: a task, its draft as it was left, what became of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg.rows import dict_row

from ...pilot.codec import from_json
from ...pilot.draft import Draft
from ...pilot.release_checks import digest_of
from ...pilot.segments import EditedSegment, laid_over
from ...store import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What somebody said of an answer: of use or not."""

    officer: str
    good: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One finished task."""

    task: str
    kind: str
    officer: str
    department: str
    classification: str
    order: Mapping[str, Any]
    draft: Draft
    """As its officer left it; the model's own words stand beside those that were changed."""
    sources: Sequence[str]
    """Texts of the order's documents that are still there, of this officer and no higher classification."""
    accepted: bool
    """Whether somebody answers for these very words."""
    confirmed: frozenset[str]
    """Passages of a translation that its officer confirmed."""
    withdrawn: bool
    """Whether a complaint keeps it back."""
    disputed: bool
    """Whether a complaint waits for its decision."""
    faulty: bool
    """Whether a complaint was upheld, at least in part."""
    ratings: Sequence[Rating]

    @property
    def use(self) -> str:
        """The AI use that it was."""
        return f"pilot.{self.kind}"


async def finished_work(database: Database, levels: Sequence[str]) -> AsyncIterator[Work]:
    """All finished work of all departments, in the order of its ids, with documents of these classifications.
    Raises StoreError."""
    async with (
        database.maintenance() as connection,
        connection.cursor("use_for_training", row_factory=dict_row) as cursor,
    ):
        await cursor.execute(_WORK, {"levels": list(levels)})
        async for row in cursor:
            yield _work(row)


def _work(row: Mapping[str, Any]) -> Work:
    draft = from_json(Draft, row["draft"])
    segments = [EditedSegment(**segment, findings=[]) for segment in row["segments"]]
    if segments:
        draft = laid_over(draft, segments)
    return Work(
        task=row["id"],
        kind=row["kind"],
        officer=row["officer"],
        department=row["department"],
        classification=row["classification"],
        order=row["order"],
        draft=draft,
        sources=row["sources"],
        accepted=digest_of(draft) in row["accepted"],
        confirmed=frozenset(segment.passage for segment in segments if segment.status == "confirmed"),
        withdrawn=row["withdrawn"],
        disputed=row["disputed"],
        faulty=row["faulty"],
        ratings=[Rating(**each) for each in row["ratings"]],
    )


_WORK: LiteralString = """
SELECT id, kind, officer, department, classification, "order", draft, answer_withdrawn(id) AS withdrawn,
    ARRAY(SELECT digest FROM acceptances WHERE task = tasks.id
        AND (audience = 'internal' OR outcome = 'approved')) AS accepted,
    ARRAY(SELECT jsonb_build_object('place', place, 'passage', passage, 'source', source, 'target', target,
        'original', original, 'status', status) FROM segments WHERE task = tasks.id ORDER BY place)
        AS segments,
    ARRAY(SELECT jsonb_build_object('officer', complainant, 'good', good) FROM cases
        WHERE task = tasks.id AND kind = 'feedback' AND good IS NOT NULL ORDER BY number) AS ratings,
    EXISTS (SELECT FROM cases WHERE task = tasks.id AND kind <> 'feedback' AND state <> 'decided')
        AS disputed,
    EXISTS (SELECT FROM cases WHERE task = tasks.id AND kind <> 'feedback'
        AND outcome IN ('upheld', 'partly')) AS faulty,
    ARRAY(SELECT (SELECT coalesce(string_agg(block ->> 'text', E'\\n'), '')
            FROM jsonb_array_elements(documents.document -> 'blocks') AS block)
        FROM documents WHERE documents.officer = tasks.officer AND classification = ANY (%(levels)s)
            AND "order" -> 'documents' ? documents.id ORDER BY documents.id) AS sources
FROM tasks WHERE status = 'done' AND draft IS NOT NULL ORDER BY id
"""
