"""How much room paragraphs of a Word document take: sizes, fonts and spacing as they and their styles say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from ..ooxml import W, attribute, number_of, value_of
from .text_measure import letters_of, line_height, lines_broken

_USUAL_SIZE = 20
"""Half points: what Word takes where nothing says."""
_SINGLE = 240
_MOST_STYLES = 20
_AFTER_SIZE = frozenset(
    f"{W}{name}"
    for name in (
        "szCs", "highlight", "u", "effect", "bdr", "shd", "fitText", "vertAlign", "rtl", "cs", "em", "lang",
        "eastAsianLayout", "specVanish", "oMath", "rPrChange",
    )
)  # fmt: skip
"""What may follow `sz` in the schema's order."""


class Measure:
    """Measures and resizes paragraphs of one document."""

    def __init__(self, styles: etree._Element | None) -> None:
        """`styles` is the root of the part of styles."""
        self._styles: dict[str, etree._Element] = {}
        self._default = ""
        self._defaults = styles.find(f"{W}docDefaults") if styles is not None else None
        for each in styles.iterfind(f"{W}style") if styles is not None else ():
            self._styles[attribute(each, "styleId")] = each
            if attribute(each, "type") == "paragraph" and attribute(each, "default") in ("1", "true"):
                self._default = attribute(each, "styleId")

    def height(self, paragraphs: Iterable[etree._Element], room: float, share: float = 1.0) -> float:
        """The height in points that paragraphs take in a width of `room` points, at a share of their size."""
        return sum(self._height(each, room, share) for each in paragraphs)

    def set_smaller(self, paragraph: etree._Element, share: float) -> None:
        """Set every run of a paragraph at a share of its size, and lines of a fixed height closer."""
        sizes = [(run, self._size(paragraph, run)) for run in paragraph.iter(f"{W}r")]
        for run, size in sizes:
            properties = run.find(f"{W}rPr")
            if properties is None:
                properties = etree.Element(f"{W}rPr")
                run.insert(0, properties)
            _set_size(properties, max(2, int(size * share)))
        spacing = paragraph.find(f"{W}pPr/{W}spacing")
        if spacing is not None and attribute(spacing, "lineRule") == "exact":
            spacing.set(f"{W}line", str(int(number_of(attribute(spacing, "line"), _SINGLE) * share)))

    def _height(self, paragraph: etree._Element, room: float, share: float) -> float:
        runs = [run for run in paragraph.iter(f"{W}r") if run.find(f"{W}t") is not None]
        size = (
            max((self._size(paragraph, run) for run in runs), default=self._size(paragraph, None)) / 2 * share
        )
        fonts = (self._font(paragraph, run) for run in runs)
        letters = letters_of(next(filter(None, fonts), "Times New Roman"))
        pieces = paragraph.iter(f"{W}t", f"{W}br")
        words = "".join("\n" if each.tag == f"{W}br" else each.text or "" for each in pieces)
        lines = sum(lines_broken(line, size, room, letters) for line in words.split("\n"))
        return lines * self._line(paragraph, size * line_height(words), share) + self._around(paragraph)

    def _line(self, paragraph: etree._Element, usual: float, share: float) -> float:
        """The height of a line in points, `usual` where the letters alone say."""
        line = number_of(self._spacing(paragraph, "line"), _SINGLE)
        rule = self._spacing(paragraph, "lineRule") or "auto"
        if rule == "exact":
            return line / 20 * share
        return max(usual, line / 20) if rule == "atLeast" else usual * line / _SINGLE

    def _around(self, paragraph: etree._Element) -> float:
        return sum(number_of(self._spacing(paragraph, name), 0) for name in ("before", "after")) / 20

    def _spacing(self, paragraph: etree._Element, name: str) -> str:
        for properties in self._chain(paragraph, None, "pPr"):
            spacing = properties.find(f"{W}spacing")
            if spacing is not None and attribute(spacing, name):
                return attribute(spacing, name)
        return ""

    def _size(self, paragraph: etree._Element, run: etree._Element | None) -> int:
        """Half points."""
        found = (value_of(each, "sz") for each in self._chain(paragraph, run, "rPr"))
        return number_of(next(filter(None, found), None), _USUAL_SIZE)

    def _font(self, paragraph: etree._Element, run: etree._Element) -> str:
        fonts = (each.find(f"{W}rFonts") for each in self._chain(paragraph, run, "rPr"))
        return next((name for each in fonts if each is not None and (name := attribute(each, "ascii"))), "")

    def _chain(
        self, paragraph: etree._Element, run: etree._Element | None, kind: str
    ) -> Iterator[etree._Element]:
        """Properties of a kind, nearest first: the run's or paragraph's own, the styles', the document's."""
        own = paragraph.find(f"{W}pPr")
        direct = run.find(f"{W}rPr") if run is not None else own if kind == "pPr" else None
        if direct is not None:
            yield direct
        names = [value_of(direct, "rStyle")] if run is not None else []
        for name in (*names, value_of(own, "pStyle") or self._default):
            for style in self._based(name):
                if (found := style.find(f"{W}{kind}")) is not None:
                    yield found
        if (
            self._defaults is not None
            and (found := self._defaults.find(f"{W}{kind}Default/{W}{kind}")) is not None
        ):
            yield found

    def _based(self, name: str | None) -> Iterator[etree._Element]:
        """A style and what it is based on."""
        for _ in range(_MOST_STYLES):
            style = self._styles.get(name or "")
            if style is None:
                return
            yield style
            name = value_of(style, "basedOn")


def _set_size(properties: etree._Element, half_points: int) -> None:
    for name in ("sz", "szCs"):
        size = properties.find(f"{W}{name}")
        if size is None:
            size = etree.Element(f"{W}{name}")
            later = (
                at
                for at, child in enumerate(properties)
                if child.tag in _AFTER_SIZE and not (name == "szCs" and child.tag == f"{W}szCs")
            )
            properties.insert(next(later, len(properties)), size)
        size.set(f"{W}val", str(half_points))
