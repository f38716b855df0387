"""Where the lines of a unit stand on their pages, and how they are set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal, NamedTuple

from ..normal import NUMBER_LABEL
from ..pdf_lines import Line
from ..pdf_objects import Box
from .unit import Story

Alignment = Literal["left", "centre", "right", "justify"]
_ABOVE, _BELOW = 0.8, 0.2
"""What a line takes above and below the line that its letters stand on, in multiples of their size."""
_OPENING = "（「『《〈【〔“‘"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where a unit, or a part of one that runs over a column or a page, stands."""

    page: int
    box: Box
    base: float
    """Of its first line."""
    room: Box
    """What it may grow into: its box, the cell, or the column, before other ink is asked."""
    inset: float = 0.0
    """How far its words begin inside the box: a wide bracket's white half hangs out of the column."""


class UnitLines(NamedTuple):
    """Lines that make a unit, before their words are joined."""

    story: Story
    lines: list[Line]
    column: Box
    """Of each line's own page: what full lines fill."""
    edge: float = 0.0
    """Where a line that stands alone may end: as far from the page's edge as the text begins on the left."""
    cell: Box | None = None
    left: float = 0.0
    """Where most paragraphs of the page begin."""


def frames_of(lines: Sequence[Line], text: UnitLines) -> Iterator[Frame]:
    for group in _regions(lines):
        size = max(line.size for line in group)
        box = Box(
            min(line.x0 for line in group),
            group[0].base - _ABOVE * size,
            max(line.x1 for line in group),
            group[-1].base + _BELOW * size,
        )
        room = text.column
        if len(group) == 1:
            room = room._replace(x1=max(room.x1, text.edge))
        elif not text.cell:
            # Where full lines of its column end is told by the lines around it.
            room = room._replace(x1=max(box.x1, min(room.x1, max(line.right for line in group))))
        room = Box(
            min(room.x0, box.x0), min(room.top, box.top), max(room.x1, box.x1), max(room.bottom, box.bottom)
        )
        hangs = text.left - box.x0 if group[0].text[0] in _OPENING else 0.0
        inset = hangs if 0 < hangs < 0.7 * size else 0.0
        yield Frame(page=group[0].page, box=box, base=group[0].base, room=room, inset=inset)


def _regions(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """The lines parted where they go on in the next column or page."""
    group: list[Line] = []
    for line in lines:
        if group and (line.page != group[-1].page or line.base < group[-1].base - 0.5 * line.size):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def first_indent(lines: Sequence[Line]) -> float:
    """How far the first line begins after the others; where it has a number, how far that hangs out."""
    group = next(_regions(lines))
    first = group[0]
    labelled = len(first.words) > 1 and NUMBER_LABEL.fullmatch(first.words[0].text)
    if len(group) == 1:
        gap = first.words[1].x0 - first.words[0].x1 if labelled else 0.0
        return first.x0 - first.words[1].x0 if gap > 0.6 * first.size else 0.0
    step = first.x0 - min(line.x0 for line in group[1:])
    return step if 0.5 * first.size < abs(step) < 9 * first.size else 0.0


def alignment(lines: Sequence[Line], text: UnitLines) -> Alignment:
    group = next(_regions(lines))
    size = group[0].size
    near = 0.6 * size
    if len(group) == 1:
        return _alignment_of_one(group[0], text, near)
    lefts = [line.x0 for line in group[1:]]
    rights = [line.x1 for line in group[:-1]]
    middles = [line.x0 + line.x1 for line in group]
    if max(lefts) - min(lefts) < near and abs(group[0].x0 - lefts[0]) < 9 * size:
        # Marks at a line's end may hang out of a justified column.
        even = sum(abs(right - median(rights)) < 0.3 * size for right in rights)
        full = even >= 0.8 * len(rights) and len(group) > 2
        one = len(group) == 2 and abs(group[0].x1 - group[0].right) < 0.1 * size
        if abs(group[0].x0 - lefts[0]) < near or full or max(middles) - min(middles) > 2 * near:
            narrow = text.cell is not None and len(group) < 4
            return "justify" if (full or one) and not narrow else "left"
    if max(middles) - min(middles) < 2 * near:
        return "centre"
    ends = [line.x1 for line in group]
    return "right" if max(ends) - min(ends) < near else "left"


def _alignment_of_one(line: Line, text: UnitLines, near: float) -> Alignment:
    """By the space on its two sides in its column or cell."""
    column = text.column
    before, after = line.x0 - column.x0, column.x1 - line.x1
    if before > 2 * near and abs(before - after) < max(2 * near, 0.04 * (column.x1 - column.x0)):
        return "centre"
    if after < near and before > 0.45 * (column.x1 - column.x0):
        return "right"
    return "left"
