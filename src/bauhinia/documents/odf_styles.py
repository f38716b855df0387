"""What OpenDocument styles say of text: whether it is hidden, and how lists and headings are numbered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from .numbering import show
from .ooxml import local, number_of

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
PRESENTATION = "{urn:oasis:names:tc:opendocument:xmlns:presentation:1.0}"
FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_TINY = re.compile(r"[0-2](?:\.\d+)?pt")
"""A font size that nobody reads."""
CHART = "{urn:oasis:names:tc:opendocument:xmlns:chart:1.0}"
XLINK = "{http://www.w3.org/1999/xlink}"
DC = "{http://purl.org/dc/elements/1.1/}"
MATHML = "{http://www.w3.org/1998/Math/MathML}"
_LOEXT = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_LEVELS = 10
_ANCESTORS = 20
_FORMS = {
    "1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman",
    "01": "decimalZero", "一": "chineseCounting", "甲": "ideographTraditional", "子": "ideographZodiac",
    "１": "decimalFullWidth", "①": "decimalEnclosedCircle", "〇": "ideographDigital",
}  # fmt: skip
"""The first number of each format, and Word's name for the same."""
_PLACE = re.compile(r"%(\d{1,2})%")


@dataclass(frozen=True, slots=True)
class Style:
    """What one style says, with what it inherits."""

    title: bool = False
    hidden: bool = False
    list_style: str | None = None
    """Empty: explicitly none. None: says nothing."""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is numbered; without a form it is not."""

    form: str = ""
    prefix: str = ""
    suffix: str = ""
    start: int = 1
    shown: int = 1
    """How many levels the number shows: 2 gives `3.1`."""
    template: str = ""
    """Such as `%1%.%2%)`, which newer files have."""

    def write(self, depth: int, counts: list[int | None], levels: dict[int, Level]) -> str:
        """The number of an item at `depth`."""

        def number(of: int) -> str:
            level = levels.get(of, Level())
            count = counts[of] if of < _LEVELS else None
            return show(level.start if count is None else count, level.form or "decimal")

        if self.template:
            return _PLACE.sub(lambda match: number(max(0, int(match[1]) - 1)), self.template)
        numbered = range(max(0, depth + 1 - self.shown), depth + 1)
        return (
            self.prefix
            + ".".join(number(each) for each in numbered if each == depth or levels.get(each, Level()).form)
            + self.suffix
        )


@dataclass(slots=True)
class Styles:
    """The styles of one file, by family and name; later parts add to earlier ones."""

    _styles: dict[tuple[str, str], Style] = field(default_factory=dict)
    lists: dict[str, dict[int, Level]] = field(default_factory=dict)
    """Levels by list style; the outline of headings has an empty name."""

    def load(self, root: etree._Element | None) -> None:
        """Add the styles that a part holds."""
        for element in root if root is not None else ():
            if local(element) in ("styles", "automatic-styles"):
                for style in element:
                    self._add(style)

    def get(self, family: str, name: str | None) -> Style:
        """A style with what its ancestors say."""
        style = self._styles.get((family, name or ""), Style())
        parent = style.parent
        for _ in range(_ANCESTORS):
            if not parent:
                break
            above = self._styles.get((family, parent), Style())
            style = replace(
                style,
                title=style.title or above.title,
                hidden=style.hidden or above.hidden,
                list_style=above.list_style if style.list_style is None else style.list_style,
            )
            parent = above.parent
        return style

    def _add(self, element: etree._Element) -> None:
        name = str(element.get(f"{STYLE}name", ""))
        if element.tag == f"{STYLE}style":
            self._styles[element.get(f"{STYLE}family", ""), name] = Style(
                title=name == "Title",
                hidden=_hides(element),
                list_style=element.get(f"{STYLE}list-style-name"),
                parent=element.get(f"{STYLE}parent-style-name", ""),
            )
        elif element.tag == f"{TEXT}list-style":
            self.lists[name] = dict(_levels(element))
        elif element.tag == f"{TEXT}outline-style":
            self.lists[""] = dict(_levels(element))


def _hides(style: etree._Element) -> bool:
    for properties in style:
        if (
            properties.get(f"{TEXT}display") == "none"
            or properties.get(f"{TABLE}display") == "false"
            or properties.get(f"{PRESENTATION}visibility") == "hidden"
            or _TINY.fullmatch(properties.get(f"{FO}font-size", ""))
        ):
            return True
    return False


def _levels(element: etree._Element) -> Iterator[tuple[int, Level]]:
    for level in element:
        depth = number_of(level.get(f"{TEXT}level"), 0) - 1
        form = (level.get(f"{STYLE}num-format") or "").split(",")[0].strip()
        if not 0 <= depth < _LEVELS or "bullet" in local(level) or "image" in local(level) or not form:
            continue
        yield (
            depth,
            Level(
                form=_FORMS.get(form, "decimal"),
                prefix=level.get(f"{STYLE}num-prefix", ""),
                suffix=level.get(f"{STYLE}num-suffix", ""),
                start=number_of(level.get(f"{TEXT}start-value"), 1),
                shown=min(max(1, number_of(level.get(f"{TEXT}display-levels"), 1)), _LEVELS),
                template=level.get(f"{_LOEXT}num-list-format") or level.get(f"{STYLE}num-list-format") or "",
            ),
        )


@dataclass(slots=True)
class _Open:
    """A list that has begun."""

    style: str
    depth: int
    counts: list[int | None]
    item: etree._Element | None = None
    """The item that has begun and has no text yet."""


class Lists:
    """Counts list items and numbered headings as they go by, as the program that shows them does."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._open: list[_Open] = []
        self._by_id: dict[str, list[int | None]] = {}
        self._last: dict[str, list[int | None]] = {}
        self._outline: list[int | None] = [None] * _LEVELS

    @property
    def depth(self) -> int:
        """Of the innermost open list, from 0; -1 outside lists."""
        return self._open[-1].depth if self._open else -1

    def enter(self, element: etree._Element) -> None:
        """A `text:list` begins."""
        style = str(element.get(f"{TEXT}style-name", ""))
        if self._open:
            outer = self._open[-1]
            depth = min(outer.depth + 1, _LEVELS - 1)
            self._open.append(_Open(style or outer.style, depth, outer.counts))
            return
        counts = self._by_id.get(element.get(f"{TEXT}continue-list", ""))
        if counts is None and element.get(f"{TEXT}continue-numbering") == "true":
            counts = self._last.get(style)
        if counts is None:
            counts = [None] * _LEVELS
        if name := element.get(XML_ID) or element.get(f"{TEXT}id"):
            self._by_id[name] = counts
        self._last[style] = counts
        self._open.append(_Open(style, 0, counts))

    def leave(self) -> None:
        """The innermost list ends."""
        self._open.pop()

    def item(self, element: etree._Element) -> None:
        """An item of the innermost list begins; a list header takes no number."""
        self._open[-1].item = element if element.tag == f"{TEXT}list-item" else None

    def label(self) -> str:
        """The number of the item that has begun, the first time that it is asked for; else empty."""
        inner = self._open[-1]
        item, inner.item = inner.item, None
        if item is None:
            return ""
        levels = self._styles.lists.get(inner.style, {})
        start = item.get(f"{TEXT}start-value")
        return _count(inner.depth, inner.counts, levels, number_of(start, 0) if start else None)

    def heading(self, element: etree._Element, level: int) -> str:
        """The number of a heading outside lists; empty when the outline is not numbered."""
        levels = self._styles.lists.get("", {})
        depth = level - 1
        if depth not in levels or element.get(f"{TEXT}is-list-header") == "true":
            return ""
        restart = element.get(f"{TEXT}restart-numbering") == "true"
        start = number_of(element.get(f"{TEXT}start-value"), levels[depth].start) if restart else None
        return _count(depth, self._outline, levels, start)

    def aside(self) -> list[_Open]:
        """Put the open lists away: a table, a note, a text box begins; give them back to `resume`."""
        kept, self._open = self._open, []
        return kept

    def resume(self, kept: list[_Open]) -> None:
        """Go on in the lists that `aside` put away."""
        self._open = kept


def _count(depth: int, counts: list[int | None], levels: dict[int, Level], start: int | None) -> str:
    level = levels.get(depth)
    before = counts[depth]
    first = level.start if level else 1
    counts[depth] = start if start is not None else first if before is None else before + 1
    counts[depth + 1 :] = [None] * (_LEVELS - depth - 1)
    return level.write(depth, counts, levels).strip() if level else ""
