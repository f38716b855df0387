"""Presentations, workbooks and OpenDocument files of other projects, taken apart and put together."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from file_makers import bounds
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from round_trip import changed_unasked, lost, opened
from source_packages import files_of, parts_of

from bauhinia.documents.layout import LAYOUTS
from bauhinia.documents.layout.sheet_names import clean_names, renamed, renamed_odf, renamed_odf_formula
from bauhinia.errors import DocumentError
from bauhinia.language import Variety
from bauhinia.models import pseudo


def check_all(package: str, form: str, request: pytest.FixtureRequest) -> int:
    """Every file comes back. The number of their units."""
    total = 0
    for name, data in files_of(package, f".{form}", request).items():
        try:
            total += len(opened(data, form).units)
        except DocumentError:
            continue
        assert (name, changed_unasked(data, form), lost(data, form)) == (name, [], [])
    return total


def test_presentations_of_python_pptx_come_back(request: pytest.FixtureRequest) -> None:
    assert check_all("python-pptx", "pptx", request) > 100


def test_the_workbook_in_a_chart_follows_what_the_chart_shows() -> None:
    deck, data = Presentation(), CategoryChartData()
    data.categories = ["Clerk", "Officer"]
    data.add_series("Posts", (3, 4))
    page = deck.slides.add_slide(deck.slide_layouts[6])
    page.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, 3_000_000, 3_000_000, data)
    out = io.BytesIO()
    deck.save(out)
    layout = LAYOUTS["pptx"].open(out.getvalue(), bounds())
    new = {"Clerk": "文員", "Officer": "主任", "Posts": "職位"}
    written = layout.write(
        {unit.id: new[unit.source] for unit in layout.units if unit.source in new}, Variety.TRADITIONAL
    )
    inside = next(part for name, part in parts_of(written.data) if name.startswith("ppt/embeddings/"))
    rows = list(load_workbook(io.BytesIO(inside)).active.iter_rows(values_only=True))
    assert rows == [(None, "職位"), ("文員", 3), ("主任", 4)]
    assert not any("workbook inside" in note.message for note in written.notes)


def workbook() -> bytes:
    """A workbook with every element that names a sheet or a heading."""
    book = Workbook()
    staff = book.active
    staff.title = "Staff list"
    for row in (["Grade", "Posts"], ["Clerk", 3], ["Officer", 4]):
        staff.append(row)
    staff["A5"] = CellRichText("All ", TextBlock(InlineFont(b=True), "permanent"), " posts")
    staff["A2"].comment = Comment("Ask the registry", "post")
    staff["B5"] = '=IF(A2="Clerk",SUM(B2:B3),0)'
    staff["B6"] = "=SUM(Posts[Posts])"
    staff["A6"].value, staff["A6"].hyperlink = "Go", Hyperlink(ref="A6", location="'Summary'!A1")
    staff.add_table(Table(displayName="Posts", ref="A1:B3"))
    staff.oddHeader.left.text = "Page &P of the list"
    summary = book.create_sheet("Summary")
    summary["A1"] = "='Staff list'!B2+1"
    book.defined_names["total"] = DefinedName("total", attr_text="'Staff list'!$B$5")
    chart = BarChart()
    chart.title = "Posts by grade"
    chart.add_data(Reference(staff, min_col=2, min_row=1, max_row=3), titles_from_data=True)
    summary.add_chart(chart, "C3")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_comes_back() -> None:
    assert changed_unasked(workbook(), "xlsx") == lost(workbook(), "xlsx") == []
    units = opened(workbook(), "xlsx").units
    assert len({unit.id for unit in units}) == len(units) == 11


def test_workbooks_of_other_projects_come_back(request: pytest.FixtureRequest) -> None:
    packages = ("xlsx2csv", "pyexcel-xlsx", "agate-excel")
    assert sum(len(files_of(package, ".xlsx", request)) for package in packages) > 30
    assert sum(check_all(package, "xlsx", request) for package in packages) > 200


def test_no_two_columns_of_a_table_get_one_heading() -> None:
    layout = LAYOUTS["xlsx"].open(workbook(), bounds())
    written = layout.write(
        {unit.id: "職位" for unit in layout.units if unit.source in ("Grade", "Posts")}, Variety.TRADITIONAL
    )
    staff = load_workbook(io.BytesIO(written.data))["Staff list"]
    assert staff.tables["Posts"].column_names == ["職位", "職位 2"] == [staff["A1"].value, staff["B1"].value]
    assert staff["B6"].value == "=SUM(Posts[職位 2])"
    assert [note.check for note in written.notes].count("limit") == 1


def test_references_follow_the_names_of_sheets_and_columns() -> None:
    data = workbook()
    layout = LAYOUTS["xlsx"].open(data, bounds())
    new = {"Staff list": "員工/名單", "Summary": "撮要", "Posts": "職位", "Clerk": "文員"}
    targets = {unit.id: new[unit.source] for unit in layout.units if unit.source in new}
    written = layout.write(targets, Variety.TRADITIONAL)
    book = load_workbook(io.BytesIO(written.data))
    assert book.sheetnames == ["員工 名單", "撮要"]
    staff = book["員工 名單"]
    assert book["撮要"]["A1"].value == "='員工 名單'!B2+1"
    assert staff["B6"].value == "=SUM(Posts[職位])"
    assert staff["B5"].value == '=IF(A2="Clerk",SUM(B2:B3),0)'
    assert staff["A6"].hyperlink.location == "'撮要'!A1"
    assert staff.tables["Posts"].column_names == ["Grade", "職位"]
    assert book.defined_names["total"].attr_text == "'員工 名單'!$B$5"
    assert b"Staff list" not in dict(parts_of(written.data))["xl/charts/chart1.xml"]
    assert [note.check for note in written.notes].count("formula") == 1


def test_names_of_sheets_are_cut_and_none_is_twice() -> None:
    names = clean_names(["a" * 40, "A" * 40, "x:y", "'", "History"])
    assert names == ["a" * 31, "A" * 29 + " 2", "x y", "Sheet4", "History_"]
    assert renamed('[1]S!A1&"S!A1"&s!A1', {"S": "T"}) == "[1]S!A1&\"S!A1\"&'T'!A1"


@pytest.mark.parametrize("form", ["odt", "ods", "odp"])
def test_files_of_odfpy_come_back(form: str, request: pytest.FixtureRequest) -> None:
    assert check_all("odfpy", form, request) > 3


def test_odf_references_follow_the_names_of_sheets() -> None:
    names = {"Staff list": "員工", "S1": "甲"}
    assert renamed_odf("$'Staff list'.$A$1:.$B$2 S1.A1:S1.B2", names) == "$'員工'.$A$1:.$B$2 '甲'.A1:'甲'.B2"
    formula = 'of:=IF([$S1.A1]="S1.A1";[.B2])'
    assert renamed_odf_formula(formula, names) == "of:=IF([$'甲'.A1]=\"S1.A1\";[.B2])"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_rewritten_workbook_opens(tmp_path: Path) -> None:
    layout = LAYOUTS["xlsx"].open(workbook(), bounds())
    targets = {unit.id: pseudo(unit.source, "chinese") for unit in layout.units}
    (tmp_path / "a.xlsx").write_bytes(layout.write(targets, Variety.TRADITIONAL).data)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "a.xlsx")], capture_output=True, timeout=120, check=True)
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-")
