"""The units of a PDF, each with the place that it takes on its pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from ..normal import BULLET
from ..pdf_flow import Flow
from ..pdf_layout import Page, Paragraph, in_order, joined_pieces, paragraphs
from ..pdf_lines import Line, Word
from ..pdf_objects import Box, PageInk
from ..pdf_pages import LoadedPage
from ..pdf_tables import Grid
from .pdf_fonts import face_of
from .pdf_frames import Alignment, Frame, UnitLines, alignment, first_indent, frames_of
from .pdf_words import Words, objects_of, words_of
from .tags import plain
from .unit import Story, Unit

_CELL_EDGE = 2.0
"""Points that text keeps from the rules of its cell, at least."""


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


def _texts(flow: Flow) -> Iterator[UnitLines]:
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
                yield UnitLines(story, piece.lines, column_box, edge, left=left)
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


def _running(story: Story, lines: list[Line], area: Box) -> Iterator[UnitLines]:
    for line in joined_pieces(sorted(lines, key=lambda each: (round(each.base), each.x0))):
        yield UnitLines(story, [line], area)


def _cells(grid: Grid, pitch: float) -> Iterator[UnitLines]:
    for owner, lines in sorted(grid.lines.items()):
        cell = _cell_box(grid, owner)
        inner = in_order(Page(lines[0].page, cell.x1, cell.bottom, list(lines)))
        edge = max(_CELL_EDGE, min(min(line.x0 for line in lines) - cell.x0, 8.0))
        room = Box(cell.x0 + edge, cell.top + 1, cell.x1 - edge, cell.bottom - 1)
        for line in inner:
            line.right = max(room.x1, line.x1)
        for paragraph in paragraphs(inner, pitch):
            yield UnitLines("body", paragraph.lines, room, room.x1, room)


def _cell_box(grid: Grid, owner: tuple[int, int]) -> Box:
    held = [place for place, own in grid.cells.items() if own == owner]
    rows, columns = [row for row, _ in held], [column for _, column in held]
    return Box(grid.xs[min(columns)], grid.ys[min(rows)], grid.xs[max(columns) + 1], grid.ys[max(rows) + 1])


def _place(text: UnitLines, inks: dict[int, PageInk], flow: Flow, name: str) -> Place | None:
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
    frames = tuple(frames_of(lines, text))
    align = alignment(lines, text)
    if bullet:
        frames = (_with_bullet(frames[0], out), *frames[1:])
    return Place(
        unit=Unit(id=name, story=text.story, source=words.source, page=lines[0].page),
        words=words,
        frames=frames,
        size=size,
        pitch=min(max(median(steps) / size if steps else flow.pitch, 1.0), 2.6),
        align=align,
        first=-out if bullet else 0.0 if align in ("centre", "right") else first_indent(lines),
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


def _with_bullet(frame: Frame, out: float) -> Frame:
    """The frame made as wide as the bullet needs that is drawn again."""
    x0 = frame.box.x0 - out
    return replace(frame, box=frame.box._replace(x0=x0), room=frame.room._replace(x0=min(frame.room.x0, x0)))
