"""OpenDocument text (.odt): ISO/IEC 26300, written as plain XML into a zip.

Styles carry what `places` says; findings are annotations; the label stands in the footer and in the metadata.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from lxml import etree
from lxml.builder import ElementMaker

from ..language.variety import Variety
from .normal import without_illegal
from .output import OutputBlock, OutputMeta, cells_of, column_of, runs
from .places import COLUMN_WIDTH, SETTINGS, TEXT_WIDTH, Setting

MEDIA_TYPE = "application/vnd.oasis.opendocument.text"
_SPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
    "meta": "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
    "manifest": "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xlink": "http://www.w3.org/1999/xlink",
}
_MAKERS = {name: ElementMaker(namespace=space, nsmap=_SPACES) for name, space in _SPACES.items()}
_HAN_FONT = {Variety.SIMPLIFIED: "SimSun"}
_WIDTHS = {"Item": TEXT_WIDTH - COLUMN_WIDTH, "Beside": COLUMN_WIDTH}
"""Of the columns of a table of paragraphs with a column at their right."""
_ALIGN = {"left": "start", "centre": "center", "right": "end", "justify": "justify"}


def build(blocks: Sequence[OutputBlock], meta: OutputMeta) -> bytes:
    """The file's bytes; its media type comes first and unpacked, as the standard wants."""
    crest = meta.letterhead.crest if meta.letterhead else b""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", MEDIA_TYPE, zipfile.ZIP_STORED)
        package.writestr("content.xml", _xml(_content(blocks, meta)))
        package.writestr("styles.xml", _xml(_styles(meta)))
        package.writestr("meta.xml", _xml(_meta(meta)))
        if crest:
            package.writestr("Pictures/crest", crest)
        package.writestr("META-INF/manifest.xml", _xml(_manifest(with_crest=bool(crest))))
    return out.getvalue()


def _xml(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _make(tag: str, *children: etree._Element | str, **attributes: str) -> etree._Element:
    """An element; `tag` and attributes are `prefix:name` with `__` for the colon in attributes."""
    space, _, name = tag.partition(":")
    element: etree._Element = _MAKERS[space](name, *children)
    for key, value in attributes.items():
        prefix, _, rest = key.partition("__")
        element.set(f"{{{_SPACES[prefix]}}}{rest.replace('_', '-')}", value)
    return element


def _content(blocks: Sequence[OutputBlock], meta: OutputMeta) -> etree._Element:
    body = _make("office:text")
    body.extend(_letterhead(meta))
    for run in runs(blocks):
        if (heading := column_of(run)) is not None:
            body.append(_columns(heading, run))
        elif run[0].place == "pair":
            body.append(_pairs([block.text for block in run]))
        else:
            body.extend(_block(run[0]))
    if meta.label and not any(block.kind == "label" for block in blocks):
        body.append(_paragraph("Label", meta.label))
    styles = _make("office:automatic-styles", *_table_styles())
    return _make("office:document-content", styles, _make("office:body", body), office__version="1.3")


def _letterhead(meta: OutputMeta) -> Iterator[etree._Element]:
    head = meta.letterhead
    if head is None:
        return
    name = _paragraph("Letterhead", head.name)
    if head.crest:
        picture = _make("draw:image", xlink__href="Pictures/crest", xlink__type="simple", xlink__show="embed")
        frame = _make(
            "draw:frame", picture, _make("svg:title", head.name),
            text__anchor_type="as-char", svg__width="18mm", svg__height="18mm",
        )  # fmt: skip
        name.text, frame.tail = None, f" {head.name}"
        name.insert(0, frame)
    yield name
    for line in filter(None, [*map(str.strip, head.address.split(";")), head.telephone]):
        yield _paragraph("LetterheadLine", line)


def _block(block: OutputBlock) -> Iterator[etree._Element]:
    if block.kind == "table":
        yield _table(block.rows)
        return
    text = "".join(
        [f"{block.number}\t" if block.number else "", block.text, *(f" [{m}]" for m in block.marks)]
    )
    if block.kind in ("title", "heading"):
        level = 1 if block.kind == "title" else min(max(block.level, 1), 6)
        style = _style_of(block) if block.place else "Head"
        element = _filled(_make("text:h", text__outline_level=str(level), text__style_name=style), text)
    elif block.kind == "bullet":
        inner = _paragraph("P", text)
        element = _make("text:list", _make("text:list-item", inner), text__style_name="Bullets")
    else:
        element = _paragraph("Label" if block.kind == "label" else _style_of(block), text)
    for comment in block.comments:
        target = element if element.tag.endswith(("}p", "}h")) else element[0][0]
        target.append(_annotation(comment))
    yield element


def _style_of(block: OutputBlock) -> str:
    return f"P{block.place}"


def _paragraph(style: str, text: str) -> etree._Element:
    return _filled(_make("text:p", text__style_name=style), text)


def _filled(element: etree._Element, text: str) -> etree._Element:
    """Put the words in, line ends and tabs as their elements."""
    last: etree._Element | None = None
    for index, line in enumerate(without_illegal(text).split("\n")):
        for number, piece in enumerate(line.split("\t")):
            if index + number:
                last = _make("text:tab" if number else "text:line-break")
                element.append(last)
            if last is None:
                element.text = piece
            else:
                last.tail = piece
    return element


def _annotation(comment: str) -> etree._Element:
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None).isoformat()
    return _make(
        "office:annotation", _make("dc:creator", "Bauhinia"), _make("dc:date", now), _paragraph("P", comment)
    )


def _table(rows: Sequence[Sequence[str]]) -> etree._Element:
    width = max((len(row) for row in rows), default=1)
    table = _make("table:table", _make("table:table-column", table__number_columns_repeated=str(width)))
    for row in rows:
        cells = [*row, *[""] * (width - len(row))]
        table.append(_make("table:table-row", *(_cell(text, "Ruled") for text in cells)))
    return table


def _pairs(texts: Sequence[str]) -> etree._Element:
    """Lines that stand two in a row, without rules."""
    table = _make("table:table", _make("table:table-column", table__number_columns_repeated="2"))
    for start in range(0, len(texts), 2):
        row = [*texts[start : start + 2], ""][:2]
        table.append(_make("table:table-row", *(_cell(text, "Bare") for text in row)))
    return table


def _columns(heading: str, blocks: Sequence[OutputBlock]) -> etree._Element:
    """Paragraphs with a column at their right, without rules; its heading comes again on every page."""
    widths = [_make("table:table-column", table__style_name=name) for name in _WIDTHS]
    head = _whole_row(_cell("", "Flush"), _cell(heading, "Flush", "ColumnHead"))
    table = _make("table:table", *widths, _make("table:table-header-rows", head))
    for block in blocks:
        text, beside = cells_of(block)
        item = _cell(text, "Flush", _style_of(block))
        item[0].extend(map(_annotation, block.comments))
        table.append(_whole_row(item, _cell(beside, "Flush")))
    return table


def _whole_row(*cells: etree._Element) -> etree._Element:
    """A row that is not split between pages."""
    return _make("table:table-row", *cells, table__style_name="Whole")


def _cell(text: str, style: str, paragraph: str = "P") -> etree._Element:
    return _make("table:table-cell", _paragraph(paragraph, text), table__style_name=style)


def _styles(meta: OutputMeta) -> etree._Element:
    """Named styles, an A4 page and its footer."""
    han = _HAN_FONT.get(meta.language, "PMingLiU")
    styles = _make("office:styles", _default_style(meta, han))
    for place, setting in SETTINGS.items():
        styles.append(_place_style(f"P{place}", setting))
    for name, size, bold in (
        ("Head", "13pt", "bold"), ("Letterhead", "14pt", "bold"), ("LetterheadLine", "9pt", "normal"),
        ("Label", "9pt", "normal"), ("ColumnHead", "12pt", "bold"),
    ):  # fmt: skip
        styles.append(_named_style(name, size, bold))
    bullet = _make("text:list-level-style-bullet", text__level="1", text__bullet_char="•")
    styles.append(_make("text:list-style", bullet, style__name="Bullets"))
    automatic = _make("office:automatic-styles", _page_layout())
    page = _make("style:master-page", style__name="Standard", style__page_layout_name="A4")
    page.append(_footer(meta))
    return _make(
        "office:document-styles",
        styles,
        automatic,
        _make("office:master-styles", page),
        office__version="1.3",
    )


def _default_style(meta: OutputMeta, han: str) -> etree._Element:
    country = "CN" if meta.language is Variety.SIMPLIFIED else "HK"
    text = _make(
        "style:text-properties",
        fo__font_family="'Times New Roman'", fo__font_size="12pt", fo__language="en", fo__country="GB",
        style__font_family_asian=han, style__font_size_asian="12pt", style__language_asian="zh",
        style__country_asian=country,
    )  # fmt: skip
    return _make("style:default-style", text, style__family="paragraph")


def _place_style(name: str, setting: Setting) -> etree._Element:
    paragraph = _make(
        "style:paragraph-properties",
        fo__text_align=_ALIGN[setting.align], fo__margin_top=f"{setting.before}pt",
        fo__margin_bottom=f"{setting.after}pt", fo__margin_left=f"{setting.indent}mm",
        fo__keep_with_next="always" if setting.with_next else "auto",
    )  # fmt: skip
    text = _make("style:text-properties", **_weight("bold" if setting.bold else "normal"))
    if setting.underline:
        text.set(f"{{{_SPACES['style']}}}text-underline-style", "solid")
    return _make("style:style", paragraph, text, style__name=name, style__family="paragraph")


def _named_style(name: str, size: str, weight: str) -> etree._Element:
    text = _make("style:text-properties", fo__font_size=size, style__font_size_asian=size, **_weight(weight))
    return _make("style:style", text, style__name=name, style__family="paragraph")


def _weight(weight: str) -> dict[str, str]:
    return {"fo__font_weight": weight, "style__font_weight_asian": weight}


def _table_styles() -> Iterator[etree._Element]:
    """Styles of tables belong to the content: an office program ignores those beside the named styles."""
    for name, width in _WIDTHS.items():
        properties = _make("style:table-column-properties", style__column_width=f"{width}mm")
        yield _make("style:style", properties, style__name=name, style__family="table-column")
    whole = _make("style:table-row-properties", fo__keep_together="always")
    yield _make("style:style", whole, style__name="Whole", style__family="table-row")
    for name, border, padding in (
        ("Ruled", "0.5pt solid #000000", "1.5mm"), ("Bare", "none", "1.5mm"), ("Flush", "none", "0mm"),
    ):  # fmt: skip
        cell = _make("style:table-cell-properties", fo__border=border, fo__padding=padding)
        if name == "Flush":
            cell.set(f"{{{_SPACES['fo']}}}padding-right", "4mm")
        yield _make("style:style", cell, style__name=name, style__family="table-cell")


def _page_layout() -> etree._Element:
    margins = {f"fo__margin_{side}": "25mm" for side in ("top", "bottom", "left", "right")}
    properties = _make(
        "style:page-layout-properties", fo__page_width="210mm", fo__page_height="297mm", **margins
    )
    return _make("style:page-layout", properties, _make("style:footer-style"), style__name="A4")


def _footer(meta: OutputMeta) -> etree._Element:
    number = _make("text:p", text__style_name="Label")
    number.append(_make("text:page-number", "1"))
    number[-1].tail = " / "
    number.append(_make("text:page-count", "1"))
    label = [_paragraph("Label", meta.label)] if meta.label else []
    return _make("style:footer", *label, number)


def _meta(meta: OutputMeta) -> etree._Element:
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None).isoformat()
    properties = _make("office:meta", _make("dc:title", without_illegal(meta.title)), _make("dc:date", now))
    properties.append(_make("dc:creator", without_illegal(meta.department)))
    if meta.label:
        properties.append(_make("meta:keyword", "AI-generated"))
        properties.append(_make("meta:user-defined", without_illegal(meta.label), meta__name="AI-Label"))
    return _make("office:document-meta", properties, office__version="1.3")


def _manifest(*, with_crest: bool) -> etree._Element:
    files = {"/": MEDIA_TYPE, **dict.fromkeys(("content.xml", "styles.xml", "meta.xml"), "text/xml")}
    if with_crest:
        files["Pictures/crest"] = ""
    entries = [
        _make("manifest:file-entry", manifest__full_path=name, manifest__media_type=kind)
        for name, kind in files.items()
    ]
    return _make("manifest:manifest", *entries, manifest__version="1.3")
