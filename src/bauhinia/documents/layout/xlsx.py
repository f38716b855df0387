"""Excel workbooks: shared strings, comments, drawings, sheet names and running heads as units, edited as XML.

Formulas, numbers, validation, pivots, sparklines, macros and everything else stay as they are; a formula
changes only where it quotes the name of a sheet that has a new one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from ..collecting import Bounds
from ..ooxml import R, local
from ..package import broken
from .inline import Alone, Item, Pair, Taken, Text, take
from .office_labels import mark
from .parts import Parts
from .rich_text import fill_rich, rich_items
from .sheet_names import MOST
from .slots import PackageLayout, Slot, Slots, Writing
from .unit import Story
from .word_stories import drawn_paragraphs, labels
from .workbook_references import finish_workbook

__all__ = ["mark", "open_layout"]
_CODES = re.compile(r'(&"[^"]*"|&K[0-9A-Fa-f+-]{5,6}|&\d+|&[^&LCR\d])')
_SECTIONS = re.compile(r"(&[LCR])")


def open_layout(data: bytes, bounds: Bounds) -> PackageLayout:
    """Take a workbook apart. Raises DocumentError."""
    return PackageLayout(data, bounds, Workbook)


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
        story: Story = "hidden" if hidden else "body"
        for cell in root.iter("{*}c"):
            kind = cell.get("t")
            if kind == "s" and (found := self.strings.get(cell.findtext("{*}v") or "")):
                self._rich(found[0], story, found[1], page)
            elif kind == "inlineStr" and (inline := cell.find("{*}is")) is not None:
                self._rich(f"{name}#{cell.get('r', '')}", story, inline, page)
        for place in root.iter("{*}headerFooter"):
            for child in place:
                if isinstance(child.tag, str):
                    self._running(name, child, page)
        for relation in self.parts.package.relations(name).values():
            if relation.kind in ("comments", "threadedComment") and relation.target not in self._seen:
                self._remarks(relation.target, page)
            elif relation.kind == "drawing":
                self._drawing(relation.target, page)

    def _rich(self, key: str, story: Story, holder: etree._Element, page: int) -> None:
        if key in self._seen:
            return
        self._seen.add(key)
        taken = take(rich_items(holder))
        self._slots.add(
            key, story, taken.source, lambda target, _: fill_rich(holder, taken.woven(target)), page=page
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
        pieces = _SECTIONS.split(element.text or "")
        for at in range(0, len(pieces), 2):
            taken = take(_running_items(pieces[at]))

            def write(target: str, _: Writing, at: int = at, taken: Taken = taken) -> None:
                pieces[at] = _running_text(taken.woven(target))
                element.text = "".join(pieces)

            self._slots.add(f"{name}#{local(element)}{at}", story, taken.source, write, page=page)


def _sheets(parts: Parts, main: str) -> list[tuple[etree._Element, str]]:
    """Every sheet's entry in the workbook and the name of its part."""
    relations = parts.package.relations(main)
    return [
        (entry, relations[key].target)
        for entry in parts.root(main).iterfind("{*}sheets/{*}sheet")
        if (key := entry.get(f"{R}id", "")) in relations
    ]


def _running_items(text: str) -> list[Item]:
    return [
        Alone([part]) if at % 2 else Text(part.replace("&&", "&"))
        for at, part in enumerate(_CODES.split(text))
        if part
    ]


def _running_text(items: Sequence[Item]) -> str:
    said = ""
    for part in _running_parts(items):
        # A figure after a code for a size would be read as part of it.
        said += " " + part if re.search(r"&\d+$", said) and part[:1].isdigit() else part
    return said


def _running_parts(items: Sequence[Item]) -> Iterator[str]:
    for item in items:
        if isinstance(item, Text):
            yield item.words.replace("&", "&&")
        elif isinstance(item, Pair):
            yield from _running_parts(item.items)
        else:
            yield from item.things
