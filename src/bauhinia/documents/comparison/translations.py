"""A document beside its counterpart in the other language: which segments translate which.

Dynamic programming over 1-1, 1-2, 2-1, 1-0 and 0-1 beads, as Gale and Church (1993) align sentences by their
lengths alone; here meaning, figures, terms, numbering and form have a say as well (`segments.fit`).
Blocks are aligned first, then the sentences of blocks that belong together.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...language import Termbase, Variety, compare_figures, split_sentences
from ..document import Document
from .comparison import Comparison, Pair, Texts
from .differences import Edit
from .segments import Matrix, Scores, Segment, fit, segment_of

Embed = Callable[[Sequence[str]], Awaitable[list[list[float]]]]
Bead = tuple[tuple[int, ...], tuple[int, ...]]
"""Segments of the old and of the new side that belong together; one of them may be empty."""

_SEMICOLON = re.compile(r"[；;]\s*")
LEAST = 0.05
"""Score below which two segments are strangers."""
_STEPS = ((1, 0), (0, 1), (1, 1), (1, 2), (2, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Aligned:
    """A sentence, or two, of the old side and what answers on the new one; empty texts where nothing does.

    `old_start` and `new_start` are where the texts start in the blocks' texts joined with `BREAK`.
    """

    old: str
    new: str
    old_start: int
    new_start: int


def beads(scores: Scores) -> list[Bead]:
    """The best alignment, in order; it holds every segment of both sides once."""
    n, m = scores.one.shape
    best = np.zeros((n + 1, m + 1), dtype=np.float32)
    way: NDArray[np.int8] = np.zeros((n + 1, m + 1), dtype=np.int8)
    way[0, 1:] = 1
    for i in range(1, n + 1):
        options = np.full((5, m + 1), -np.inf, dtype=np.float32)
        options[0] = best[i - 1]
        options[2, 1:] = best[i - 1, :-1] + scores.one[i - 1] - LEAST
        if m > 1:
            options[3, 2:] = best[i - 1, :-2] + scores.two_new[i - 1, :-1] - LEAST
        if i > 1:
            options[4, 1:] = best[i - 2, :-1] + scores.two_old[i - 2] - LEAST
        way[i] = options.argmax(axis=0)
        row = options.max(axis=0)
        # Leaving new segments out costs nothing, so the best so far goes on to the right.
        best[i] = np.maximum.accumulate(row)
        way[i][best[i] > row] = 1
    return _walked(way)


def _walked(way: NDArray[np.int8]) -> list[Bead]:
    i, j = way.shape[0] - 1, way.shape[1] - 1
    found: list[Bead] = []
    while i or j:
        down, right = _STEPS[way[i, j]] if i and j else ((1, 0) if i else (0, 1))
        found.append((tuple(range(i - down, i)), tuple(range(j - right, j))))
        i, j = i - down, j - right
    return found[::-1]


async def compare_translations(
    old: Document, new: Document, varieties: tuple[Variety, Variety], termbase: Termbase, embed: Embed
) -> Comparison:
    """Align a document with its counterpart in the other language. Raises what `embed` raises."""
    before = [segment_of(block.text, termbase, varieties[0], block) for block in old.blocks]
    after = [segment_of(block.text, termbase, varieties[1], block) for block in new.blocks]
    if not before or not after:
        return Comparison(
            across=True,
            pairs=(
                *(Pair(kind="deleted", old=(block.id,)) for block in old.blocks),
                *(Pair(kind="inserted", new=(block.id,)) for block in new.blocks),
            ),
        )
    vectors = np.asarray(await embed([one.text for one in [*before, *after]]), dtype=np.float32)
    found = beads(fit(before, after, vectors[: len(before)], vectors[len(before) :]))
    found = _with_replaced(found, before, after)
    texts = Texts.of(old, new)
    return Comparison(across=True, pairs=tuple(_pair(bead, old, new, texts) for bead in found))


def _with_replaced(found: Sequence[Bead], old: Sequence[Segment], new: Sequence[Segment]) -> list[Bead]:
    """The beads; neighbours that nothing answers, the one here and the other there, are one where both are
    about figures: `Date: 16 March` and 日期：三月十七日 share nothing else that could be measured."""
    joined: list[Bead] = []
    for bead in found:
        before = joined[-1] if joined else None
        if before is not None and _opposite(before, bead):
            (i,), (j,) = before[0] or bead[0], before[1] or bead[1]
            length = len(old[i].text.encode()) / max(1, len(new[j].text.encode()))
            same_form = (old[i].cell is None) == (new[j].cell is None) and old[i].label == new[j].label
            if old[i].figures and new[j].figures and same_form and 1 / MOST_LONGER < length < MOST_LONGER:
                joined[-1] = ((i,), (j,))
                continue
        joined.append(bead)
    return joined


MOST_LONGER = 2.5
"""How many times as long a translation may be, in bytes."""


def _pair(bead: Bead, old: Document, new: Document, texts: Texts) -> Pair:
    ours = tuple(old.blocks[i].id for i in bead[0])
    theirs = tuple(new.blocks[j].id for j in bead[1])
    if not theirs:
        return Pair(kind="deleted", old=ours)
    if not ours:
        return Pair(kind="inserted", new=theirs)
    pair = Pair(kind="same", old=ours, new=theirs)
    edits = _unanswered(texts.before((), pair), texts.after(pair))
    return Pair(kind="changed" if edits else "same", old=ours, new=theirs, edits=edits)


def _unanswered(old: str, new: str) -> tuple[Edit, ...]:
    """The figures of each side that the other does not say, as edits that stand alone."""
    difference = compare_figures(old, new)
    gone = [
        Edit(kind="delete", old_start=one.start, old_end=one.end, new_start=0, new_end=0)
        for one in difference.missing
    ]
    come = [
        Edit(kind="insert", old_start=0, old_end=0, new_start=one.start, new_end=one.end)
        for one in difference.added
    ]
    return (*gone, *come)


async def align_sentences(
    pairs: Sequence[tuple[str, str]], varieties: tuple[Variety, Variety], termbase: Termbase, embed: Embed
) -> list[list[Aligned]]:
    """The sentences of texts that translate one another, aligned. Raises what `embed` raises."""
    spans = [(_sentences(old), _sentences(new)) for old, new in pairs]
    wanted = [n for n, (ours, theirs) in enumerate(spans) if len(ours) > 1 or len(theirs) > 1]
    sentences = [
        [pairs[n][side][start:end].strip() for start, end in spans[n][side]]
        for n in wanted
        for side in (0, 1)
    ]
    flat = [one for some in sentences for one in some]
    vectors = np.asarray(await embed(flat), dtype=np.float32) if flat else np.zeros((0, 1), np.float32)
    found = [[Aligned(old=old, new=new, old_start=0, new_start=0)] for old, new in pairs]
    at = 0
    for k, n in enumerate(wanted):
        ours, theirs = sentences[2 * k], sentences[2 * k + 1]
        middle, end = at + len(ours), at + len(ours) + len(theirs)
        found[n] = _aligned(
            pairs[n], spans[n], (vectors[at:middle], vectors[middle:end]), varieties, termbase
        )
        at = end
    return found


def _aligned(
    texts: tuple[str, str],
    spans: tuple[list[tuple[int, int]], list[tuple[int, int]]],
    vectors: tuple[Matrix, Matrix],
    varieties: tuple[Variety, Variety],
    termbase: Termbase,
) -> list[Aligned]:
    old, new = (
        [_sentence(texts[side][start:end], termbase, varieties[side]) for start, end in spans[side]]
        for side in (0, 1)
    )
    if not old or not new:
        return [Aligned(old=texts[0], new=texts[1], old_start=0, new_start=0)]
    found = beads(fit(old, new, *vectors))
    whole = tuple(_whole_sentences(texts[side], spans[side]) for side in (0, 1))
    return [
        Aligned(
            old=texts[0][spans[0][ours[0]][0] : spans[0][ours[-1]][1]] if ours else "",
            new=texts[1][spans[1][theirs[0]][0] : spans[1][theirs[-1]][1]] if theirs else "",
            old_start=spans[0][ours[0]][0] if ours else 0,
            new_start=spans[1][theirs[0]][0] if theirs else 0,
        )
        for ours, theirs in _answered(found, old, new, whole)
    ]


def _sentences(text: str) -> list[tuple[int, int]]:
    """Sentences, ended by semicolons too: where English writes three sentences Chinese may write one."""
    spans: list[tuple[int, int]] = []
    for start, end in split_sentences(text):
        cuts = [match.end() for match in _SEMICOLON.finditer(text, start, end) if match.end() < end]
        spans += zip([start, *cuts], [*cuts, end], strict=True)
    return spans


def _whole_sentences(text: str, spans: Sequence[tuple[int, int]]) -> list[int]:
    """Of each piece between semicolons the number of its sentence."""
    ends = [end for _, end in split_sentences(text)]
    return [bisect_left(ends, end) for _, end in spans]


def _answered(
    found: Sequence[Bead], old: Sequence[Segment], new: Sequence[Segment], whole: Sequence[Sequence[int]]
) -> list[Bead]:
    """The beads, one that nothing answers joined to its neighbour where that is a stranger on the other side,
    says its figures, or is a piece of the same sentence."""
    joined: list[Bead] = []
    for bead in found:
        before = joined[-1] if joined else None
        if before is not None and (
            _opposite(before, bead) or _of_one(before, bead, whole) or _says(before, bead, old, new)
        ):
            joined[-1] = ((*before[0], *bead[0]), (*before[1], *bead[1]))
        else:
            joined.append(bead)
    return joined


def _opposite(before: Bead, bead: Bead) -> bool:
    """Whether each has only one side, and not the same: a sentence that was put in another's place."""
    return any(bool(before[s] and bead[1 - s]) and not (before[1 - s] or bead[s]) for s in (0, 1))


def _of_one(before: Bead, bead: Bead, whole: Sequence[Sequence[int]]) -> bool:
    """Whether one of them is unanswered and both hold pieces of one sentence."""
    if all(before) and all(bead):
        return False
    return any(
        before[side] and bead[side] and whole[side][before[side][-1]] == whole[side][bead[side][0]]
        for side in (0, 1)
    )


def _says(before: Bead, bead: Bead, old: Sequence[Segment], new: Sequence[Segment]) -> bool:
    """Whether one of them is unanswered and the other's answer holds its figures."""
    loose, full = (before, bead) if all(bead) else (bead, before)
    if all(loose) or not all(full):
        return False
    ours = [old[i].figures for i in loose[0]] or [new[j].figures for j in loose[1]]
    theirs = [new[j].figures for j in full[1]] if loose[0] else [old[i].figures for i in full[0]]
    wanted = frozenset().union(*ours)
    return bool(wanted) and wanted <= frozenset().union(*theirs)


def _sentence(text: str, termbase: Termbase, variety: Variety) -> Segment:
    return segment_of(text, termbase, variety)
