"""One OpenDocument file, e-mail or PDF for each element, with `MARKER` in the element and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

from file_makers import MARKER, At, pdf
from form_maker import field, laid_upon, remark
from opendocument_maker import NAMES, opened
from pikepdf import Name

_HIDDEN = (
    '<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style>'
    '<style:style style:name="off" style:family="table"><style:table-properties table:display="false"/></style:style>'
    '<style:style style:name="away" style:family="drawing-page">'
    '<style:drawing-page-properties presentation:visibility="hidden"/></style:style>'
)
_P = f"<text:p>{MARKER}</text:p>"
_CELLS = (
    "<table:table><table:table-row><table:table-cell>{}</table:table-cell></table:table-row></table:table>"
)
_BOX = f"<draw:frame><draw:text-box>{_P}</draw:text-box></draw:frame>"
_OBJECT = '<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame>'
_DESCRIBED = f'<draw:frame><draw:image xlink:href="x.png"/><svg:desc>{MARKER}</svg:desc></draw:frame>'
_NOTE = f"<office:annotation>{_P}</office:annotation>"
_CHART = {
    "Object 1/content.xml": f"<office:document-content {NAMES}><office:body><office:chart><chart:chart>"
    f"<chart:title>{_P}</chart:title></chart:chart></office:chart></office:body></office:document-content>"
}
_EQUATION = {
    "Object 1/content.xml": f'<math xmlns="http://www.w3.org/1998/Math/MathML"><mtext>{MARKER}</mtext></math>'
}


def _text(inner: str, **more: object) -> bytes:
    return opened("text", f"<text:p>Plain.</text:p>{inner}", styles=_HIDDEN, **more)  # type: ignore[arg-type]


def _in_line(inner: str, **more: object) -> bytes:
    return _text(f"<text:p>Plain {inner} words.</text:p>", **more)


def _noted(kind: str) -> bytes:
    body = f"<text:note-citation>1</text:note-citation><text:note-body>{_P}</text:note-body>"
    return _in_line(f'<text:note text:note-class="{kind}">{body}</text:note>')


def _running(kind: str) -> bytes:
    return _text("", running=f"<style:master-page><style:{kind}>{_P}</style:{kind}></style:master-page>")


def _changed(kind: str, held: str, inner: str) -> bytes:
    region = f'<text:changed-region text:id="c"><text:{kind}>{held}</text:{kind}></text:changed-region>'
    return _text(f"<text:tracked-changes>{region}</text:tracked-changes>{inner}")


_INSERTED = (
    f'<text:p><text:change-start text:change-id="c"/>{MARKER}<text:change-end text:change-id="c"/></text:p>'
)
_TEXTS: dict[str, Callable[[], bytes]] = {
    "paragraph": lambda: _text(_P),
    "heading": lambda: _text(f'<text:h text:outline-level="1">{MARKER}</text:h>'),
    "table cell": lambda: _text(_CELLS.format(_P)),
    "nested table": lambda: _text(_CELLS.format(_CELLS.format(_P))),
    "header": lambda: _running("header"),
    "footer": lambda: _running("footer"),
    "footnote": lambda: _noted("footnote"),
    "endnote": lambda: _noted("endnote"),
    "comment": lambda: _in_line(_NOTE),
    "inserted text": lambda: _changed("insertion", "", _INSERTED),
    "deleted text": lambda: _changed("deletion", _P, '<text:p>A<text:change text:change-id="c"/></text:p>'),
    "hidden text": lambda: _in_line(f'<text:span text:style-name="H">{MARKER}</text:span>'),
    "text box": lambda: _in_line(_BOX),
    "hyperlink": lambda: _in_line(f'<text:a xlink:href="x">{MARKER}</text:a>'),
    "chart": lambda: _in_line(_OBJECT, parts=_CHART),
    "alternative text": lambda: _in_line(_DESCRIBED),
    "equation": lambda: _in_line(_OBJECT, parts=_EQUATION),
    "grouped shape": lambda: _in_line(f"<draw:g><draw:custom-shape>{_P}</draw:custom-shape></draw:g>"),
}


def _sheet(inner: str = "", *, name: str = "S", style: str = "", **more: object) -> bytes:
    tables = (
        f'<table:table table:name="First">{_ROW.format(">", "<text:p>Plain.</text:p>")}</table:table>'
        f'<table:table table:name="{name}" table:style-name="{style}">{inner}</table:table>'
    )
    return opened("spreadsheet", tables, styles=_HIDDEN, **more)  # type: ignore[arg-type]


_ROW = "<table:table-row><table:table-cell{}{}</table:table-cell></table:table-row>"
_RESULT = ' table:formula="of:=[.B1]" office:value-type="string">'
_SHEETS: dict[str, Callable[[], bytes]] = {
    "heading": lambda: _sheet(name=MARKER),
    "table cell": lambda: _sheet(_ROW.format(">", _P)),
    "header": lambda: _sheet(
        running=f"<style:master-page><style:header>{_P}</style:header></style:master-page>"
    ),
    "footer": lambda: _sheet(
        running=f"<style:master-page><style:footer>{_P}</style:footer></style:master-page>"
    ),
    "comment": lambda: _sheet(_ROW.format(">", f"<text:p>x</text:p>{_NOTE}")),
    "hidden text": lambda: _sheet(_ROW.format(">", _P), style="off"),
    "text box": lambda: _sheet(_ROW.format(">", f"{_BOX}<text:p>x</text:p>")),
    "chart": lambda: _sheet(_ROW.format(">", f"{_OBJECT}<text:p>x</text:p>"), parts=_CHART),
    "alternative text": lambda: _sheet(_ROW.format(">", f"{_DESCRIBED}<text:p>x</text:p>")),
    "result of a formula": lambda: _sheet(_ROW.format(_RESULT, _P)),
}


def _slide(inner: str, style: str = "", **more: object) -> bytes:
    plain = "<draw:page><draw:frame><draw:text-box><text:p>Plain.</text:p></draw:text-box></draw:frame></draw:page>"
    page = f'<draw:page draw:style-name="{style}">{inner}</draw:page>'
    return opened("presentation", plain + page, styles=_HIDDEN, **more)  # type: ignore[arg-type]


def _placed(kind: str) -> str:
    return f'<draw:frame presentation:class="{kind}"><draw:text-box>{_P}</draw:text-box></draw:frame>'


_PAGES: dict[str, Callable[[], bytes]] = {
    "paragraph": lambda: _slide(_BOX),
    "heading": lambda: _slide(_placed("title")),
    "table cell": lambda: _slide(f"<draw:frame>{_CELLS.format(_P)}</draw:frame>"),
    "comment": lambda: _slide(_BOX.replace(MARKER, "x") + _NOTE),
    "hidden text": lambda: _slide(_BOX, "away"),
    "text box": lambda: _slide(_BOX),
    "grouped shape": lambda: _slide(f"<draw:g><draw:custom-shape>{_P}</draw:custom-shape></draw:g>"),
    "speaker note": lambda: _slide(f"<presentation:notes>{_placed('notes')}</presentation:notes>"),
    "chart": lambda: _slide(_OBJECT, parts=_CHART),
    "alternative text": lambda: _slide(_DESCRIBED),
    "equation": lambda: _slide(_OBJECT, parts=_EQUATION),
}


def _mail(text: str = "Plain.", subject: str = "Plain", html: str = "", attached: bytes = b"") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@dept.example", "b@dept.example", subject
    if html:
        message.set_content(html, subtype="html")
    else:
        message.set_content(text)
    if attached:
        message.add_attachment(attached, maintype="text", subtype="plain", filename="a.txt")
    return message.as_bytes()


_MAILS: dict[str, Callable[[], bytes]] = {
    "paragraph": lambda: _mail(f"Plain.\n\n{MARKER}\n"),
    "heading": lambda: _mail(subject=MARKER),
    "table cell": lambda: _mail(html=f"<p>Plain.</p><table><tr><td>{MARKER}</td></tr></table>"),
    "hyperlink": lambda: _mail(html=f'<p>Plain <a href="x">{MARKER}</a></p>'),
    "attached file": lambda: _mail(attached=f"{MARKER}\n".encode()),
}


def _page(*items: At) -> bytes:
    return pdf([[At(60, 100, "Plain words."), *items], [At(60, 100, "More plain words.")]])


_PDF: dict[str, Callable[[], bytes]] = {
    "paragraph": lambda: _page(At(60, 140, MARKER), At(60, 300, "Last words.")),
    "heading": lambda: _page(At(60, 140, MARKER, size=20, bold=True), At(60, 180, "Words below it.")),
    "comment": lambda: laid_upon(_page(), remark(MARKER, at=(60, 600))),
    "form field": lambda: laid_upon(_page(), field(Name.Tx, "n", at=(60, 600), TU=MARKER, V="Officer A")),
    "value of a form field": lambda: laid_upon(
        _page(), field(Name.Tx, "n", at=(60, 600), TU="Post", V=MARKER)
    ),
}
MORE_PROBES: dict[tuple[str, str], Callable[[], bytes]] = {
    (form, element): make
    for form, made in (("odt", _TEXTS), ("ods", _SHEETS), ("odp", _PAGES), ("eml", _MAILS), ("pdf", _PDF))
    for element, make in made.items()
}
"""By format and element: a maker of its file."""
