"""Tables in text: the heading of a column says what stands below it."""

from __future__ import annotations

from collections.abc import Iterator

_MOST_ROWS = 500
_WIDEST = 600
"""How much of a row is read, in characters."""
_MARKS = "|\t,"


class Headings:
    """The headings of a text's tables, asked for from its beginning to its end.

    Rows are lines with `|`, tabs or commas; a heading's row has as many of them as the rows below it. What
    was found for a row is kept for the next, so that a long table costs no more than its length.
    """

    def __init__(self, plain: str) -> None:
        self._plain = plain
        self._row = -1
        self._count = 0
        self._cells: list[str] = []

    def over(self, at: int) -> str:
        """The heading of the column in which `plain[at]` stands, in lower case; empty if it has none."""
        row = self._plain.rfind("\n", max(0, at - _WIDEST), at) + 1
        stop = self._plain.find("\n", at, at + _WIDEST)
        line = self._plain[row : stop if stop >= 0 else at + _WIDEST]
        mark = _mark(line) if row else ""
        if not mark:
            return ""
        if row != self._row:
            self._read(row, mark, line.count(mark))
        column = line.count(mark, 0, at - row)
        return self._cells[column].strip(' *"').replace("_", " ").lower() if column < len(self._cells) else ""

    def _read(self, row: int, mark: str, count: int) -> None:
        """Find the first row of the table of the row that begins at `row`."""
        plain, first, end = self._plain, "", row - 1
        while end > 0:
            begin = plain.rfind("\n", 0, end) + 1
            if plain.count(mark, begin, end) != count:
                break
            if begin == self._row and count == self._count:
                self._row = row
                return
            first, end = plain[begin:end], begin - 1
        self._row, self._count = row, count
        self._cells = first.split(mark) if first else []


def _mark(line: str) -> str:
    """What parts a row's cells; commas with spaces after them are a sentence's."""
    return next((mark for mark in _MARKS if line.count(mark) >= 2 and not (mark == "," and ", " in line)), "")


def cells_below(plain: str, at: int) -> Iterator[tuple[int, int]]:
    """Where the cells below the heading at `plain[at]` stand; none if its row is not the first of a table."""
    row = plain.rfind("\n", max(0, at - _WIDEST), at) + 1
    stop = plain.find("\n", at, at + _WIDEST)
    if stop < 0:
        return
    line = plain[row:stop]
    mark = _mark(line)
    if not mark or (
        row and plain.count(mark, plain.rfind("\n", 0, row - 1) + 1, row - 1) == line.count(mark)
    ):
        return
    column, count = line.count(mark, 0, at - row), line.count(mark)
    for _ in range(_MOST_ROWS):
        row, stop = stop + 1, plain.find("\n", stop + 1)
        stop = len(plain) if stop < 0 else stop
        if row >= len(plain) or plain.count(mark, row, stop) != count:
            return
        yield _cell(plain, row, stop, mark, column)


def _cell(plain: str, row: int, stop: int, mark: str, column: int) -> tuple[int, int]:
    begin = row
    for _ in range(column):
        begin = plain.find(mark, begin, stop) + 1
    end = plain.find(mark, begin, stop)
    return begin, stop if end < 0 else end
