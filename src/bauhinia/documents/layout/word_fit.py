"""Places of fixed height in a Word document: text boxes that do not grow, rows and frames of an exact height.

Word cuts off what does not fit them. Words that outgrew theirs are set smaller, within a bound; it is told.
What fits is an estimate; see `text_measure`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from ..ooxml import W, attribute, local, number_of
from .word_measure import Measure

LEAST = 0.7
"""Smaller than this share of its size nothing is set."""
_STEP = 0.025
_POINT = 12_700
"""English metric units in a point."""
_TWENTIETHS = 20
_CELL_MARGIN = 10.8
"""Points to the left and right of a cell's words together, where Word's usual margins are kept."""
_BOX_MARGINS = {"lIns": 91_440, "rIns": 91_440, "tIns": 45_720, "bIns": 45_720}
_STYLED = re.compile(r"(?:^|;)\s*(width|height)\s*:\s*([0-9.]+)\s*(pt|in|cm|mm)?", re.I)
_UNITS = {"pt": 1.0, "in": 72.0, "cm": 28.35, "mm": 2.835, "": 1.0}
SMALLER = (
    "The words were set at {share} per cent of their size to fit their place, whose height is fixed; "
    "look at it."
)
TOO_LONG = (
    "The words may not fit their place, whose height is fixed, even at 70 per cent of their size: Word cuts "
    "off the rest. Shorten them or enlarge it."
)


@dataclass(frozen=True, slots=True)
class _Fixed:
    """A place of fixed size, in points inside its margins."""

    paragraphs: Sequence[etree._Element]
    width: float
    height: float


class Fitting:
    """The places of fixed height in a part, measured before anything in it is written."""

    def __init__(self, root: etree._Element, measure: Measure) -> None:
        self._measure = measure
        self._before = [
            (place, _words(place), measure.height(place.paragraphs, place.width)) for place in _places(root)
        ]

    def fit(self) -> Iterator[tuple[Sequence[etree._Element], str]]:
        """Set smaller what outgrew its place: its paragraphs, and what to say of them."""
        for place, words, before in self._before:
            if _words(place) != words:
                # An estimate that says the old words did not fit either is wrong by that much.
                allowed = max(place.height, before)
                if message := self._fit(place, allowed):
                    yield place.paragraphs, message

    def _fit(self, place: _Fixed, allowed: float) -> str:
        share = 1.0
        while share > LEAST and self._measure.height(place.paragraphs, place.width, share) > allowed:
            share = round(share - _STEP, 3)
        if share == 1.0:
            return ""
        fits = self._measure.height(place.paragraphs, place.width, share) <= allowed
        for paragraph in place.paragraphs:
            self._measure.set_smaller(paragraph, share)
        return SMALLER.format(share=round(share * 100)) if fits else TOO_LONG


def _words(place: _Fixed) -> str:
    return "".join(text.text or "" for each in place.paragraphs for text in each.iter(f"{W}t"))


def _places(root: etree._Element) -> Iterator[_Fixed]:
    for box in root.iter(f"{W}txbxContent"):
        holder = box.getparent()
        size = _drawn(holder) if holder is not None and local(holder) == "txbx" else _shaped(holder)
        if size is not None:
            yield _Fixed(list(box.iter(f"{W}p")), *size)
    for row in root.iter(f"{W}tr"):
        height = row.find(f"{W}trPr/{W}trHeight")
        if height is not None and attribute(height, "hRule") == "exact":
            tall = number_of(attribute(height, "val"), 0) / _TWENTIETHS
            for cell in row.iterfind(f"{W}tc"):
                if wide := _cell_width(cell):
                    yield _Fixed(list(cell.iterfind(f"{W}p")), wide, tall)
    yield from _frames(root)


def _cell_width(cell: etree._Element) -> float:
    """0 where the file does not say it in points, and for cells of several rows."""
    width = cell.find(f"{W}tcPr/{W}tcW")
    merged = cell.find(f"{W}tcPr/{W}vMerge") is not None
    if width is None or merged or attribute(width, "type") not in ("dxa", ""):
        return 0.0
    return max(0.0, number_of(attribute(width, "w"), 0) / _TWENTIETHS - _CELL_MARGIN)


def _frames(root: etree._Element) -> Iterator[_Fixed]:
    """Neighbouring paragraphs of equal frames stand in one."""
    found: dict[tuple[etree._Element | None, str], list[etree._Element]] = {}
    for frame in root.iter(f"{W}framePr"):
        if attribute(frame, "hRule") == "exact" and attribute(frame, "w"):
            paragraph = frame.getparent().getparent()  # type: ignore[union-attr]
            assert paragraph is not None
            key = paragraph.getparent(), str(sorted(map(str, frame.attrib.items())))
            found.setdefault(key, []).append(paragraph)
    for paragraphs in found.values():
        frame = next(paragraphs[0].iter(f"{W}framePr"))
        sides = (number_of(attribute(frame, name), 0) / _TWENTIETHS for name in ("w", "h"))
        yield _Fixed(paragraphs, *sides)


def _drawn(holder: etree._Element) -> tuple[float, float] | None:
    """Of a `wps:txbx`; None where it grows with its words or nothing says how large it is."""
    shape = holder.getparent()
    body = shape.find("{*}bodyPr") if shape is not None else None
    if shape is None or (body is not None and body.find("{*}spAutoFit") is not None):
        return None
    size = shape.find("{*}spPr/{*}xfrm/{*}ext")
    if size is None:
        above = (each for each in shape.iterancestors() if local(each) in ("inline", "anchor"))
        drawing = next(above, None)
        size = drawing.find("{*}extent") if drawing is not None else None
    if size is None:
        return None
    margin = {
        name: number_of(body.get(name) if body is not None else None, usual)
        for name, usual in _BOX_MARGINS.items()
    }
    wide = number_of(size.get("cx"), 0) - margin["lIns"] - margin["rIns"]
    tall = number_of(size.get("cy"), 0) - margin["tIns"] - margin["bIns"]
    return (wide / _POINT, tall / _POINT) if wide > 0 and tall > 0 else None


def _shaped(holder: etree._Element | None) -> tuple[float, float] | None:
    """Of a `v:textbox`, whose shape says its size as a web page does."""
    shape = holder.getparent() if holder is not None else None
    if holder is None or shape is None or "fit-shape-to-text:t" in holder.get("style", ""):
        return None
    said = {
        name.lower(): float(value) * _UNITS[unit.lower()]
        for name, value, unit in _STYLED.findall(shape.get("style", ""))
    }
    wide, tall = said.get("width", 0.0) - 14.4, said.get("height", 0.0) - 7.2
    return (wide, tall) if wide > 0 and tall > 0 else None
