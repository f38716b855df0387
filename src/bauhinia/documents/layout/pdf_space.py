"""How far a unit's box can grow: into space that no other ink of its page uses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..pdf_flow import Flow
from ..pdf_layout import Paragraph
from ..pdf_lines import Line, Rule
from ..pdf_objects import Box, Shape
from ..pdf_pages import LoadedPage
from .pdf_frames import Frame
from .pdf_units import Place

_GAP = 0.35
"""Kept free beside other ink, in multiples of the letter size."""
_GAP_BELOW = 0.15
_BESIDE = 24.0
"""Points to the left of a paragraph where its bullet may be drawn."""
_BACKGROUND = 0.9
"""A shape over this part of the page is its background."""


class PageSpace:
    """What stands on one page, for every unit to keep away from."""

    def __init__(self, loaded: LoadedPage, lines: Iterable[Line]) -> None:
        self.page = Box(0.0, 0.0, loaded.page.width, loaded.page.height)
        shapes = loaded.ink.shapes if loaded.ink else []
        self.shapes = [shape.box for shape in shapes if not self._is_background(shape)]
        self.shapes += [_rule_box(rule) for rule in loaded.rules]
        self.lines = [_line_box(line) for line in lines]
        self.taken: list[Box] = []
        self.leaning: list[Box] = []
        """Frames that grow to the left, too: what stands there leaves them half of the white between."""

    def _is_background(self, shape: Shape) -> bool:
        box = shape.box
        area = (box.x1 - box.x0) * (box.bottom - box.top)
        whole = self.page.x1 * self.page.bottom
        return area > _BACKGROUND * whole

    def is_alone(self, frame: Frame) -> bool:
        """Whether nothing else stands beside a frame in its column, behind it, or under its words."""
        inner, room = frame.box, frame.room
        strip = Box(min(room.x0, inner.x0) - _BESIDE, inner.top, max(room.x1, inner.x1), inner.bottom)
        texts = [box for box in self.lines if not inner.holds(box, slack=0.5)]
        return not any(_touch(strip, box) for box in self.shapes) and not any(
            box.meets(strip, slack=0.5) for box in texts
        )

    def floor(self, span: Box, bottom: float, own: Sequence[Box]) -> float:
        """Where the first thing begins that stands below `bottom` within the width of `span`."""
        others = [*self.lines, *self.shapes, *(box for box in self.taken if box not in own)]
        below = [box.top for box in others if box.top >= bottom - 1 and box.x0 < span.x1 and box.x1 > span.x0]
        return min(below, default=self.page.bottom)

    def grown(self, frame: Frame, place: Place) -> Box:
        """The most that a frame may cover; no frame asked for later gets any of it."""
        inner = frame.box
        texts = [box for box in [*self.lines, *self.taken] if not inner.holds(box, slack=0.5)]
        around = [box for box in self.shapes if box.holds(inner) and not inner.holds(box)]
        others = texts + [box for box in self.shapes if box not in around and not _within(box, inner)]
        room = frame.room
        for box in around:
            room = _common(room, box, inner)
        gap = _GAP * place.size
        room = self._shared(inner, room, place)
        wide = _widened(inner, room, others, gap, place)
        box = _lengthened(wide, room, others, _GAP_BELOW * place.size)
        self.taken.append(box)
        return box

    def _shared(self, inner: Box, room: Box, place: Place) -> Box:
        """The room up to the middle of the white before the next frame that grows to the left."""
        if place.align == "right":
            return room
        beside = [box for box in self.leaning if box.x0 >= inner.x1 and _level(box, inner)]
        middle = min(((inner.x1 + box.x0) / 2 for box in beside), default=room.x1)
        return room._replace(x1=min(room.x1, middle))


def spaces(pages: Sequence[LoadedPage], flow: Flow, places: Iterable[Place]) -> dict[int, PageSpace]:
    """By page number."""
    lines: dict[int, list[Line]] = {each.page.number: [] for each in pages}
    for page, column in zip(flow.pages, flow.paragraphs, strict=True):
        for line in _all_lines(column, [*page.header, *page.footer]):
            lines[line.page].append(line)
        for grid in page.grids:
            for held in grid.lines.values():
                lines[page.number] += held
    found = {each.page.number: PageSpace(each, lines[each.page.number]) for each in pages}
    for place in places:
        if place.align in ("centre", "right"):
            for frame in place.frames:
                found[frame.page].leaning.append(frame.box)
    return found


def _all_lines(column: Sequence[Paragraph], running: Sequence[Line]) -> Iterable[Line]:
    yield from running
    for paragraph in column:
        yield from paragraph.lines


def _line_box(line: Line) -> Box:
    return Box(line.x0, line.base - 0.8 * line.size, line.x1, line.base + 0.2 * line.size)


def _rule_box(rule: Rule) -> Box:
    if rule.across:
        return Box(rule.start, rule.at, rule.end, rule.at)
    return Box(rule.at, rule.start, rule.at, rule.end)


def _touch(one: Box, other: Box) -> bool:
    """Whether two boxes have a point in common; a rule is a box without a height or a width."""
    return one.x0 <= other.x1 and other.x0 <= one.x1 and one.top <= other.bottom and other.top <= one.bottom


def _within(box: Box, inner: Box) -> bool:
    """Whether a shape is the unit's own: an underline, a highlight behind some of its words."""
    return inner.holds(box, slack=2.0)


def _common(room: Box, box: Box, inner: Box) -> Box:
    """The room inside a shape around the unit, never less than the unit has already."""
    return Box(
        min(max(room.x0, box.x0 + 2), inner.x0),
        min(max(room.top, box.top + 2), inner.top),
        max(min(room.x1, box.x1 - 2), inner.x1),
        max(min(room.bottom, box.bottom - 2), inner.bottom),
    )


def _widened(inner: Box, room: Box, others: Sequence[Box], gap: float, place: Place) -> Box:
    """The box made wider, on the side or sides that its alignment leaves free."""
    beside = [box for box in others if _level(box, inner)]
    right = min([room.x1, *(box.x0 - gap for box in beside if box.x0 >= inner.x1 - 1)])
    left = max([room.x0, *(box.x1 + gap for box in beside if box.x1 <= inner.x0 + 1)])
    right, left = max(right, inner.x1), min(left, inner.x0)
    if place.align == "right":
        return inner._replace(x0=left)
    if place.align == "centre":
        step = min(inner.x0 - left, right - inner.x1)
        return inner._replace(x0=inner.x0 - step, x1=inner.x1 + step)
    return inner._replace(x1=right)


def _level(one: Box, other: Box) -> bool:
    """Whether two boxes stand beside each other."""
    return min(one.bottom, other.bottom) - max(one.top, other.top) > -0.5


def _lengthened(wide: Box, room: Box, others: Sequence[Box], gap: float) -> Box:
    below = [
        box.top - gap
        for box in others
        if box.x0 < wide.x1 - 0.5
        and box.x1 > wide.x0 + 0.5
        and box.bottom > wide.bottom - 1
        and box.top > wide.top + 1
    ]
    return wide._replace(bottom=max(wide.bottom, min([room.bottom, *below])))
