"""One file for each element of each format, with `MARKER` in the element and nowhere else."""

from __future__ import annotations

from collections.abc import Callable

from file_makers import MARKER, NAMES, chart, diagram, docx, graphic, p, run
from more_coverage_probes import MORE_PROBES
from office_makers import frame, pptx, row, sheet, slide, sp, xlsx

__all__ = ["MARKER", "PROBES"]
_HIDDEN = "<w:rPr><w:vanish/></w:rPr>"
_CELL = "<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>"


def _word(inner: str = "", **more: dict[str, str]) -> bytes:
    """A Word file with a plain paragraph and then `inner`."""
    return docx(p("Plain.") + inner, **more)  # type: ignore[arg-type]


def _noted(kind: str) -> bytes:
    return docx(
        p("Plain.", inner=f'<w:r><w:{kind}Reference w:id="2"/></w:r>'),
        parts={f"{kind}s": f'<w:{kind} w:id="2">{p(MARKER)}</w:{kind}>'},
    )


def _running(kind: str) -> bytes:
    section = f'<w:sectPr><w:{kind}Reference r:id="{kind}1.xml"/></w:sectPr>'
    return docx(p("Plain.") + section, parts={f"{kind}1": p(MARKER)})


def _drawn(inner: str, described: str = "") -> bytes:
    drawing = f'<wp:inline><wp:docPr id="1" name="x" descr="{described}"/>{inner}</wp:inline>'
    return docx(
        p("Plain.", inner=f"<w:r><w:drawing>{drawing}</w:drawing></w:r>"),
        links={"c": ("chart", "c.xml"), "d": ("diagramData", "d.xml")},
        more={"word/c.xml": chart(MARKER, "", "").encode(), "word/d.xml": diagram(MARKER).encode()},
    )


def _equation(open_tag: str = "", close_tag: str = "") -> str:
    return f"{open_tag}<m:oMath><m:r><m:t>{MARKER}</m:t></m:r></m:oMath>{close_tag}"


_BOX = f"<w:txbxContent>{p(MARKER)}</w:txbxContent>"
_WORD: dict[str, Callable[[], bytes]] = {
    "paragraph": lambda: _word(p(MARKER)),
    "heading": lambda: _word(p(MARKER, properties='<w:outlineLvl w:val="0"/>')),
    "table cell": lambda: _word(_CELL.format(p(MARKER))),
    "nested table": lambda: _word(_CELL.format(_CELL.format(p(MARKER)) + p())),
    "header": lambda: _running("header"),
    "footer": lambda: _running("footer"),
    "footnote": lambda: _noted("footnote"),
    "endnote": lambda: _noted("endnote"),
    "comment": lambda: _noted("comment"),
    "inserted text": lambda: _word(p(inner=f"<w:ins>{run(MARKER)}</w:ins>")),
    "deleted text": lambda: _word(p(inner=f"<w:del>{run(MARKER, tag='delText')}</w:del>")),
    "hidden text": lambda: _word(p(inner=run(MARKER, _HIDDEN))),
    "text box": lambda: _word(p(inner=f"<w:r><w:drawing><wps:txbx>{_BOX}</wps:txbx></w:drawing></w:r>")),
    "content control": lambda: _word(f"<w:sdt><w:sdtContent>{p(MARKER)}</w:sdtContent></w:sdt>"),
    "hyperlink": lambda: _word(p(inner=f"<w:hyperlink>{run(MARKER)}</w:hyperlink>")),
    "chart": lambda: _drawn(graphic("chart", "c")),
    "diagram": lambda: _drawn(graphic("diagram", "d")),
    "alternative text": lambda: _drawn("", MARKER),
    "equation": lambda: _word(p(inner=_equation())),
}


def _slides(shapes: str = "", attributes: str = "", **links: tuple[str, str]) -> bytes:
    comments = f"<p:cmLst {NAMES}><p:cm><p:text>{MARKER}</p:text></p:cm></p:cmLst>"
    return pptx(
        [slide(sp("Plain.")), slide(shapes, attributes=attributes)],
        links={1: links},
        more={
            "ppt/c.xml": chart(MARKER, "", ""),
            "ppt/d.xml": diagram(MARKER),
            "ppt/n.xml": slide(sp(MARKER, kind="body"), "notes"),
            "ppt/comments.xml": comments,
        },
    )


_A_CELL = f"<a:tr><a:tc><a:txBody><a:p><a:r><a:t>{MARKER}</a:t></a:r></a:p></a:txBody></a:tc></a:tr>"
_A_TABLE = (
    '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table">'
    f"<a:tbl>{_A_CELL}</a:tbl></a:graphicData></a:graphic>"
)
_SLIDES: dict[str, Callable[[], bytes]] = {
    "paragraph": lambda: _slides(sp(MARKER)),
    "heading": lambda: _slides(sp(MARKER, kind="title")),
    "table cell": lambda: _slides(frame(_A_TABLE)),
    "footer": lambda: _slides(sp(MARKER, kind="ftr")),
    "comment": lambda: _slides(sp("x"), c=("comments", "../comments.xml")),
    "hidden text": lambda: _slides(sp(MARKER), 'show="0"'),
    "text box": lambda: _slides(sp(MARKER)),
    "grouped shape": lambda: _slides(f"<p:grpSp>{sp(MARKER)}</p:grpSp>"),
    "speaker note": lambda: _slides(n=("notesSlide", "../n.xml")),
    "chart": lambda: _slides(frame(graphic("chart", "c")), c=("chart", "../c.xml")),
    "diagram": lambda: _slides(frame(graphic("diagram", "d")), d=("diagramData", "../d.xml")),
    "alternative text": lambda: _slides(sp(described=MARKER)),
    "equation": lambda: _slides(sp(inner=_equation("<a:p><a14:m>", "</a14:m></a:p>"))),
}


def _book(rows: str = "", before: str = "", after: str = "", drawn: str = "", name: str = "S") -> bytes:
    drawing = f"<xdr:wsDr {NAMES}><xdr:twoCellAnchor>{drawn}</xdr:twoCellAnchor></xdr:wsDr>"
    return xlsx(
        {"First": sheet(row({"A1": "Plain."})), name: sheet(rows, before, after)},
        links={1: {"d": ("drawing", "../d.xml")}} if drawn else {},
        more={"xl/d.xml": drawing, "xl/c.xml": chart(MARKER, "", ""), "xl/g.xml": diagram(MARKER)},
        relations={"xl/d.xml": {"c": ("chart", "c.xml"), "g": ("diagramData", "g.xml")}},
    )


def _commented(kind: str) -> bytes:
    old = f'<comments><commentList><comment ref="A1"><text><t>{MARKER}</t></text></comment></commentList></comments>'
    new = f'<ThreadedComments><threadedComment ref="A1"><text>{MARKER}</text></threadedComment></ThreadedComments>'
    return xlsx(
        {"S": sheet(row({"A1": "x"}))},
        links={0: {"c": (kind, "../c.xml")}},
        more={"xl/c.xml": old if kind == "comments" else new},
    )


def _headed(kind: str) -> str:
    return f"<x:headerFooter><x:odd{kind}>&amp;C{MARKER}</x:odd{kind}></x:headerFooter>"


_BOOK: dict[str, Callable[[], bytes]] = {
    "heading": lambda: _book(name=MARKER),
    "table cell": lambda: _book(row({"A1": MARKER})),
    "header": lambda: _book(after=_headed("Header")),
    "footer": lambda: _book(after=_headed("Footer")),
    "comment": lambda: _commented("comments"),
    "threaded comment": lambda: _commented("threadedComment"),
    "hidden text": lambda: _book(row({"A1": MARKER}, 'hidden="1"')),
    "result of a formula": lambda: _book(
        f'<x:row><x:c r="A1" t="str"><x:f>A2</x:f><x:v>{MARKER}</x:v></x:c></x:row>'
    ),
    "text box": lambda: _book(drawn=sp(MARKER, prefix="xdr")),
    "grouped shape": lambda: _book(drawn=f"<xdr:grpSp>{sp(MARKER, prefix='xdr')}</xdr:grpSp>"),
    "chart": lambda: _book(drawn=frame(graphic("chart", "c"), "xdr")),
    "diagram": lambda: _book(drawn=frame(graphic("diagram", "g"), "xdr")),
    "alternative text": lambda: _book(drawn=sp(described=MARKER, prefix="xdr")),
}

_HTML = "<html><body><p>Plain.</p>{}</body></html>"
_PLAIN: dict[tuple[str, str], Callable[[], bytes]] = {
    ("html", "paragraph"): lambda: _HTML.format(f"<p>{MARKER}</p>").encode(),
    ("html", "heading"): lambda: _HTML.format(f"<h1>{MARKER}</h1>").encode(),
    ("html", "table cell"): lambda: _HTML.format(f"<table><tr><td>{MARKER}</table>").encode(),
    ("html", "hyperlink"): lambda: _HTML.format(f"<p><a href='x'>{MARKER}</a></p>").encode(),
    ("html", "hidden text"): lambda: _HTML.format(f"<p hidden>{MARKER}</p>").encode(),
    ("html", "alternative text"): lambda: _HTML.format(f"<img alt='{MARKER}'>").encode(),
    ("md", "paragraph"): lambda: f"Plain.\n\n{MARKER}\n".encode(),
    ("md", "heading"): lambda: f"Plain.\n\n# {MARKER}\n".encode(),
    ("md", "table cell"): lambda: f"| a |\n|---|\n| {MARKER} |\n".encode(),
    ("md", "hyperlink"): lambda: f"Plain. [{MARKER}](x)\n".encode(),
    ("txt", "paragraph"): lambda: f"Plain.\n\n{MARKER}\n".encode(),
    ("csv", "table cell"): lambda: f"a,b\n{MARKER},1\n".encode(),
    ("srt", "paragraph"): lambda: f"1\n00:00:01,000 --> 00:00:02,000\n{MARKER}\n".encode(),
    ("vtt", "paragraph"): lambda: f"WEBVTT\n\n00:01.000 --> 00:02.000\n{MARKER}\n".encode(),
    ("vtt", "comment"): lambda: f"WEBVTT\n\nNOTE {MARKER}\n\n00:01.000 --> 00:02.000\nPlain.\n".encode(),
}

PROBES: dict[tuple[str, str], Callable[[], bytes]] = {
    **{("docx", element): make for element, make in _WORD.items()},
    **{("pptx", element): make for element, make in _SLIDES.items()},
    **{("xlsx", element): make for element, make in _BOOK.items()},
    **_PLAIN,
    **MORE_PROBES,
}
"""By format and element: a maker of its file. A format's columns stand in the order of this table."""
