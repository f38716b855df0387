"""OpenDocument: what the page shows is text; what it does not show is kept apart."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pytest
from file_makers import read_here, shape
from hypothesis import given, settings
from hypothesis import strategies as st
from opendocument_maker import NAMES, opened

from bauhinia.documents import Document
from bauhinia.errors import (
    BrokenDocument,
    DocumentError,
    DocumentTooLarge,
    EncryptedDocument,
    MislabelledDocument,
    UnsupportedFormat,
)


def odt(body: str, **more: str | Mapping[str, str | bytes]) -> Document:
    return read_here(opened("text", body, **more), "a.odt")  # type: ignore[arg-type]


def asides(document: Document) -> list[tuple[str, str, str]]:
    return [(aside.aside, aside.text, aside.after) for aside in document.asides]


def test_headings_paragraphs_spaces_and_breaks() -> None:
    document = odt(
        '<text:h text:outline-level="2">標題</text:h>'
        '<text:p>Two<text:s text:c="3"/>words<text:tab/>and <text:span>a <text:a>link</text:a></text:span>\n more</text:p>'
        "<text:p>Flat 3<text:line-break/>1 Road</text:p>"
        "<text:p><text:ruby><text:ruby-base>漢</text:ruby-base><text:ruby-text>hon3</text:ruby-text></text:ruby></text:p>"
    )
    assert shape(document) == [
        ("heading", "標題"),
        ("paragraph", "Two words and a link more"),
        ("paragraph", "Flat 3"),
        ("paragraph", "1 Road"),
        ("paragraph", "漢"),
    ]
    assert document.blocks[0].level == 2 and document.title == "標題"


LISTS = (
    '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1" '
    'style:num-suffix="."/><text:list-level-style-number text:level="2" style:num-format="a" '
    'style:num-prefix="(" style:num-suffix=")"/><text:list-level-style-number text:level="3" '
    'style:num-format="1" text:display-levels="3"/></text:list-style>'
    '<text:list-style style:name="C"><text:list-level-style-number text:level="1" '
    'style:num-format="一, 二, 三, ..." style:num-suffix="、" text:start-value="9"/></text:list-style>'
    '<text:list-style style:name="B"><text:list-level-style-bullet text:level="1" text:bullet-char="•"/></text:list-style>'
)


def item(*content: str, start: int = 0) -> str:
    value = f' text:start-value="{start}"' if start else ""
    return f"<text:list-item{value}>{''.join(content)}</text:list-item>"


def listed(style: str, *items: str, more: str = "") -> str:
    name = f' text:style-name="{style}"' if style else ""
    return f"<text:list{name}{more}>{''.join(items)}</text:list>"


def test_lists_show_their_numbers() -> None:
    inner = listed(
        "",
        item("<text:p>in</text:p>", listed("", item("<text:p>deep</text:p>"))),
        item("<text:p>in</text:p>"),
    )
    body = (
        listed(
            "L",
            item("<text:p>one</text:p>", "<text:p>same item</text:p>", inner),
            item("<text:p>two</text:p>"),
        )
        + "<text:p>between</text:p>"
        + listed("L", item("<text:p>three</text:p>", inner), more=' text:continue-numbering="true"')
        + listed("L", item("<text:p>anew</text:p>"), item("<text:p>seven</text:p>", start=7))
        + listed("C", item("<text:p>九項</text:p>"), item("<text:p>十項</text:p>"))
        + listed("B", item("<text:p>point</text:p>"))
    )
    document = odt(body, styles=LISTS)
    assert [block.text for block in document.blocks] == [
        "1. one", "same item", "(a) in", "1.a.1 deep", "(b) in", "2. two", "between", "3. three", "(a) in",
        "3.a.1 deep", "(b) in", "1. anew", "7. seven", "九、 九項", "十、 十項", "point",
    ]  # fmt: skip
    assert [block.level for block in document.blocks][:4] == [0, 0, 1, 2]


def test_tables_with_merged_nested_and_repeated_cells() -> None:
    nested = "<table:table><table:table-row><table:table-cell><text:p>in</text:p></table:table-cell></table:table-row></table:table>"
    document = odt(
        "<table:table><table:table-header-rows><table:table-row>"
        '<table:table-cell table:number-columns-spanned="2"><text:p>wide</text:p></table:table-cell>'
        "<table:covered-table-cell><text:p>under</text:p></table:covered-table-cell></table:table-row>"
        '</table:table-header-rows><table:table-row table:number-rows-repeated="2">'
        '<table:table-cell table:number-columns-repeated="2"><text:p>x</text:p></table:table-cell></table:table-row>'
        f'<table:table-row table:visibility="collapse"><table:table-cell><text:p>row</text:p></table:table-cell></table:table-row>'
        f"<table:table-row><table:table-cell/><table:table-cell>{nested}</table:table-cell></table:table-row></table:table>"
    )
    cells = [(b.text, b.cell.table, b.cell.row, b.cell.column) for b in document.blocks if b.cell]
    assert cells == [
        ("wide", 0, 0, 0), ("x", 0, 1, 0), ("x", 0, 1, 1), ("x", 0, 2, 0), ("x", 0, 2, 1), ("in", 1, 0, 0),
    ]  # fmt: skip
    assert asides(document) == [("hidden", "under", "b0"), ("hidden", "row", "b4")]


def test_repeats_do_not_explode() -> None:
    row = '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"{}/></table:table-row>'
    sheet = '<table:table table:name="S">{}</table:table>'
    empty = read_here(opened("spreadsheet", sheet.format(row.format(""))), "a.ods")
    assert shape(empty) == [("heading", "S")]
    full = row.format(' office:value-type="float" office:value="1"')
    document = read_here(opened("spreadsheet", sheet.format(full)), "a.ods")
    assert len(document.blocks) == 1 + 200 * 200
    assert "200 times" in document.warnings[0]
    with pytest.raises(DocumentTooLarge):
        read_here(opened("spreadsheet", sheet.format(full) * 9), "a.ods")


def test_changes_comments_notes_and_hidden_text() -> None:
    changes = (
        '<text:tracked-changes><text:changed-region text:id="d"><text:deletion><office:change-info>'
        "<dc:creator>Chan</dc:creator></office:change-info><text:p>gone</text:p></text:deletion></text:changed-region>"
        '<text:changed-region text:id="i"><text:insertion/></text:changed-region></text:tracked-changes>'
    )
    styles = (
        '<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style>'
        '<style:style style:name="P" style:family="paragraph" style:parent-style-name="Q"/>'
        '<style:style style:name="Q" style:family="paragraph"><style:text-properties text:display="none"/></style:style>'
    )
    document = odt(
        changes
        + '<text:p>Old <text:change text:change-id="d"/><text:change-start text:change-id="i"/>new</text:p>'
        '<text:p>words<text:change-end text:change-id="i"/> stay<office:annotation><dc:creator>Chan</dc:creator>'
        "<text:p>why?</text:p></office:annotation></text:p>"
        "<text:p>note<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>below</text:p>"
        "</text:note-body></text:note> here</text:p>"
        '<text:p>seen <text:span text:style-name="H">not seen</text:span></text:p><text:p text:style-name="P">style</text:p>'
        '<text:section text:display="none"><text:p>section</text:p></text:section>',
        styles=styles,
    )
    assert shape(document) == [
        ("paragraph", "Old new"),
        ("paragraph", "words stay"),
        ("paragraph", "note here"),
        ("footnote", "below"),
        ("paragraph", "seen"),
    ]
    assert [(m.kind, b.text[m.start : m.end]) for b in document.blocks for m in b.marks] == [
        ("inserted", "new"),
        ("inserted", "words"),
    ]
    assert asides(document) == [
        ("deleted", "gone", "b0"),
        ("comment", "why?", "b1"),
        ("hidden", "not seen", "b4"),
        ("hidden", "style", "b4"),
        ("hidden", "section", "b4"),
    ]
    assert "Chan" not in str(document)


CHART = (
    f"<office:document-content {NAMES}><office:body><office:chart><chart:chart><chart:title><text:p>Rain</text:p>"
    "</chart:title><table:table><table:table-row>"
    '<table:table-cell office:value-type="string"><text:p>May</text:p></table:table-cell>'
    '<table:table-cell office:value-type="float"><text:p>12</text:p></table:table-cell></table:table-row></table:table>'
    "</chart:chart></office:chart></office:body></office:document-content>"
)
FORMULA = (
    '<math xmlns="http://www.w3.org/1998/Math/MathML"><mrow><mi>E</mi><mo>=</mo><mi>m</mi></mrow></math>'
)


def test_shapes_charts_equations_and_alternative_text() -> None:
    document = odt(
        "<text:p>With<draw:frame><draw:text-box><text:p>box</text:p></draw:text-box></draw:frame></text:p>"
        '<text:p><draw:frame><draw:object xlink:href="./Object 1"/><draw:image xlink:href="x"/></draw:frame></text:p>'
        '<text:p>As <draw:frame><draw:object xlink:href="./Object 2"/></draw:frame> says</text:p>'
        '<text:p><draw:frame><draw:image xlink:href="http://example.org/x.png"/><svg:title>A map</svg:title>'
        "<svg:desc>of Sha Tin</svg:desc></draw:frame><draw:g><draw:custom-shape><text:p>grouped</text:p>"
        '</draw:custom-shape></draw:g></text:p><text:p><draw:frame><draw:object xlink:href="file:///etc/hostname"/></draw:frame></text:p>',
        parts={"Object 1/content.xml": CHART, "Object 2/content.xml": FORMULA, "Basic/script-lb.xml": "x"},
    )
    assert shape(document) == [
        ("paragraph", "With"), ("paragraph", "box"), ("chart", "Rain"), ("chart", "May"),
        ("paragraph", "As E=m says"), ("alt_text", "A map"), ("alt_text", "of Sha Tin"), ("paragraph", "grouped"),
    ]  # fmt: skip
    assert [(m.kind, m.start, m.end) for m in document.blocks[4].marks] == [("equation", 3, 6)]
    assert document.warnings == (
        "The file has macros in it; they were neither run nor read.",
        "1 picture was not read.",
        "1 embedded object was not read.",
    )


def test_headers_and_footers_are_read_once() -> None:
    page = "<style:master-page><style:header><text:p>Restricted</text:p></style:header><style:footer style:display='false'><text:p>off</text:p></style:footer></style:master-page>"
    assert shape(odt("<text:p>x</text:p>", running=page * 2)) == [
        ("paragraph", "x"),
        ("header", "Restricted"),
    ]


def test_sheets_are_pages_and_values_are_as_shown() -> None:
    styles = '<style:style style:name="off" style:family="table"><style:table-properties table:display="false"/></style:style>'
    cell = '<table:table-cell table:formula="of:=[.A1]*2" office:value-type="currency" office:value="1200"><text:p>$1,200</text:p>{}</table:table-cell>'
    sheet = '<table:table table:name="{}" table:style-name="{}"><table:table-row>{}</table:table-row></table:table>'
    note = "<office:annotation><text:p>check</text:p></office:annotation>"
    document = read_here(
        opened(
            "spreadsheet",
            sheet.format(
                "Costs", "", '<table:table-cell table:number-columns-repeated="3"/>' + cell.format(note)
            )
            + sheet.format("Secret", "off", cell.format("")),
            styles=styles,
            running="<style:master-page><style:header><text:p><text:sheet-name>???</text:sheet-name></text:p></style:header></style:master-page>",
        ),
        "a.ods",
    )
    assert [(b.kind, b.text, b.page) for b in document.blocks] == [
        ("heading", "Costs", 1),
        ("table_cell", "$1,200", 1),
    ]
    assert document.blocks[1].cell is not None and document.blocks[1].cell.column == 3
    assert [(a.aside, a.text, a.page) for a in document.asides] == [
        ("comment", "check", 1), ("hidden", "Secret", 2), ("hidden", "$1,200", 2),
    ]  # fmt: skip
    assert document.pages == 2


def test_slides_are_pages_with_titles_and_speaker_notes() -> None:
    styles = '<style:style style:name="off" style:family="drawing-page"><style:drawing-page-properties presentation:visibility="hidden"/></style:style>'
    title = '<draw:frame presentation:class="title"><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>'
    notes = (
        "<presentation:notes><draw:page-thumbnail/><draw:frame presentation:class='notes'><draw:text-box><text:p>Say it"
        "</text:p></draw:text-box></draw:frame></presentation:notes>"
    )
    prompt = '<draw:frame presentation:placeholder="true"><draw:text-box><text:p>Click</text:p></draw:text-box></draw:frame>'
    outline = f"<draw:frame><draw:text-box>{listed('', item('<text:p>point</text:p>'))}</draw:text-box></draw:frame>"
    document = read_here(
        opened(
            "presentation",
            f"<draw:page>{title.format('Plan')}{outline}{prompt}{notes}</draw:page>"
            f'<draw:page draw:style-name="off">{title.format("Kept back")}</draw:page>',
            styles=styles,
        ),
        "a.odp",
    )
    assert [(b.kind, b.text, b.page) for b in document.blocks] == [
        ("heading", "Plan", 1), ("list_item", "point", 1), ("speaker_note", "Say it", 1),
    ]  # fmt: skip
    assert [(a.aside, a.text, a.page) for a in document.asides] == [("hidden", "Kept back", 2)]
    assert document.pages == 2 and document.title == "Plan"


def test_what_cannot_be_read_says_so() -> None:
    locked = f"<manifest:manifest {NAMES}><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>"
    with pytest.raises(EncryptedDocument, match="password"):
        odt("<text:p>x</text:p>", parts={"META-INF/manifest.xml": locked})
    flat = f'<?xml version="1.0"?>\n<office:document {NAMES}/>'.encode()
    with pytest.raises(UnsupportedFormat, match="flat XML"):
        read_here(flat, "a.fodt")
    with pytest.raises(MislabelledDocument, match="flat XML"):
        read_here(flat, "a.odt")
    with pytest.raises(MislabelledDocument, match="really an OpenDocument spreadsheet"):
        read_here(opened("spreadsheet", ""), "a.odt")
    with pytest.raises(UnsupportedFormat, match="drawing"):
        read_here(opened("graphics", ""), "a.odg")


def test_the_manifest_of_an_old_program_may_have_a_document_type() -> None:
    old = '<!DOCTYPE manifest:manifest PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN" "Manifest.dtd"><x/>'
    assert shape(odt("<text:p>x</text:p>", parts={"META-INF/manifest.xml": old})) == [("paragraph", "x")]


def test_hostile_xml_is_refused() -> None:
    good = opened("text", "<text:p>&a;</text:p>")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            attack = (
                b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>' if name == "content.xml" else b""
            )
            new.writestr(name, attack + old.read(name))
    with pytest.raises(BrokenDocument):
        read_here(out.getvalue(), "a.odt")
    deep = "<text:section>" * 150 + "<text:p>x</text:p>" + "</text:section>" * 150
    with pytest.raises(DocumentTooLarge, match="100 deep"):
        odt(deep)


TAGS = st.sampled_from([
    "text:p", "text:h", "text:list", "text:list-item", "text:span", "text:section", "table:table", "table:table-row",
    "table:table-cell", "table:covered-table-cell", "draw:frame", "draw:text-box", "draw:object", "draw:g", "draw:page",
    "text:note", "text:note-body", "office:annotation", "text:change", "text:change-start", "presentation:notes", "text:s",
])  # fmt: skip
XML = st.recursive(
    st.text("ab 政\u3000", max_size=6),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>", TAGS, st.lists(inner, max_size=4)
    ),
    max_leaves=25,
)


@settings(max_examples=150, deadline=None)
@given(XML, st.sampled_from(["text", "spreadsheet", "presentation"]))
def test_elements_in_any_order(body: str, kind: str) -> None:
    try:
        document = read_here(opened(kind, body), "a")
    except DocumentError as error:
        assert error.message.endswith(".")
        return
    assert [block.id for block in document.blocks] == [f"b{n}" for n in range(len(document.blocks))]
    assert all(aside.after == "" or document.block(aside.after) for aside in document.asides)
