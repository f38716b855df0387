"""Word files (.docx) through python-docx: styles, fonts for both scripts, page numbers, label, comments.

Fonts are named, never embedded. Latin text is Times New Roman, as Hong Kong's government letters are typed;
Traditional Chinese is 新細明體 (PMingLiU), the serif that goes with it in every Office for Hong Kong and that
LibreOffice replaces by a serif; Simplified is SimSun for the same reason. Headings are Arial with Microsoft
JhengHei or Microsoft YaHei, which every Windows since 7 has.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from ..language.variety import Variety
from .normal import without_illegal
from .output import Letterhead, OutputBlock, OutputMeta, cells_of, column_of, is_numbered, runs
from .places import COLUMN_WIDTH, SETTINGS, TEXT_WIDTH

_LISTS = {"bullet": "List Bullet", "numbered": "List Number"}
_STYLES = {"title": "Title", "caption": "Caption", "label": "AI Label"}
_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "centre": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "justify": WD_ALIGN_PARAGRAPH.JUSTIFY,
}
_DEEPEST = 2
"""Lists have styles for three levels."""
_PROPERTIES_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"


class Fonts(NamedTuple):
    """Names of the fonts of body and headings for East Asian text, and the language that Word is told."""

    body: str
    heading: str
    tag: str


LATIN_BODY = "Times New Roman"
LATIN_HEADING = "Arial"
_TRADITIONAL = Fonts("PMingLiU", "Microsoft JhengHei", "zh-HK")
_SIMPLIFIED = Fonts("SimSun", "Microsoft YaHei", "zh-CN")


def _fonts(language: Variety) -> Fonts:
    return _SIMPLIFIED if language is Variety.SIMPLIFIED else _TRADITIONAL


def build(blocks: Sequence[OutputBlock], meta: OutputMeta) -> bytes:
    """The file's bytes."""
    document = blank(meta)
    _Writer(document, meta).write(blocks)
    return finished(document, meta)


def blank(meta: OutputMeta) -> Any:
    """An empty document of python-docx with our page, styles and fonts."""
    document = docx.Document()
    _page(document)
    _set_styles(document, _fonts(meta.language))
    return document


def finished(document: Any, meta: OutputMeta) -> bytes:
    """The bytes of a document that `blank` began, with its footer and properties."""
    _footer(document, meta)
    _properties(document, meta)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin = section.bottom_margin = Mm(25)


def _set_styles(document: Any, fonts: Fonts) -> None:
    styles = document.styles
    for style in styles:
        if style.type == WD_STYLE_TYPE.PARAGRAPH and (
            style.name == "Title" or style.name.startswith("Heading")
        ):
            _set_fonts(style.element.get_or_add_rPr(), LATIN_HEADING, fonts.heading)
            style.font.color.rgb = RGBColor(0, 0, 0)
    normal = styles["Normal"]
    _set_fonts(normal.element.get_or_add_rPr(), LATIN_BODY, fonts.body)
    normal.font.size = Pt(12)
    normal.paragraph_format.space_after = Pt(8)
    label = styles.add_style("AI Label", WD_STYLE_TYPE.PARAGRAPH)
    label.base_style = normal
    label.font.size = Pt(9)
    label.font.italic = True


def _set_fonts(properties: Any, latin: str, east_asian: str) -> None:
    """Name the fonts for each script; what points to the theme's fonts would win, so it is removed."""
    fonts = properties.get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme", "hint"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    for name, font in (("ascii", latin), ("hAnsi", latin), ("cs", latin), ("eastAsia", east_asian)):
        fonts.set(qn(f"w:{name}"), font)


class _Writer:
    """Writes blocks one after the other."""

    def __init__(self, document: Any, meta: OutputMeta) -> None:
        self.document = document
        self.meta = meta
        self.list_number: int | None = None
        """The list that the next numbered item belongs to."""

    def write(self, blocks: Sequence[OutputBlock]) -> None:
        """All of them, and the label last unless it is among them."""
        if self.meta.letterhead is not None:
            self._letterhead(self.meta.letterhead)
        for run in runs(blocks):
            if (heading := column_of(run)) is not None:
                self._columns(heading, run)
            elif run[0].place == "pair":
                self._pairs(run)
            else:
                self._one(run[0])
        if self.meta.label and not any(block.kind == "label" for block in blocks):
            self._paragraph(OutputBlock(kind="label", text=self.meta.label, language=self.meta.language))

    def _one(self, block: OutputBlock) -> None:
        if block.kind != "numbered":
            self.list_number = None
        if block.kind == "table":
            self._table(block)
        else:
            self._paragraph(block)

    def _letterhead(self, head: Letterhead) -> None:
        """Crest and name, then the address, at the top of the first page."""
        block = OutputBlock(kind="paragraph", text="")
        name = self.document.add_paragraph()
        if head.crest:
            name.add_run().add_picture(io.BytesIO(head.crest), height=Mm(18))
        run = self._run(name, f" {head.name}" if head.crest else head.name, block)
        run.bold, run.font.size, name.paragraph_format.space_after = True, Pt(14), Pt(0)
        for line in filter(None, [*map(str.strip, head.address.split(";")), head.telephone]):
            paragraph = self.document.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(0)
            self._run(paragraph, line, block).font.size = Pt(9)
        self.document.add_paragraph().paragraph_format.space_after = Pt(0)

    def _pairs(self, blocks: Sequence[OutputBlock]) -> None:
        """Lines that stand two in a row, as the head of a memo has them: a table without rules."""
        table = self.document.add_table(rows=0, cols=2)
        for start in range(0, len(blocks), 2):
            cells = table.add_row().cells
            for cell, block in zip(cells, blocks[start : start + 2], strict=False):
                self._comment(block, self._run(cell.paragraphs[0], block.text, block))

    def _columns(self, heading: str, blocks: Sequence[OutputBlock]) -> None:
        """Paragraphs with a column at their right: a table without rules, its heading on every page."""
        table = self.document.add_table(rows=1, cols=2)
        table.autofit = False
        head = table.rows[0].cells[1].paragraphs[0]
        head.paragraph_format.keep_with_next = True
        self._run(head, heading, blocks[0]).bold = True
        for block in blocks:
            item, aside = table.add_row().cells
            text, beside = cells_of(block)
            run = self._run(item.paragraphs[0], text, block)
            self._set(item.paragraphs[0], block)
            self._comment(block, run)
            self._run(aside.paragraphs[0], beside, block)
        for column, width in zip(table.columns, (TEXT_WIDTH - COLUMN_WIDTH, COLUMN_WIDTH), strict=True):
            column.width = Mm(width)  # LibreOffice looks here, Word at the cells
            for cell in column.cells:
                cell.width = Mm(width)
        _keep_rows_whole(table)

    def _set(self, paragraph: Any, block: OutputBlock) -> None:
        """Stand where lines of this place do."""
        setting, form = SETTINGS[block.place], paragraph.paragraph_format
        form.alignment = _ALIGN[setting.align]
        form.space_before, form.space_after = Pt(setting.before), Pt(setting.after)
        form.left_indent = Mm(setting.indent) if setting.indent else None
        form.keep_with_next = setting.with_next or None
        for run in paragraph.runs:
            run.bold, run.underline = setting.bold or None, setting.underline or None

    def _paragraph(self, block: OutputBlock) -> None:
        paragraph = self.document.add_paragraph(style=self._style(block))
        if block.kind == "numbered":
            self._count(paragraph, min(block.level, _DEEPEST))
        if is_numbered(block):
            paragraph.paragraph_format.left_indent = Mm(8 * min(max(block.level, 0), _DEEPEST))
        run = self._run(paragraph, f"{block.number}\t{block.text}" if block.number else block.text, block)
        if block.place:
            self._set(paragraph, block)
        for mark in block.marks:
            self._run(paragraph, f"[{mark}]", block).font.superscript = True
        self._comment(block, run)

    def _style(self, block: OutputBlock) -> str | None:
        if block.place and block.kind == "paragraph":
            return None
        if block.kind == "heading":
            return f"Heading {min(max(block.level, 1), 9)}"
        if is_numbered(block):
            return "List Paragraph"
        if block.kind in _LISTS:
            depth = min(max(block.level, 0), _DEEPEST)
            return _LISTS[block.kind] + (f" {depth + 1}" if depth else "")
        return _STYLES.get(block.kind)

    def _run(self, paragraph: Any, text: str, block: OutputBlock) -> Any:
        language = self.meta.language if block.language is Variety.UNKNOWN else block.language
        run = paragraph.add_run(without_illegal(text))
        properties = run._r.get_or_add_rPr()
        if language.is_chinese:
            # Quotation marks and dashes belong to both scripts; the hint gives them the Chinese font.
            properties.get_or_add_rFonts().set(qn("w:hint"), "eastAsia")
        if language.is_chinese and _fonts(language) != _fonts(self.meta.language):
            properties.get_or_add_rFonts().set(qn("w:eastAsia"), _fonts(language).body)
        tag = OxmlElement("w:lang")
        tag.set(qn("w:val"), "en-GB")
        tag.set(qn("w:eastAsia"), _fonts(language).tag)
        properties.append(tag)
        return run

    def _comment(self, block: OutputBlock, run: Any) -> None:
        if not run.text:
            return  # Word anchors a comment to text
        for comment in block.comments:
            self.document.add_comment(run, text=without_illegal(comment), author="Bauhinia", initials="B")

    def _table(self, block: OutputBlock) -> None:
        if not block.rows:
            return
        width = max(len(row) for row in block.rows)
        table = self.document.add_table(rows=0, cols=width, style="Table Grid")
        first: Any = None
        for index, row in enumerate(block.rows):
            cells = table.add_row().cells
            for cell, text in zip(cells, [*row, *[""] * (width - len(row))], strict=True):
                run = self._run(cell.paragraphs[0], text, block)
                run.bold = True if index == 0 else None
                first = first if first is not None and first.text else run
        _keep_rows_whole(table)
        self._comment(block, first)
        self.document.add_paragraph().paragraph_format.space_after = Pt(0)

    def _count(self, paragraph: Any, depth: int) -> None:
        """Number the item; the first one of a list begins at 1 again."""
        if self.list_number is None:
            self.list_number = _new_list(self.document)
        numbered = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        numbered.get_or_add_ilvl().val = depth
        numbered.get_or_add_numId().val = self.list_number


def _keep_rows_whole(table: Any) -> None:
    """No row is split between pages, and the first one comes again on each."""
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in table.rows:
        row._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))


def _new_list(document: Any) -> int:
    """A list of its own: 1., then (a), then (i)."""
    numbering = document.part.numbering_part.element
    abstracts = numbering.findall(qn("w:abstractNum"))
    name = max((int(each.get(qn("w:abstractNumId"))) for each in abstracts), default=-1) + 1
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), str(name))
    for depth, (form, text) in enumerate(
        (("decimal", "%1."), ("lowerLetter", "(%2)"), ("lowerRoman", "(%3)"))
    ):
        abstract.append(_list_level(depth, form, text))
    # The schema wants every abstract list before every list.
    abstracts[-1].addnext(abstract) if abstracts else numbering.insert(0, abstract)
    return int(numbering.add_num(name).numId)


def _list_level(depth: int, form: str, text: str) -> Any:
    level = OxmlElement("w:lvl")
    level.set(qn("w:ilvl"), str(depth))
    for tag, value in (("w:start", "1"), ("w:numFmt", form), ("w:lvlText", text), ("w:lvlJc", "left")):
        child = OxmlElement(tag)
        child.set(qn("w:val"), value)
        level.append(child)
    properties, indent = OxmlElement("w:pPr"), OxmlElement("w:ind")
    indent.set(qn("w:left"), str(360 * (depth + 1)))
    indent.set(qn("w:hanging"), "360")
    properties.append(indent)
    level.append(properties)
    return level


def stamp(document: Any, meta: OutputMeta) -> None:
    """Mark a file that was laid out elsewhere as made by AI: a last line, and the properties."""
    if meta.label:
        run = document.add_paragraph().add_run(without_illegal(meta.label))
        run.font.size, run.italic = Pt(9), True
    _properties(document, meta)


def _footer(document: Any, meta: OutputMeta) -> None:
    """The label, and the page's number of all pages."""
    footer = document.sections[0].footer
    paragraph = footer.paragraphs[0]
    if meta.label:
        label = paragraph
        label.style = document.styles["AI Label"]
        label.add_run(without_illegal(meta.label))
        paragraph = footer.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for instruction, between in (("PAGE", " / "), ("NUMPAGES", "")):
        _field(paragraph, instruction)
        paragraph.add_run(between)


def _field(paragraph: Any, instruction: str) -> None:
    for kind, text in (("begin", ""), ("", instruction), ("separate", ""), ("text", "1"), ("end", "")):
        run = paragraph.add_run()
        if kind == "text":
            run.text = text
            continue
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _properties(document: Any, meta: OutputMeta) -> None:
    properties = document.core_properties
    properties.title = without_illegal(meta.title)[:255]
    properties.subject = without_illegal(meta.subject)[:255]
    properties.author = without_illegal(meta.department)[:255]
    properties.comments = without_illegal(meta.label)[:255]
    properties.keywords = "AI-generated" if meta.label else ""
    properties.language = str(meta.language)
    properties.created = properties.modified = datetime.now(UTC)
    if meta.label:
        _custom_property(document, "AI-Label", without_illegal(meta.label))


def _custom_property(document: Any, name: str, value: str) -> None:
    """python-docx writes no custom properties, so the part is made here."""
    xml = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" '
        f'name="{escape(name)}"><vt:lpwstr>{escape(value)}</vt:lpwstr></property></Properties>'
    )
    package = document.part.package
    part = Part(PackURI("/docProps/custom.xml"), _PROPERTIES_TYPE, xml.encode("utf-8"), package)
    package.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_PROPERTIES)
