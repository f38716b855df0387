"""What in a workbook follows when its words have changed: names of sheets wherever they are quoted, names of
table columns, charts' copies of cells, fonts; and what a person should look at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from lxml import etree

from ..ooxml import local
from .inline import words_of
from .rich_text import rich_items
from .sheet_names import clean_names, renamed
from .slots import Writing
from .tags import plain
from .word_stories import cached_labels
from .workbook_fit import column_letters, column_number, fit_cells
from .workbook_fonts import fit_cell_fonts

if TYPE_CHECKING:
    from .xlsx import Workbook

_FORMULAS = frozenset(
    {"f", "formula", "formula1", "formula2", "definedName", "calculatedColumnFormula", "totalsRowFormula"}
)
_LITERAL = re.compile(r'"((?:[^"]|"")*)"')
_CELL = re.compile(r"\$?([A-Z]+)\$?([0-9]+)")
_COMPARED = (
    "A formula or a list of allowed values has these words in quotation marks; it was left as it is, "
    "so it may no longer match."
)
_QUOTED = "A formula has the old name of a sheet in quotation marks; it was left as it is."
_MACROS = "The workbook has macros; where they name sheets or words, they name the old ones."
_PIVOT = (
    "A pivot table keeps its old words until it is refreshed; where a heading changed, set its fields anew."
)
_TWICE = (
    "Two columns of a table came to have one heading; a number was put to the second, since Excel wants them "
    "to differ."
)


def finish_workbook(book: Workbook, writing: Writing, written: Mapping[str, str]) -> None:
    """Everything that follows from the new words."""
    before = {slot.unit.id: plain(slot.unit.source) for slot in book.slots}
    changed = {before[key].casefold(): key for key in written}
    words = {before[key]: plain(target) for key, target in written.items()}
    names = _sheet_names(book, written, before)
    literals = set(_literals(book))
    for literal in literals & changed.keys():
        writing.note(changed[literal], "formula", _COMPARED)
    if names:
        _rename(book, names)
        if any(f"{old.casefold()}" in literal and "!" in literal for old in names for literal in literals):
            writing.note("", "formula", _QUOTED)
    _columns(book, writing)
    _charts(book, words)
    fit_cells(book, writing, written, before)
    fit_cell_fonts(book, written, writing.to)
    parts = book.parts.package.names
    if any(name.endswith("vbaProject.bin") for name in parts):
        writing.note("", "unsupported", _MACROS)
    if any("/pivotTables/" in name for name in parts):
        writing.note("", "unsupported", _PIVOT)
    _recalculated(book)


def _sheet_names(book: Workbook, written: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    """The sheets' old names and new ones, made fit for Excel, where they differ."""
    keys = [f"{book.main}#s{number}" for number in range(1, len(book.sheets) + 1)]
    now = [entry.get("name", "") for entry, _ in book.sheets]
    if not any(key in written for key in keys):
        return {}
    fit = clean_names(now)
    names = {}
    for key, (entry, _), name in zip(keys, book.sheets, fit, strict=True):
        if key in written:
            entry.set("name", name)
            names[before[key]] = name
    return {old: new for old, new in names.items() if old != new}


def _xml_parts(book: Workbook, *folders: str) -> Iterator[tuple[str, etree._Element]]:
    for name in sorted(book.parts.package.names):
        if name.startswith(folders) and name.endswith((".xml", ".rels")):
            yield name, book.parts.root(name)


def _rename(book: Workbook, names: Mapping[str, str]) -> None:
    for part, root in _xml_parts(book, "xl/", "docProps/app.xml"):
        touched = False
        for element in root.iter():
            if isinstance(element.tag, str) and _rename_in(element, names):
                touched = True
        if touched:
            book.parts.changed(part)


def _rename_in(element: etree._Element, names: Mapping[str, str]) -> bool:
    """Whether the element quoted a sheet that has a new name."""
    name = local(element)
    if name in _FORMULAS and element.text and (new := renamed(element.text, names)) != element.text:
        element.text = new
        return True
    if name == "lpstr" and element.text and element.text in names:
        element.text = names[element.text]
        return True
    for attribute, value in element.attrib.items():
        key, old = str(attribute), str(value)
        if (name, key) in (("hyperlink", "location"), ("Relationship", "Target")) or key.startswith("fmla"):
            local_target = name != "Relationship" or old.startswith("#")
            new = "#" * old.startswith("#") + renamed(old.removeprefix("#"), names) if local_target else old
        else:
            new = names.get(old, old) if (name, key) == ("worksheetSource", "sheet") else old
        if new != old:
            element.set(key, new)
            return True
    return False


def _literals(book: Workbook) -> Iterator[str]:
    """The texts in formulas and in lists of allowed values, without case."""
    for name in [book.main, *(part for _, part in book.sheets if part in book.parts.package.names)]:
        for element in book.parts.root(name).iter("{*}f", "{*}formula", "{*}formula1", "{*}definedName"):
            for literal in _LITERAL.findall(element.text or ""):
                yield literal.casefold()
                if local(element) == "formula1":
                    yield from (each.strip().casefold() for each in literal.split(","))


def _columns(book: Workbook, writing: Writing) -> None:
    """Names of table columns are the words of their headings; formulas name them in brackets."""
    renames: dict[str, str] = {}
    for _, sheet in book.sheets:
        for relation in book.parts.package.relations(sheet).values():
            if relation.kind == "table" and relation.target in book.parts.package.names:
                renames |= _table(book, sheet, relation.target, writing)
    if not renames:
        return
    pattern = re.compile(
        r"\[(@?)(" + "|".join(map(re.escape, sorted(renames, key=len, reverse=True))) + r")\]"
    )
    for part, root in _xml_parts(book, "xl/"):
        for element in root.iter():
            if isinstance(element.tag, str) and local(element) in _FORMULAS and element.text:
                new = pattern.sub(lambda match: f"[{match[1]}{renames[match[2]]}]", element.text)
                if new != element.text:
                    element.text = new
                    book.parts.changed(part)


def _table(book: Workbook, sheet: str, name: str, writing: Writing) -> dict[str, str]:
    """The old and new names of a table's columns; the table follows its headings."""
    root = book.parts.root(name)
    first = _CELL.match(root.get("ref", ""))
    if first is None or root.get("headerRowCount") == "0":
        return {}
    cells = {cell.get("r"): cell for cell in book.parts.root(sheet).iter("{*}c")}
    columns, left = list(root.iter("{*}tableColumn")), column_number(first[1])
    places = [cells.get(f"{column_letters(left + at)}{first[2]}") for at in range(len(columns))]
    heads = [_words(book, cell) if cell is not None else "" for cell in places]
    renames: dict[str, str] = {}
    taken: set[str] = set()
    for column, cell, head in zip(columns, places, heads, strict=True):
        words = _unlike(head, taken) if head else column.get("name", "").replace("_x000a_", "\n")
        taken.add(words.casefold())
        if cell is not None and head and words != head:
            writing.note(book.unit_of(sheet, cell), "limit", _TWICE)
            _say(book, sheet, cell, words)
        words = words.replace("\n", "_x000a_")
        if words != column.get("name"):
            renames[column.get("name", "")] = words
            column.set("name", words)
            book.parts.changed(name)
    return renames


def _unlike(words: str, taken: set[str]) -> str:
    """The words, or with the first number that makes them differ from what is taken, without case."""
    numbered = (f"{words} {number}" for number in range(2, len(taken) + 3))
    return next(each for each in (words, *numbered) if each.casefold() not in taken)


def _say(book: Workbook, sheet: str, cell: etree._Element, words: str) -> None:
    """Give one cell words of its own, also where others show the same shared string."""
    for child in list(cell):
        if local(child) in ("v", "is"):
            cell.remove(child)
    cell.set("t", "inlineStr")
    holder = etree.SubElement(cell, str(cell.tag).replace("}c", "}is"))
    etree.SubElement(holder, str(cell.tag).replace("}c", "}t")).text = words
    book.parts.changed(sheet)


def _charts(book: Workbook, words: Mapping[str, str]) -> None:
    """Charts keep copies of the cells that name their series and categories."""
    for part, root in _xml_parts(book, "xl/charts/"):
        for label in cached_labels(root):
            if (new := words.get(label.text)) is not None:
                for element, _ in label.at:
                    element.text = new
                book.parts.changed(part)


def _recalculated(book: Workbook) -> None:
    """Have the results that quote changed cells worked out again when the file is opened."""
    root = book.parts.root(book.main)
    settings = root.find("{*}calcPr")
    if settings is not None:
        settings.set("fullCalcOnLoad", "1")
        book.parts.changed(book.main)


def _words(book: Workbook, cell: etree._Element) -> str:
    if cell.get("t") == "s" and (found := book.strings.get(cell.findtext("{*}v") or "")):
        return words_of(rich_items(found[1]))
    inline = cell.find("{*}is")
    return words_of(rich_items(inline)) if inline is not None else ""
