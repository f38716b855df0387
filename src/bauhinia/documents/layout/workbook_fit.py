"""Cells whose words no longer fit their column and would be cut off by the next cell: they are wrapped where
the row may grow, else set smaller within a bound, and somebody is told. Formats that other cells share stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from ..ooxml import local, number_of
from .slots import Writing
from .tags import plain
from .text_measure import Letters, letters_of, line_height, lines_broken, width

if TYPE_CHECKING:
    from .xlsx import Workbook

LEAST = 0.7
"""Smaller than this share of its size nothing is set."""
_PIXEL = 0.75
"""Points."""
_PADDING = 3.75
"""Points of a column that its words do not get."""
_USUAL_SIZE = 11.0
_USUAL_HEIGHT = 15.0
_ABSURD = 10_000.0
_LOOSE = 1.135
"""Lines of a sheet beside those of a page: 11-point Calibri takes 15 points."""
_WRAPPED = "The words are wider than their column: they were wrapped, and the row is taller."
_SMALLER = "The words are wider than their column: they were set smaller to fit it."
_CUT = "The words are wider than their column even at 70 per cent of their size: the next cell cuts them off."
_LOW = "The words take more lines than their row, whose height is fixed, has room for: the rest is cut off."


def fit_cells(
    book: Workbook, writing: Writing, written: Mapping[str, str], before: Mapping[str, str]
) -> None:
    """Fit every cell whose new words are wider than its column, where the old ones were not."""
    formats = _Formats(book)
    for _, sheet in book.sheets:
        if sheet in book.parts.package.names:
            _Sheet(book, sheet, formats, before).fit(writing, written)


class _Sheet:
    """A sheet's cells, how wide its columns are and how tall its rows."""

    def __init__(self, book: Workbook, name: str, formats: _Formats, before: Mapping[str, str]) -> None:
        self._book, self._name, self._formats, self._before = book, name, formats, before
        self._root = book.parts.root(name)
        self._columns = list(self._root.iterfind("{*}cols/{*}col"))
        usual = self._root.find("{*}sheetFormatPr")
        self._usual: Mapping[str, str] = {} if usual is None else dict(usual.attrib)  # type: ignore[arg-type]
        self._merged = {
            each.get("ref", "").partition(":")[0]
            for each in self._root.iterfind("{*}mergeCells/{*}mergeCell")
        }

    def fit(self, writing: Writing, written: Mapping[str, str]) -> None:
        """Fit the cells whose words were written."""
        for row in self._root.iterfind("{*}sheetData/{*}row"):
            for cell in row.iterfind("{*}c"):
                key = self._book.unit_of(self._name, cell)
                if key in written and cell.get("r", "") not in self._merged:
                    message = self._fit(row, cell, self._before[key], plain(written[key]))
                    if message:
                        writing.note(key, "fit", message, too_long=message in (_CUT, _LOW))
                        self._book.parts.changed(self._name)

    def _fit(self, row: etree._Element, cell: etree._Element, old: str, new: str) -> str:
        """What to say of a cell; empty where its words fit."""
        wrapped = self._is_wrapped(cell)
        message = "" if wrapped else self._narrowed(row, cell, old, new)
        # Excel shows words with line breaks in one line where they are not wrapped, LibreOffice in several.
        grows = not message and (wrapped or "\n" in new)
        return self._grown(row, cell, old, new) if grows else message

    def _narrowed(self, row: etree._Element, cell: etree._Element, old: str, new: str) -> str:
        """Have words that the next cell would cut off keep to their column."""
        following = cell.getnext()
        if following is None or (following.find("{*}v") is None and following.find("{*}is") is None):
            return ""
        face, room, number = self._face(cell), self._room(cell), number_of(cell.get("s"), 0)
        needed, before = face.width(new), face.width(old)
        if needed <= max(room - _PADDING, before) or before > room:
            return ""
        longest = max(map(face.width, new.split()), default=0.0)
        if not _is_set_by_hand(row) and longest <= room - _PADDING:
            cell.set("s", self._formats.made(number, "wrapText"))
            return self._grown(row, cell, old, new) or _WRAPPED
        if needed * LEAST > room - _PADDING:
            return _CUT
        cell.set("s", self._formats.made(number, "shrinkToFit"))
        return _SMALLER

    def _grown(self, row: etree._Element, cell: etree._Element, old: str, new: str) -> str:
        """Make a row tall enough for a cell whose words are wrapped, where nobody set its height by hand.

        The height is told and not left to the program: not all work it out when they open a file.
        """
        needed, before = self._tall(cell, new), self._tall(cell, old)
        there = _positive(row.get("ht"), self._usual_height())
        if self._lines(cell, new) == 1 or needed <= there:
            return ""
        if _is_set_by_hand(row):
            return _LOW if needed > before else ""
        face = self._face(cell)
        if needed <= before and face.width(new) <= face.width(old):
            return ""
        others = (
            self._tall(each, self._before.get(self._book.unit_of(self._name, each), ""))
            for each in row.iterfind("{*}c")
        )
        row.set("ht", f"{max(needed, _positive(row.get('ht'), 0.0), *others):.1f}")
        return _WRAPPED

    def _tall(self, cell: etree._Element, words: str) -> float:
        """The height of words in a cell in points."""
        return self._lines(cell, words) * self._face(cell).size * line_height(words) * _LOOSE

    def _lines(self, cell: etree._Element, words: str) -> int:
        """How many lines words take in a cell."""
        lines = words.split("\n")
        if not self._is_wrapped(cell):
            return len(lines)
        face, room = self._face(cell), self._room(cell) - _PADDING
        return sum(lines_broken(line, face.size, room, face.letters, bold=face.bold) for line in lines)

    def _face(self, cell: etree._Element) -> _Face:
        return self._formats.face(number_of(cell.get("s"), 0))

    def _is_wrapped(self, cell: etree._Element) -> bool:
        return self._formats.is_wrapped(number_of(cell.get("s"), 0))

    def _room(self, cell: etree._Element) -> float:
        """Points of a cell's column."""
        column = column_number(cell.get("r", "").rstrip("0123456789"))
        for each in self._columns:
            if number_of(each.get("min"), 0) <= column <= number_of(each.get("max"), 0):
                return _positive(each.get("width"), self._usual_width()) * self._formats.digit
        return self._usual_width() * self._formats.digit

    def _usual_width(self) -> float:
        """Digits of a column whose width is not told: those of its words and its padding, in steps of eight
        pixels."""
        digit = self._formats.digit / _PIXEL
        words = number_of(self._usual.get("baseColWidth"), 8) * digit
        return _positive(self._usual.get("defaultColWidth"), ceil((words + 5) / 8) * 8 / digit)

    def _usual_height(self) -> float:
        return _positive(self._usual.get("defaultRowHeight"), _USUAL_HEIGHT)


class _Face(NamedTuple):
    """How a cell's letters look."""

    size: float
    letters: Letters
    bold: bool

    def width(self, words: str) -> float:
        """The width of the widest line of words in points."""
        lines = (width(line, self.size, self.letters, bold=self.bold) for line in words.split("\n"))
        return max(lines, default=0.0)


_USUAL_FACE = _Face(_USUAL_SIZE, "sans", False)


def _face(font: etree._Element) -> _Face:
    said = {local(each): each.get("val", "") for each in font}
    return _Face(_positive(said.get("sz"), _USUAL_SIZE), letters_of(said.get("name", "")), "b" in said)


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
        self._every = self._formats.findall("{*}xf") if self._formats is not None else []
        fonts = root.iterfind("{*}fonts/{*}font") if root is not None else ()
        self._faces = [_face(font) for font in fonts]
        own = self._faces[0] if self._faces else _USUAL_FACE
        self.digit = max(1, int(own.width("0") / _PIXEL)) * _PIXEL
        """Points of a digit of the workbook's own font, in which widths of columns are told: whole pixels."""

    def is_wrapped(self, number: int) -> bool:
        """Whether the words of cells of a format are wrapped."""
        found = self._format(number)
        alignment = found.find("{*}alignment") if found is not None else None
        return alignment is not None and alignment.get("wrapText") in ("1", "true")

    def face(self, number: int) -> _Face:
        """How the letters of cells of a format look."""
        found = self._format(number)
        at = number_of(found.get("fontId"), 0) if found is not None else -1
        return self._faces[at] if 0 <= at < len(self._faces) else _USUAL_FACE

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
        self._every.append(new)
        self._formats.set("count", str(len(self._every)))
        self._book.parts.changed(self._part)
        return str(len(self._every) - 1)

    def _format(self, number: int) -> etree._Element | None:
        return self._every[number] if 0 <= number < len(self._every) else None


def _is_set_by_hand(row: etree._Element) -> bool:
    return row.get("customHeight") in ("1", "true")


def _positive(value: str | None, otherwise: float) -> float:
    """A length that is not absurd; anything else is `otherwise`."""
    try:
        length = float(value or "")
    except ValueError:
        return otherwise
    return length if 0 < length < _ABSURD else otherwise


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
