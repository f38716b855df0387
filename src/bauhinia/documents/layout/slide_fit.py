"""Whether words still fit the shape they stand in: an estimate by size and characters, and what is done."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from lxml import etree

from ..ooxml import A, local, number_of
from .parts import Parts
from .slots import Writing
from .typography import script_runs

_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_POINT = 12_700
"""English metric units in a point."""
_INSETS = {"lIns": 91_440, "rIns": 91_440, "tIns": 45_720, "bIns": 45_720}
_LINE = 1.2
_LATIN_EM = 0.5
"""Mean width of a Latin letter, in ems of common text fonts."""
_LEAST = 0.7
"""Smaller than this share of its size nothing is set: it would not be read from the back of a room."""
_STEP = 0.025
_SAME_PLACE = {"ctrTitle": "title", "subTitle": "body", "obj": "body", "": "body"}
_SMALLER = "The words were set at {share} per cent of their size to fit the shape; look at the slide."
_TOO_LONG = "The words may not fit the shape even at 70 per cent of their size: shorten them or enlarge it."
_TABLE = "The table has grown and may run over the edge of the slide."


class _Line(NamedTuple):
    words: str
    size: float
    """Points."""


class Fitting:
    """The shapes and tables of the slides that have units."""

    def __init__(self, parts: Parts, slides: Sequence[str]) -> None:
        self._parts = parts
        self._homes: dict[str, tuple[etree._Element, str]] = {}
        """The shape or table of each unit, and its slide."""
        self._before: dict[etree._Element, float] = {}
        self._masters = {name: list(_behind(parts, name)) for name in slides}

    def add(self, key: str, paragraph: etree._Element, slide: str) -> None:
        """A unit's paragraph, before anything is written."""
        home = next((each for each in paragraph.iterancestors() if local(each) in ("sp", "tbl")), None)
        if home is not None:
            self._homes[key] = (home, slide)
            if home not in self._before:
                self._before[home] = self._height(home, slide)

    def finish(self, writing: Writing, written: Mapping[str, str]) -> None:
        """Fit every shape whose words were changed."""
        seen: set[etree._Element] = set()
        for key in written:
            home, slide = self._homes.get(key, (None, ""))
            if home is None or home in seen:
                continue
            seen.add(home)
            if local(home) == "tbl":
                self._fit_table(home, slide, key, writing)
            else:
                self._fit_shape(home, slide, key, writing)

    def has_own_words(self, slide: str) -> bool:
        """Whether the slide's layout or master shows words that are not a placeholder's prompt."""
        return any(
            any(map(str.isalpha, "".join(text.text or "" for text in shape.iter(f"{A}t"))))
            for root in self._masters[slide]
            for shape in root.iter(f"{_P}sp")
            if _place(shape) is None
        )

    def _fit_shape(self, shape: etree._Element, slide: str, key: str, writing: Writing) -> None:
        room = self._room(shape, slide)
        body = shape.find(f"{_P}txBody/{A}bodyPr")
        if room is None or body is None or body.get("wrap") == "none":
            return
        # An estimate that says the old words did not fit either is wrong by that much.
        allowed = max(room[1], self._before[shape])
        if self._height(shape, slide) <= allowed:
            return
        share = 1.0
        while share > _LEAST and self._height(shape, slide, share) > allowed:
            share = round(share - _STEP, 3)
        fits = self._height(shape, slide, share) <= allowed
        _shrink(body, share)
        message = _SMALLER.format(share=round(share * 100)) if fits else _TOO_LONG
        writing.note(key, "fit", message)

    def _fit_table(self, table: etree._Element, slide: str, key: str, writing: Writing) -> None:
        grown = self._height(table, slide) - self._before[table]
        frame = next((each for each in table.iterancestors() if local(each) == "graphicFrame"), None)
        place = frame.find(f"{_P}xfrm/{A}off") if frame is not None else None
        rows = sum(number_of(row.get("h"), 0) for row in table.iter(f"{A}tr")) / _POINT
        top = number_of(place.get("y"), 0) / _POINT if place is not None else 0
        if grown > 0 and top + max(rows, self._height(table, slide)) > self._slide_height():
            writing.note(key, "fit", _TABLE)

    def _slide_height(self) -> float:
        for relation in self._parts.package.relations("").values():
            if relation.kind == "officeDocument":
                size = self._parts.root(relation.target).find(f"{_P}sldSz")
                return number_of(size.get("cy"), 6_858_000) / _POINT if size is not None else 540.0
        return 540.0

    def _height(self, home: etree._Element, slide: str, share: float = 1.0) -> float:
        """The height in points that the words of a shape or table take."""
        if local(home) == "tbl":
            return self._table_height(home)
        room = self._room(home, slide)
        if room is None:
            return 0.0
        body = home.find(f"{_P}txBody")
        lines = self._lines(body, self._size(home, slide)) if body is not None else []
        tight = 1 - _less_space(share) / 100_000
        return _stacked(lines, room[0], share) * tight

    def _table_height(self, table: etree._Element) -> float:
        widths = [number_of(each.get("w"), 0) / _POINT for each in table.iter(f"{A}gridCol")]
        total = 0.0
        for row in table.iter(f"{A}tr"):
            tallest = number_of(row.get("h"), 0) / _POINT
            for width, cell in zip(widths, row.iter(f"{A}tc"), strict=False):
                body = cell.find(f"{A}txBody")
                if body is not None and cell.get("gridSpan") is None:
                    tallest = max(tallest, _stacked(self._lines(body, 18.0), width - 14.4, 1.0) + 7.2)
            total += tallest
        return total

    def _lines(self, body: etree._Element, size: float) -> list[_Line]:
        found = []
        for paragraph in body.iter(f"{A}p"):
            sizes = [number_of(each.get("sz"), 0) / 100 for each in paragraph.iter(f"{A}rPr")]
            words = "".join(
                "\n" if each.tag == f"{A}br" else each.text or ""
                for each in paragraph.iter(f"{A}t", f"{A}br")
            )
            own = max(sizes, default=0.0) or size
            found += [_Line(line, own) for line in words.split("\n")]
        return found

    def _room(self, shape: etree._Element, slide: str) -> tuple[float, float] | None:
        """Width and height in points inside the margins; None where nothing says."""
        for each in (shape, *self._inherited(shape, slide)):
            size = each.find(f"{_P}spPr/{A}xfrm/{A}ext")
            if size is not None:
                body = shape.find(f"{_P}txBody/{A}bodyPr")
                margin = {
                    name: number_of(body.get(name) if body is not None else None, usual)
                    for name, usual in _INSETS.items()
                }
                width = number_of(size.get("cx"), 0) - margin["lIns"] - margin["rIns"]
                height = number_of(size.get("cy"), 0) - margin["tIns"] - margin["bIns"]
                return max(width / _POINT, 1.0), max(height / _POINT, 1.0)
        return None

    def _inherited(self, shape: etree._Element, slide: str) -> Iterator[etree._Element]:
        """The placeholders of the layout and of the master that the shape takes after."""
        place = _place(shape)
        if place is None:
            return
        kind, index = place.get("type", ""), place.get("idx", "0")
        for root in self._masters[slide]:
            for other in root.iter(f"{_P}sp"):
                there = _place(other)
                if there is not None and (
                    (local(root) == "sldLayout" and there.get("idx", "0") == index)
                    or _SAME_PLACE.get(there.get("type", ""), there.get("type"))
                    == _SAME_PLACE.get(kind, kind)
                ):
                    yield other
                    break

    def _size(self, shape: etree._Element, slide: str) -> float:
        """The size of words that name none, in points."""
        for each in (shape, *self._inherited(shape, slide)):
            style = each.find(f"{_P}txBody/{A}lstStyle/{A}lvl1pPr/{A}defRPr")
            if style is not None and style.get("sz"):
                return number_of(style.get("sz"), 1800) / 100
        place = _place(shape)
        if place is None or not self._masters[slide]:
            return 18.0
        kind = _SAME_PLACE.get(place.get("type", ""), place.get("type", ""))
        name = {"title": "titleStyle", "body": "bodyStyle"}.get(kind, "otherStyle")
        style = self._masters[slide][-1].find(f"{_P}txStyles/{_P}{name}/{A}lvl1pPr/{A}defRPr")
        return number_of(style.get("sz") if style is not None else None, 1800) / 100


def _behind(parts: Parts, slide: str) -> Iterator[etree._Element]:
    """The slide's layout, then its master."""
    name = slide
    for kind in ("slideLayout", "slideMaster"):
        relations = parts.package.relations(name).values()
        name = next((each.target for each in relations if each.kind == kind), "")
        if name not in parts.package.names:
            return
        yield parts.root(name)


def _place(shape: etree._Element) -> etree._Element | None:
    return shape.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")


def _stacked(lines: Sequence[_Line], width: float, share: float) -> float:
    """The height of lines broken to a width, in points."""
    return sum(
        max(1, math.ceil(_ems(line.words) * line.size * share / max(width, 1.0))) * line.size * share * _LINE
        for line in lines
    )


def _ems(words: str) -> float:
    return sum(len(each.text) * (1.0 if each.han else _LATIN_EM) for each in script_runs(words))


def _less_space(share: float) -> int:
    """How much closer lines stand, in thousandths of a per cent: as PowerPoint does when it shrinks."""
    return 0 if share >= 0.95 else 10_000 if share >= 0.85 else 20_000


def _shrink(body: etree._Element, share: float) -> None:
    """Say in a `a:bodyPr` that its words are set smaller."""
    old = 100_000
    for child in list(body):
        if local(child) in ("noAutofit", "normAutofit", "spAutoFit"):
            old = number_of(child.get("fontScale"), 100_000)
            body.remove(child)
    at = sum(local(child) == "prstTxWarp" for child in body)
    scale = max(int(old * share), int(_LEAST * 100_000))
    fit = etree.Element(f"{A}normAutofit", fontScale=str(scale))
    if less := _less_space(share):
        fit.set("lnSpcReduction", str(less))
    body.insert(at, fit)
