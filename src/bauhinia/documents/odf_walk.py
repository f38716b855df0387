"""OpenDocument's blocks in reading order: paragraphs, lists, tables, sections, shapes, notes and comments."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from typing import NamedTuple

from lxml import etree

from .collecting import Reading
from .document import Aside, BlockKind, Cell, MarkKind
from .normal import split_breaks
from .odf_inline import Gathered, Hung, Inline, equation, plain
from .odf_styles import (
    CHART,
    DRAW,
    MATHML,
    OFFICE,
    PRESENTATION,
    SVG,
    TABLE,
    TEXT,
    XLINK,
    Lists,
    Style,
    Styles,
)
from .ooxml import local, number_of
from .package import Package

REPEATS_MOST = 200
"""Times that one repeated cell or row with text in it is read."""
_INDEXES = (
    "table-of-content", "illustration-index", "table-index", "object-index", "user-index",
    "alphabetical-index", "bibliography",
)  # fmt: skip
_ROWS = frozenset({f"{TABLE}table-header-rows", f"{TABLE}table-rows", f"{TABLE}table-row-group"})
_CELLS = frozenset({f"{TABLE}table-cell", f"{TABLE}covered-table-cell"})
_CONTENTS = ("text-box", "table", "object", "object-ole", "plugin", "applet", "floating-frame", "image")
"""What a frame may hold, the best version of it first."""


class Place(NamedTuple):
    """What a paragraph's surroundings make of it."""

    kind: BlockKind | None = None
    cell: Cell | None = None
    page: int | None = None
    aside: Aside = ""


class Walk:
    """Goes through the body of one file."""

    def __init__(self, reading: Reading, package: Package, styles: Styles, body: etree._Element) -> None:
        self.reading = reading
        self.package = package
        self.styles = styles
        self.lists = Lists(styles)
        self.inline = Inline(styles, _deletions(body), self._formula)
        self._handlers: dict[str, Callable[[etree._Element, Place, int], None]] = {
            f"{TEXT}p": self._paragraph,
            f"{TEXT}h": self._paragraph,
            f"{TEXT}list": self._list,
            f"{TEXT}list-item": self._item,
            f"{TEXT}list-header": self._item,
            f"{TEXT}section": self._section,
            f"{TEXT}index-body": self.blocks,
            f"{TEXT}index-title": self.blocks,
            f"{TABLE}table": self.table,
            f"{OFFICE}annotation": self._comment,
            f"{TEXT}change": self._change,
            f"{TEXT}change-start": self._change,
            f"{TEXT}change-end": self._change,
            **{f"{TEXT}{name}": self.blocks for name in _INDEXES},
        }

    def blocks(self, parent: etree._Element, place: Place, depth: int) -> None:
        """Every block in `parent`."""
        self.reading.bounds.check_nesting(depth)
        for child in parent:
            if handler := self._handlers.get(child.tag):
                handler(child, place, depth)
            elif str(child.tag).startswith(DRAW):
                self.shape(child, place, depth)

    def _paragraph(self, element: etree._Element, place: Place, depth: int) -> None:
        style = self.styles.get("paragraph", element.get(f"{TEXT}style-name"))
        gathered = self.inline.gather(element)
        if style.hidden and not place.aside:
            place = place._replace(aside="hidden")
        if gathered.text.strip():
            self._place(element, gathered, style, place)
        for hung in gathered.hung:
            self._hung(hung, place, depth)

    def _place(self, element: etree._Element, gathered: Gathered, style: Style, place: Place) -> None:
        level = min(max(1, number_of(element.get(f"{TEXT}outline-level"), 1)), 6)
        is_heading = element.tag == f"{TEXT}h"
        kind: BlockKind = "heading" if is_heading else "paragraph"
        label = ""
        if self.lists.depth >= 0:
            label = self.lists.label()
            kind, level = ("heading", level) if is_heading else ("list_item", self.lists.depth)
        elif is_heading and style.list_style != "":
            label = self.lists.heading(element, level)
        if style.title and not is_heading:
            kind = "title"
        before = f"{label} " if label else ""
        marks: list[tuple[MarkKind, int, int]] = [
            (mark, start + len(before), end + len(before)) for mark, start, end in gathered.marks
        ]
        self.add(place.kind or kind, before + gathered.text, place, level=level, marks=marks)

    def add(
        self,
        kind: BlockKind,
        text: str,
        place: Place,
        *,
        level: int = 0,
        marks: list[tuple[MarkKind, int, int]] | None = None,
    ) -> None:
        """Put a block where `place` says."""
        reading = self.reading
        if place.aside:
            reading.add_aside(place.aside, kind, text, page=place.page, cell=place.cell)
        elif place.cell is not None:
            reading.add("table_cell", text, page=place.page, cell=place.cell, marks=marks or ())
        elif kind == "paragraph" and not marks:
            for line in split_breaks(text):
                reading.add(kind, line, page=place.page)
        else:
            level = level if kind in ("heading", "list_item") else 0
            reading.add(kind, text, page=place.page, level=level, marks=marks or ())

    def _hung(self, hung: Hung, place: Place, depth: int) -> None:
        if hung.element is None:
            self.reading.add_aside(
                "hidden", place.kind or "paragraph", hung.text, page=place.page, cell=place.cell
            )
        elif hung.kind == "comment":
            self._comment(hung.element, place, depth)
        elif hung.kind == "deleted":
            self._apart(hung.element, place._replace(aside=place.aside or "deleted"), depth + 1)
        elif hung.kind == "note":
            body = hung.element.find(f"{TEXT}note-body")
            if body is not None:
                self._apart(body, place._replace(kind="footnote", cell=None), depth + 1)
        else:
            self.shape(hung.element, place, depth + 1)

    def _apart(self, element: etree._Element, place: Place, depth: int) -> None:
        """Blocks that are in no list around them."""
        kept = self.lists.aside()
        self.blocks(element, place, depth)
        self.lists.resume(kept)

    def _comment(self, element: etree._Element, place: Place, depth: int) -> None:
        self._apart(element, place._replace(kind="comment", aside="comment"), depth + 1)

    def comments(self, parent: etree._Element, place: Place) -> None:
        """The comments that stand in `parent` itself."""
        for comment in parent.iterchildren(f"{OFFICE}annotation"):
            self._comment(comment, place, 1)

    def running(self, part: etree._Element, place: Place) -> None:
        """A header or a footer; of a sheet's it has left, middle and right."""
        regions = [each for each in part if local(each).startswith("region-")]
        for region in regions or [part]:
            self._apart(region, place, 1)

    def _change(self, element: etree._Element, place: Place, depth: int) -> None:
        """A change between paragraphs."""
        gathered = Gathered()
        self.inline.change(element, gathered)
        for hung in gathered.hung:
            self._hung(hung, place, depth)

    def _list(self, element: etree._Element, place: Place, depth: int) -> None:
        self.lists.enter(element)
        self.blocks(element, place, depth + 1)
        self.lists.leave()

    def _item(self, element: etree._Element, place: Place, depth: int) -> None:
        self.lists.item(element)
        self.blocks(element, place, depth + 1)

    def _section(self, element: etree._Element, place: Place, depth: int) -> None:
        hidden = element.get(f"{TEXT}display") == "none" or element.get(f"{TEXT}is-hidden") == "true"
        if element.find(f"{TEXT}section-source") is not None:
            self.reading.unread["linked document"] += 1
        self.blocks(element, place._replace(aside=place.aside or "hidden") if hidden else place, depth + 1)

    def table(self, element: etree._Element, place: Place, depth: int) -> None:
        """A table, or a sheet; what hidden rows and covered cells hold is hidden text."""
        kept = self.lists.aside()
        number = self.reading.begin_table()
        row = 0
        for each in _rows(element):
            repeated = max(1, number_of(each.get(f"{TABLE}number-rows-repeated"), 1))
            hidden = each.get(f"{TABLE}visibility") in ("collapse", "filter")
            here = place._replace(aside=place.aside or "hidden") if hidden else place
            for again in range(self._times(repeated, each)):
                self._row(each, (number, row + again), here, depth)
            row += repeated
        shapes = element.find(f"{TABLE}shapes")
        if shapes is not None:
            self.blocks(shapes, place, depth + 1)
        self.lists.resume(kept)

    def _row(self, element: etree._Element, at: tuple[int, int], place: Place, depth: int) -> None:
        column = 0
        for cell in element:
            if cell.tag not in _CELLS:
                continue
            repeated = max(1, number_of(cell.get(f"{TABLE}number-columns-repeated"), 1))
            for again in range(self._times(repeated, cell)):
                here = Cell(table=at[0], row=at[1], column=column + again)
                self._cell(cell, place._replace(cell=None if place.kind else here), depth + 1)
            column += repeated

    def _cell(self, cell: etree._Element, place: Place, depth: int) -> None:
        if cell.tag == f"{TABLE}covered-table-cell":
            place = place._replace(aside=place.aside or "hidden")
        self.blocks(cell, place, depth)
        if cell.find(f"{TEXT}p") is None:
            value = next((cell.get(f"{OFFICE}{name}") for name in _VALUES if cell.get(f"{OFFICE}{name}")), "")
            self.add("table_cell", str(value), place)

    def _times(self, repeated: int, element: etree._Element) -> int:
        """How often a repeated cell or row is read: never when it is empty."""
        if (
            element.tag in _CELLS
            and len(element) == 0
            and not any(element.get(f"{OFFICE}{v}") for v in _VALUES)
        ):
            return 0
        if element.tag not in _CELLS and not any(
            self._times(1, cell) for cell in element if cell.tag in _CELLS
        ):
            return 0
        if repeated > REPEATS_MOST:
            self.reading.warn(
                f"Cells that repeat more than {REPEATS_MOST} times were read so many times only."
            )
        return min(repeated, REPEATS_MOST)

    def shape(self, element: etree._Element, place: Place, depth: int) -> None:
        """A drawing object with the text in it, then its alternative text."""
        self.reading.bounds.check_nesting(depth)
        name = local(element)
        if name == "page-thumbnail" or element.get(f"{PRESENTATION}placeholder") == "true":
            return
        if name == "control":
            self.reading.unread["form control"] += 1
        elif name == "frame":
            self._frame(element, place, depth)
        else:
            self._apart(element, place, depth + 1)
        for about in element.iterchildren(f"{SVG}title", f"{SVG}desc"):
            self.add("alt_text", plain(about), place._replace(cell=None))

    def _frame(self, frame: etree._Element, place: Place, depth: int) -> None:
        held = {local(child): child for child in reversed(frame)}
        name = next((each for each in _CONTENTS if each in held), "")
        if name == "text-box":
            self._apart(held[name], place, depth + 1)
        elif name == "table":
            self.table(held[name], place._replace(cell=None), depth + 1)
        elif name == "object":
            self._object(frame, held[name], place)
        elif name:
            self.reading.unread["picture" if name == "image" else "embedded object"] += 1

    def _object(self, frame: etree._Element, element: etree._Element, place: Place) -> None:
        root = self._embedded(element)
        chart = root.find(f".//{OFFICE}chart") if root is not None else None
        if text := self._formula(frame):
            self.add("paragraph", text, place, marks=[("equation", 0, len(text))])
        elif chart is not None:
            for words in dict.fromkeys(_chart_words(chart)):
                self.add("chart", words, place._replace(cell=None))
        else:
            self.reading.unread["embedded object"] += 1

    def _formula(self, frame: etree._Element) -> str:
        held = frame.find(f"{DRAW}object")
        root = self._embedded(held) if held is not None else None
        if root is not None and root.tag == f"{MATHML}math":
            return equation(root)
        return ""

    def _embedded(self, element: etree._Element) -> etree._Element | None:
        """What an object holds, in place or in a folder of the package; links elsewhere are not followed."""
        if len(element) and element[0].tag == f"{MATHML}math":
            return element[0]
        part = posixpath.normpath(str(element.get(f"{XLINK}href", "")) + "/content.xml")
        return self.package.xml(part) if part in self.package.names else None


_VALUES = ("string-value", "date-value", "time-value", "boolean-value", "value")


def _deletions(body: etree._Element) -> dict[str, etree._Element]:
    """What was deleted with tracked changes, by the id of the change."""
    found: dict[str, etree._Element] = {}
    for region in body.iter(f"{TEXT}changed-region"):
        deletion = region.find(f"{TEXT}deletion")
        if deletion is not None:
            name = region.get(f"{TEXT}id") or region.get("{http://www.w3.org/XML/1998/namespace}id") or ""
            found[name] = deletion
    return found


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for child in table:
        if child.tag == f"{TABLE}table-row":
            yield child
        elif child.tag in _ROWS:
            yield from _rows(child)


def _chart_words(chart: etree._Element) -> Iterator[str]:
    """Titles of a chart and of its axes, then the names of its series and categories."""
    for name in ("title", "subtitle", "footer"):
        for title in chart.iter(f"{CHART}{name}"):
            yield plain(title)
    for cell in chart.iter(f"{TABLE}table-cell"):
        if cell.get(f"{OFFICE}value-type") == "string":
            yield plain(cell)
