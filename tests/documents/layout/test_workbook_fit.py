"""Cells whose words grew: wrapped in rows that are made taller, or set smaller, or told to be cut off."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from round_trip import opened

from bauhinia.documents.layout import LayoutNote
from bauhinia.documents.layout.text_measure import width
from bauhinia.language import Variety

NAME = "Rifle of the first kind"
LONGER = "Rifle of the first kind and another"


def written(book: Workbook, targets: dict[str, str]) -> tuple[Any, Sequence[LayoutNote]]:
    """The first sheet with words replaced by others, and what is told of it."""
    out = io.BytesIO()
    book.save(out)
    layout = opened(out.getvalue(), "xlsx")
    said = {unit.id: targets[unit.source] for unit in layout.units if unit.source in targets}
    done = layout.write(said, Variety.ENGLISH)
    return load_workbook(io.BytesIO(done.data)).active, done.notes


def sheet(words: str = NAME, font: str = "Arial", **alignment: Any) -> Workbook:
    book = Workbook()
    book.active.append([words, 1])
    book.active["A1"].alignment = Alignment(**alignment)
    book.active["A1"].font = Font(name=font, size=10)
    return book


def test_a_column_is_as_wide_as_the_sheet_says_of_all() -> None:
    book = sheet()
    book.active.sheet_format.defaultColWidth = 20
    grown, notes = written(book, {NAME: LONGER})
    assert grown["A1"].alignment.wrap_text
    assert [(note.check, note.too_long) for note in notes] == [("fit", False)]
    book.active.sheet_format.defaultColWidth = 40
    assert written(book, {NAME: LONGER})[1] == ()


def test_what_a_column_cut_off_before_stays() -> None:
    grown, notes = written(sheet(), {NAME: LONGER})
    assert (bool(grown["A1"].alignment.wrap_text), notes) == (False, ())


def test_the_row_of_wrapped_words_is_told_to_be_taller() -> None:
    book = sheet(wrap_text=True)
    book.active.column_dimensions["A"].width = 24
    grown, notes = written(book, {NAME: f"{LONGER} {LONGER} {LONGER}"})
    assert round(grown.row_dimensions[1].height / 13.6) == 4
    assert [note.too_long for note in notes] == [False]


def test_a_row_that_was_set_by_hand_stays_and_the_words_are_told() -> None:
    book = sheet(wrap_text=True)
    book.active.column_dimensions["A"].width = 24
    book.active.row_dimensions[1].height = 15
    grown, notes = written(book, {NAME: f"{LONGER} {LONGER}"})
    assert grown.row_dimensions[1].height == 15
    assert [note.too_long for note in notes] == [True]


def test_words_of_one_line_leave_the_row_alone() -> None:
    book = sheet(wrap_text=True)
    book.active.column_dimensions["A"].width = 60
    assert written(book, {NAME: LONGER})[0].row_dimensions[1].height is None


def test_cells_that_do_not_say_where_they_are_follow_each_other() -> None:
    book = Workbook()
    book.active.append([NAME, NAME, 1])
    for column, wide in (("A", 10), ("B", 24)):
        book.active.column_dimensions[column].width = wide
    out = io.BytesIO()
    book.save(out)
    data = unplaced(out.getvalue())
    layout = opened(data, "xlsx")
    done = layout.write({unit.id: LONGER for unit in layout.units if unit.source == NAME}, Variety.ENGLISH)
    cells = load_workbook(io.BytesIO(done.data)).active[1]
    assert [cell.value for cell in cells] == [LONGER, LONGER, 1]
    assert [bool(cell.alignment.wrap_text) for cell in cells] == [False, True, False]
    assert layout.write({}, Variety.ENGLISH).data == data


def unplaced(data: bytes) -> bytes:
    """A workbook whose cells do not say where they are; their words are shared."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, re.sub(rb'<c r="[A-Z]+[0-9]+"', b"<c", body) if "sheet1" in name else body)
    return out.getvalue()


def test_signs_over_letters_have_no_width() -> None:
    assert width("a\u0e31", 10.0) == width("a", 10.0)
