"""Terms as rows of a CSV file or of a sheet of XLSX, with the columns of the shipped `termbase.csv`."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..documents.collecting import Bounds
from ..documents.package import Package, broken
from ..language import BadTermbase, Term
from ..language.termbase import COLUMNS, row_of, term_of

MOST_TERMS = 200_000
"""Rows or entries of one file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedTerm:
    """A row or an entry that cannot be used."""

    place: str
    """`line 3`, `entry taxi`."""
    reason: str
    """Half a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermFile:
    """What a file of terms holds."""

    terms: tuple[Term, ...]
    refused: tuple[RefusedTerm, ...] = ()


def read_csv(data: bytes) -> TermFile:
    """The rows of a CSV file in UTF-8. Raises BadTermbase where its columns cannot be told."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadTermbase("The file is not a CSV file in UTF-8.", hint="Save it as CSV UTF-8.") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return _gathered((reader.line_num, row) for row in reader)
    except csv.Error as error:
        raise BadTermbase(
            f"Line {reader.line_num} of the file is not CSV: {error}.", hint="Correct the line and try again."
        ) from error


def read_xlsx(data: bytes, bounds: Bounds) -> TermFile:
    """The rows of the first sheet. Raises DocumentError, BadTermbase."""
    from openpyxl import load_workbook

    Package(data, bounds)  # refuses what is no zip, or unpacks to too much, before openpyxl opens it
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        rows = book.worksheets[0].iter_rows(max_col=len(COLUMNS) + 8, values_only=True)
        return _gathered((number, [_cell(value) for value in row]) for number, row in enumerate(rows, 1))
    except (
        KeyError,
        IndexError,
        ValueError,
        TypeError,
        AttributeError,
        zipfile.BadZipFile,
        SyntaxError,
    ) as error:
        if isinstance(error, BadTermbase):
            raise
        raise broken() from error


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _gathered(rows: Iterable[tuple[int, Sequence[str]]]) -> TermFile:
    """The terms of rows, the first of which names the columns; `rows` gives the line with each."""
    lines = iter(rows)
    names = _columns(next(lines, (1, ()))[1])
    terms: dict[str, Term] = {}
    refused: list[RefusedTerm] = []
    for line, row in lines:
        if not any(cell.strip() for cell in row):
            continue
        if len(terms) + len(refused) >= MOST_TERMS:
            raise BadTermbase(f"The file has more than {MOST_TERMS:,} terms, the limit.", hint="Split it.")
        reason = "it has more cells than there are columns" if any(row[len(names) :]) else ""
        try:
            term = term_of(dict(zip(names, row, strict=False)))
        except ValueError as error:
            reason = reason or str(error)
        else:
            reason = reason or (f"the id {term.id} stands there twice" if term.id in terms else "")
        if reason:
            refused.append(RefusedTerm(place=f"line {line}", reason=reason))
        else:
            terms[term.id] = term
    return TermFile(terms=tuple(terms.values()), refused=tuple(refused))


def _columns(head: Sequence[str]) -> list[str]:
    names = [name.strip().lower() for name in head]
    lacking = [column for column in ("id", "en", "zh") if column not in names]
    if lacking:
        raise BadTermbase(
            f"The file has no column {', '.join(lacking)}.",
            hint=f"Its first line must be {','.join(COLUMNS)}.",
        )
    while names and not names[-1]:
        names.pop()
    return names


def write_csv(terms: Iterable[Term]) -> bytes:
    """A CSV file in UTF-8 with the mark that spreadsheets look for."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(map(row_of, terms))
    return text.getvalue().encode("utf-8-sig")


def write_xlsx(terms: Iterable[Term]) -> bytes:
    """A workbook of one sheet; every cell is text, so that nothing is taken for a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("terms")

    def cells(values: Iterable[str]) -> Iterator[WriteOnlyCell]:
        for value in values:
            cell = WriteOnlyCell(sheet, value=value)
            cell.data_type = "s"
            yield cell

    sheet.append(list(cells(COLUMNS)))
    for term in terms:
        sheet.append(list(cells(row_of(term).values())))
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()
