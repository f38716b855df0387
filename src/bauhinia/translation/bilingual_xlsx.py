"""A translation as a sheet of Excel, for a translator who has no other program: written, and read back.

Every text is a text, whatever it begins with: no cell is a formula, also after somebody edited it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

from ..documents.collecting import Bounds, Reading
from ..documents.normal import without_illegal
from ..documents.office_parts import main_part, related
from ..documents.package import Package
from ..documents.xlsx_cells import Cells, load_cells, place_of
from ..errors import InputError
from ..language import Variety
from .exchanged import Bilingual, Row, readable
from .exchanged_table import HEADINGS, STATUS, rows_of

_WIDTHS = (9, 60, 60, 18, 50)
"""Of the columns, in characters."""
_FONT = {Variety.ENGLISH: "Arial", Variety.TRADITIONAL: "Microsoft JhengHei"}
_GREY = "E7E6E6"
_LONGEST = 32_767
"""Characters of a cell."""
_COLUMNS_MOST = 64
"""Columns of a sheet that came back that are looked at."""
_FORMULA = ("=", "+", "-", "@")


def write_xlsx(bilingual: Bilingual) -> bytes:
    """The file: columns as wide as texts need, the head always in sight, the source on grey. Raises
    InputError for a segment that no cell can hold."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    _set_sheet(sheet, len(bilingual.rows))
    _set_properties(book, bilingual)
    languages = (Variety.ENGLISH, bilingual.to.counterpart, bilingual.to, Variety.ENGLISH, Variety.ENGLISH)
    _put(sheet, 1, HEADINGS, languages, head=True)
    for line, row in enumerate(bilingual.rows, 2):
        texts = (row.number, readable(row.source), readable(row.target), STATUS[row.status])
        _put(sheet, line, (*texts, "\n".join(row.findings)), languages)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _set_sheet(sheet: Any, rows: int) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    sheet.title = "Translation"
    for number, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    choice = DataValidation(type="list", formula1=f'"{",".join(STATUS.values())}"', showErrorMessage=False)
    choice.add(f"D2:D{max(rows, 1) + 1}")
    sheet.add_data_validation(choice)


def _set_properties(book: Any, bilingual: Bilingual) -> None:
    from openpyxl.packaging.custom import StringProperty

    book.properties.title = without_illegal(bilingual.title)[:255]
    book.properties.creator = ""
    if bilingual.label:
        book.properties.keywords = "AI-generated"
        book.custom_doc_props.append(StringProperty(name="AI-Label", value=without_illegal(bilingual.label)))


def _put(
    sheet: Any, line: int, texts: Sequence[str], languages: Sequence[Variety], *, head: bool = False
) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    for column, (text, language) in enumerate(zip(texts, languages, strict=True), 1):
        cell = sheet.cell(line, column)
        if column == 1 and not head:
            cell.value = int(text)
        else:
            cell.value, cell.data_type = _checked(text, texts[0]), "s"
            cell.quotePrefix = text.startswith(_FORMULA)
        cell.font = Font(name=_FONT[language], size=11, bold=head)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if head or column == 2:
            cell.fill = PatternFill("solid", fgColor=_GREY)


def _checked(text: str, number: str) -> str:
    if len(text) > _LONGEST:
        raise InputError(
            f"Segment {number} has more than {_LONGEST:,} characters, which no cell of Excel holds.",
            hint="Choose Word or XLIFF.",
        )
    return without_illegal(text)


def read_xlsx(data: bytes, bounds: Bounds) -> list[Row]:
    """The rows of its sheets. Raises DocumentError."""
    package = Package(data, bounds)
    main = main_part(package, "xl/workbook.xml", "The file has no workbook in it.")
    cells = load_cells(package, main, Reading(bounds), from_1904=False)
    return rows_of(
        line for part in related(package, main, "worksheet") for line in _lines(package, part, cells)
    )


def _lines(package: Package, part: str, cells: Cells) -> Iterator[Sequence[str]]:
    for row in package.elements(part, "{*}row"):
        line = [""] * _COLUMNS_MOST
        column = -1
        for cell in row.iterchildren("{*}c"):
            where = place_of(cell.get("r"))
            column = where[1] if where else column + 1
            if column < _COLUMNS_MOST:
                line[column] = cells.show(cell).text
        yield line
