"""Word documents (.docx): an own walk over the XML, because the usual libraries leave out insertions, content
controls, text boxes, footnotes and nested tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from .collecting import Place, Reading, Span, divide_marks
from .document import BlockKind, Cell
from .drawing import add_graphic
from .formula import formula
from .normal import SENTENCE_END, split_breaks
from .numbering import Numbered, Numbering
from .office_parts import main_part, needed_part, read_properties, tell_macros
from .ooxml import MC, M, R, W, attribute, chosen, flag, local, number_of, value_of
from .package import Package, Relation, broken
from .word_inline import Hanging, Inline, Paragraph
from .word_styles import Style, Styles

_HEADING_LETTERS = 80
_NOTES = ("footnote", "endnote", "comment")
_BODY = Place()
_LIST_STYLE = re.compile(r"list (?:bullet|number) ([2-5])$")


def read(data: bytes, reading: Reading) -> None:
    """Put the blocks of a Word document into `reading`: the body with its notes, then headers and footers."""
    package = Package(data, reading.bounds)
    main = main_part(package, "word/document.xml", "The file has no Word document in it.")
    body = needed_part(package, main).find(f"{W}body")
    if body is None:
        raise broken()
    parts = _Parts(package, main)
    walk = _Walk(reading, parts)
    walk.blocks(body, _BODY, 0)
    walk.bold_headings()
    walk.other_comments()
    _running_parts(body, parts, walk)
    read_properties(package, reading)
    tell_macros(package, reading)


class _Parts:
    """The parts beside the main one, each found by its relation."""

    def __init__(self, package: Package, main: str) -> None:
        self.package = package
        self.main = main
        self._relations: dict[str, dict[str, Relation]] = {}
        self.styles = Styles.load(self._find("styles"))
        self.numbering = Numbering.load(self._find("numbering"))
        self.notes = {
            kind: {attribute(note, "id"): note for note in self._children(f"{kind}s")} for kind in _NOTES
        }

    def relations(self, part: str) -> dict[str, Relation]:
        """The links that leave a part."""
        if part not in self._relations:
            self._relations[part] = self.package.relations(part)
        return self._relations[part]

    def name(self, kind: str) -> str:
        """The name of the part of that kind; empty when there is none."""
        for relation in self.relations(self.main).values():
            if relation.kind == kind and relation.target in self.package.names:
                return relation.target
        return ""

    def _find(self, kind: str) -> etree._Element | None:
        name = self.name(kind)
        return self.package.xml(name) if name else None

    def _children(self, kind: str) -> list[etree._Element]:
        part = self._find(kind)
        return [] if part is None else list(part)


@dataclass(slots=True)
class _Carried:
    """Text of a paragraph whose end was deleted: it runs on into the next."""

    text: str = ""
    marks: list[Span] = field(default_factory=list)

    def add(self, text: str, marks: list[Span]) -> None:
        self.marks += _moved(marks, len(self.text))
        self.text += text


def _moved(marks: list[Span], by: int) -> list[Span]:
    return [(kind, start + by, end + by) for kind, start, end in marks]


class _Walk:
    """Goes through block-level XML in reading order."""

    def __init__(self, reading: Reading, parts: _Parts) -> None:
        self.reading = reading
        self.parts = parts
        self.inline = Inline(reading, parts.styles)
        self.part = parts.main
        """The part that is walked: a chart is found by its relations."""
        self.carried = _Carried()
        self.bold: list[int] = []
        """Indexes of short paragraphs that are bold throughout."""
        self.noted: set[tuple[str, str]] = set()
        self._handlers: dict[str, Callable[[etree._Element, Place, int], None]] = {
            f"{W}p": self._paragraph,
            f"{W}tbl": self._table,
            f"{W}sdt": self._control,
            f"{W}ins": self._inserted,
            f"{W}moveTo": self._inserted,
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
        if self.carried.text and not place.aside and parent.tag in (f"{W}body", f"{W}tc"):
            self._add("paragraph", "", 0, place)

    def bold_headings(self) -> None:
        """Bold short paragraphs become headings in a document that styles none, if they are few enough."""
        blocks = self.reading.blocks
        styled = any(block.kind in ("heading", "title") for block in blocks)
        if not styled and 0 < len(self.bold) <= max(1, len(blocks) // 3):
            for index in self.bold:
                blocks[index] = replace(blocks[index], kind="heading", level=1)

    def other_comments(self) -> None:
        """Comments that nothing in the text refers to stand last."""
        for number in self.parts.notes["comment"]:
            self._note(Hanging("comment", "", text=number), 0)

    def _paragraph(self, element: etree._Element, place: Place, depth: int) -> None:
        properties = element.find(f"{W}pPr")
        style = self.parts.styles.get(value_of(properties, "pStyle"))
        paragraph = self.inline.paragraph(element, style)
        marks = properties.find(f"{W}rPr") if properties is not None else None
        if marks is not None and marks.find(f"{W}del") is not None and not place.aside:
            self.carried.add(paragraph.text, paragraph.marks)
        else:
            self._place(paragraph, properties, style, place)
        for aside, _, text in paragraph.beside:
            self.reading.put(place._replace(aside=place.aside or aside), "paragraph", text)
        for hanging in paragraph.hanging:
            self._hang(hanging, place._replace(aside=place.aside or hanging.aside), depth)

    def _place(
        self, paragraph: Paragraph, properties: etree._Element | None, style: Style, place: Place
    ) -> None:
        if not (self.carried.text + paragraph.text).strip():
            return
        outline = number_of(value_of(properties, "outlineLvl"), style.outline)
        kind: BlockKind = "paragraph"
        level = 0
        label = ""
        if not place.aside and (numbered := self._number(properties, style)):
            label, level, kind = numbered.label, numbered.level, "list_item"
        if style.name == "title":
            kind, level = "title", 0
        elif outline < 9:
            kind, level = "heading", min(outline + 1, 6)
        label += " " if label else ""
        self._add(kind, label + paragraph.text, level, place, _moved(paragraph.marks, len(label)))
        short = len(paragraph.text) <= _HEADING_LETTERS and not SENTENCE_END.search(paragraph.text.strip())
        if paragraph.bold and short and place == _BODY and kind in ("paragraph", "list_item"):
            self.bold.append(len(self.reading.blocks) - 1)

    def _add(
        self, kind: BlockKind, text: str, level: int, place: Place, marks: list[Span] | None = None
    ) -> None:
        whole = _Carried() if place.aside else self.carried
        whole.add(text, marks or [])
        if not place.aside:
            self.carried = _Carried()
        parted = kind == "paragraph" and place.kind is None and place.cell is None
        lines = split_breaks(whole.text) if parted else [whole.text]
        divided = divide_marks(whole.text, lines, whole.marks)
        for line, marked in zip(lines, divided, strict=True):
            self.reading.put(place, kind, line, level=level, marks=marked)

    def _hang(self, hanging: Hanging, place: Place, depth: int) -> None:
        """What is anchored in a paragraph stands after it."""
        if hanging.kind in _NOTES:
            self._note(hanging, depth)
        elif hanging.kind == "alt_text":
            self.reading.put(Place("alt_text", aside=place.aside), "alt_text", hanging.text)
        elif hanging.kind == "box" and hanging.element is not None:
            self.blocks(hanging.element, place, depth + 1)
        elif hanging.element is not None:
            relations = self.parts.relations(self.part)
            place = Place(aside=place.aside)
            add_graphic(hanging.element, self.parts.package, relations, self.reading, place)

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

    def _note(self, hanging: Hanging, depth: int) -> None:
        """A note or comment stands after the paragraph that refers to it."""
        kind, key = hanging.kind, (hanging.kind, hanging.text)
        note = self.parts.notes[kind].get(hanging.text)
        if note is None or key in self.noted:
            return
        self.noted.add(key)
        place = (
            Place("comment", aside="comment") if kind == "comment" else Place("footnote", aside=hanging.aside)
        )
        before, self.part = self.part, self.parts.name(f"{kind}s")
        self.blocks(note, place, depth + 1)
        self.part = before

    def _table(self, table: etree._Element, place: Place, depth: int) -> None:
        number = self.reading.begin_table()
        row = 0
        for element, deleted in _through(table, "tr"):
            properties = element.find(f"{W}trPr")
            if deleted or (properties is not None and properties.find(f"{W}del") is not None):
                for cell, _ in _through(element, "tc"):
                    self.blocks(cell, Place(place.kind, aside=place.aside or "deleted"), depth + 1)
                continue
            hidden = flag(properties, "hidden")
            self._row(element, number, row, place._replace(aside="hidden") if hidden else place, depth)
            row += 1

    def _row(self, element: etree._Element, table: int, row: int, place: Place, depth: int) -> None:
        column = number_of(value_of(element.find(f"{W}trPr"), "gridBefore"), 0)
        for cell, deleted in _through(element, "tc"):
            properties = cell.find(f"{W}tcPr")
            merged = value_of(properties, "vMerge")
            if deleted:
                self.blocks(cell, Place(place.kind, aside=place.aside or "deleted"), depth + 1)
                continue
            if merged is None or merged == "restart":
                here = None if place.kind else Cell(table=table, row=row, column=column)
                self.blocks(cell, place._replace(cell=here), depth + 1)
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
        text = formula(element)
        self._add("paragraph", text, 0, place, [("equation", 0, len(text))])

    def _inserted(self, element: etree._Element, place: Place, depth: int) -> None:
        before, self.inline.inserted = self.inline.inserted, True
        self.blocks(element, place, depth)
        self.inline.inserted = before

    def _deleted(self, element: etree._Element, place: Place, depth: int) -> None:
        self.blocks(element, place._replace(aside=place.aside or "deleted"), depth)

    def _chunk(self, _element: etree._Element, _place: Place, _depth: int) -> None:
        self.reading.unread["embedded document"] += 1


def _through(
    parent: etree._Element, wanted: str, *, deleted: bool = False
) -> Iterator[tuple[etree._Element, bool]]:
    """The rows of a table or the cells of a row, also those wrapped in content controls or revisions; and
    whether they were deleted."""
    for child in parent:
        name = local(child)
        if child.tag == f"{W}{wanted}":
            yield child, deleted
        elif name in ("sdt", "sdtContent", "customXml", "ins", "moveTo"):
            yield from _through(child, wanted, deleted=deleted)
        elif name in ("del", "moveFrom"):
            yield from _through(child, wanted, deleted=True)


def _running_parts(body: etree._Element, parts: _Parts, walk: _Walk) -> None:
    """Headers and footers, each part and each text once."""
    seen: set[str] = set()
    kinds: tuple[BlockKind, ...] = ("header", "footer")
    relations = parts.relations(parts.main)
    for kind in kinds:
        texts: set[str] = set()
        for reference in body.iter(f"{W}{kind}Reference"):
            relation = relations.get(str(reference.get(f"{R}id")))
            if relation is None or relation.target in seen or relation.target not in parts.package.names:
                continue
            seen.add(relation.target)
            walk.part = relation.target
            first, first_aside = len(walk.reading.blocks), len(walk.reading.asides)
            walk.blocks(parts.package.xml(relation.target), Place(kind), 0)
            _drop_repeated(walk.reading, first, first_aside, texts)


def _drop_repeated(reading: Reading, first: int, first_aside: int, texts: set[str]) -> None:
    """Keep of the blocks from `first` on those whose text is not in `texts`, and add theirs to it."""
    found = reading.blocks[first:]
    del reading.blocks[first:]
    for block in found:
        if block.text not in texts:
            texts.add(block.text)
            reading.blocks.append(replace(block, id=f"b{len(reading.blocks)}"))
    last = reading.blocks[-1].id if reading.blocks else ""
    known = {block.id for block in reading.blocks[first:]}
    for index, aside in enumerate(reading.asides[first_aside:], first_aside):
        if aside.after not in known:
            reading.asides[index] = replace(aside, after=last)
