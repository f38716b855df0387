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

MARKER = "Kestrel 紅隼"
"""Words that a probe puts in one place of its file."""
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
M = "http://schemas.openxmlformats.org/officeDocument/2006/math"
NAMES = (
    f'xmlns:w="{W}" xmlns:r="{R}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    'xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main"'
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


def run(text: str, properties: str = "", *, tag: str = "t") -> str:
    """A Word run; `tag` is `delText` in text that was deleted."""
    return f'<w:r>{properties}<w:{tag} xml:space="preserve">{text}</w:{tag}></w:r>'


def docx(
    body: str,
    *,
    parts: Mapping[str, str] | None = None,
    more: Mapping[str, bytes] | None = None,
    links: Mapping[str, tuple[str, str]] | None = None,
) -> bytes:
    """A Word file with this body; `parts` are further parts by kind: `footnotes`, `numbering`, `header1`, ...;
    `links` are further relations of the main part: id to kind and target."""
    out = io.BytesIO()
    parts = parts or {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        )
        file.writestr("_rels/.rels", _relations({"": ("officeDocument", "word/document.xml")}))
        own = {f"{kind}.xml": (kind.rstrip("0123456789"), f"{kind}.xml") for kind in parts}
        file.writestr("word/_rels/document.xml.rels", _relations({**own, **(links or {})}))
        file.writestr("word/document.xml", f"<w:document {NAMES}><w:body>{body}</w:body></w:document>")
        for kind, xml in parts.items():
            tag = {"header": "hdr", "footer": "ftr"}.get(kind.rstrip("0123456789"), kind)
            file.writestr(f"word/{kind}.xml", f"<w:{tag} {NAMES}>{xml}</w:{tag}>")
        for name, data in (more or {}).items():
            file.writestr(name, data)
    return out.getvalue()


def packed(parts: Mapping[str, str | bytes], links: Mapping[str, Mapping[str, tuple[str, str]]]) -> bytes:
    """An Office file of these parts; `links` are the relations of each part: id to kind and target."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        )
        for part, found in links.items():
            folder, _, name = part.rpartition("/")
            file.writestr(f"{folder}/_rels/{name}.rels".lstrip("/"), _relations(found))
        for name, data in parts.items():
            file.writestr(name, data)
    return out.getvalue()


def _relations(links: Mapping[str, tuple[str, str]]) -> str:
    made = "".join(
        f'<Relationship Id="{key or "rId1"}" Type="{R}/{kind}" Target="{target}"/>'
        for key, (kind, target) in links.items()
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{made}</Relationships>'


def chart(title: str, axis: str, series: str, *categories: str) -> str:
    """A chart part with a title, the name of an axis, one series and its categories."""
    rich = "<c:{0}><c:tx><c:rich><a:p><a:r><a:t>{1}</a:t></a:r></a:p></c:rich></c:tx></c:{0}>"
    points = "".join(f'<c:pt idx="{n}"><c:v>{text}</c:v></c:pt>' for n, text in enumerate(categories))
    return (
        f"<c:chartSpace {NAMES}><c:chart>{rich.format('title', title)}<c:plotArea><c:barChart><c:ser>"
        f"<c:tx><c:strRef><c:strCache><c:pt idx='0'><c:v>{series}</c:v></c:pt></c:strCache></c:strRef></c:tx>"
        f"<c:cat><c:strRef><c:strCache>{points}</c:strCache></c:strRef></c:cat>"
        "<c:val><c:numRef><c:numCache><c:pt idx='0'><c:v>987654</c:v></c:pt></c:numCache></c:numRef></c:val>"
        f"</c:ser></c:barChart><c:catAx>{rich.format('title', axis)}</c:catAx></c:plotArea></c:chart></c:chartSpace>"
    )


def diagram(*points: str) -> str:
    """The data part of a diagram (SmartArt)."""
    made = "".join(
        f"<dgm:pt><dgm:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></dgm:t></dgm:pt>" for text in points
    )
    return f"<dgm:dataModel {NAMES}><dgm:ptLst>{made}</dgm:ptLst></dgm:dataModel>"


def graphic(kind: str, link: str) -> str:
    """An `a:graphic` that refers to a chart or a diagram."""
    uri = f"http://schemas.openxmlformats.org/drawingml/2006/{kind}"
    inner = f'<c:chart r:id="{link}"/>' if kind == "chart" else f'<dgm:relIds r:dm="{link}"/>'
    return f'<a:graphic><a:graphicData uri="{uri}">{inner}</a:graphicData></a:graphic>'


def beside(document: Document) -> list[tuple[str, str, str]]:
    """What every aside is, its text, and the text of the block that it stands after."""
    texts = {block.id: block.text for block in document.blocks}
    return [(each.aside, each.text, texts.get(each.after, "")) for each in document.asides]


def marked(document: Document) -> list[tuple[str, str]]:
    """Every mark's kind and the characters that it holds."""
    return [
        (mark.kind, block.text[mark.start : mark.end]) for block in document.blocks for mark in block.marks
    ]
