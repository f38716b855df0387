"""A translation as a table in Word, for a translator who has no other program: written, and read back.

The columns are known by their headings and the rows by their numbers. What was inserted with tracked changes
is read, what was deleted is not; comments are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape

from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm, Pt, RGBColor
from lxml import etree

from ..documents.collecting import Bounds
from ..documents.normal import without_illegal
from ..documents.office_parts import main_part, needed_part
from ..documents.ooxml import MC, W, chosen
from ..documents.output import OutputMeta
from ..documents.package import Package
from ..documents.word_output import blank, finished
from ..language import Variety
from .exchanged import TAG, Bilingual, Row, readable
from .exchanged_table import HEADINGS, INSTRUCTIONS, STATUS, rows_of

_WIDTHS = (16, 103, 103, 25)
"""Of number, source, translation and status, in millimetres."""
_NAMESPACE = nsdecls("w")
_BREAK = re.compile("([\t\n])")
_BREAKS = {"\t": "<w:tab/>", "\n": "<w:br/>"}
_TAG_STYLE = "Tag"
_GREY = RGBColor(0x6B, 0x6B, 0x6B)
_SHADE = "E7E6E6"
_GONE = frozenset({f"{W}del", f"{W}moveFrom"})
_WORDS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "\u2011"}
_HOLDERS = frozenset(
    f"{W}{name}"
    for name in ("hyperlink", "smartTag", "customXml", "ins", "moveTo", "sdt", "sdtContent", "fldSimple")
)


def write_docx(bilingual: Bilingual) -> bytes:
    """The file: landscape, its head repeated on every page, tags in grey."""
    meta = OutputMeta(title=bilingual.title, language=bilingual.to, label=bilingual.label)
    document = blank(meta)
    _set_page(document)
    document.add_paragraph(without_illegal(bilingual.title), style="Heading 1")
    document.add_paragraph(INSTRUCTIONS)
    table = document.add_table(rows=1, cols=len(_WIDTHS), style="Table Grid")
    _set_head(table)
    for row in bilingual.rows:
        table._tbl.append(_row(row, bilingual.to))
    document.add_paragraph()
    return finished(document, meta)


def _set_page(document: Any) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    document.styles["Normal"].font.size = Pt(10.5)
    style = document.styles.add_style(_TAG_STYLE, WD_STYLE_TYPE.CHARACTER)
    style.font.color.rgb = _GREY


def _set_head(table: Any) -> None:
    table.autofit = False
    for column, cell, width, heading in zip(
        table.columns, table.rows[0].cells, _WIDTHS, HEADINGS, strict=False
    ):
        column.width = cell.width = Mm(width)
        cell.paragraphs[0].add_run(heading).bold = True
    properties = table.rows[0]._tr.get_or_add_trPr()
    properties.extend([OxmlElement("w:cantSplit"), OxmlElement("w:tblHeader")])


def _row(row: Row, to: Variety) -> Any:
    """A row, made as text: python-docx's objects take minutes for ten thousand."""
    texts = (row.number, readable(row.source), readable(row.target), STATUS[row.status])
    languages = (Variety.ENGLISH, to.counterpart, to, Variety.ENGLISH)
    cells = map(_cell, texts, languages, _WIDTHS, ("", _SHADE, "", ""))
    return parse_xml(f"<w:tr {_NAMESPACE}><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>")


def _cell(text: str, language: Variety, width: int, shade: str) -> str:
    shading = f'<w:shd w:val="clear" w:color="auto" w:fill="{shade}"/>' if shade else ""
    properties = f'<w:tcPr><w:tcW w:w="{Mm(width).twips}" w:type="dxa"/>{shading}</w:tcPr>'
    parts = enumerate(TAG.split(without_illegal(text)))
    runs = "".join(_run(part, language, tag=number % 2 == 1) for number, part in parts if part)
    return f'<w:tc>{properties}<w:p><w:pPr><w:spacing w:after="40"/></w:pPr>{runs}</w:p></w:tc>'


def _run(text: str, language: Variety, *, tag: bool) -> str:
    looks = ""
    if tag:
        looks = f'<w:rStyle w:val="{_TAG_STYLE}"/>'
    elif language.is_chinese:
        # Quotation marks and dashes belong to both scripts; the hint gives them the Chinese font.
        looks = '<w:rFonts w:hint="eastAsia"/>'
    languages = '<w:lang w:val="en-GB" w:eastAsia="zh-HK"/>'
    return f"<w:r><w:rPr>{looks}{languages}</w:rPr>{''.join(map(_said, _BREAK.split(text)))}</w:r>"


def _said(part: str) -> str:
    if part in _BREAKS:
        return _BREAKS[part]
    return f'<w:t xml:space="preserve">{escape(part)}</w:t>' if part else ""


def read_docx(data: bytes, bounds: Bounds) -> list[Row]:
    """The rows of its tables. Raises DocumentError."""
    package = Package(data, bounds)
    root = needed_part(package, main_part(package, "word/document.xml", "The file has no text in it."))
    return rows_of(_lines(root))


def _lines(root: etree._Element) -> Iterator[Sequence[str]]:
    """The cells of every row that was not deleted."""
    for row in root.iter(f"{W}tr"):
        if row.find(f"{W}trPr/{W}del") is None:
            cells = (cell for cell in row.iter(f"{W}tc") if next(cell.iterancestors(f"{W}tr")) is row)
            yield [_text_of(cell) for cell in cells]


def _text_of(cell: etree._Element) -> str:
    """The paragraphs of a cell, a line each; one whose end was deleted runs on."""
    text = ""
    for paragraph in cell.iter(f"{W}p"):
        text += "".join(_words(paragraph))
        text += "" if paragraph.find(f"{W}pPr/{W}rPr/{W}del") is not None else "\n"
    return text.removesuffix("\n")


def _words(element: etree._Element) -> Iterator[str]:
    for child in element:
        if child.tag == f"{W}t":
            yield child.text or ""
        elif child.tag in _WORDS:
            yield _WORDS[child.tag]
        elif child.tag == f"{W}r" or child.tag in _HOLDERS:
            yield from _words(child)
        elif child.tag == f"{MC}AlternateContent" and (choice := chosen(child)) is not None:
            yield from _words(choice)
