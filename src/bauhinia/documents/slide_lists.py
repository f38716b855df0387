"""Bullets and numbers of a slide's paragraphs, which the slide mostly inherits from its layout and master."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from .numbering import show
from .ooxml import A, P, local, number_of
from .shapes import level_of

_FORMS = {
    "arabic": "decimal", "arabicDb": "decimal", "alphaLc": "lowerLetter", "alphaUc": "upperLetter",
    "romanLc": "lowerRoman", "romanUc": "upperRoman", "ea1Cht": "taiwaneseCounting",
    "ea1Chs": "chineseCounting",
    "ea1Jpn": "japaneseCounting", "ea1JpnChs": "chineseCounting", "circleNum": "decimal",
}  # fmt: skip
_ENDS = {"Period": "{}.", "ParenR": "{})", "ParenBoth": "({})", "Plain": "{}", "DbPlain": "{}"}
_MARKERS = ("buNone", "buChar", "buAutoNum", "buBlip")
_BODY = ("body", "obj", "subTitle", "")
"""Kinds of placeholder that take the master's style for body text; the last is one of no stated kind."""


@dataclass(slots=True)
class SlideLists:
    """Counts one slide's lists as its paragraphs go by."""

    layout: etree._Element | None
    master: etree._Element | None
    _shape: etree._Element | None = None
    _counts: dict[int, tuple[str, int]] = field(default_factory=dict)
    """Of each level of the shape being read, how it is numbered and the number shown last."""

    def label(self, shape: etree._Element, paragraph: etree._Element) -> str | None:
        """The number that is shown before the paragraph; empty for a bullet, None where it is in no list."""
        if shape is not self._shape:
            self._shape, self._counts = shape, {}
        level = level_of(paragraph)
        marker = self._marker(shape, paragraph, level)
        for deeper in [each for each in self._counts if each > level]:
            del self._counts[deeper]
        if marker is None or local(marker) == "buNone":
            self._counts.pop(level, None)
            return None
        if local(marker) != "buAutoNum":
            self._counts.pop(level, None)
            return ""
        form, start = marker.get("type", "arabicPeriod"), number_of(marker.get("startAt"), 1)
        last = self._counts.get(level)
        count = last[1] + 1 if last and last[0] == form else start
        self._counts[level] = (form, count)
        return numbered(form, count)

    def _marker(self, shape: etree._Element, paragraph: etree._Element, level: int) -> etree._Element | None:
        for properties in self._inherited(shape, paragraph, level):
            for child in properties:
                if local(child) in _MARKERS:
                    return child
        return None

    def _inherited(
        self, shape: etree._Element, paragraph: etree._Element, level: int
    ) -> Iterator[etree._Element]:
        """What sets the paragraph's look, the nearest first."""
        name = f"{A}lvl{level + 1}pPr"
        yield from paragraph.iterchildren(f"{A}pPr")
        yield from shape.iterfind(f"{P}txBody/{A}lstStyle/{name}")
        placeholder = placeholder_of(shape)
        if placeholder is None:
            return
        for part in (self.layout, self.master):
            for like in _alike(part, placeholder):
                yield from like.iterfind(f"{P}txBody/{A}lstStyle/{name}")
        if self.master is not None and placeholder.get("type", "") in _BODY:
            yield from self.master.iterfind(f"{P}txStyles/{P}bodyStyle/{name}")


def numbered(form: str, count: int) -> str:
    """A number as a slide shows it: `arabicPeriod` 3 is `3.`, `ea1ChtPeriod` 3 is `三.`."""
    for ending, pattern in _ENDS.items():
        stem = form.removesuffix(ending)
        if stem != form and stem in _FORMS:
            return pattern.format(show(count, _FORMS[stem]))
    return f"{count}."


def placeholder_of(shape: etree._Element) -> etree._Element | None:
    """The `p:ph` of a shape that fills a place of the layout."""
    for properties in shape:
        if (found := properties.find(f"{P}nvPr/{P}ph")) is not None:
            return found
    return None


def _alike(part: etree._Element | None, placeholder: etree._Element) -> Iterator[etree._Element]:
    """The shape of a layout or master that a placeholder inherits from: of its number, else of its kind."""
    if part is None:
        return
    index, kind = placeholder.get("idx"), placeholder.get("type", "")
    for shape in part.iter(f"{P}sp"):
        other = placeholder_of(shape)
        if other is None:
            continue
        same = other.get("idx") == index if index and local(part) == "sldLayout" else False
        if same or (kind and other.get("type", "") == kind):
            yield shape
            return
