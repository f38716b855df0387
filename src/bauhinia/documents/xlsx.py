"""Excel workbooks (.xlsx): sheets in order, cells as a person sees them, comments, charts, text boxes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from lxml import etree

from .collecting import Place, Reading
from .document import Aside, Block, BlockKind, Cell
from .office_parts import main_part, needed_part, read_properties, related, tell_macros
from .ooxml import R, local, number_of
from .package import Package
from .shapes import Shapes
from .xlsx_cells import Cells, load_cells, place_of, rich_text

_RUNNING = tuple(f"{{*}}{which}{end}" for end in ("Header", "Footer") for which in ("odd", "even", "first"))
_CODE = re.compile(r'&(?:"[^"]*"|K(?:[0-9A-Fa-f]{6}|\d\d[+-]\d{3})|\d{1,3}|.)', re.S)
_CODES = {"&&": "&", "&P": "#", "&N": "#", "&L": "\n", "&C": "\n", "&R": "\n"}
"""What stands for codes in headers; a page's number is not known."""
_ON = ("1", "true")


class Sheet(NamedTuple):
    """A sheet as the workbook lists it."""

    number: int
    name: str
    part: str
    hidden: bool


def read(data: bytes, reading: Reading) -> None:
    """Put the sheets of a workbook into `reading`; a sheet is a page."""
    package = Package(data, reading.bounds)
    main = main_part(package, "xl/workbook.xml", "The file has no workbook in it.")
    root = needed_part(package, main)
    sheets = list(_sheets(package, main, root, reading))
    reading.bounds.check_pages(len(sheets))
    reading.pages = len(sheets)
    properties = root.find("{*}workbookPr")
    from_1904 = properties is not None and properties.get("date1904") in _ON
    cells = load_cells(package, main, reading, from_1904=from_1904)
    running: set[tuple[BlockKind, str]] = set()
    for sheet in sheets:
        _SheetWalk(package, reading, cells, sheet, running).read()
    read_properties(package, reading)
    tell_macros(package, reading)


def _sheets(package: Package, main: str, root: etree._Element, reading: Reading) -> Iterator[Sheet]:
    relations = package.relations(main)
    seen: set[str] = set()
    for number, element in enumerate(root.iterfind("{*}sheets/{*}sheet"), 1):
        relation = relations.get(str(element.get(f"{R}id")))
        if relation is None or relation.target not in package.names or relation.target in seen:
            reading.unread["sheet"] += 1
            continue
        seen.add(relation.target)
        hidden = element.get("state") in ("hidden", "veryHidden")
        yield Sheet(number, str(element.get("name", "")), relation.target, hidden)


@dataclass(slots=True)
class _SheetWalk:
    """Reads one sheet."""

    package: Package
    reading: Reading
    cells: Cells
    sheet: Sheet
    running: set[tuple[BlockKind, str]]
    """Headers and footers of earlier sheets: each stands once."""
    table: int = 0
    row: int = -1
    column: int = -1
    """Of the cell that was read last."""
    columns: set[int] = field(default_factory=set)
    """Those that are hidden."""
    comments: dict[tuple[int, int], list[str]] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    rows_hidden: bool = False

    def read(self) -> None:
        """The sheet's name, its cells with their comments, its drawings, its header and footer."""
        aside: Aside = "hidden" if self.sheet.hidden else ""
        place = Place(page=self.sheet.number, aside=aside)
        self.reading.put(place, "heading", self.sheet.name, level=1)
        self.table = self.reading.begin_table()
        self.comments = _comments(self.package, self.sheet.part)
        first, first_aside = len(self.reading.blocks), len(self.reading.asides)
        headers = self._stream(place)
        _uncover(self.reading, first, first_aside, self.merged)
        for here in list(self.comments):
            self._comment(here, place)
        self._drawings(place)
        for kind, text in headers:
            if (kind, text) not in self.running:
                self.running.add((kind, text))
                self.reading.put(place._replace(kind=kind), kind, text)

    def _stream(self, place: Place) -> list[tuple[BlockKind, str]]:
        headers: list[tuple[BlockKind, str]] = []
        tags = ("{*}c", "{*}row", "{*}col", "{*}sheetFormatPr", "{*}mergeCell", *_RUNNING)
        for element in self.package.elements(self.sheet.part, *tags):
            name = local(element)
            if name == "c":
                self._cell(element, place)
            elif name == "row":
                self._end_row(element)
            elif name == "col" and element.get("hidden") in _ON:
                first, last = number_of(element.get("min"), 0), number_of(element.get("max"), 0)
                self.columns.update(range(max(first, 1) - 1, min(last, 16_384)))
            elif name == "sheetFormatPr":
                self.rows_hidden = element.get("zeroHeight") in _ON
            elif name == "mergeCell":
                self._merge(str(element.get("ref", "")))
            elif name.endswith(("Header", "Footer")):
                kind: BlockKind = "header" if name.endswith("Header") else "footer"
                headers += [(kind, text) for text in running_texts(element.text or "", self.sheet.name)]
        return headers

    def _cell(self, element: etree._Element, place: Place) -> None:
        row = element.getparent()
        if row is None or local(row) != "row":
            return
        where = place_of(element.get("r"))
        number = number_of(row.get("r"), self.row + 2 if self.column < 0 else self.row + 1) - 1
        self.row, self.column = where or (number, self.column + 1)
        if not len(element):
            return
        shown = self.cells.show(element)
        out_of_sight = shown.hidden or self.column in self.columns or self._row_hidden(row)
        if out_of_sight and not place.aside:
            place = place._replace(aside="hidden")
        cell = Cell(table=self.table, row=self.row, column=self.column)
        self.reading.put(place._replace(cell=cell), "table_cell", shown.text)
        if (self.row, self.column) in self.comments:
            self._comment((self.row, self.column), place)

    def _row_hidden(self, row: etree._Element) -> bool:
        hidden = row.get("hidden")
        return hidden in _ON or (self.rows_hidden and hidden is None and row.get("ht") is None)

    def _end_row(self, element: etree._Element) -> None:
        self.row = number_of(element.get("r"), self.row + 2 if self.column < 0 else self.row + 1) - 1
        self.column = -1

    def _merge(self, reference: str) -> None:
        start, _, end = reference.partition(":")
        first, last = place_of(start), place_of(end)
        if first and last:
            self.merged.append((*first, *last))

    def _comment(self, where: tuple[int, int], place: Place) -> None:
        cell = Cell(table=self.table, row=where[0], column=where[1])
        for text in self.comments.pop(where):
            self.reading.add_aside("comment", "comment", text, page=place.page, cell=cell)

    def _drawings(self, place: Place) -> None:
        for name in related(self.package, self.sheet.part, "drawing"):
            shapes = Shapes(self.package, self.reading, self.package.relations(name))
            for anchor in self.package.xml(name):
                shapes.walk(anchor, place)


def _comments(package: Package, sheet: str) -> dict[tuple[int, int], list[str]]:
    """The comments of a sheet by row and column: threads, and notes that are not the shadow of a thread."""
    found: dict[tuple[int, int], list[str]] = defaultdict(list)
    for name in related(package, sheet, "threadedComment"):
        for comment in package.elements(name, "{*}threadedComment"):
            if where := place_of(comment.get("ref")):
                found[where].append(comment.findtext("{*}text") or "")
    threads = set(found)
    for name in related(package, sheet, "comments"):
        for comment in package.elements(name, "{*}comment"):
            where, text = place_of(comment.get("ref")), comment.find("{*}text")
            if where and where not in threads and text is not None:
                found[where].append(rich_text(text))
    return found


def running_texts(code: str, sheet: str) -> list[str]:
    """What a sheet's header says on its left, in its middle and on its right: `&L&"Arial"Draft&R&A`."""
    codes = {**_CODES, "&A": sheet}
    parts = _CODE.sub(lambda match: codes.get(match[0], ""), code).split("\n")
    return [part for part in map(str.strip, parts) if any(character.isalpha() for character in part)]


def _uncover(reading: Reading, first: int, first_aside: int, merged: list[tuple[int, int, int, int]]) -> None:
    """Make asides of the cells, from the block `first` on, that lie under others merged with them."""
    places = {
        (block.cell.row, block.cell.column): index
        for index, block in enumerate(reading.blocks[first:], first)
        if block.cell
    }
    covered = {places[where] for area in merged for where in _covered(area, places)}
    if not covered:
        return
    blocks, reading.blocks[first:] = reading.blocks[first:], []
    asides, reading.asides[first_aside:] = reading.asides[first_aside:], []
    before = reading.blocks[-1].id if reading.blocks else ""
    following = defaultdict(list)
    for aside in asides:
        following[aside.after].append(aside)
    waiting = following.pop(before, [])
    for index, block in enumerate(blocks, first):
        if index in covered:
            waiting.append(replace(block, aside="hidden"))
        else:
            _settle(reading, waiting)
            reading.blocks.append(replace(block, id=f"b{len(reading.blocks)}"))
            waiting = []
        waiting += following[block.id]
    _settle(reading, waiting)


def _settle(reading: Reading, asides: list[Block]) -> None:
    """Put asides after the last block."""
    after = reading.blocks[-1].id if reading.blocks else ""
    for aside in asides:
        reading.asides.append(replace(aside, id=f"a{len(reading.asides)}", after=after))


def _covered(
    area: tuple[int, int, int, int], places: dict[tuple[int, int], int]
) -> Iterator[tuple[int, int]]:
    """The places of `places` in a merged area, without its first."""
    top, left, bottom, right = area
    if (bottom - top + 1) * (right - left + 1) <= len(places):
        inside: Iterator[tuple[int, int]] = (
            (row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)
        )
    else:
        inside = ((row, column) for row, column in places if top <= row <= bottom and left <= column <= right)
    return (where for where in inside if where != (top, left) and where in places)
