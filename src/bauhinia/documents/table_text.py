"""Tables of values as text (CSV, TSV): what parts the cells is found, and so is the encoding."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from ..errors import BrokenDocument
from .collecting import Reading
from .decoding import decode
from .document import Cell

_DELIMITERS = ("\t", ";", "|", ",")
"""The likeliest first: a comma also stands in figures and in sentences."""
_SAMPLE_ROWS = 100
_SAMPLE_CHARACTERS = 50_000
_DECLARED = re.compile(r"sep=(.)\r?\n", re.I)


def read(data: bytes, reading: Reading) -> None:
    """Put the cells of a table into `reading`."""
    text, encoding = decode(data)
    reading.metadata["encoding"] = encoding
    declared = _DECLARED.match(text)
    delimiter = declared[1] if declared else delimiter_of(text)
    reading.metadata["delimiter"] = delimiter
    table = reading.begin_table()
    csv.field_size_limit(max(1, reading.bounds.characters))
    rows = csv.reader(io.StringIO(text[declared.end() if declared else 0 :], newline=""), delimiter=delimiter)
    try:
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                reading.add("table_cell", cell, cell=Cell(table=table, row=row, column=column))
    except csv.Error as error:
        raise BrokenDocument(
            "The table's rows cannot be told apart.",
            hint="Open it in the program that made it, save it again as .csv or .xlsx, then upload that.",
        ) from error


def delimiter_of(text: str) -> str:
    """What parts the cells: the character that gives most rows the same number of cells, more than one."""
    lines = text[:_SAMPLE_CHARACTERS]
    # A row that the sample cuts would count as one of another width.
    lines = lines if len(text) <= len(lines) else lines[: lines.rfind("\n") + 1]
    return max(_DELIMITERS, key=lambda delimiter: round(_agreement(lines, delimiter), 1))


def _agreement(text: str, delimiter: str) -> float:
    """The share of rows that have the commonest number of cells; 0 where that is one."""
    try:
        rows: Sequence[list[str]] = list(
            islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), _SAMPLE_ROWS)
        )
    except csv.Error:
        return 0.0
    widths = Counter(len(row) for row in rows if row)
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    return count / widths.total() if width > 1 else 0.0
