"""Files made by hand, so that a test says exactly what is in them: PDF from places, DOCX from XML."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bauhinia.documents import Document
from bauhinia.documents.child import parse
from bauhinia.documents.collecting import Bounds

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMES = (
    f'xmlns:w="{W}" xmlns:r="{R}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)


def bounds(**changed: Any) -> Bounds:
    """Limits that no ordinary file meets, with some changed."""
    usual: dict[str, Any] = {
        "file_bytes": 50_000_000,
        "unpacked_bytes": 500_000_000,
        "pages": 2_000,
        "nesting": 100,
        "blocks": 200_000,
        "characters": 20_000_000,
        "seconds": 60.0,
        "memory_bytes": 2_000_000_000,
    }
    return Bounds(**{**usual, **changed})


def read_here(data: bytes, name: str, **limits: Any) -> Document:
    """Read in this process, which is faster than in a child."""
    return parse(data, name, bounds(**limits))


def shape(document: Document) -> list[tuple[str, str]]:
    """Kind and text of every block."""
    return [(block.kind, block.text) for block in document.blocks]


@dataclass(frozen=True)
class At:
    """A text on a page: points from the left and from the top."""

    x: float
    y: float
    text: str
    size: float = 10
    bold: bool = False
    raised: float = 0
    angle: tuple[float, float] = (1, 0)


@dataclass(frozen=True)
class Stroke:
    """A line on a page, in points from the top left corner."""

    x0: float
    y0: float
    x1: float
    y1: float


HEIGHT = 800
WIDTH = 600


def pdf(
    pages: Sequence[Sequence[At | Stroke]],
    *,
    picture: bool = False,
    rotate: int = 0,
    encrypted: bool = False,
    title: str = "",
) -> bytes:
    """A PDF whose fonts are named and not embedded; Latin letters are half as wide as their size."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    fonts = _fonts(objects)
    image = b""
    if picture:
        objects.append(
            b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray "
            b"/BitsPerComponent 8 /Length 1 >>\nstream\n\x80\nendstream"
        )
        image = b"/XObject << /I %d 0 R >>" % len(objects)
    kids: list[int] = []
    for page in pages:
        content = b"\n".join(_draw(item) for item in page)
        content += b"\nq 500 0 0 700 50 50 cm /I Do Q" if picture else b""
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Rotate %d /Contents %d 0 R "
            b"/Resources << /Font << /F1 %d 0 R /F2 %d 0 R >> %b >> >>"
            % (WIDTH, HEIGHT, rotate, len(objects), *fonts, image)
        )
        kids.append(len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%b] >>" % (
        len(kids), b" ".join(b"%d 0 R" % kid for kid in kids)
    )  # fmt: skip
    objects.append(b"<< /Title <FEFF%b> >>" % title.encode("utf-16-be").hex().encode())
    extra = b"/Info %d 0 R" % len(objects)
    if encrypted:
        objects.append(b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%b> /U <%b> >>" % (b"11" * 32, b"22" * 32))
        extra += b" /Encrypt %d 0 R /ID [<00> <00>]" % len(objects)
    return _assemble(objects, extra)


def _fonts(objects: list[bytes]) -> tuple[int, int]:
    ranges = [b"<%02X00> <%02XFF> <%02X00>" % (high, high, high) for high in range(256)]
    parts = [ranges[:100], ranges[100:200], ranges[200:]]
    cmap = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        + b"\n".join(b"%d beginbfrange\n%b\nendbfrange" % (len(p), b"\n".join(p)) for p in parts)
        + b"\nendcmap end end"
    )
    objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(cmap), cmap))
    unicode = len(objects)
    made: list[int] = []
    for name in (b"Plain-Regular", b"Plain-Bold"):
        objects.append(
            b"<< /Type /FontDescriptor /FontName /%b /Flags 4 /FontBBox [0 -200 1000 800] /ItalicAngle 0 "
            b"/Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>" % name
        )
        objects.append(
            b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%b /FontDescriptor %d 0 R /DW 1000 "
            b"/W [0 127 500] /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
            % (name, len(objects))
        )
        objects.append(
            b"<< /Type /Font /Subtype /Type0 /BaseFont /%b /Encoding /Identity-H "
            b"/DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>" % (name, len(objects), unicode)
        )
        made.append(len(objects))
    return made[0], made[1]


def _draw(item: At | Stroke) -> bytes:
    if isinstance(item, Stroke):
        return b"%.1f %.1f m %.1f %.1f l S" % (item.x0, HEIGHT - item.y0, item.x1, HEIGHT - item.y1)
    code = item.text.encode("utf-16-be").hex().encode()
    cosine, sine = item.angle
    return b"BT /F%d %.2f Tf %.1f Ts %.3f %.3f %.3f %.3f %.2f %.2f Tm <%b> Tj ET" % (
        2 if item.bold else 1, item.size, item.raised, cosine, sine, -sine, cosine,
        item.x, HEIGHT - item.y, code,
    )  # fmt: skip


def _assemble(objects: Sequence[bytes], extra: bytes) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    places: list[int] = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R %b >>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        extra,
        start,
    )
    return bytes(out)


def lines(
    texts: Sequence[str], *, x: float = 60, y: float = 100, step: float = 14, size: float = 10
) -> list[At]:
    """Texts one below the other."""
    return [At(x, y + index * step, text, size) for index, text in enumerate(texts)]


def p(text: str = "", *, properties: str = "", inner: str = "") -> str:
    """A Word paragraph."""
    run = f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>' if text else ""
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{run}{inner}</w:p>"


def docx(
    body: str, *, parts: Mapping[str, str] | None = None, more: Mapping[str, bytes] | None = None
) -> bytes:
    """A Word file with this body; `parts` are further parts by kind: `footnotes`, `numbering`, `header1`, ..."""
    out = io.BytesIO()
    parts = parts or {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        )
        file.writestr("_rels/.rels", _relations({"": ("officeDocument", "word/document.xml")}))
        links = {f"{kind}.xml": (kind.rstrip("0123456789"), f"{kind}.xml") for kind in parts}
        file.writestr("word/_rels/document.xml.rels", _relations(links))
        file.writestr("word/document.xml", f"<w:document {_NAMES}><w:body>{body}</w:body></w:document>")
        for kind, xml in parts.items():
            tag = {"header": "hdr", "footer": "ftr"}.get(kind.rstrip("0123456789"), kind)
            file.writestr(f"word/{kind}.xml", f"<w:{tag} {_NAMES}>{xml}</w:{tag}>")
        for name, data in (more or {}).items():
            file.writestr(name, data)
    return out.getvalue()


def _relations(links: Mapping[str, tuple[str, str]]) -> str:
    made = "".join(
        f'<Relationship Id="{key or "rId1"}" Type="{R}/{kind}" Target="{target}"/>'
        for key, (kind, target) in links.items()
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{made}</Relationships>'
