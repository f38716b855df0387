"""Words that outgrew their shape or table on a slide are set smaller, within a bound, and it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from lxml import etree

from ..ooxml import A, local, number_of
from .parts import Parts
from .slide_text import POINT, SetText, SlideStyles, place_of
from .slots import Writing

_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
LEAST = 0.7
"""Smaller than this share of its size nothing is set: it would not be read from the back of a room."""
_STEP = 0.025
_WHOLE = 100_000
_CELL_MARGINS = {"marL": 91_440, "marR": 91_440, "marT": 45_720, "marB": 45_720}
_SMALLER = "The words were set at {share} per cent of their size to fit the shape; look at the slide."
_TOO_LONG = "The words may not fit the shape even at 70 per cent of their size: shorten them or enlarge it."
_TABLE_SMALLER = "The table's words were set at {share} per cent of their size to keep it where it was."
_TABLE = "The table has grown and may run over what is below it or over the edge of the slide."


class Fitting:
    """The shapes and tables of the slides that have units."""

    def __init__(self, parts: Parts, slides: Sequence[str]) -> None:
        self._parts = parts
        self._homes: dict[str, tuple[etree._Element, str]] = {}
        """The shape or table of each unit, and its slide."""
        self._before: dict[etree._Element, float] = {}
        """How much room the old words of a shape or table took."""
        self._masters = {name: list(_behind(parts, name)) for name in slides}
        self._styles = {name: SlideStyles(behind) for name, behind in self._masters.items()}

    def add(self, key: str, paragraph: etree._Element, slide: str) -> None:
        """A unit's paragraph, before anything is written."""
        home = next((each for each in paragraph.iterancestors() if local(each) in ("sp", "tbl")), None)
        if home is not None:
            self._homes[key] = (home, slide)
            if home not in self._before:
                self._before[home] = self._taken(home, slide)(1.0)

    def finish(self, writing: Writing, written: Mapping[str, str]) -> None:
        """Fit every shape whose words were changed."""
        changed: dict[etree._Element, list[str]] = {}
        for key in written:
            if key in self._homes:
                changed.setdefault(self._homes[key][0], []).append(key)
        for home, keys in changed.items():
            slide = self._homes[keys[0]][1]
            message = self._fit_table(home, slide) if local(home) == "tbl" else self._fit_shape(home, slide)
            for key in keys if message else ():
                writing.note(key, "fit", message, too_long=message in (_TOO_LONG, _TABLE))

    def has_own_words(self, slide: str) -> bool:
        """Whether the slide's layout or master shows words that are not a placeholder's prompt."""
        return any(
            any(map(str.isalpha, "".join(text.text or "" for text in shape.iter(f"{A}t"))))
            for root in self._masters[slide]
            for shape in root.iter(f"{_P}sp")
            if place_of(shape) is None
        )

    def _fit_shape(self, shape: etree._Element, slide: str) -> str:
        """What to say of it; empty where the words fit."""
        styles = self._styles[slide]
        room = styles.room(shape)
        body = shape.find(f"{_P}txBody/{A}bodyPr")
        if room is None or body is None:
            return ""
        # An estimate that says the old words did not fit either is wrong by that much.
        allowed = max(room[0] if styles.is_one_line(shape) else room[1], self._before[shape])
        share, fits = _share(self._taken(shape, slide), allowed)
        if share == 1.0:
            return ""
        _shrink(body, share)
        return _SMALLER.format(share=round(share * 100)) if fits else _TOO_LONG

    def _taken(self, home: etree._Element, slide: str) -> Callable[[float], float]:
        """How much room the words take at a share of their size: the height in points; the width in a shape
        whose lines are not broken."""
        styles = self._styles[slide]
        if local(home) == "tbl":
            return self._table_height(home, styles)
        room, body = styles.room(home), home.find(f"{_P}txBody")
        if room is None or body is None:
            return lambda _: 0.0
        lines = styles.texts(body, home)
        scale, closer = _fitted(body)
        if styles.is_one_line(home):
            return lambda share: max((line.width(scale * share) for line in lines), default=0.0)
        return lambda share: _stacked(
            lines, room[0], scale * share, 1 - max(closer, _less_space(share)) / _WHOLE
        )

    def _fit_table(self, table: etree._Element, slide: str) -> str:
        """What to say of it; empty where it has room to grow."""
        frame = next((each for each in table.iterancestors() if local(each) == "graphicFrame"), None)
        place = frame.find(f"{_P}xfrm") if frame is not None else None
        if place is None:
            return ""
        allowed = max(self._room_below(place, slide), self._before[table])
        share, fits = _share(self._table_height(table, self._styles[slide]), allowed)
        if share == 1.0:
            return ""
        for cell in table.iter(f"{A}txBody"):
            _set_smaller(cell, self._styles[slide].texts(cell, None), share)
        return _TABLE_SMALLER.format(share=round(share * 100)) if fits else _TABLE

    def _table_height(self, table: etree._Element, styles: SlideStyles) -> Callable[[float], float]:
        widths = [number_of(each.get("w"), 0) / POINT for each in table.iter(f"{A}gridCol")]
        rows = [
            (number_of(row.get("h"), 0) / POINT, list(_cells(row, widths, styles)))
            for row in table.iter(f"{A}tr")
        ]
        return lambda share: sum(
            max([least, *(_stacked(lines, room, share) + margins for lines, room, margins in cells)])
            for least, cells in rows
        )

    def _room_below(self, place: etree._Element, slide: str) -> float:
        """How tall a table may become before it meets what is below it, or the slide's edge."""
        left, top, right, bottom = _edges(place)
        edge = self._slide_height() * POINT
        for other in self._parts.root(slide).iter(f"{A}xfrm", f"{_P}xfrm"):
            if other is place or any(local(each) == "grpSp" for each in other.iterancestors()):
                continue
            x, y, to_x, _ = _edges(other)
            if y >= bottom and x < right and to_x > left:
                edge = min(edge, y)
        return (edge - top) / POINT

    def _slide_height(self) -> float:
        for relation in self._parts.package.relations("").values():
            if relation.kind == "officeDocument":
                size = self._parts.root(relation.target).find(f"{_P}sldSz")
                return number_of(size.get("cy"), 6_858_000) / POINT if size is not None else 540.0
        return 540.0


def _share(taken: Callable[[float], float], allowed: float) -> tuple[float, bool]:
    """The largest share of their size at which words take what is allowed, and whether there is one."""
    share = 1.0
    while share > LEAST and taken(share) > allowed:
        share = round(share - _STEP, 3)
    return share, taken(share) <= allowed


def _behind(parts: Parts, slide: str) -> Iterator[etree._Element]:
    """The slide's layout, then its master."""
    name = slide
    for kind in ("slideLayout", "slideMaster"):
        relations = parts.package.relations(name).values()
        name = next((each.target for each in relations if each.kind == kind), "")
        if name not in parts.package.names:
            return
        yield parts.root(name)


def _cells(
    row: etree._Element, widths: Sequence[float], styles: SlideStyles
) -> Iterator[tuple[list[SetText], float, float]]:
    """Of each cell that is not one of several rows: lines, their width and the margins above and below."""
    for at, cell in enumerate(row.iterfind(f"{A}tc")):
        body, properties = cell.find(f"{A}txBody"), cell.find(f"{A}tcPr")
        if body is None or cell.get("rowSpan") or cell.get("hMerge") or cell.get("vMerge"):
            continue
        margin = {
            name: number_of(properties.get(name) if properties is not None else None, usual) / POINT
            for name, usual in _CELL_MARGINS.items()
        }
        wide = sum(widths[at : at + number_of(cell.get("gridSpan"), 1)])
        yield (
            styles.texts(body, None),
            wide - margin["marL"] - margin["marR"],
            margin["marT"] + margin["marB"],
        )


def _stacked(lines: Sequence[SetText], room: float, share: float, tight: float = 1.0) -> float:
    """The height of lines broken to a width, in points."""
    return sum(line.height(room, share, tight) for line in lines)


def _edges(place: etree._Element) -> tuple[int, int, int, int]:
    off, ext = place.find(f"{A}off"), place.find(f"{A}ext")
    if off is None or ext is None:
        return 0, 0, 0, 0
    x, y = number_of(off.get("x"), 0), number_of(off.get("y"), 0)
    return x, y, x + number_of(ext.get("cx"), 0), y + number_of(ext.get("cy"), 0)


def _less_space(share: float) -> int:
    """How much closer lines stand, in thousandths of a per cent: as PowerPoint does when it shrinks."""
    return 0 if share >= 0.95 else 10_000 if share >= 0.85 else 20_000


def _fitted(body: etree._Element) -> tuple[float, int]:
    """How small the words of a `p:txBody` were set to fit already, and how much closer their lines."""
    fit = body.find(f"{A}bodyPr/{A}normAutofit")
    if fit is None:
        return 1.0, 0
    return number_of(fit.get("fontScale"), _WHOLE) / _WHOLE, number_of(fit.get("lnSpcReduction"), 0)


def _shrink(body: etree._Element, share: float) -> None:
    """Say in a `a:bodyPr` that its words are set smaller."""
    old, closer = _WHOLE, _less_space(share)
    for child in list(body):
        if local(child) in ("noAutofit", "normAutofit", "spAutoFit"):
            old = number_of(child.get("fontScale"), _WHOLE)
            closer = max(closer, number_of(child.get("lnSpcReduction"), 0))
            body.remove(child)
    at = sum(local(child) == "prstTxWarp" for child in body)
    fit = etree.Element(f"{A}normAutofit", fontScale=str(int(old * share)))
    if closer:
        fit.set("lnSpcReduction", str(closer))
    body.insert(at, fit)


def _set_smaller(body: etree._Element, lines: Sequence[SetText], share: float) -> None:
    """Set the size of each run: a table has no way to say that all its words are smaller."""
    usual = int(max((line.size for line in lines), default=18.0) * 100)
    for paragraph in body.iterfind(f"{A}p"):
        for run in paragraph.iterfind(f"{A}r"):
            properties = run.find(f"{A}rPr")
            if properties is None:
                properties = etree.Element(f"{A}rPr")
                run.insert(0, properties)
            properties.set("sz", str(int(number_of(properties.get("sz"), usual) * share)))
