"""The units of a PDF, each with the place that it takes on its pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median
from typing import Literal, NamedTuple

from ..normal import BULLET, NUMBER_LABEL
from ..pdf_flow import Flow
from ..pdf_layout import Page, Paragraph, in_order, joined_pieces, paragraphs
from ..pdf_lines import Line, Word
from ..pdf_objects import Box, PageInk
from ..pdf_pages import LoadedPage
from ..pdf_tables import Grid
from .pdf_fonts import face_of
from .pdf_words import Words, objects_of, words_of
from .tags import plain
from .unit import Story, Unit

Alignment = Literal["left", "centre", "right", "justify"]
_ABOVE, _BELOW = 0.8, 0.2
"""What a line takes above and below the line that its letters stand on, in multiples of their size."""
_OPENING = "（「『《〈【〔“‘"
_CELL_EDGE = 2.0
"""Points that text keeps from the rules of its cell, at least."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A unit's place: its frames, and how it is set."""

    unit: Unit
    words: Words
    frames: tuple[Frame, ...]
    size: float
    pitch: float
    """From line to line, in multiples of the size."""
    align: Alignment
    first: float = 0.0
    """Points that the first line begins after the others; less than 0 where it hangs out."""
    in_cell: bool = False
    held: bool = False
    """A sign that stays on the page belongs to it: it cannot move."""
    translatable: bool = True
    """Whether it has letters. What has none is painted again only when it is drawn together with others."""
    bullet: str = ""
    """Of a list item whose bullet is drawn with its words: what is drawn again before them."""
    objects: dict[int, frozenset[int]] = field(default_factory=dict)
    """The text objects that draw it, by page number."""


class _Text(NamedTuple):
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


class _Item(NamedTuple):
    """The lines of a list item without its bullet."""

    lines: list[Line]
    bullet: str = ""
    """To be drawn again."""
    out: float = 0.0
    """How far it hangs out, in points."""
    drawn: frozenset[int] = frozenset()
    """The text objects that draw it."""
    held: bool = False
    """A symbol stays on the page before the item."""


def places(pages: Sequence[LoadedPage], flow: Flow) -> list[Place]:
    """Every place that can be painted anew, in reading order. `flow` is joined over pages already."""
    inks = {each.page.number: each.ink for each in pages if each.ink is not None}
    counts: dict[int, int] = {}
    found: list[Place] = []
    for text in _texts(flow):
        number = text.lines[0].page
        place = _place(text, inks, flow, f"page/{number}#{counts.get(number, 0)}")
        if place is not None:
            counts[number] = counts.get(number, 0) + 1
            found.append(place)
    return found


def _texts(flow: Flow) -> Iterator[_Text]:
    for page, column in zip(flow.pages, flow.paragraphs, strict=True):
        text_area = _text_area(page, column)
        left = _usual_left(column)
        yield from _running("header", page.header, text_area)
        notes = flow.notes(page, column)
        for piece in flow.with_tables(page, column):
            if isinstance(piece, Grid):
                yield from _cells(piece, flow.pitch)
            else:
                story: Story = "footnote" if piece in notes else "body"
                column_box = _column(page, piece, text_area)
                edge = page.width - text_area.x0 if page.gutter is None else column_box.x1
                yield _Text(story, piece.lines, column_box, edge, left=left)
        yield from _running("footer", page.footer, text_area)


def _text_area(page: Page, column: Sequence[Paragraph]) -> Box:
    lines = [line for each in column for line in each.lines if line.page == page.number]
    lines += [line for grid in page.grids for cell in grid.lines.values() for line in cell]
    if not lines:
        lines = [*page.header, *page.footer]
    if not lines:
        return Box(0, 0, page.width, page.height)
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    edge = min(max(24.0, min(left, page.width - right)), 0.08 * page.height)
    return Box(left, edge, right, page.height - edge)


def _usual_left(column: Sequence[Paragraph]) -> float:
    counted = Counter(round(each.first.x0, 1) for each in column)
    return counted.most_common(1)[0][0] if counted else 0.0


def _column(page: Page, piece: Paragraph, area: Box) -> Box:
    """The text area, or the half of it on the paragraph's side of the gutter."""
    gutter, line = page.gutter, piece.first
    if gutter is None or line.x0 < gutter < line.x1:
        return area
    if line.x1 <= gutter:
        return area._replace(x1=min(max(line.right, line.x1), gutter))
    return area._replace(x0=gutter)


def _running(story: Story, lines: list[Line], area: Box) -> Iterator[_Text]:
    for line in joined_pieces(sorted(lines, key=lambda each: (round(each.base), each.x0))):
        yield _Text(story, [line], area)


def _cells(grid: Grid, pitch: float) -> Iterator[_Text]:
    for owner, lines in sorted(grid.lines.items()):
        cell = _cell_box(grid, owner)
        inner = in_order(Page(lines[0].page, cell.x1, cell.bottom, list(lines)))
        edge = max(_CELL_EDGE, min(min(line.x0 for line in lines) - cell.x0, 8.0))
        room = Box(cell.x0 + edge, cell.top + 1, cell.x1 - edge, cell.bottom - 1)
        for line in inner:
            line.right = max(room.x1, line.x1)
        for paragraph in paragraphs(inner, pitch):
            yield _Text("body", paragraph.lines, room, room.x1, room)


def _cell_box(grid: Grid, owner: tuple[int, int]) -> Box:
    held = [place for place, own in grid.cells.items() if own == owner]
    rows, columns = [row for row, _ in held], [column for _, column in held]
    return Box(grid.xs[min(columns)], grid.ys[min(rows)], grid.xs[max(columns) + 1], grid.ys[max(rows) + 1])


def _place(text: _Text, inks: dict[int, PageInk], flow: Flow, name: str) -> Place | None:
    """None where there is nothing to translate, or nothing that can be taken away."""
    item = _without_bullet(text.lines, inks)
    lines, bullet, out = item.lines, item.bullet, item.out
    objects = objects_of(lines)
    drawn = [inks[page].texts[number] for page, held in objects.items() for number in held if number >= 0]
    if not lines or any(-1 in held for held in objects.values()):
        return None
    if not all(ink.visible and ink.level and face_of(ink.font) for ink in drawn):
        return None
    objects[lines[0].page] |= item.drawn
    words = words_of(lines, inks, flow.joining)
    size = Paragraph(lines, 0, 0).size
    steps = [b.base - a.base for a, b in pairwise(lines) if a.page == b.page and b.base > a.base]
    frames = tuple(_frames(lines, text))
    align = _alignment(lines, text)
    if bullet:
        frames = (_with_bullet(frames[0], out), *frames[1:])
    return Place(
        unit=Unit(id=name, story=text.story, source=words.source, page=lines[0].page),
        words=words,
        frames=frames,
        size=size,
        pitch=min(max(median(steps) / size if steps else flow.pitch, 1.0), 2.6),
        align=align,
        first=-out if bullet else 0.0 if align in ("centre", "right") else _first_indent(lines),
        held=item.held,
        translatable=any(map(str.isalpha, plain(words.source))),
        in_cell=text.cell is not None,
        bullet=bullet,
        objects={page: frozenset(held) for page, held in objects.items()},
    )


def _without_bullet(lines: list[Line], inks: dict[int, PageInk]) -> _Item:
    """The lines without a bullet, which is drawn again, or a symbol, which stays on the page."""
    first = lines[0]
    head, *rest = first.words
    if not rest:
        return _Item(lines)
    cut = [replace(first, words=rest, x0=rest[0].x0), *lines[1:]]
    numbers = frozenset(run.object for run in head.runs)
    if BULLET.fullmatch(head.text + " "):
        return _Item(cut, head.text, cut[0].x0 - head.x0, numbers)
    if _is_symbol(head, inks[first.page]) and not numbers & objects_of(cut)[first.page]:
        return _Item(cut, held=True)
    return _Item(lines)


def _is_symbol(word: Word, ink: PageInk) -> bool:
    drawn = [ink.texts[run.object] for run in word.runs if run.object >= 0]
    return bool(drawn) and all(face_of(each.font) is None for each in drawn)


def _frames(lines: Sequence[Line], text: _Text) -> Iterator[Frame]:
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


def _with_bullet(frame: Frame, out: float) -> Frame:
    """The frame made as wide as the bullet needs that is drawn again."""
    x0 = frame.box.x0 - out
    return replace(frame, box=frame.box._replace(x0=x0), room=frame.room._replace(x0=min(frame.room.x0, x0)))


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


def _first_indent(lines: Sequence[Line]) -> float:
    """How far the first line begins after the others; where it has a number, how far that hangs out."""
    group = next(_regions(lines))
    first = group[0]
    labelled = len(first.words) > 1 and NUMBER_LABEL.fullmatch(first.words[0].text)
    if len(group) == 1:
        gap = first.words[1].x0 - first.words[0].x1 if labelled else 0.0
        return first.x0 - first.words[1].x0 if gap > 0.6 * first.size else 0.0
    step = first.x0 - min(line.x0 for line in group[1:])
    return step if 0.5 * first.size < abs(step) < 9 * first.size else 0.0


def _alignment(lines: Sequence[Line], text: _Text) -> Alignment:
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


def _alignment_of_one(line: Line, text: _Text, near: float) -> Alignment:
    """By the space on its two sides in its column or cell."""
    column = text.column
    before, after = line.x0 - column.x0, column.x1 - line.x1
    if before > 2 * near and abs(before - after) < max(2 * near, 0.04 * (column.x1 - column.x0)):
        return "centre"
    if after < near and before > 0.45 * (column.x1 - column.x0):
        return "right"
    return "left"
