"""Excel workbooks: shared strings, comments, drawings, sheet names and running heads as units, edited as XML.

Formulas, numbers, validation, pivots, sparklines, macros and everything else stay as they are; a formula
changes only where it quotes the name of a sheet that has a new one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lxml import etree

from ...language import Variety
from ..collecting import Bounds
from ..ooxml import R, local, number_of
from ..package import broken
from .inline import Taken, take
from .office_visible import mark_sheets as mark
from .parts import Parts
from .rich_text import fill_rich, rich_items
from .running_heads import MOST as MOST_OF_HEAD
from .running_heads import running_items, running_text, sections
from .sheet_names import MOST
from .slots import PackageLayout, Slot, Slots, Writing
from .tags import Piece, plain, tagged
from .unit import Story
from .word_stories import drawn_paragraphs, labels
from .workbook_fit import column_letters, column_number
from .workbook_references import finish_workbook

__all__ = ["mark", "open_layout"]
_REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
_PROMPTS = {"promptTitle": 32, "prompt": 255, "errorTitle": 32, "error": 255}
"""What a cell with rules says to people, and the most characters that Excel allows."""
_CUT = "The running head was cut: Excel allows 255 characters for it with all its codes."


def open_layout(data: bytes, bounds: Bounds) -> PackageLayout:
    """Take a workbook apart. Raises DocumentError."""
    return PackageLayout(data, bounds, Workbook)


def rewrite_cells(
    data: bytes, bounds: Bounds, said: Mapping[tuple[str, str], tuple[str, str]], to: Variety
) -> tuple[bytes, int]:
    """A workbook with other words in cells, by sheet and reference: old words and new. A cell that says
    anything else stays. The workbook and how many cells were found. Raises DocumentError."""
    layout = open_layout(data, bounds)
    book = Workbook(Parts(data, bounds), bounds)
    sources = {unit.id: unit.source for unit in layout.units}
    targets: dict[str, str] = {}
    found = 0
    for entry, sheet in book.sheets:
        for cell in book.parts.root(sheet).iter("{*}c") if sheet in book.parts.package.names else ():
            old, new = said.get((entry.get("name", ""), cell.get("r", "")), ("", ""))
            key = book.unit_of(sheet, cell)
            if old and plain(sources.get(key, "")) == old:
                targets[key] = tagged([Piece("text", new)])
                found += 1
    return layout.write(targets, to).data, found


class Workbook:
    """A workbook's parts, sheet by sheet."""

    def __init__(self, parts: Parts, bounds: Bounds) -> None:
        self.parts = parts
        self._slots = Slots(parts)
        relations = parts.package.relations("").values()
        self.main = next((each.target for each in relations if each.kind == "officeDocument"), "")
        if self.main not in parts.package.names:
            raise broken()
        self.sheets = _sheets(parts, self.main)
        bounds.check_pages(len(self.sheets))
        self.strings = self._strings()
        self._seen: set[str] = set()
        """Shared strings and parts that are units already."""
        for number, (entry, name) in enumerate(self.sheets, 1):
            self._slots.words(
                f"{self.main}#s{number}", "sheet_name", [(entry, "name")], page=number, most=MOST
            )
            if name in parts.package.names:
                self._sheet(name, number, hidden=entry.get("state", "visible") != "visible")
        for relation in relations:
            if relation.kind == "core-properties" and relation.target in parts.package.names:
                self._labels(relation.target, None)

    @property
    def slots(self) -> Sequence[Slot]:
        """The units, sheet by sheet; the title last."""
        return self._slots.found

    def finish(self, writing: Writing, written: Mapping[str, str]) -> None:
        """Make names fit, have references follow them, tell what a person should look at."""
        finish_workbook(self, writing, written)

    def _strings(self) -> dict[str, tuple[str, etree._Element]]:
        """Of each shared string, by its number, its unit's id and its element."""
        for relation in self.parts.package.relations(self.main).values():
            if relation.kind == "sharedStrings" and relation.target in self.parts.package.names:
                found = self.parts.root(relation.target).iterfind("{*}si")
                return {str(at): (f"{relation.target}#{at}", each) for at, each in enumerate(found)}
        return {}

    def _sheet(self, name: str, page: int, *, hidden: bool) -> None:
        root = self.parts.root(name)
        _say_places(root)
        story: Story = "hidden" if hidden else "body"
        for cell in root.iter("{*}c"):
            kind = cell.get("t")
            if kind == "s" and (found := self.strings.get(cell.findtext("{*}v") or "")):
                self._rich(found[0], story, found[1], page)
            elif kind == "inlineStr" and (inline := cell.find("{*}is")) is not None:
                self._rich(self.unit_of(name, cell), story, inline, page)
        for place in root.iter("{*}headerFooter"):
            for child in place:
                if isinstance(child.tag, str):
                    self._running(name, child, page)
        for number, rule in enumerate(root.iter("{*}dataValidation")):
            for said, most in _PROMPTS.items():
                self._slots.words(
                    f"{name}#{said}{number}", "comment", [(rule, said)], page=page, most=most, cut=True
                )
        for relation in self.parts.package.relations(name).values():
            if relation.kind in ("comments", "threadedComment") and relation.target not in self._seen:
                self._remarks(relation.target, page)
            elif relation.kind == "drawing":
                self._drawing(relation.target, page)

    def unit_of(self, sheet: str, cell: etree._Element) -> str:
        """The id of the unit that a cell's words are; empty for a cell without words of its own."""
        if cell.get("t") == "s":
            return self.strings.get(cell.findtext("{*}v") or "", ("",))[0]
        return f"{sheet}#{cell.get('r', '')}" if cell.get("t") == "inlineStr" else ""

    def _rich(self, key: str, story: Story, holder: etree._Element, page: int) -> None:
        if key in self._seen:
            return
        self._seen.add(key)
        taken = take(rich_items(holder))
        self._slots.add(
            key,
            story,
            taken.source,
            lambda target, writing: fill_rich(holder, taken.woven(target), writing.to),
            page=page,
        )

    def _remarks(self, name: str, page: int) -> None:
        if name not in self.parts.package.names:
            return
        self._seen.add(name)
        for number, text in enumerate(self.parts.root(name).iter("{*}text")):
            if len(text):
                self._rich(f"{name}#{number}", "comment", text, page)
            else:
                self._slots.words(f"{name}#{number}", "comment", [(text, "")], page=page)

    def _drawing(self, name: str, page: int, story: Story = "text_box") -> None:
        if name in self._seen or name not in self.parts.package.names:
            return
        self._seen.add(name)
        for number, paragraph in enumerate(drawn_paragraphs(self.parts.root(name))):
            self._slots.drawn(f"{name}#{number}", story, paragraph, page)
        self._labels(name, page)
        for relation in self.parts.package.relations(name).values():
            if relation.kind in ("chart", "chartEx"):
                self._drawing(relation.target, page, "chart")
            elif relation.kind in ("diagramData", "diagramDrawing", "chartUserShapes"):
                self._drawing(relation.target, page)

    def _labels(self, name: str, page: int | None) -> None:
        for number, label in enumerate(labels(self.parts.root(name))):
            self._slots.words(f"{name}#l{number}", label.story, label.at, page=page)

    def _running(self, name: str, element: etree._Element, page: int) -> None:
        """A running head: three sections, each with codes for pages, dates and fonts that stay."""
        story: Story = "header" if "Header" in local(element) else "footer"
        pieces = sections(element.text or "")
        for at in range(0, len(pieces), 2):
            taken = take(running_items(pieces[at]))
            key = f"{name}#{local(element)}{at}"

            def write(
                target: str, writing: Writing, at: int = at, taken: Taken = taken, key: str = key
            ) -> None:
                room = MOST_OF_HEAD - sum(map(len, pieces[:at])) - sum(map(len, pieces[at + 1 :]))
                pieces[at], cut = running_text(taken.woven(target), room)
                element.text = "".join(pieces)
                if cut:
                    writing.note(key, "limit", _CUT)

            self._slots.add(key, story, taken.source, write, page=page, most=MOST_OF_HEAD)


def _say_places(root: etree._Element) -> None:
    """Have every row and cell of a sheet say where it is: those that do not follow the one before."""
    number = 0
    for row in root.iterfind("{*}sheetData/{*}row"):
        number, column = number_of(row.get("r"), number + 1), 0
        row.set("r", str(number))
        for cell in row.iterfind("{*}c"):
            if said := _REFERENCE.fullmatch(cell.get("r", "")):
                column = column_number(said[1])
            elif "r" not in cell.attrib:
                column += 1
                cell.set("r", f"{column_letters(column)}{number}")


def _sheets(parts: Parts, main: str) -> list[tuple[etree._Element, str]]:
    """Every sheet's entry in the workbook and the name of its part."""
    relations = parts.package.relations(main)
    return [
        (entry, relations[key].target)
        for entry in parts.root(main).iterfind("{*}sheets/{*}sheet")
        if (key := entry.get(f"{R}id", "")) in relations
    ]
