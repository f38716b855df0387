"""Cells whose words no longer fit their column and would be cut off by the next cell: they are wrapped where
the row may grow, else set smaller within a bound, and somebody is told. Formats that other cells share stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING

from lxml import etree

from ..ooxml import number_of
from .slots import Writing
from .tags import plain
from .text_measure import letters_of, width

if TYPE_CHECKING:
    from .xlsx import Workbook

LEAST = 0.7
"""Smaller than this share of its size nothing is set."""
_USUAL_WIDTH = 8.43
_DIGIT = 5.25
"""Points of a digit of 11-point Calibri, in which widths of columns are told."""
_USUAL_SIZE = 11.0
_WRAPPED = "The words are wider than their column: they were wrapped, and the row is taller."
_SMALLER = "The words are wider than their column: they were set smaller to fit it."
_CUT = "The words are wider than their column even at 70 per cent of their size: the next cell cuts them off."


def fit_cells(
    book: Workbook, writing: Writing, written: Mapping[str, str], before: Mapping[str, str]
) -> None:
    """Fit every cell whose new words are wider than its column, where the old ones were not."""
    formats = _Formats(book)
    for _, sheet in book.sheets:
        if sheet in book.parts.package.names:
            _Sheet(book, sheet, formats).fit(writing, written, before)


class _Sheet:
    """A sheet's cells and how wide its columns are."""

    def __init__(self, book: Workbook, name: str, formats: _Formats) -> None:
        self._book, self._name, self._formats = book, name, formats
        self._root = book.parts.root(name)
        self._widths = list(self._root.iterfind("{*}cols/{*}col"))
        self._merged = {
            each.get("ref", "").partition(":")[0]
            for each in self._root.iterfind("{*}mergeCells/{*}mergeCell")
        }

    def fit(self, writing: Writing, written: Mapping[str, str], before: Mapping[str, str]) -> None:
        """Fit the cells whose words were written."""
        for row in self._root.iterfind("{*}sheetData/{*}row"):
            for cell in row.iterfind("{*}c"):
                key = self._book.unit_of(self._name, cell)
                if key in written and cell.get("r", "") not in self._merged:
                    message = self._fit(row, cell, before[key], plain(written[key]))
                    if message:
                        writing.note(key, "fit", message)
                        self._book.parts.changed(self._name)

    def _fit(self, row: etree._Element, cell: etree._Element, old: str, new: str) -> str:
        """What to say of a cell; empty where its words fit."""
        room = self._room(cell.get("r", "A1"))
        number = number_of(cell.get("s"), 0)
        if self._formats.is_wrapped(number):
            return self._grown(row) if self._formats.wide(number, new) > room else ""
        following = cell.getnext()
        if following is None or (following.find("{*}v") is None and following.find("{*}is") is None):
            return ""
        needed = self._formats.wide(number, new)
        if needed <= room or self._formats.wide(number, old) > room:
            return ""
        longest = max((self._formats.wide(number, word) for word in new.split()), default=0.0)
        if row.get("customHeight") not in ("1", "true") and longest <= room:
            cell.set("s", self._formats.made(number, "wrapText"))
            return self._grown(row) or _WRAPPED
        if needed * LEAST > room:
            return _CUT
        cell.set("s", self._formats.made(number, "shrinkToFit"))
        return _SMALLER

    def _grown(self, row: etree._Element) -> str:
        """Have a row's height worked out anew, where nobody set it by hand."""
        if row.get("customHeight") in ("1", "true"):
            return _CUT
        row.attrib.pop("ht", "")
        return _WRAPPED

    def _room(self, reference: str) -> float:
        """Points of the column."""
        column = column_number(reference.rstrip("0123456789"))
        for each in self._widths:
            if number_of(each.get("min"), 0) <= column <= number_of(each.get("max"), 0):
                return float(each.get("width", _USUAL_WIDTH)) * _DIGIT
        return _USUAL_WIDTH * _DIGIT


class _Formats:
    """The formats of a workbook's cells."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[int, str], str] = {}
        self._part = next(
            (
                each.target
                for each in book.parts.package.relations(book.main).values()
                if each.kind == "styles" and each.target in book.parts.package.names
            ),
            "",
        )
        root = book.parts.root(self._part) if self._part else None
        self._formats = root.find("{*}cellXfs") if root is not None else None
        self._fonts: Sequence[etree._Element] = root.findall("{*}fonts/{*}font") if root is not None else []

    def is_wrapped(self, number: int) -> bool:
        """Whether the words of cells of a format are wrapped."""
        found = self._format(number)
        alignment = found.find("{*}alignment") if found is not None else None
        return alignment is not None and alignment.get("wrapText") in ("1", "true")

    def wide(self, number: int, words: str) -> float:
        """The width of the widest line of words in points."""
        found = self._format(number)
        at = number_of(found.get("fontId"), 0) if found is not None else -1
        font = self._fonts[at] if 0 <= at < len(self._fonts) else None
        size = font.find("{*}sz") if font is not None else None
        name = font.find("{*}name") if font is not None else None
        points = float(size.get("val", _USUAL_SIZE)) if size is not None else _USUAL_SIZE
        letters = letters_of(name.get("val", "") if name is not None else "")
        bold = font is not None and font.find("{*}b") is not None
        return max((width(line, points, letters, bold=bold) for line in words.split("\n")), default=0.0)

    def made(self, number: int, attribute: str) -> str:
        """The number of a format like another one with an attribute of its alignment set."""
        if self._format(number) is None:
            return str(number)
        if (number, attribute) not in self._made:
            self._made[number, attribute] = self._make(number, attribute)
        return self._made[number, attribute]

    def _make(self, number: int, attribute: str) -> str:
        old = self._format(number)
        assert old is not None and self._formats is not None
        new = deepcopy(old)
        alignment = new.find("{*}alignment")
        if alignment is None:
            alignment = etree.Element(str(new.tag).replace("}xf", "}alignment"))
            new.insert(0, alignment)
        alignment.set(attribute, "1")
        new.set("applyAlignment", "1")
        self._formats.append(new)
        count = len(self._formats.findall("{*}xf"))
        self._formats.set("count", str(count))
        self._book.parts.changed(self._part)
        return str(count - 1)

    def _format(self, number: int) -> etree._Element | None:
        formats = self._formats.findall("{*}xf") if self._formats is not None else []
        return formats[number] if 0 <= number < len(formats) else None


def column_number(letters: str) -> int:
    """1 for column A."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """`A` for column 1."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
