"""Shapes on a slide or a sheet: text boxes, tables, groups, pictures, charts, in their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from .collecting import Place, Reading
from .document import Cell
from .drawing import DrawnText, add_graphic, alternative_text, drawn_text
from .normal import split_breaks
from .ooxml import A, chosen, local, number_of
from .package import Package, Relation

_TEXT = ("txBody", "txbx")


def no_list(_shape: etree._Element, _paragraph: etree._Element) -> str | None:
    """For drawings whose paragraphs are in no list."""
    return None


@dataclass(slots=True)
class Shapes:
    """Walks the shapes of one part. Elements are told by their local names, which slides and sheets share."""

    package: Package
    reading: Reading
    relations: dict[str, Relation]
    """Of the part that holds the shapes."""
    label: Callable[[etree._Element, etree._Element], str | None] = no_list
    """Of a shape and its paragraph: the number that is shown, empty for a bullet, None for no list item."""
    special: Callable[[etree._Element, Place], bool] | None = None
    """Takes a shape that is no ordinary text, a title or a footer, and says whether it did."""

    def walk(self, tree: etree._Element, place: Place, depth: int = 0) -> None:
        """Every shape in `tree`."""
        self.reading.bounds.check_nesting(depth)
        for child in tree:
            self._shape(child, place, depth)

    def _shape(self, shape: etree._Element, place: Place, depth: int) -> None:
        name = local(shape)
        if name == "AlternateContent":
            if (choice := chosen(shape)) is not None:
                self.walk(choice, place, depth + 1)
        elif name in ("sp", "pic", "graphicFrame", "grpSp", "cxnSp"):
            properties = _properties(shape)
            if properties is not None and properties.get("hidden") in ("1", "true"):
                place = place._replace(aside=place.aside or "hidden")
            if self.special is None or not self.special(shape, place):
                self._content(shape, name, place, depth)
            if properties is not None and (said := alternative_text(properties)):
                self.reading.put(place._replace(kind="alt_text", cell=None), "alt_text", said)

    def _content(self, shape: etree._Element, name: str, place: Place, depth: int) -> None:
        if name == "grpSp":
            self.walk(shape, place, depth + 1)
        elif name == "sp":
            self.text(shape, place)
        elif name == "graphicFrame":
            for data in shape.iter(f"{A}graphicData"):
                self._graphic(data, place)
                break
        elif name == "pic":
            played = next(
                (local(e) for e in shape.iter("{*}videoFile", "{*}audioFile", "{*}wavAudioFile")), ""
            )
            self.reading.unread[
                "video" if played == "videoFile" else "recording" if played else "picture"
            ] += 1

    def text(self, shape: etree._Element, place: Place) -> None:
        """The paragraphs of a shape's text."""
        for body in shape.iterchildren():
            if local(body) in _TEXT:
                for paragraph in body.iterchildren(f"{A}p"):
                    self._paragraph(shape, paragraph, place)

    def _paragraph(self, shape: etree._Element, paragraph: etree._Element, place: Place) -> None:
        drawn = drawn_text(paragraph)
        self._hidden(drawn, place)
        if not drawn.text.strip():
            return
        label = self.label(shape, paragraph)
        if label is None and place.kind is None and not drawn.spans:
            for line in split_breaks(drawn.text):
                self.reading.put(place, "paragraph", line)
        elif label is None:
            self.reading.put(place, "paragraph", drawn.text, marks=drawn.spans)
        else:
            label += " " if label else ""
            spans = [(kind, start + len(label), end + len(label)) for kind, start, end in drawn.spans]
            self.reading.put(place, "list_item", label + drawn.text, level=level_of(paragraph), marks=spans)

    def _hidden(self, drawn: DrawnText, place: Place) -> None:
        self.reading.put(place._replace(aside=place.aside or "hidden"), "paragraph", drawn.hidden)

    def _graphic(self, data: etree._Element, place: Place) -> None:
        what = str(data.get("uri", "")).rpartition("/")[2]
        if what == "table":
            for table in data.iterchildren(f"{A}tbl"):
                self._table(table, place)
        elif what in ("chart", "chartex", "diagram"):
            add_graphic(data, self.package, self.relations, self.reading, place)
        else:
            self.reading.unread["embedded object"] += 1

    def _table(self, table: etree._Element, place: Place) -> None:
        number = self.reading.begin_table()
        for row, element in enumerate(table.iterchildren(f"{A}tr")):
            for column, cell in enumerate(element.iterchildren(f"{A}tc")):
                if any(cell.get(merged) in ("1", "true") for merged in ("hMerge", "vMerge")):
                    continue
                here = place._replace(cell=Cell(table=number, row=row, column=column))
                for paragraph in cell.iterfind(f"{A}txBody/{A}p"):
                    drawn = drawn_text(paragraph)
                    self.reading.put(here, "table_cell", drawn.text, marks=drawn.spans)
                    self._hidden(drawn, here)


def level_of(paragraph: etree._Element) -> int:
    """How deep a paragraph stands, from 0 to 8."""
    properties = paragraph.find(f"{A}pPr")
    level = number_of(properties.get("lvl"), 0) if properties is not None else 0
    return min(max(level, 0), 8)


def _properties(shape: etree._Element) -> etree._Element | None:
    """The `cNvPr` of a shape: its name, its alternative text, whether it is hidden."""
    for part in shape:
        for properties in part.iterchildren("{*}cNvPr"):
            return properties
    return None
