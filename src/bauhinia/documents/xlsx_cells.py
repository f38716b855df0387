"""A workbook's cells as a person sees them: shared strings, number formats, formulas' stored results."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lxml import etree

from .collecting import Reading
from .number_formats import BUILT_IN, hides_text, shown
from .office_parts import related
from .ooxml import local, number_of
from .package import Package

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})$")


class Shown(NamedTuple):
    """What a cell says."""

    text: str
    hidden: bool = False
    """Its format shows nothing of it."""


@dataclass(frozen=True, slots=True)
class Cells:
    """What is needed to show any cell of a workbook."""

    reading: Reading
    strings: Sequence[str]
    formats: Sequence[str]
    """A format code for each style."""
    from_1904: bool = False

    def show(self, cell: etree._Element) -> Shown:
        """What the `c` element says."""
        value = formula = None
        for child in cell:
            name = local(child)
            if name == "v":
                value = child.text
            elif name == "is":
                return self._text(cell, rich_text(child))
            elif name == "f":
                formula = child
        if value is None:
            if formula is not None and (formula.text or formula.attrib):
                self.reading.unread["uncalculated formula"] += 1
            return Shown("")
        kind = cell.get("t", "n")
        if kind == "s":
            index = number_of(value, -1)
            return self._text(cell, self.strings[index] if 0 <= index < len(self.strings) else "")
        if kind == "n":
            text = shown(value.strip(), self._format(cell), from_1904=self.from_1904)
            return Shown(text) if text else Shown(value, hidden=True)
        if kind == "b":
            return Shown("TRUE" if value.strip() == "1" else "FALSE")
        return self._text(cell, value)

    def _text(self, cell: etree._Element, text: str) -> Shown:
        return Shown(text, hides_text(self._format(cell)))

    def _format(self, cell: etree._Element) -> str:
        style = number_of(cell.get("s"), 0)
        return self.formats[style] if 0 <= style < len(self.formats) else ""


def load_cells(package: Package, main: str, reading: Reading, *, from_1904: bool) -> Cells:
    """The strings and formats of the workbook in the part `main`."""
    strings: list[str] = []
    characters = 0
    for name in related(package, main, "sharedStrings")[:1]:
        for element in package.elements(name, "{*}si"):
            strings.append(rich_text(element))
            characters += len(strings[-1])
            reading.bounds.check_characters(characters)
    formats: list[str] = []
    for name in related(package, main, "styles")[:1]:
        formats = _formats(package.xml(name))
    return Cells(reading, strings, formats, from_1904)


def rich_text(element: etree._Element) -> str:
    """The text of a string item, whether in one piece or in runs; without how it is pronounced."""
    pieces: list[str] = []
    for child in element:
        name = local(child)
        if name == "t":
            pieces.append(child.text or "")
        elif name == "r":
            pieces += [each.text or "" for each in child.iterchildren("{*}t")]
    return "".join(pieces)


def _formats(root: etree._Element) -> list[str]:
    own = {
        number_of(each.get("numFmtId"), -1): str(each.get("formatCode", ""))
        for each in root.iter("{*}numFmt")
    }
    styles = (number_of(xf.get("numFmtId"), 0) for xf in root.iterfind("{*}cellXfs/{*}xf"))
    return [own.get(number) or BUILT_IN.get(number, "") for number in styles]


def place_of(reference: str | None) -> tuple[int, int] | None:
    """Row and column, from 0, of a reference such as `B5`; None when it is none."""
    match = _REFERENCE.match(reference or "")
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1
