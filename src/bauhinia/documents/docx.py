"""Word documents (.docx): an own walk over the XML, because the usual libraries leave out insertions, content
controls, text boxes, footnotes and nested tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from lxml import etree

from ..errors import BrokenDocument
from .collecting import Reading
from .document import BlockKind, Cell
from .normal import SENTENCE_END, split_breaks
from .numbering import Numbered, Numbering
from .ooxml import MC, M, R, W, attribute, flag, local, number_of, value_of
from .package import Package, Relation, broken
from .word_inline import Inline, Paragraph, chosen, formula
from .word_styles import Style, Styles

_HEADING_LETTERS = 80
_DELETED = "Text deleted with tracked changes was left out; inserted text was read."


class Place(NamedTuple):
    """What a paragraph's surroundings make of it."""

    kind: BlockKind | None = None
    cell: Cell | None = None


_BODY = Place()
_LIST_STYLE = re.compile(r"list (?:bullet|number) ([2-5])$")


def read(data: bytes, reading: Reading) -> None:
    """Put the blocks of a Word document into `reading`: the body with its notes, then headers and footers."""
    package = Package(data, reading.bounds)
    main = _main_part(package)
    root = _part(package, main)
    body = root.find(f"{W}body")
    if body is None:
        raise broken()
    parts = _Parts(package, main)
    walk = _Walk(reading, parts)
    walk.blocks(body, _BODY, 0)
    walk.bold_headings()
    _running_parts(body, parts, walk)
    _count_comments(parts, reading)
    _properties(package, reading)


def _main_part(package: Package) -> str:
    for relation in package.relations("").values():
        if relation.kind == "officeDocument" and relation.target in package.names:
            return relation.target
    if "word/document.xml" in package.names:
        return "word/document.xml"
    raise BrokenDocument(
        "The file has no Word document in it.",
        hint="Open it in Word, save it again as .docx, then upload the new file.",
    )


def _part(package: Package, name: str) -> etree._Element:
    try:
        return package.xml(name)
    except KeyError as error:
        raise broken() from error


class _Parts:
    """The parts beside the main one, each found by its relation."""

    def __init__(self, package: Package, main: str) -> None:
        self.package = package
        self.relations: dict[str, Relation] = package.relations(main)
        self.styles = Styles.load(self.find("styles"))
        self.numbering = Numbering.load(self.find("numbering"))
        self.notes = {
            kind: {attribute(note, "id"): note for note in self._children(f"{kind}s")}
            for kind in ("footnote", "endnote")
        }

    def _children(self, kind: str) -> list[etree._Element]:
        part = self.find(kind)
        return [] if part is None else list(part)

    def find(self, kind: str) -> etree._Element | None:
        """The part of that kind, parsed, or None."""
        for relation in self.relations.values():
            if relation.kind == kind and relation.target in self.package.names:
                return self.package.xml(relation.target)
        return None


class _Walk:
    """Goes through block-level XML in reading order."""

    def __init__(self, reading: Reading, parts: _Parts) -> None:
        self.reading = reading
        self.parts = parts
        self.inline = Inline(reading, parts.styles)
        self.carried = ""
        """Text of a paragraph whose end was deleted: it runs on into the next."""
        self.bold: list[int] = []
        """Indexes of short paragraphs that are bold throughout."""
        self.noted: set[tuple[str, str]] = set()
        self._handlers: dict[str, Callable[[etree._Element, Place, int], None]] = {
            f"{W}p": self._paragraph,
            f"{W}tbl": self._table,
            f"{W}sdt": self._control,
            f"{W}ins": self.blocks,
            f"{W}moveTo": self.blocks,
            f"{W}customXml": self.blocks,
            f"{W}smartTag": self.blocks,
            f"{W}del": self._deleted,
            f"{W}moveFrom": self._deleted,
            f"{W}altChunk": self._chunk,
            f"{MC}AlternateContent": self._alternate,
            f"{M}oMathPara": self._formula,
            f"{M}oMath": self._formula,
        }

    def blocks(self, parent: etree._Element, place: Place, depth: int) -> None:
        """Every block in `parent`."""
        self.reading.bounds.check_nesting(depth)
        for child in parent:
            if handler := self._handlers.get(child.tag):
                handler(child, place, depth)
        if self.carried and parent.tag in (f"{W}body", f"{W}tc"):
            self._add("paragraph", "", 0, place)

    def bold_headings(self) -> None:
        """Bold short paragraphs become headings in a document that styles none, if they are few enough."""
        blocks = self.reading.blocks
        styled = any(block.kind in ("heading", "title") for block in blocks)
        if not styled and 0 < len(self.bold) <= max(1, len(blocks) // 3):
            for index in self.bold:
                blocks[index] = replace(blocks[index], kind="heading", level=1)

    def _paragraph(self, element: etree._Element, place: Place, depth: int) -> None:
        properties = element.find(f"{W}pPr")
        style = self.parts.styles.get(value_of(properties, "pStyle"))
        paragraph = self.inline.paragraph(element, style)
        marks = properties.find(f"{W}rPr") if properties is not None else None
        if marks is not None and marks.find(f"{W}del") is not None:
            self.carried += paragraph.text
        else:
            self._place(paragraph, properties, style, place)
        for box in paragraph.boxes:
            self.blocks(box, place, depth + 1)
        for kind, number in paragraph.notes:
            self._note(kind, number, depth)

    def _place(
        self, paragraph: Paragraph, properties: etree._Element | None, style: Style, place: Place
    ) -> None:
        if not (self.carried + paragraph.text).strip():
            return
        outline = number_of(value_of(properties, "outlineLvl"), style.outline)
        kind: BlockKind = "paragraph"
        level = 0
        label = ""
        if numbered := self._number(properties, style):
            label, level, kind = numbered.label, numbered.level, "list_item"
        if style.name == "title":
            kind, level = "title", 0
        elif outline < 9:
            kind, level = "heading", min(outline + 1, 6)
        text = f"{label} {paragraph.text}" if label else paragraph.text
        self._add(kind, text, level, place)
        short = len(paragraph.text) <= _HEADING_LETTERS and not SENTENCE_END.search(paragraph.text.strip())
        if paragraph.bold and short and place == _BODY and kind in ("paragraph", "list_item"):
            self.bold.append(len(self.reading.blocks) - 1)

    def _add(self, kind: BlockKind, text: str, level: int, place: Place) -> None:
        text, self.carried = self.carried + text, ""
        if place.cell is not None:
            self.reading.add("table_cell", text, cell=place.cell)
        elif place.kind is not None:
            self.reading.add(place.kind, text)
        elif kind == "paragraph":
            for line in split_breaks(text):
                self.reading.add(kind, line)
        else:
            self.reading.add(kind, text, level=level)

    def _number(self, properties: etree._Element | None, style: Style) -> Numbered | None:
        own = properties.find(f"{W}numPr") if properties is not None else None
        number = value_of(own, "numId") or style.list_number
        if number in (None, "0"):
            return None
        depth = number_of(value_of(own, "ilvl"), style.list_depth)
        numbered = self.parts.numbering.next(number or "", depth)
        # Word's own "List Bullet 2" is the first level of a list of its own, set deeper.
        named = _LIST_STYLE.match(style.name)
        return numbered and numbered._replace(level=max(numbered.level, int(named[1]) - 1 if named else 0))

    def _note(self, kind: str, number: str, depth: int) -> None:
        """A note stands after the paragraph that refers to it."""
        note = self.parts.notes[kind].get(number)
        if note is not None and (kind, number) not in self.noted:
            self.noted.add((kind, number))
            self.blocks(note, Place(kind="footnote"), depth + 1)

    def _table(self, table: etree._Element, place: Place, depth: int) -> None:
        number = self.reading.begin_table()
        row = 0
        for element in _through(table, "tr", self._deleted):
            properties = element.find(f"{W}trPr")
            if properties is not None and properties.find(f"{W}del") is not None:
                self._deleted(element, place, depth)
                continue
            self._row(element, number, row, place.kind, depth)
            row += 1

    def _row(self, element: etree._Element, table: int, row: int, kind: BlockKind | None, depth: int) -> None:
        column = number_of(value_of(element.find(f"{W}trPr"), "gridBefore"), 0)
        for cell in _through(element, "tc", self._deleted):
            properties = cell.find(f"{W}tcPr")
            merged = value_of(properties, "vMerge")
            if merged is None or merged == "restart":
                here = Cell(table=table, row=row, column=column)
                self.blocks(cell, Place(kind, None if kind else here), depth + 1)
            column += min(max(1, number_of(value_of(properties, "gridSpan"), 1)), 1000)

    def _control(self, control: etree._Element, place: Place, depth: int) -> None:
        """A content control; its prompt ("Click to enter text") is not content."""
        content = control.find(f"{W}sdtContent")
        if content is not None and not flag(control.find(f"{W}sdtPr"), "showingPlcHdr"):
            self.blocks(content, place, depth + 1)

    def _alternate(self, element: etree._Element, place: Place, depth: int) -> None:
        if (choice := chosen(element)) is not None:
            self.blocks(choice, place, depth + 1)

    def _formula(self, element: etree._Element, place: Place, _depth: int) -> None:
        self._add("paragraph", formula(element), 0, place)

    def _deleted(self, _element: etree._Element, _place: Place = _BODY, _depth: int = 0) -> None:
        self.reading.warn(_DELETED)

    def _chunk(self, _element: etree._Element, _place: Place, _depth: int) -> None:
        self.reading.unread["embedded document"] += 1


def _through(
    parent: etree._Element, wanted: str, deleted: Callable[[etree._Element], None]
) -> Iterator[etree._Element]:
    """The rows of a table or the cells of a row, also those wrapped in content controls or revisions."""
    for child in parent:
        name = local(child)
        if child.tag == f"{W}{wanted}":
            yield child
        elif name in ("sdt", "sdtContent", "customXml", "ins", "moveTo"):
            yield from _through(child, wanted, deleted)
        elif name in ("del", "moveFrom"):
            deleted(child)


def _running_parts(body: etree._Element, parts: _Parts, walk: _Walk) -> None:
    """Headers and footers, each part and each text once."""
    seen: set[str] = set()
    kinds: tuple[BlockKind, ...] = ("header", "footer")
    for kind in kinds:
        texts: set[str] = set()
        for reference in body.iter(f"{W}{kind}Reference"):
            relation = parts.relations.get(str(reference.get(f"{R}id")))
            if relation is None or relation.target in seen or relation.target not in parts.package.names:
                continue
            seen.add(relation.target)
            blocks = walk.reading.blocks
            first = len(blocks)
            walk.blocks(parts.package.xml(relation.target), Place(kind=kind), 0)
            fresh = [block.text for block in blocks[first:] if block.text not in texts]
            del blocks[first:]
            for text in dict.fromkeys(fresh):
                texts.add(text)
                walk.reading.add(kind, text)


def _count_comments(parts: _Parts, reading: Reading) -> None:
    comments = parts.find("comments")
    if comments is not None and len(comments):
        reading.unread["comment"] += len(comments)


def _properties(package: Package, reading: Reading) -> None:
    """Title and dates; names of people and of organisations in the properties are left where they are."""
    for relation in package.relations("").values():
        if relation.kind == "core-properties" and relation.target in package.names:
            for element in package.xml(relation.target):
                name, text = local(element), " ".join((element.text or "").split())
                if name in ("title", "subject", "keywords", "language", "created", "modified") and text:
                    reading.metadata[name] = text[:500]
    blocks = reading.blocks
    shown = next((block.text for block in blocks if block.kind == "title"), "")
    first = next((block.text for block in blocks if block.kind == "heading"), "")
    reading.title = shown or str(reading.metadata.get("title", "")) or first
