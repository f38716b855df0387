"""TMX 1.4b, as memories are exchanged: read a unit at a time, so that a million of them need little memory.

Inline elements and our tags: `bpt`/`ept` with `i` is `<n>`/`</n>`, `ph` and `it` are `<n/>`; what is inside
them is another program's code and is dropped. A document type is accepted only as the plain line that names
TMX's own DTD: it is taken out before parsing, so that no declaration is ever read.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import BinaryIO

from lxml import etree

from ..documents.layout import Piece, pieces, tagged
from ..errors import InputError
from ..language import Variety
from .memory import SHARED, Segment

_XML = "{http://www.w3.org/XML/1998/namespace}"
_STANDARD = re.compile(rb"""<!DOCTYPE\s+tmx\s+SYSTEM\s+["'](?:[\w.:/-]*/)?tmx1[1-4]b?\.dtd["']\s*>""")
_HEAD_BYTES = 4_096
_DATE = "%Y%m%dT%H%M%SZ"
_LANGUAGES = {"en": Variety.ENGLISH, "zh": Variety.TRADITIONAL}
MOST_CHARACTERS = 100_000
"""Of one segment."""


class BadMemoryFile(InputError):
    """A file of translations that cannot be used."""

    status = 422


def read_tmx(file: BinaryIO, *, department: str = SHARED, name: str = "") -> Iterator[Segment]:
    """The pairs of English and Traditional Chinese of a TMX file, each way round: two segments a unit.

    Units without one of the languages, or without words, are passed over. Raises BadMemoryFile, naming the
    line; what was given before stays good.
    """
    parser = etree.iterparse(
        _without_doctype(file), events=("end",), tag="tu",
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
    )  # fmt: skip
    try:
        for _, unit in parser:
            yield from _segments(unit, department, name)
            unit.clear()
            while unit.getprevious() is not None:
                del unit.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise BadMemoryFile(
            f"The file is not TMX that can be read (line {error.lineno}).",
            hint="Export it again as TMX 1.4 in UTF-8.",
        ) from error
    if parser.root is None or parser.root.tag != "tmx":
        raise BadMemoryFile("The file is not TMX.", hint="Its first element must be tmx.")


def _without_doctype(file: BinaryIO) -> _Joined:
    """The file from its start, without the standard document type. Raises BadMemoryFile for any other."""
    head = file.read(_HEAD_BYTES)
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BadMemoryFile("The file is in UTF-16.", hint="Export it again as TMX 1.4 in UTF-8.")
    head = _STANDARD.sub(lambda match: b" " * len(match[0]), head, count=1)
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise BadMemoryFile(
            "The file declares a document type of its own, which is not accepted.",
            hint="Take its DOCTYPE out, or export it again.",
        )
    return _Joined(head, file)


class _Joined(io.RawIOBase):
    """The head, then the rest; a document type further on is a fault like any other."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if self._head:
            given, self._head = self._head, b""
            return given
        given = self._rest.read(size)
        if b"<!DOCTYPE" in given or b"<!ENTITY" in given:
            raise BadMemoryFile("The file declares a document type late.", hint="Export it again.")
        return given


def _segments(unit: etree._Element, department: str, name: str) -> Iterator[Segment]:
    texts: dict[Variety, str] = {}
    dated: dict[Variety, etree._Element] = {}
    for variant in unit.iterchildren("tuv"):
        tag = (variant.get(f"{_XML}lang") or variant.get("lang") or "").lower()
        variety = _LANGUAGES.get(re.split("[-_]", tag)[0])
        segment = variant.find("seg")
        if variety is None or segment is None or "hans" in tag or tag in ("zh-cn", "zh-sg"):
            continue
        text = _tagged(segment)
        if 0 < len(text.strip()) <= MOST_CHARACTERS:
            texts[variety], dated[variety] = text, variant
    if len(texts) < 2:
        return
    props = {str(prop.get("type")): prop.text or "" for prop in unit.iterchildren("prop")}
    for to in (Variety.TRADITIONAL, Variety.ENGLISH):
        variant = dated[to]
        yield Segment(
            source=texts[to.counterpart], target=texts[to], to=to, department=department,
            origin=props.get("origin", name), props={k: v for k, v in props.items() if k != "origin"},
            confirmed_by=unit.get("changeid") or variant.get("changeid") or unit.get("creationid") or "",
            at=_date(variant) or _date(unit) or datetime.now(UTC),
        )  # fmt: skip


def _date(element: etree._Element) -> datetime | None:
    for name in ("changedate", "creationdate"):
        try:
            return datetime.strptime(element.get(name, ""), _DATE).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def _tagged(segment: etree._Element) -> str:
    """The words of a `seg`, with its inline elements as our tags, counted as they open."""
    parts = [Piece("text", segment.text or "")]
    numbers: dict[str, int] = {}
    count = 0
    for inline in segment:
        if inline.tag in ("bpt", "ph", "it"):
            count += 1
            if inline.tag == "bpt":
                numbers[inline.get("i", "")] = count
            parts.append(Piece("open" if inline.tag == "bpt" else "alone", "", count))
        elif inline.tag == "ept" and inline.get("i", "") in numbers:
            parts.append(Piece("close", "", numbers[inline.get("i", "")]))
        elif inline.tag in ("hi", "sub"):
            parts.append(Piece("text", "".join(map(str, inline.itertext()))))
        parts.append(Piece("text", inline.tail or ""))
    return tagged(parts)


def write_tmx(segments: Iterable[Segment], file: BinaryIO) -> int:
    """Write segments one after the other; gives how many."""
    count = 0
    with etree.xmlfile(file, encoding="utf-8") as out:
        out.write_declaration()
        with out.element("tmx", version="1.4"):
            out.write(_header())
            with out.element("body"):
                for segment in segments:
                    # Each on a line of its own, but nothing put into it: white space in a `seg` is words.
                    out.write(_unit(segment), "\n")
                    count += 1
    return count


def _header() -> etree._Element:
    said = {
        "creationtool": "Bauhinia",
        "creationtoolversion": "1",
        "segtype": "paragraph",
        "o-tmf": "Bauhinia",
        "adminlang": "en",
        "srclang": "*all*",
        "datatype": "plaintext",
    }
    return etree.Element("header", said)


def _unit(segment: Segment) -> etree._Element:
    unit = etree.Element("tu", changedate=segment.at.astimezone(UTC).strftime(_DATE))
    if segment.confirmed_by:
        unit.set("changeid", segment.confirmed_by)
    for name, value in {"origin": segment.origin, **segment.props}.items():
        if value:
            etree.SubElement(unit, "prop", type=name).text = value
    for variety, text in ((segment.to.counterpart, segment.source), (segment.to, segment.target)):
        variant = etree.SubElement(unit, "tuv")
        variant.set(f"{_XML}lang", variety.value)
        _inline(etree.SubElement(variant, "seg"), text)
    return unit


def _inline(segment: etree._Element, text: str) -> None:
    last: etree._Element | None = None
    for piece in pieces(text):
        if piece.kind == "text":
            if last is None:
                segment.text = (segment.text or "") + piece.text
            else:
                last.tail = (last.tail or "") + piece.text
            continue
        name = {"open": "bpt", "close": "ept", "alone": "ph"}[piece.kind]
        last = etree.SubElement(segment, name)
        last.set("x" if piece.kind == "alone" else "i", str(piece.number))
