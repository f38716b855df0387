"""Terms that officers' own translations suggest: what they wrote in, and what they confirmed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from ..language import Term, Termbase
from ..store import Database
from ..translation.mining import Candidate, Correction, mine, mine_corrections
from ..translation.termbases import Termbases
from .tagged import escaped
from .translate import TARGET

MOST = 500
"""The newest segments that are read: mining them takes two seconds, and four times as many ten times that."""


@dataclass(frozen=True, slots=True)
class _Row:
    source: str
    original: str
    target: str
    to: str
    tagged: bool

    def correction(self) -> Correction:
        texts = (self.source, self.original, self.target)
        source, original, target = texts if self.tagged else map(escaped, texts)
        return Correction(source=source, original=original, target=target, to=TARGET[self.to])


async def candidates(database: Database, department: str) -> list[Candidate]:
    """What the department might add to its termbase, the surest first, without what it has dismissed."""
    termbases = Termbases(database)
    known, dismissed = await termbases.merged(department), await termbases.dismissed(department)
    found = await asyncio.to_thread(_mined, [row.correction() for row in await _rows(database)], known)
    return [one for one in found if term_of(one).id not in dismissed]


def _mined(corrections: Sequence[Correction], known: Termbase) -> list[Candidate]:
    """Of corrections first, then of all that was confirmed or corrected."""
    changed = mine_corrections((one for one in corrections if one.original != one.target), known)
    pairs = [
        (one.source, one.target) if one.to.is_chinese else (one.target, one.source) for one in corrections
    ]
    told = {one.en for one in changed} | {one.zh for one in changed}
    return [*changed, *(one for one in mine(pairs, known) if one.en not in told and one.zh not in told)]


def term_of(candidate: Candidate) -> Term:
    """The candidate as a term. Its id names both sides, so that no other term is hidden by dismissing it."""
    key = f"{candidate.en} = {candidate.zh}"
    return Term(key, candidate.en, candidate.zh, note="From officers' translations.")


async def _rows(database: Database) -> list[_Row]:
    return await database.rows(_Row, _LEFT, {"most": MOST})


_LEFT = """
SELECT source, original, target, "to", tagged FROM (
    SELECT segments.source, segments.original, segments.target, tasks."order" ->> 'to' AS "to",
           true AS tagged, tasks.created
      FROM segments JOIN tasks ON tasks.id = segments.task
     WHERE (segments.status = 'confirmed' OR segments.target <> segments.original)
       AND tasks.officer = acting_officer() AND tasks.department = acting_department()
    UNION ALL
    SELECT passage ->> 'source_text', passage ->> 'original', passage ->> 'text', tasks."order" ->> 'to',
           false, tasks.created
      FROM tasks,
           jsonb_path_query(draft, '$.sections[*].passages[*] ? (@.original != null)') AS passage
     WHERE kind = 'translate' AND officer = acting_officer() AND department = acting_department()
       AND NOT EXISTS (SELECT 1 FROM segments WHERE segments.task = tasks.id)
) AS left_by_officers
ORDER BY created DESC LIMIT %(most)s
"""
"""Once a task has segments, they and not its draft have the words."""
