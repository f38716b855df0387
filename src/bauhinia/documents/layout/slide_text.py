"""How words on a slide are set: size, font, spacing and margins, as a shape has them itself or takes them
from its placeholder in the layout and the master."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from ..ooxml import A, local, number_of
from .text_measure import letters_of, line_height, lines_broken, width

_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
POINT = 12_700
"""English metric units in a point."""
_INSETS = {"lIns": 91_440, "rIns": 91_440, "tIns": 45_720, "bIns": 45_720}
_SAME_PLACE = {"ctrTitle": "title", "subTitle": "body", "obj": "body", "": "body"}
_CORNER = 0.2929
"""Of the radius of a round corner, what lies outside of the square that fits into it."""
_SIDES = {"ellipse": 1 - _CORNER, "diamond": 0.5, "flowChartDecision": 0.5, "flowChartConnector": 1 - _CORNER}
"""Of a shape's sides, what its words get."""
_ROUND = 16_667
_WHOLE = 100_000
_USUAL_SIZE = 1800


@dataclass(frozen=True, slots=True)
class SetText:
    """A paragraph's lines as they are set."""

    words: str
    size: float
    """Points."""
    font: str
    bold: bool
    indent: float
    spacing: float
    """Share of the line's own height."""
    around: float
    """Points above and below together."""

    def height(self, room: float, share: float = 1.0, tight: float = 1.0) -> float:
        """In `room` points of width, with letters of `share` of their size and lines `tight` as far apart."""
        size = self.size * share
        letters = letters_of(self.font)
        lines = lines_broken(self.words, size, room - self.indent, letters, bold=self.bold)
        return lines * size * line_height(self.words) * self.spacing * tight + self.around * share

    def width(self, share: float = 1.0) -> float:
        """In one line."""
        return width(self.words, self.size * share, letters_of(self.font), bold=self.bold) + self.indent


class SlideStyles:
    """Where a shape of a slide takes from what it does not say itself."""

    def __init__(self, behind: Sequence[etree._Element]) -> None:
        """`behind` are the slide's layout and master."""
        self._behind = behind

    def texts(self, body: etree._Element, shape: etree._Element | None) -> list[SetText]:
        """The paragraphs of a body of text; of a table's cell there is no shape."""
        return [line for paragraph in body.iterfind(f"{A}p") for line in self._lines(paragraph, body, shape)]

    def room(self, shape: etree._Element) -> tuple[float, float] | None:
        """Width and height in points inside the margins; None where nothing says."""
        chain = [shape, *self._inherited(shape)]
        sizes = (each.find(f"{_P}spPr/{A}xfrm/{A}ext") for each in chain)
        size = next((each for each in sizes if each is not None), None)
        if size is None:
            return None
        across, down = _grown(shape)
        wide, tall = _inside(
            chain, number_of(size.get("cx"), 0) * across, number_of(size.get("cy"), 0) * down
        )
        wide -= self._inset(chain, "lIns") + self._inset(chain, "rIns")
        tall -= self._inset(chain, "tIns") + self._inset(chain, "bIns")
        if self._said(chain, "vert") not in ("", "horz"):
            wide, tall = tall, wide
        columns = max(1, number_of(self._said(chain, "numCol"), 1))
        return max(wide / columns / POINT, 1.0), max(tall * columns / POINT, 1.0)

    def is_one_line(self, shape: etree._Element) -> bool:
        """Whether lines are broken only where somebody broke them."""
        return self._said([shape, *self._inherited(shape)], "wrap") == "none"

    def _inset(self, chain: Sequence[etree._Element], name: str) -> int:
        return number_of(self._said(chain, name), _INSETS[name])

    def _said(self, chain: Sequence[etree._Element], name: str) -> str:
        """What the first body of text that says it says."""
        bodies = (each.find(f"{_P}txBody/{A}bodyPr") for each in chain)
        return next((body.get(name, "") for body in bodies if body is not None and body.get(name)), "")

    def _lines(
        self, paragraph: etree._Element, body: etree._Element, shape: etree._Element | None
    ) -> Iterator[SetText]:
        levels = list(self._levels(paragraph, body, shape))
        runs = [each for each in paragraph.iter(f"{A}rPr") if each.getparent().findtext(f"{A}t")]  # type: ignore[union-attr]
        sizes = [number_of(each.get("sz"), 0) for each in runs] or [0]
        size = max(sizes) or number_of(_first(levels, "sz"), _USUAL_SIZE)
        faces = (each.get("typeface", "") for run in runs for each in run.iterfind(f"{A}latin"))
        font = next((face for face in faces if not face.startswith("+")), "")
        bold = bool(runs) and all(run.get("b") in ("1", "true") for run in runs)
        pieces = paragraph.iter(f"{A}t", f"{A}br")
        words = "".join("\n" if each.tag == f"{A}br" else each.text or "" for each in pieces)
        spacing = _spacing(levels, "lnSpc", size / 100) or 1.0
        around = _spacing(levels, "spcBef", size / 100, points=True) + _spacing(
            levels, "spcAft", size / 100, points=True
        )
        for number, line in enumerate(words.split("\n")):
            yield SetText(
                line,
                size / 100,
                font,
                bold or _first(levels, "b") in ("1", "true"),
                number_of(_first(levels, "marL"), 0) / POINT,
                spacing,
                0.0 if number else around,
            )

    def _levels(
        self, paragraph: etree._Element, body: etree._Element, shape: etree._Element | None
    ) -> Iterator[etree._Element]:
        """Properties of the paragraph, nearest first."""
        own = paragraph.find(f"{A}pPr")
        if own is not None:
            yield own
        level = f"{A}lvl{number_of(own.get('lvl'), 0) + 1 if own is not None else 1}pPr"
        for each in (body, *(other.find(f"{_P}txBody") for other in self._inherited(shape))):
            style = each.find(f"{A}lstStyle/{level}") if each is not None else None
            if style is not None:
                yield style
        place = place_of(shape) if shape is not None else None
        if place is not None and self._behind:
            kind = _SAME_PLACE.get(place.get("type", ""), place.get("type", ""))
            name = {"title": "titleStyle", "body": "bodyStyle"}.get(kind, "otherStyle")
            style = self._behind[-1].find(f"{_P}txStyles/{_P}{name}/{level}")
            if style is not None:
                yield style

    def _inherited(self, shape: etree._Element | None) -> Iterator[etree._Element]:
        """The placeholders of the layout and of the master that the shape takes after."""
        place = place_of(shape) if shape is not None else None
        if place is None:
            return
        kind, index = place.get("type", ""), place.get("idx", "0")
        for root in self._behind:
            for other in root.iter(f"{_P}sp"):
                there = place_of(other)
                if there is not None and (
                    (local(root) == "sldLayout" and there.get("idx", "0") == index)
                    or _SAME_PLACE.get(there.get("type", ""), there.get("type"))
                    == _SAME_PLACE.get(kind, kind)
                ):
                    yield other
                    break


def place_of(shape: etree._Element) -> etree._Element | None:
    """The placeholder that a shape fills."""
    return shape.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")


def _inside(chain: Sequence[etree._Element], wide: float, tall: float) -> tuple[float, float]:
    """The sides of the rectangle that words get in a shape of so wide and tall an outline."""
    found = (each.find(f"{_P}spPr/{A}prstGeom") for each in chain)
    outline = next((each for each in found if each is not None), None)
    kind = outline.get("prst", "") if outline is not None else ""
    if outline is not None and kind == "roundRect":
        guide = outline.find(f"{A}avLst/{A}gd")
        said = guide.get("fmla", "").removeprefix("val ") if guide is not None else ""
        corners = 2 * _CORNER * min(wide, tall) * min(number_of(said, _ROUND) / _WHOLE, 0.5)
        return wide - corners, tall - corners
    share = _SIDES.get(kind, 1.0)
    return wide * share, tall * share


def _grown(shape: etree._Element) -> tuple[float, float]:
    """How much larger than it says a shape is, across and down, in the groups round it."""
    across = down = 1.0
    for group in shape.iterancestors(f"{_P}grpSp"):
        outer, inner = group.find(f"{_P}grpSpPr/{A}xfrm/{A}ext"), group.find(f"{_P}grpSpPr/{A}xfrm/{A}chExt")
        if outer is not None and inner is not None:
            across *= number_of(outer.get("cx"), 1) / max(number_of(inner.get("cx"), 1), 1)
            down *= number_of(outer.get("cy"), 1) / max(number_of(inner.get("cy"), 1), 1)
    return across, down


def _first(levels: Sequence[etree._Element], name: str) -> str:
    """An attribute of a paragraph's properties or of its letters', from the nearest that says it."""
    for level in levels:
        letters = level.find(f"{A}defRPr")
        found = level.get(name) or (letters.get(name) if letters is not None else None)
        if found:
            return str(found)
    return ""


def _spacing(levels: Sequence[etree._Element], name: str, size: float, *, points: bool = False) -> float:
    """A distance from the nearest level that says it: a share of the line, or points; 0 where none does."""
    for level in levels:
        if (said := level.find(f"{A}{name}")) is None:
            continue
        share, fixed = said.find(f"{A}spcPct"), said.find(f"{A}spcPts")
        if share is not None:
            return _percent(share.get("val", "")) * (size if points else 1)
        if fixed is not None:
            given = number_of(fixed.get("val"), 0) / 100
            return given if points else given / max(size * line_height(""), 1)
    return 0.0


def _percent(value: str) -> float:
    """`90000` and `90%` are the same."""
    if value.endswith("%"):
        return number_of(value[:-1], 100) / 100
    return number_of(value, _WHOLE) / _WHOLE
