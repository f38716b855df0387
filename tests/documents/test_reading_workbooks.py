"""Workbooks: every sheet, its cells as a person sees them, and what stands beside them."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from datetime import date

import openpyxl
import pytest
from file_makers import NAMES, beside, chart, graphic, packed, read_here, shape
from hypothesis import given
from hypothesis import strategies as st
from office_makers import frame, row, sheet, sp, xlsx
from openpyxl.comments import Comment

from bauhinia.documents import Cell, Document
from bauhinia.documents.xlsx import running_texts
from bauhinia.errors import BrokenDocument, DocumentTooLarge


def grid(document: Document, table: int = 0) -> dict[tuple[int, int], str]:
    return {(b.cell.row, b.cell.column): b.text for b in document.blocks if b.cell and b.cell.table == table}


def test_a_workbook_of_openpyxl() -> None:
    book = openpyxl.Workbook()
    fees = book.active
    fees.title = "Fees"
    for place, value, form in (
        ("A1", "Licence", ""), ("B1", 1234.5, "#,##0.00"), ("A2", date(2024, 5, 1), "d mmm yyyy"),
        ("B2", 0.125, "0.0%"), ("C2", True, ""), ("A4", "=B1*2", ""),
    ):  # fmt: skip
        fees[place] = value
        fees[place].number_format = form or "General"
    fees["B1"].comment = Comment("Check this.", "A")
    fees.merge_cells("A6:C7")
    fees["A6"] = "Merged"
    other = book.create_sheet("備註")
    other["A1"] = "第二頁"
    out = io.BytesIO()
    book.save(out)
    document = read_here(out.getvalue(), "a.xlsx")
    assert shape(document)[0] == ("heading", "Fees")
    assert grid(document) == {
        (0, 0): "Licence", (0, 1): "1,234.50", (1, 0): "1 May 2024", (1, 1): "12.5%", (1, 2): "TRUE",
        (5, 0): "Merged",
    }  # fmt: skip
    assert grid(document, 1) == {(0, 0): "第二頁"}
    assert [block.page for block in document.blocks] == [1] * 7 + [2, 2]
    assert beside(document) == [("comment", "Check this.", "1,234.50")]
    assert document.asides[0].cell == Cell(table=0, row=0, column=1)
    assert document.warnings == ("1 uncalculated formula was not read.",)
    assert (document.format, document.pages) == ("xlsx", 2)


def test_shared_rich_and_inline_strings_and_results_of_formulas() -> None:
    strings = (
        f"<x:sst {NAMES}><x:si><x:t>plain</x:t></x:si><x:si><x:r><x:t>rich </x:t></x:r><x:r><x:t>text</x:t></x:r>"
        "<x:rPh><x:t>reading</x:t></x:rPh></x:si></x:sst>"
    )
    cells = "".join(
        f"<x:c r='A{n}' t='{kind}'>{inner}</x:c>"
        for n, (kind, inner) in enumerate(
            [
                ("s", "<x:v>0</x:v>"), ("s", "<x:v>1</x:v>"), ("s", "<x:v>99</x:v>"), ("e", "<x:v>#REF!</x:v>"),
                ("inlineStr", "<x:is><x:t>in line</x:t></x:is>"), ("str", "<x:f>A1&amp;B1</x:f><x:v>joined</x:v>"),
                ("n", "<x:f>1+1</x:f><x:v>2</x:v>"),
            ],
            1,
        )
    )  # fmt: skip
    data = xlsx(
        {"S": sheet(f"<x:row>{cells}</x:row>")},
        book={"str": ("sharedStrings", "sharedStrings.xml")},
        more={"xl/sharedStrings.xml": strings},
    )
    assert list(grid(read_here(data, "a.xlsx")).values()) == [
        "plain", "rich text", "#REF!", "in line", "joined", "2",
    ]  # fmt: skip


def test_cells_without_references_stand_one_after_the_other() -> None:
    plain = "<x:row><x:c><x:v>1</x:v></x:c><x:c><x:v>2</x:v></x:c></x:row>"
    document = read_here(
        xlsx({"S": sheet(plain + "<x:row/>" + plain + '<x:row r="9"><x:c><x:v>3</x:v></x:c></x:row>')}),
        "a.xlsx",
    )
    assert list(grid(document)) == [(0, 0), (0, 1), (2, 0), (2, 1), (8, 0)]


def test_hidden_sheets_rows_columns_and_formats_are_kept_apart() -> None:
    rows = (
        row({"A1": "seen", "B1": "hidden column", "C1": "too"}) + row({"A2": "hidden row"}, 'hidden="1"')
        + '<x:row r="3"><x:c r="A3" s="1"><x:v>77</x:v></x:c><x:c r="C3" s="1" t="str"><x:v>words</x:v></x:c></x:row>'
    )  # fmt: skip
    columns = '<x:cols><x:col min="2" max="2" hidden="1"/></x:cols>'
    styles = (
        f'<x:styleSheet {NAMES}><x:numFmts><x:numFmt numFmtId="200" formatCode=";;;"/></x:numFmts>'
        '<x:cellXfs><x:xf numFmtId="0"/><x:xf numFmtId="200"/></x:cellXfs></x:styleSheet>'
    )
    data = xlsx(
        {"Open": sheet(rows, columns), "Secret": sheet(row({"A1": "whole sheet"}))},
        states={"Secret": "veryHidden"},
        book={"st": ("styles", "styles.xml")},
        more={"xl/styles.xml": styles},
    )
    document = read_here(data, "a.xlsx")
    assert [text for _, text in shape(document)] == ["Open", "seen", "too"]
    assert [each[:2] for each in beside(document)] == [
        ("hidden", "hidden column"), ("hidden", "hidden row"), ("hidden", "77"), ("hidden", "words"),
        ("hidden", "Secret"), ("hidden", "whole sheet"),
    ]  # fmt: skip
    assert document.asides[1].cell == Cell(table=0, row=1, column=0)
    assert document.asides[-1].page == 2


def test_values_under_merged_cells_are_hidden_and_every_anchor_still_holds() -> None:
    comments = f'<x:comments {NAMES}><x:commentList><x:comment ref="C1"><x:text><x:t>Why?</x:t></x:text></x:comment></x:commentList></x:comments>'
    rows = row({"A1": "top", "B1": "under", "C1": "free"}) + row({"A2": "below", "C2": "last"})
    merged = '<x:mergeCells><x:mergeCell ref="A1:B2"/></x:mergeCells>'
    data = xlsx(
        {"S": sheet(rows, after=merged), "T": sheet(row({"A1": "next"}))},
        links={0: {"c": ("comments", "../comments1.xml")}},
        more={"xl/comments1.xml": comments},
    )
    document = read_here(data, "a.xlsx")
    assert [text for _, text in shape(document)] == ["S", "top", "free", "last", "T", "next"]
    assert [block.id for block in document.blocks] == [f"b{n}" for n in range(6)]
    assert beside(document) == [
        ("hidden", "under", "top"),
        ("comment", "Why?", "free"),
        ("hidden", "below", "free"),
    ]
    assert [aside.id for aside in document.asides] == ["a0", "a1", "a2"]


def test_threads_replace_their_shadows_and_comments_on_empty_cells_are_kept() -> None:
    shadow = "".join(
        f'<x:comment ref="{ref}"><x:text><x:r><x:t>{text}</x:t></x:r></x:text></x:comment>'
        for ref, text in (("A1", "[Threaded comment] Your version ..."), ("Z9", "On nothing."))
    )
    thread = "".join(
        f'<threadedComment ref="A1"><text>{text}</text></threadedComment>' for text in ("Why?", "Law.")
    )
    data = xlsx(
        {"S": sheet(row({"A1": "fee"}))},
        links={0: {"c": ("comments", "../c.xml"), "t": ("threadedComment", "../t.xml")}},
        more={
            "xl/c.xml": f"<x:comments {NAMES}>{shadow}</x:comments>",
            "xl/t.xml": f"<ThreadedComments>{thread}</ThreadedComments>",
        },
    )
    assert beside(read_here(data, "a.xlsx")) == [
        ("comment", "Why?", "fee"), ("comment", "Law.", "fee"), ("comment", "On nothing.", "fee"),
    ]  # fmt: skip


def test_charts_text_boxes_pictures_headers_and_footers() -> None:
    shapes = sp("In a box.", prefix="xdr") + frame(graphic("chart", "c1"), "xdr")
    picture = '<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="3" name="y" descr="The crest"/></xdr:nvPicPr></xdr:pic>'
    drawing = f"<xdr:wsDr {NAMES}><xdr:twoCellAnchor>{shapes}</xdr:twoCellAnchor><xdr:oneCellAnchor>{picture}</xdr:oneCellAnchor></xdr:wsDr>"
    running = '<x:headerFooter><x:oddHeader>&amp;L&amp;"Arial,Bold"Draft&amp;R&amp;A</x:oddHeader><x:oddFooter>&amp;CPage &amp;P</x:oddFooter></x:headerFooter>'
    data = xlsx(
        {"S": sheet(row({"A1": "x"}), after=running), "T": sheet("", after=running)},
        links={0: {"d": ("drawing", "../drawings/d1.xml")}},
        more={"xl/drawings/d1.xml": drawing, "xl/charts/c1.xml": chart("Fees", "Year", "Licences", "2024")},
        relations={"xl/drawings/d1.xml": {"c1": ("chart", "../charts/c1.xml")}},
    )
    document = read_here(data, "a.xlsx")
    assert shape(document) == [
        ("heading", "S"), ("table_cell", "x"), ("paragraph", "In a box."), ("chart", "Fees"), ("chart", "Licences"),
        ("chart", "2024"), ("chart", "Year"), ("alt_text", "The crest"), ("header", "Draft"), ("header", "S"),
        ("footer", "Page #"), ("heading", "T"), ("header", "T"),
    ]  # fmt: skip
    assert document.warnings == ("1 picture was not read.",)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("&LLeft&CMiddle&RRight", ["Left", "Middle", "Right"]),
        ('&C&"新細明體,標準"&14&K01+000機密 && 緊急', ["機密 & 緊急"]),
        ("&P / &N", []),
        ("&D&T&F&G", []),
        ("&", []),
    ],
)
def test_codes_in_headers(code: str, said: list[str]) -> None:
    assert running_texts(code, "S") == said


def test_macros_missing_sheets_and_strict_files() -> None:
    data = xlsx({"S": sheet(row({"A1": "x"})), "Gone": sheet("")}, more={"xl/vbaProject.bin": b"x"})
    missing = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(missing, "w") as new:
        for name in old.namelist():
            if name != "xl/worksheets/sheet1.xml":
                strict = old.read(name).replace(
                    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                    b"http://purl.oclc.org/ooxml/spreadsheetml/main",
                )
                new.writestr(name, strict)
    document = read_here(missing.getvalue(), "a.xlsm")
    assert [text for _, text in shape(document)] == ["S", "x"]
    assert set(document.warnings) == {
        "1 sheet was not read.", "The file holds macros; they were not run and not read.",
    }  # fmt: skip
    with pytest.raises(BrokenDocument, match="no workbook"):
        read_here(packed({"xl/other.xml": "<x/>"}, {}), "a.xlsx")


def test_a_million_cells_meet_the_limit_early_and_in_little_memory() -> None:
    cells = "<c><v>12345</v></c>" * 1_000
    rows = "".join(f'<row r="{n}">{cells}</row>' for n in range(1, 1_001))
    data = xlsx({"S": f"<worksheet><sheetData>{rows}</sheetData></worksheet>"})
    tracemalloc.start()
    with pytest.raises(DocumentTooLarge, match="20,000 paragraphs and table cells"):
        read_here(data, "a.xlsx", blocks=20_000)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 40_000_000


def test_many_empty_cells_and_wide_merges_cost_little() -> None:
    rows = "".join(f'<row r="{n}">{"<c/>" * 100}</row>' for n in range(1, 1_001)) + row(
        {"A1001": "last"}, 'r="1001"'
    )
    merged = "<mergeCells>" + '<mergeCell ref="B1:XFD1048576"/>' * 500 + "</mergeCells>"
    document = read_here(
        xlsx({"S": sheet(rows, '<x:cols><x:col min="2" max="99999999" hidden="1"/></x:cols>', merged)}),
        "a.xlsx",
    )
    assert grid(document) == {(1000, 0): "last"}


def test_bombs_and_entities_in_sheets_are_refused() -> None:
    many = xlsx({"S": sheet(row({"A1": "y" * 1_000_000}))})
    with pytest.raises(DocumentTooLarge, match="unpacks"):
        read_here(many, "a.xlsx", unpacked_bytes=100_000)
    shared = f"<x:sst {NAMES}>" + f"<x:si><x:t>{'y' * 1_000}</x:t></x:si>" * 100 + "</x:sst>"
    data = xlsx({"S": sheet("")}, book={"t": ("sharedStrings", "s.xml")}, more={"xl/s.xml": shared})
    with pytest.raises(DocumentTooLarge, match="characters"):
        read_here(data, "a.xlsx", characters=50_000)
    entity = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">]>' + sheet(row({"A1": "&a;"}))
    with pytest.raises(BrokenDocument):
        read_here(xlsx({"S": entity}), "a.xlsx")
    with pytest.raises(BrokenDocument):
        read_here(xlsx({"S": sheet(row({"A1": "x"}))[:-30]}), "a.xlsx")


CELL = st.sampled_from(
    [
        "<x:c><x:v>1</x:v></x:c>",
        '<x:c r="ZZZ9999999" t="s"><x:v>-1</x:v></x:c>',
        "<x:c t='b'/>",
        "<x:v>2</x:v>",
    ]
)


@given(
    st.lists(st.lists(CELL, max_size=3).map(lambda cells: f"<x:row>{''.join(cells)}</x:row>"), max_size=4),
    st.text("AB12:&", max_size=8),
)
def test_sheets_in_any_shape(rows: list[str], reference: str) -> None:
    merge = f"<x:mergeCell ref='{reference.replace('&', '')}'/>"
    document = read_here(xlsx({"S": sheet("".join(rows), after=merge)}), "a.xlsx")
    assert [block.id for block in document.blocks] == [f"b{n}" for n in range(len(document.blocks))]
