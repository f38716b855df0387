"""XLIFF 1.2 and 2.1, the formats that translation programs exchange: written, and read back.

A pair of tags is `g` (1.2) or `pc` (2.1), a tag that stands alone `x` or `ph`; the tag's number is their id.
What is read may be another program's: `bpt`/`ept`, `bx`/`ex`, `it` and `ph` of 1.2 and `sc`/`ec` of 2.x are
understood, annotations (`mrk`) are looked through, and what stands in another namespace is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from lxml import etree

from ..documents.collecting import Bounds
from ..documents.layout import Piece, pieces, projected, tagged
from ..documents.layout.tags import PieceKind
from ..documents.normal import without_illegal
from ..documents.package import parse_xml
from ..errors import BrokenDocument, UnsupportedFormat
from ..language import Variety
from .exchanged import LANGUAGE, Bilingual, Row, Status, check_count, check_language, words

Version = Literal["1.2", "2.1"]
NAMESPACES: dict[Version, str] = {
    "1.2": "urn:oasis:names:tc:xliff:document:1.2",
    "2.1": "urn:oasis:names:tc:xliff:document:2.0",
}
READ = ("1.2", "2.0", "2.1")
_SPACES = frozenset(NAMESPACES.values())
_XML = "{http://www.w3.org/XML/1998/namespace}"
_INLINE = {"1.2": ("g", "x"), "2.1": ("pc", "ph")}
_OPEN = frozenset({"bpt", "bx", "sc"})
_CLOSE = frozenset({"ept", "ex", "ec"})
_ALONE = frozenset({"x", "ph", "it"})
_PAIR = frozenset({"g", "pc"})
_DIGITS = 4
"""Of a tag's number."""
_FINAL = frozenset({"final", "signed-off"})


def write_xliff(bilingual: Bilingual, version: Version) -> bytes:
    """The file. A target whose tags are wrong goes with those that can be kept."""
    make = _Maker(version)
    root, body = _head(make, bilingual)
    for row in bilingual.rows:
        unit = _unit_1(make, body, row) if version == "1.2" else _unit_2(make, body, row)
        unit.tail = "\n"
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes elements of one version."""

    version: Version

    def root(self, **attributes: str) -> etree._Element:
        space = NAMESPACES[self.version]
        made = etree.Element(f"{{{space}}}xliff", nsmap={None: space})  # type: ignore[dict-item]
        for name, value in {"version": self.version, **attributes}.items():
            made.set(name, value)
        return made

    def add(self, above: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
        made = etree.SubElement(above, f"{{{NAMESPACES[self.version]}}}{name}")
        for key, value in attributes.items():
            made.set(key.replace("_", "-"), value)
        made.text = without_illegal(text) or None
        return made

    def text(self, above: etree._Element, name: str, text: str, **attributes: str) -> etree._Element:
        """An element with tagged text in it."""
        made = self.add(above, name, **attributes)
        pair, alone = _INLINE[self.version]
        inside, last = [made], None
        for piece in pieces(text):
            if piece.kind == "text":
                _append(inside[-1], last, without_illegal(piece.text))
            elif piece.kind == "close":
                last = inside.pop()
            else:
                opened = self.add(inside[-1], pair if piece.kind == "open" else alone, id=str(piece.number))
                last = None if piece.kind == "open" else opened
                inside += [opened] if piece.kind == "open" else []
        return made


def _append(inside: etree._Element, last: etree._Element | None, text: str) -> None:
    if last is None:
        inside.text = (inside.text or "") + text
    else:
        last.tail = (last.tail or "") + text


def _head(make: _Maker, bilingual: Bilingual) -> tuple[etree._Element, etree._Element]:
    """The root, and what the units go into."""
    source, target = LANGUAGE[bilingual.to.counterpart], LANGUAGE[bilingual.to]
    title = without_illegal(bilingual.title)
    if make.version == "1.2":
        root = make.root()
        about = {"source_language": source, "target_language": target, "datatype": "plaintext"}
        file = make.add(root, "file", original=title, **about)
        if bilingual.label:
            make.add(make.add(file, "header"), "note", bilingual.label)
        return root, make.add(file, "body")
    root = make.root(srcLang=source, trgLang=target)
    file = make.add(root, "file", id="f1", original=title, canResegment="no")
    file.set(f"{_XML}space", "preserve")
    if bilingual.label:
        make.add(make.add(file, "notes"), "note", bilingual.label)
    return root, file


def _unit_1(make: _Maker, body: etree._Element, row: Row) -> etree._Element:
    unit = make.add(body, "trans-unit", id=row.number)
    unit.set(f"{_XML}space", "preserve")
    if row.status == "confirmed":
        unit.set("approved", "yes")
    make.text(unit, "source", projected(row.source, row.source))
    if row.target:
        state = "final" if row.status == "confirmed" else "needs-review-translation"
        make.text(unit, "target", projected(row.source, row.target), state=state)
    for finding in row.findings:
        make.add(unit, "note", finding)
    return unit


def _unit_2(make: _Maker, file: etree._Element, row: Row) -> etree._Element:
    unit = make.add(file, "unit", id=row.number)
    notes = make.add(unit, "notes") if row.findings else unit
    for finding in row.findings:
        make.add(notes, "note", finding)
    translated = "final" if row.status == "confirmed" else "translated"
    segment = make.add(unit, "segment", state=translated if row.target else "initial")
    make.text(segment, "source", projected(row.source, row.source))
    if row.target:
        make.text(segment, "target", projected(row.source, row.target))
    return unit


def read_xliff(data: bytes, to: Variety, bounds: Bounds) -> list[Row]:
    """The units of all its files, in order. Tags that are wrong come as they are: `tags.faults` tells them.

    Raises UnsupportedFormat for what is no XLIFF of these versions, DocumentError for other languages,
    DocumentTooLarge.
    """
    try:
        root = parse_xml(data, bounds)
    except BrokenDocument as error:
        raise UnsupportedFormat(
            "The file is not valid XML, or it declares a document type, which is not accepted.",
            hint="Export it again as XLIFF 1.2 or 2.1.",
        ) from error
    version = _version(root)
    rows: list[Row] = []
    for row in _rows_1(root, to) if version == "1.2" else _rows_2(root, to):
        rows.append(row)
        check_count(len(rows))
    return rows


def _version(root: etree._Element) -> str:
    name, version = etree.QName(root), str(root.get("version", ""))
    if name.localname != "xliff" or name.namespace not in _SPACES:
        raise UnsupportedFormat("The file is not XLIFF.", hint="Export it as XLIFF 1.2 or 2.1.")
    if version not in READ or (name.namespace == NAMESPACES["1.2"]) != (version == "1.2"):
        raise UnsupportedFormat(
            f"The file is XLIFF {version[:20] or 'of no version'}; versions {', '.join(READ)} are read.",
            hint="Export it as XLIFF 1.2 or 2.1.",
        )
    return version


def _rows_1(root: etree._Element, to: Variety) -> Iterator[Row]:
    for file in _children(root, "file"):
        check_language(file.get("source-language"), to.counterpart, "source")
        check_language(file.get("target-language"), to, "target")
        for unit in file.iterdescendants(f"{{{NAMESPACES['1.2']}}}trans-unit"):
            targets = list(_children(unit, "target"))
            final = unit.get("approved") == "yes" or any(each.get("state") in _FINAL for each in targets)
            yield _row(unit, list(_children(unit, "source")), targets, final)


def _rows_2(root: etree._Element, to: Variety) -> Iterator[Row]:
    check_language(root.get("srcLang"), to.counterpart, "source")
    check_language(root.get("trgLang"), to, "target")
    for unit in root.iterdescendants(f"{{{NAMESPACES['2.1']}}}unit"):
        parts = list(_children(unit, "segment", "ignorable"))
        sources = [source for part in parts for source in _children(part, "source")]
        segments = [part for part in parts if _local(part) == "segment"]
        whole = all(any(True for _ in _children(segment, "target")) for segment in segments)
        final = bool(segments) and all(segment.get("state") == "final" for segment in segments)
        yield _row(unit, sources, _targets(parts) if whole else [], final)


def _targets(parts: Iterable[etree._Element]) -> list[etree._Element]:
    """The targets in the order in which they are to be read; what is to be ignored may have a source only."""
    found: list[tuple[int, etree._Element]] = []
    for place, part in enumerate(parts, 1):
        for target in [*_children(part, "target"), *_children(part, "source")][:1]:
            said = str(target.get("order", ""))
            found.append((int(said) if said.isdecimal() else place, target))
    return [target for _, target in sorted(found, key=lambda each: each[0])]


def _row(
    unit: etree._Element, sources: Iterable[etree._Element], targets: Iterable[etree._Element], final: bool
) -> Row:
    numbers = _Numbers()
    source = tagged(piece for part in sources for piece in _pieces(part, numbers))
    target = tagged(piece for part in targets for piece in _pieces(part, numbers))
    status: Status = "confirmed" if final and target else "draft"
    return Row(number=str(unit.get("id", "")), source=source, target=target, status=status)


@dataclass(slots=True)
class _Numbers:
    """Our tags' numbers: an id that is a number stays, others are counted as they come."""

    given: dict[str, int] = field(default_factory=dict)

    def of(self, name: str) -> int:
        if name.isdecimal() and len(name) <= _DIGITS:
            return int(name)
        key = name or f" {len(self.given)}"
        return self.given.setdefault(key, len(self.given) + 1)


def _pieces(element: etree._Element, numbers: _Numbers) -> Iterator[Piece]:
    """The words and tags of a source or a target. The codes inside inline elements are another program's."""
    yield words(element.text or "")
    for child in element:
        yield from _inline(child, numbers)
        yield words(child.tail or "")


def _inline(child: etree._Element, numbers: _Numbers) -> Iterator[Piece]:
    name = _local(child)
    if name == "mrk":
        yield from _pieces(child, numbers)
    elif name in _PAIR:
        number = numbers.of(str(child.get("id", "")))
        yield Piece("open", "", number)
        yield from _pieces(child, numbers)
        yield Piece("close", "", number)
    elif kind := _kind(name, child):
        yield Piece(kind, "", numbers.of(_id(child)))


def _kind(name: str, element: etree._Element) -> PieceKind | None:
    """What stands at a place by itself: half of a pair, or a tag alone; None for what has no tag."""
    side = element.get("pos") if name == "it" else None
    if name in _OPEN or side == "open":
        return "open"
    if name in _CLOSE or side == "close":
        return "close"
    return "alone" if name in _ALONE else None


def _id(element: etree._Element) -> str:
    """What both halves of a pair say."""
    return str(element.get("startRef") or element.get("rid") or element.get("id") or "")


def _children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    return (child for child in element if _local(child) in names)


def _local(element: etree._Element) -> str:
    """The name of an element of XLIFF; empty for any other."""
    name = etree.QName(element)
    return name.localname if name.namespace in _SPACES else ""
