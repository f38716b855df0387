"""Segments of a document and of its counterpart in the other language, and how well two of them fit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...language import Termbase, Variety, figures
from ...language.numbers import read_number
from ..document import Block
from ..normal import NUMBER_LABEL

Matrix = NDArray[np.float32]

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}
_HEADINGS = frozenset({"title", "heading"})
_NUMBER = re.compile(r"[0-9]+|[一二三四五六七八九十百]+|[a-zA-Z]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A block, or a sentence of one, as it is held against the other language."""

    text: str
    figures: frozenset[str]
    terms: frozenset[str]
    """Ids of the termbase's terms in it."""
    label: str = ""
    """Its number in figures, `3` for `(3)` and for 三、, or its letter; empty without one."""
    is_heading: bool = False
    cell: tuple[int, int] | None = None
    """Row and column in its table."""


class Scores(NamedTuple):
    """How well segments fit, above 0 for translations: `[i, j]` of old `i` and new `j`."""

    one: Matrix
    two_new: Matrix
    """Old `i` with new `j` and `j + 1`; the last column is never used."""
    two_old: Matrix
    """Old `i` and `i + 1` with new `j`; the last row is never used."""


def segment_of(text: str, termbase: Termbase, variety: Variety, block: Block | None = None) -> Segment:
    """The segment of a text; with its `block` what that says of it counts too."""
    return Segment(
        text=text,
        figures=frozenset(figure.value for figure in figures(text)),
        terms=frozenset(hit.term.id for hit in termbase.find(text, variety)),
        label=_label(text),
        is_heading=block is not None and block.kind in _HEADINGS,
        cell=(block.cell.row, block.cell.column) if block is not None and block.cell else None,
    )


def fit(old: Sequence[Segment], new: Sequence[Segment], old_vectors: Matrix, new_vectors: Matrix) -> Scores:
    """Scores of every pairing. Vectors are unit rows, one a segment."""
    of_old, of_new = _Traits.of(old, old_vectors), _Traits.of(new, new_vectors)
    ratio = max(1.0, of_new.lengths.sum()) / max(1.0, of_old.lengths.sum())
    form = _form(old, new)
    return Scores(
        one=_score(of_old, of_new, ratio) + form,
        two_new=_score(of_old, of_new.doubled(), ratio) + np.minimum(form, 0.3) - TWO,
        two_old=_score(of_old.doubled(), of_new, ratio) + np.minimum(form, 0.3) - TWO,
    )


TWO = 0.1
"""What a segment that answers to two must be better by."""
BASE = 0.79
"""Cosine similarity that two segments with nothing in common have: e5-small gives 0.74 to 0.84."""
MEANING = 6.0
FIGURES = 0.8
TERMS = 0.4
LENGTH = 0.35
LABEL = 0.3
FORM = 0.4
"""Weights of the signs. Set on the samples' pairs; the planted-changes test holds them."""


@dataclass(frozen=True, slots=True)
class _Traits:
    """What is compared, as arrays with a row a segment."""

    vectors: Matrix
    figures: list[frozenset[str]]
    terms: list[frozenset[str]]
    lengths: Matrix

    @classmethod
    def of(cls, segments: Sequence[Segment], vectors: Matrix) -> _Traits:
        lengths = np.array([len(segment.text.encode()) + 1 for segment in segments], dtype=np.float32)
        return cls(vectors, [one.figures for one in segments], [one.terms for one in segments], lengths)

    def doubled(self) -> _Traits:
        """Each segment with the one after it; the last with itself."""
        after = [*range(1, len(self.figures)), len(self.figures) - 1]
        vectors = self.vectors + self.vectors[after]
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
        return _Traits(
            vectors,
            [one | self.figures[n] for one, n in zip(self.figures, after, strict=True)],
            [one | self.terms[n] for one, n in zip(self.terms, after, strict=True)],
            self.lengths + self.lengths[after],
        )


def _score(old: _Traits, new: _Traits, ratio: float) -> Matrix:
    meaning = np.clip(MEANING * (old.vectors @ new.vectors.T - BASE), -0.5, 0.9)
    length = np.abs(np.log(new.lengths[None, :] / (ratio * old.lengths[:, None])))
    score: Matrix = meaning - LENGTH * np.clip(length - 0.25, 0.0, 2.0)
    score += FIGURES * _shared(old.figures, new.figures, lacking=-0.45)
    score += TERMS * _shared(old.terms, new.terms, lacking=-0.1)
    return score.astype(np.float32)


def _shared(old: Sequence[frozenset[str]], new: Sequence[frozenset[str]], *, lacking: float) -> Matrix:
    """How much of what either holds both hold, 0 to 1; `lacking` where both hold some and share none, half
    of it where only one holds any."""
    names = {name: n for n, name in enumerate(sorted(frozenset().union(*old, *new)))}
    if not names:
        return np.zeros((len(old), len(new)), dtype=np.float32)
    ours, theirs = _indicators(old, names), _indicators(new, names)
    both = ours @ theirs.T
    sizes = ours.sum(axis=1)[:, None], theirs.sum(axis=1)[None, :]
    dice = 2 * both / np.maximum(sizes[0] + sizes[1], 1)
    some = (sizes[0] > 0).astype(np.float32) + (sizes[1] > 0)
    result: Matrix = np.where(both > 0, dice, lacking * some / 2).astype(np.float32)
    return result


def _indicators(held: Sequence[frozenset[str]], names: dict[str, int]) -> Matrix:
    table: Matrix = np.zeros((len(held), len(names)), dtype=np.float32)
    for row, some in enumerate(held):
        table[row, [names[name] for name in some]] = 1.0
    return table


def _form(old: Sequence[Segment], new: Sequence[Segment]) -> Matrix:
    """Headings with headings, cells with cells of the same place, equal numbers with equal numbers."""
    score: Matrix = np.zeros((len(old), len(new)), dtype=np.float32)
    headings = np.array([one.is_heading for one in old]), np.array([one.is_heading for one in new])
    both, one = headings[0][:, None] & headings[1][None, :], headings[0][:, None] ^ headings[1][None, :]
    score += 0.15 * both - 0.25 * one
    cells = np.array([one.cell is not None for one in old]), np.array([one.cell is not None for one in new])
    score -= 2 * FORM * (cells[0][:, None] ^ cells[1][None, :])
    score += FORM * _equal([one.cell for one in old], [one.cell for one in new])
    labels = [one.label or None for one in old], [one.label or None for one in new]
    known = np.array([one is not None for one in labels[0]])[:, None] & np.array(
        [one is not None for one in labels[1]]
    )
    same = _equal(*labels)
    score += LABEL * same - LABEL * (known & (same == 0)) / 2
    return score.astype(np.float32)


def _equal(old: Sequence[object], new: Sequence[object]) -> Matrix:
    """1 where both are the same thing and not None."""
    names: dict[object, int] = {}
    ours = np.array([-1 if one is None else names.setdefault(one, len(names)) for one in old])
    theirs = np.array([-2 if one is None else names.setdefault(one, len(names)) for one in new])
    same: Matrix = (ours[:, None] == theirs[None, :]).astype(np.float32)
    return same


def _label(text: str) -> str:
    match = NUMBER_LABEL.match(text)
    found = _NUMBER.search(match.group()) if match else None
    if found is None:
        return ""
    written = found.group().lower()
    if written in _ROMAN:
        return str(_ROMAN[written])
    return written if written.isascii() else str(read_number(written))
