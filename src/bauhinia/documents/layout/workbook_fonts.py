"""Fonts of a workbook's cells for the other script: a cell whose words are new gets a format of its own where
its font is for the old script. Formats that other cells share stay, and so does the width of every column."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import TYPE_CHECKING

from lxml import etree

from ...language import Variety
from ..ooxml import number_of
from .fonts import font_for, font_script, font_style

if TYPE_CHECKING:
    from .xlsx import Workbook

_OF_THE_OLD = ("family", "charset", "scheme")
"""What a font says of itself that is not so of another one."""


def fit_rich_font(properties: etree._Element, to: Variety) -> None:
    """Name in a run of rich text (`rPr`) the font that `to` is set in."""
    _rename(properties, "rFont", to)


def fit_cell_fonts(book: Workbook, written: Mapping[str, str], to: Variety) -> None:
    """Give each cell whose words were written a format with the font for `to`, where it has another."""
    formats = _Formats.of(book, to)
    if formats is None:
        return
    for _, sheet in book.sheets:
        if sheet not in book.parts.package.names:
            continue
        for cell in book.parts.root(sheet).iter("{*}c"):
            if book.unit_of(sheet, cell) in written and (new := formats.fitted(cell.get("s", "0"))):
                cell.set("s", new)
                book.parts.changed(sheet)
    if formats.made:
        book.parts.changed(formats.part)


class _Formats:
    """The formats of cells (`cellXfs`) and fonts that a workbook has."""

    def __init__(self, part: str, fonts: etree._Element, formats: etree._Element, to: Variety) -> None:
        self.part = part
        self.made: dict[str, str] = {}
        """By a format's number, that of the one made from it; empty where its font serves."""
        self._fonts, self._formats, self._to = fonts, formats, to

    @classmethod
    def of(cls, book: Workbook, to: Variety) -> _Formats | None:
        """None where the workbook has no formats."""
        for relation in book.parts.package.relations(book.main).values():
            if relation.kind == "styles" and relation.target in book.parts.package.names:
                root = book.parts.root(relation.target)
                fonts, formats = root.find("{*}fonts"), root.find("{*}cellXfs")
                if fonts is not None and formats is not None:
                    return cls(relation.target, fonts, formats, to)
        return None

    def fitted(self, number: str) -> str:
        """The number of the format to use in a format's place; empty where it stays."""
        if number not in self.made:
            self.made[number] = self._make(number_of(number, 0))
        return self.made[number]

    def _make(self, number: int) -> str:
        formats, fonts = self._formats.findall("{*}xf"), self._fonts.findall("{*}font")
        at = number_of(formats[number].get("fontId"), 0) if 0 <= number < len(formats) else -1
        if not 0 <= at < len(fonts):
            return ""
        font = deepcopy(fonts[at])
        if not _rename(font, "name", self._to):
            return ""
        new = deepcopy(formats[number])
        new.set("fontId", str(len(fonts)))
        new.set("applyFont", "1")
        self._fonts.append(font)
        self._formats.append(new)
        self._fonts.set("count", str(len(fonts) + 1))
        self._formats.set("count", str(len(formats) + 1))
        return str(len(formats))


def _rename(properties: etree._Element, tag: str, to: Variety) -> bool:
    """Whether the font that the properties name gave way to another. One of the theme knows every script,
    unless it was put in for Chinese and English comes."""
    name = properties.find(f"{{*}}{tag}")
    old = name.get("val", "") if name is not None else ""
    themed = properties.find("{*}scheme") is not None and (to.is_chinese or font_script(old) == "latin")
    if name is None or not old or themed or font_style(old) == "symbol" or (new := font_for(old, to)) == old:
        return False
    name.set("val", new)
    for each in _OF_THE_OLD:
        for child in properties.findall(f"{{*}}{each}"):
            properties.remove(child)
    return True
