"""Tagged text for a model: cut where no tag is cut, given with few tags, and judged when it comes back."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..documents.layout import Piece, TagFault, line, pieces, projected, renumbered, reworded, tagged
from .draft import Passage

_WORD = re.compile(r"[^\W\u3400-\u9fff]+|[\u3400-\u9fff]")
"""A word, or a Chinese character."""
Spans = Callable[[str], list[tuple[int, int]]]
"""Cuts a line into spans, such as `translate.segments`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedSegment:
    """A few sentences of a unit."""

    text: str
    """Tagged text, its tags counted from 1."""
    numbers: dict[int, int]
    """The unit's number of each tag of the segment."""
    before: tuple[Piece, ...] = ()
    """Tags that stand before its words: the model does not see them."""
    after: tuple[Piece, ...] = ()

    def restored(self, target: str) -> str:
        """A translation of the segment with the unit's own tags."""
        inner = [
            piece if piece.kind == "text" else piece._replace(number=self.numbers[piece.number])
            for piece in pieces(target)
        ]
        return tagged([*self.before, *inner, *self.after])


def tagged_segments(text: str, spans: Spans) -> list[TaggedSegment]:
    """A unit's segments, cut where its line is cut unless a pair of tags is open there."""
    cuts = [start for start, _ in spans(line(text))][1:]
    return [_segment(part) for part in _cut(pieces(text), cuts)]


def _cut(parts: Sequence[Piece], cuts: Sequence[int]) -> list[list[Piece]]:
    """The pieces parted at places of their line, at those alone where no pair is open."""
    groups: list[list[Piece]] = [[]]
    left = list(cuts)
    at = depth = 0
    for piece in parts:
        depth += (piece.kind == "open") - (piece.kind == "close")
        if piece.kind != "text":
            at += piece.kind == "alone"
            groups[-1].append(piece)
            continue
        words, start = piece.text, at
        while left and left[0] <= at + len(piece.text):
            place = left.pop(0)
            if depth or place <= start:
                continue
            groups[-1].append(Piece("text", words[: place - start]))
            groups.append([])
            words, start = words[place - start :], place
        groups[-1].append(Piece("text", words))
        at += len(piece.text)
    return [group for group in groups if group]


def _segment(parts: Sequence[Piece]) -> TaggedSegment:
    """A segment without the tags at its ends; a pair round all of it goes too."""
    inner = [piece for piece in parts if piece.kind != "text" or piece.text]
    before: list[Piece] = []
    after: list[Piece] = []
    while inner:
        if inner[0].kind == "alone":
            before.append(inner.pop(0))
        elif inner[-1].kind == "alone":
            after.insert(0, inner.pop())
        elif _pair_round_all(inner):
            before.append(inner.pop(0))
            after.insert(0, inner.pop())
        else:
            break
    counted, numbers = renumbered(inner)
    return TaggedSegment(text=tagged(counted), numbers=numbers, before=tuple(before), after=tuple(after))


def _pair_round_all(parts: Sequence[Piece]) -> bool:
    first, last = parts[0], parts[-1]
    return first.kind == "open" and last.kind == "close" and first.number == last.number


def escaped(words: str) -> str:
    """Words without a tag, as tagged text."""
    return tagged([Piece("text", words)])


def target_of(passage: Passage) -> str:
    """A passage's translation as it was last edited, tagged as its source is."""
    return reworded(passage.tagged, passage.text) if passage.unit else escaped(passage.text)


def tags_of(text: str) -> list[str]:
    """The tags as a model is asked for them: `<1>…</1>`, `<2/>`."""
    return [
        f"<{piece.number}/>" if piece.kind == "alone" else f"<{piece.number}>…</{piece.number}>"
        for piece in pieces(text)
        if piece.kind in ("open", "alone")
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A translation whose tags are valid again."""

    text: str
    dropped: int
    """How many words of the source lost their formatting."""
    moved: int
    """How many things in the line were put back where they probably belong."""


def saved(source: str, target: str, wrong: Sequence[TagFault]) -> Saved:
    """A translation with its tags made valid: the fallback after a repair that failed."""
    text = projected(source, target)
    kept = {(piece.kind, piece.number) for piece in pieces(text) if piece.kind != "text"}
    alone = {piece.number for piece in pieces(source) if piece.kind == "alone"}
    gone = {
        piece.number
        for piece in pieces(source)
        if piece.kind == "open" and ("open", piece.number) not in kept
    }
    moved = {fault.number for fault in wrong if fault.kind == "missing"} & alone
    return Saved(text=text, dropped=_words_in(source, gone), moved=len(moved))


def _words_in(source: str, numbers: set[int]) -> int:
    """The words inside any of those pairs."""
    opened: list[int] = []
    inside = ""
    for piece in pieces(source):
        if piece.kind == "open":
            opened.append(piece.number)
        elif piece.kind == "close":
            opened.pop()
        elif piece.kind == "text" and numbers & set(opened):
            inside += f"{piece.text} "
    return len(_WORD.findall(inside))
