"""Shapes of an OpenDocument presentation whose words grew: their style is told to shrink words that overflow.

The program that shows the file works out by how much. Words in a shape of one size shrink by about the square
root of their growth, so up to twice the words stay above 70 per cent; more is told.
"""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from ..ooxml import local
from .text_measure import width

_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_PRESENTATION = "{urn:oasis:names:tc:opendocument:xmlns:presentation:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_SHAPES = frozenset({"frame", "custom-shape", "rect", "ellipse", "polygon", "path"})
_NAMES = ((f"{_PRESENTATION}style-name", "presentation"), (f"{_DRAW}style-name", "graphic"))
_LEAST = 0.7
SHRINKS = "Shapes whose words grew are set to shrink words that no longer fit; look at the slides."
TOO_LONG = (
    "The words may have to be set smaller than 70 per cent of their size to fit: shorten them or enlarge it."
)


class Fitting:
    """The shapes on the slides of a content part, measured before anything in it is written."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        shapes = (
            each
            for page in root.iter(f"{_DRAW}page")
            for each in page.iter()
            if isinstance(each.tag, str) and each.tag.startswith(_DRAW) and local(each) in _SHAPES
        )
        self._before = {shape: _wide(shape) for shape in shapes if not _in_notes(shape)}
        self._made: dict[tuple[str, str], str] = {}

    def fit(self) -> tuple[bool, list[etree._Element]]:
        """Whether shapes were set to shrink, and the shapes whose words may shrink too much."""
        grown = {
            shape: _wide(shape) / old for shape, old in self._before.items() if old and _wide(shape) > old
        }
        for shape in grown:
            self._set_to_shrink(shape)
        return bool(grown), [shape for shape, growth in grown.items() if growth * _LEAST**2 > 1]

    def _set_to_shrink(self, shape: etree._Element) -> None:
        found = ((name, family) for name, family in _NAMES if shape.get(name))
        name, family = next(found, (f"{_DRAW}style-name", "graphic"))
        old = shape.get(name, "")
        if (old, family) not in self._made:
            self._made[old, family] = self._style(old, family)
        shape.set(name, self._made[old, family])

    def _style(self, old: str, family: str) -> str:
        """The name of a style like another one that shrinks what overflows."""
        holder = self._root.find(f"{_OFFICE}automatic-styles")
        if holder is None:
            holder = etree.Element(f"{_OFFICE}automatic-styles")
            self._root.insert(0, holder)
        same = (
            each
            for each in holder
            if each.get(f"{_STYLE}name") == old and each.get(f"{_STYLE}family") == family
        )
        found = next(same, None)
        style = deepcopy(found) if found is not None else etree.Element(f"{_STYLE}style")
        if found is None:
            style.set(f"{_STYLE}family", family)
            if old:
                style.set(f"{_STYLE}parent-style-name", old)
        style.set(f"{_STYLE}name", name := f"{old or 'shape'}-fitted")
        properties = style.find(f"{_STYLE}graphic-properties")
        if properties is None:
            properties = etree.Element(f"{_STYLE}graphic-properties")
            style.insert(0, properties)
        properties.set(f"{_DRAW}fit-to-size", "shrink-to-fit")
        properties.set(f"{_DRAW}auto-grow-height", "false")
        holder.append(style)
        return name


def _wide(shape: etree._Element) -> float:
    """How wide a shape's words are, in lines of one point."""
    return sum(
        width("".join(map(str, each.itertext())), 1.0) for each in shape.iter(f"{_TEXT}p", f"{_TEXT}h")
    )


def _in_notes(shape: etree._Element) -> bool:
    return any(local(above) == "notes" for above in shape.iterancestors())
