"""Tables for translators in Word and Excel: what is written comes back, also after somebody worked in it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from bauhinia.documents.layout import faults
from bauhinia.documents.package import Package
from bauhinia.errors import BrokenDocument, DocumentError, DocumentTooLarge, InputError, UnsupportedFormat
from bauhinia.language import Variety
from bauhinia.settings import Limits
from bauhinia.translation.bilingual import FORMATS, read_returned
from bauhinia.translation.bilingual_docx import read_docx, write_docx
from bauhinia.translation.bilingual_xlsx import read_xlsx, write_xlsx
from bauhinia.translation.exchanged import Bilingual, Row, readable, unreadable

from ..documents.file_makers import bounds, packed

HANT, ENGLISH = Variety.TRADITIONAL, Variety.ENGLISH
ROWS = (
    Row(
        number="1", source="Return <1>Form A</1> &amp; pay 5 &lt; 6.<2/>", target="交回<1>表格A</1>。<2/>",
        status="confirmed", findings=("Not in the translation: 5.", "Not in the translation: 6."),
    ),
    Row(number="2", source="=SUM(A1)\tor &lt;1&gt;\nlines ", target='=HYPERLINK("http://x.example")'),
    Row(number="3", source="Not done.", target=""),
)  # fmt: skip
EDITED = "請交回<1>甲表</1>。<2/>"


def bilingual(to: Variety = HANT, rows: tuple[Row, ...] = ROWS) -> Bilingual:
    return Bilingual(title="A circular", to=to, rows=rows, label="Made with AI.")


def told(rows: list[Row] | tuple[Row, ...]) -> list[tuple[str, str, str, str]]:
    return [(row.number, row.source, row.target, row.status) for row in rows]


def saved(file: object) -> bytes:
    out = io.BytesIO()
    file.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


@pytest.mark.parametrize(
    "text", ["a &lt; b &amp; c", "&lt;1&gt; is no tag", "<1>&amp;lt;</1>", "R&amp;D<2/>"]
)
def test_what_is_shown_can_be_typed_back(text: str) -> None:
    assert unreadable(readable(text)) == text
    assert readable("a &lt; b &amp; c") == "a < b & c"


@pytest.mark.parametrize("to", [HANT, ENGLISH])
@pytest.mark.parametrize("form", FORMATS)
async def test_every_format_comes_back_through_the_child(form: str, to: Variety) -> None:
    data = FORMATS[form].write(bilingual(to))
    assert told(await read_returned(data, "whatever", to, Limits())) == told(ROWS)


def test_the_word_file_is_a_table_to_work_in() -> None:
    paper = docx.Document(io.BytesIO(write_docx(bilingual())))
    assert paper.sections[0].page_width > paper.sections[0].page_height
    (table,) = paper.tables
    assert table.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None
    assert [cell.text for cell in table.rows[1].cells][1] == "Return <1>Form A</1> & pay 5 < 6.<2/>"
    source, target = (table.rows[1].cells[column].paragraphs[0].runs for column in (1, 2))
    assert [run.text for run in source if run.style.name == "Tag"] == ["<1>", "</1>", "<2/>"]
    language = target[0]._r.find(f".//{qn('w:lang')}")
    assert (language.get(qn("w:val")), language.get(qn("w:eastAsia"))) == ("en-GB", "zh-HK")
    fonts = paper.styles["Normal"].element.rPr.rFonts
    assert (fonts.get(qn("w:ascii")), fonts.get(qn("w:eastAsia"))) == ("Times New Roman", "PMingLiU")
    assert "Made with AI." in paper.sections[0].footer.paragraphs[0].text


def test_what_was_inserted_in_word_counts_and_what_was_deleted_does_not() -> None:
    paper = docx.Document(io.BytesIO(write_docx(bilingual())))
    rows = paper.tables[0].rows
    cell = rows[1].cells[2]
    paragraph = cell.paragraphs[0]._p
    change = f'{nsdecls("w")} w:id="1" w:author="Translator" w:date="2026-05-01T00:00:00Z"'
    for run in paragraph.findall(qn("w:r")):
        if run.text == "表格A":
            gone = parse_xml(f"<w:del {change}><w:r><w:delText>表格A</w:delText></w:r></w:del>")
            come = parse_xml(f"<w:ins {change}><w:r><w:t>甲表</w:t></w:r></w:ins>")
            paragraph.replace(run, gone)
            gone.addnext(come)
    paragraph.insert(1, parse_xml(f"<w:moveTo {change}><w:r><w:t>請</w:t></w:r></w:moveTo>"))
    paragraph.append(parse_xml(f"<w:moveFrom {change}><w:r><w:t>請</w:t></w:r></w:moveFrom>"))
    rows[3]._tr.get_or_add_trPr().append(parse_xml(f"<w:del {change}/>"))
    one, two = read_docx(saved(paper), bounds())
    assert one.target == EDITED and faults(one.source, one.target) == []
    assert two.number == "2"


def test_a_paragraph_whose_end_was_deleted_runs_on() -> None:
    paper = docx.Document(io.BytesIO(write_docx(bilingual())))
    cell = paper.tables[0].rows[3].cells[2]
    cell.paragraphs[0].add_run("甲")
    cell.add_paragraph("乙")
    cell.add_paragraph("丙")
    mark = f'<w:pPr {nsdecls("w")}><w:rPr><w:del w:id="1" w:author="T"/></w:rPr></w:pPr>'
    cell.paragraphs[1]._p.insert(0, parse_xml(mark))
    assert read_docx(saved(paper), bounds())[2].target == "甲\n乙丙"


def test_rows_may_be_moved_taken_out_and_put_in_and_the_status_typed() -> None:
    paper = docx.Document(io.BytesIO(write_docx(bilingual())))
    table = paper.tables[0]
    table.rows[1].cells[3].text = "草稿"
    table.rows[2].cells[3].text = " CONFIRMED "
    table.rows[3].cells[0].text = "12a"
    table.add_row()
    table._tbl.append(table.rows[1]._tr)
    came = read_docx(saved(paper), bounds())
    assert [(row.number, row.status) for row in came] == [
        ("2", "confirmed"),
        ("12a", "draft"),
        ("1", "draft"),
    ]


def test_the_excel_file_is_a_sheet_to_work_in() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(write_xlsx(bilingual()))).active
    assert sheet.freeze_panes == "A2" and sheet.column_dimensions["B"].width == 60
    assert all(sheet.cell(2, column).alignment.wrap_text for column in range(1, 6))
    assert sheet["B2"].fill.fgColor.rgb.endswith("E7E6E6") and sheet["C2"].fill.fill_type is None
    assert sheet["A2"].value == 1 and sheet["D2"].value == "Confirmed 已確認"
    assert sheet["E2"].value == "Not in the translation: 5.\nNot in the translation: 6."


def test_no_cell_is_a_formula_even_where_its_text_begins_as_one() -> None:
    data = write_xlsx(bilingual())
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "inlineStr", "n"}
    assert sheet["C3"].value == '=HYPERLINK("http://x.example")' and sheet["C3"].quotePrefix
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")


def test_what_was_edited_in_excel_comes_back() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(bilingual())))
    sheet = book.active
    sheet["C2"], sheet["D4"], sheet["C4"] = EDITED, "已確認", 2026
    sheet.insert_cols(3)
    sheet.delete_rows(3)
    one, three = read_xlsx(saved(book), bounds())
    assert (one.number, one.target, one.status) == ("1", EDITED, "confirmed")
    assert (three.number, three.target, three.status) == ("3", "2026", "confirmed")


def test_a_segment_that_no_cell_can_hold_is_told_and_not_cut() -> None:
    row = Row(number="9", source="a", target="字" * 40_000)
    with pytest.raises(InputError, match="Segment 9"):
        write_xlsx(bilingual(rows=(row,)))


async def test_a_table_without_its_headings_is_refused() -> None:
    paper = docx.Document(io.BytesIO(write_docx(bilingual())))
    paper.tables[0].rows[0].cells[2].text = "?"
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(bilingual())))
    book.active.delete_rows(1)
    for data in (saved(paper), saved(book)):
        with pytest.raises(UnsupportedFormat, match="headings") as caught:
            await read_returned(data, "a", HANT, Limits())
        assert caught.value.hint


@pytest.mark.parametrize("write", [write_docx, write_xlsx])
@pytest.mark.parametrize("hostile", ["entities", "deep", "bomb"])
async def test_hostile_packages_are_refused_by_the_child(
    write: Callable[[Bilingual], bytes], hostile: str
) -> None:
    name = "word/document.xml" if write is write_docx else "xl/worksheets/sheet1.xml"
    doctype = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]>'
    damage = {
        "entities": lambda xml: b'<?xml version="1.0"?>' + doctype + xml.partition(b"?>")[2],
        "deep": lambda xml: b"<a>" * 20_000 + xml.partition(b"?>")[2] + b"</a>" * 20_000,
        "bomb": lambda xml: xml + b" " * 60_000_000,
    }[hostile]
    data = _with(write(bilingual()), name, damage)
    assert len(data) < 1_000_000
    with pytest.raises(BrokenDocument if hostile == "entities" else DocumentTooLarge):
        await read_returned(data, "a", HANT, Limits(unpacked_bytes=50_000_000))


@pytest.mark.parametrize("data", [b"%PDF-1.7 x", b"PK\x03\x04 broken", b"", packed({"a.txt": "x"}, {})])
async def test_what_is_no_such_file_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentError) as caught:
        await read_returned(data, "a.docx", HANT, Limits())
    assert caught.value.hint


def _with(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The package with one part changed."""
    package, out = Package(data, bounds()), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for entry in package.entries:
            part = package.read(entry)
            file.writestr(entry.filename, change(part) if entry.filename == name else part)
    return out.getvalue()
