"""Tables with ruled lines: the rules of a page make a grid, the words fall into its cells."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from .normal import join_lines
from .pdf_lines import Line, Rule, Turn, Word

_RULES_MOST = 4_000
"""A page with more lines than this holds a drawing; its tables are not sought."""
_CELLS_MOST = 10_000
_FORMS_DEEP = 4
_NEAR = 3.0
"""Points within which two rules are the same, or meet."""
_THIN = 3.0
_SHORTEST = 6.0


class Matrix(NamedTuple):
    """An affine transform as PDF writes it."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def within(self, outer: Matrix) -> Matrix:
        """This transform, followed by `outer`."""
        return Matrix(
            self.a * outer.a + self.b * outer.c,
            self.a * outer.b + self.b * outer.d,
            self.c * outer.a + self.d * outer.c,
            self.c * outer.b + self.d * outer.d,
            self.e * outer.a + self.f * outer.c + outer.e,
            self.e * outer.b + self.f * outer.d + outer.f,
        )

    def point(self, x: float, y: float) -> tuple[float, float]:
        """The point moved."""
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f


@dataclass(slots=True)
class Grid:
    """A table's cells, each named by its first row and column."""

    xs: list[float]
    ys: list[float]
    cells: dict[tuple[int, int], tuple[int, int]]
    """Of every place in the grid, the cell that it belongs to."""
    lines: dict[tuple[int, int], list[Line]] = field(default_factory=dict)
    """The text in each cell."""

    @property
    def top(self) -> float:
        """Of the table, in points from the page's top."""
        return self.ys[0]

    def place(self, x: float, y: float) -> tuple[int, int] | None:
        """The cell at a point."""
        row = sum(edge <= y for edge in self.ys) - 1
        column = sum(edge <= x for edge in self.xs) - 1
        return self.cells.get((row, column))

    def texts(self) -> Iterator[tuple[int, int, str]]:
        """Row, column and text of each cell that has text, in order."""
        for (row, column), lines in sorted(self.lines.items()):
            text = ""
            for line in sorted(lines, key=lambda each: (round(each.base / 3), each.x0)):
                text = join_lines(text, line.text)
            yield row, column, text


class PageObjects(NamedTuple):
    """What a page holds beside text."""

    rules: list[Rule]
    pictures: int
    shown: bool = True
    """Some of its text is drawn; a scan that an OCR program went over holds only text that is not."""


def page_objects(page: Any, turn: Turn) -> PageObjects:
    """The rules and pictures of a pypdfium2 page; no rules when there are too many for a table."""
    collector = _Collector(turn)
    handle = page.raw
    count = pdfium.FPDFPage_CountObjects(handle)
    for index in range(count):
        collector.take(pdfium.FPDFPage_GetObject(handle, index), Matrix(), 0)
        if collector.seen > _RULES_MOST:
            return PageObjects([], collector.pictures)
    shown = collector.drawn > 0 or collector.hidden == 0
    return PageObjects(collector.rules, collector.pictures, shown)


class _Collector:
    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self.rules: list[Rule] = []
        self.pictures = 0
        self.hidden = self.drawn = 0
        self.seen = 0
        self._x, self._y = ctypes.c_float(), ctypes.c_float()
        self._matrix = pdfium.FS_MATRIX()

    def take(self, handle: Any, outer: Matrix, depth: int) -> None:
        kind = pdfium.FPDFPageObj_GetType(handle)
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            self.pictures += 1
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            self._path(handle, self._own(handle).within(outer))
        elif kind == pdfium.FPDF_PAGEOBJ_TEXT:
            invisible = pdfium.FPDFTextObj_GetTextRenderMode(handle) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
            self.hidden += invisible
            self.drawn += not invisible
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _FORMS_DEEP:
            inner = self._own(handle).within(outer)
            for index in range(max(0, pdfium.FPDFFormObj_CountObjects(handle))):
                if self.seen > _RULES_MOST:
                    return
                self.take(pdfium.FPDFFormObj_GetObject(handle, index), inner, depth + 1)

    def _own(self, handle: Any) -> Matrix:
        matrix = self._matrix
        if not pdfium.FPDFPageObj_GetMatrix(handle, matrix):
            return Matrix()
        return Matrix(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)

    def _path(self, handle: Any, matrix: Matrix) -> None:
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(handle, fill, stroke)
        if not fill.value and not stroke.value:
            return
        count = pdfium.FPDFPath_CountSegments(handle)
        self.seen += max(1, count)
        if self.seen > _RULES_MOST:
            return
        points = [self._point(handle, index, matrix) for index in range(count)]
        if stroke.value:
            self._strokes(points)
        else:
            self._bar([point for point, _, _ in points])

    def _point(self, handle: Any, index: int, matrix: Matrix) -> tuple[tuple[float, float], int, bool]:
        segment = pdfium.FPDFPath_GetPathSegment(handle, index)
        pdfium.FPDFPathSegment_GetPoint(segment, self._x, self._y)
        place = self.turn.point(*matrix.point(self._x.value, self._y.value))
        return place, pdfium.FPDFPathSegment_GetType(segment), bool(pdfium.FPDFPathSegment_GetClose(segment))

    def _strokes(self, points: list[tuple[tuple[float, float], int, bool]]) -> None:
        begun = before = (0.0, 0.0)
        for point, kind, closes in points:
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                begun = point
            elif kind == pdfium.FPDF_SEGMENT_LINETO:
                self._rule(before, point)
            if closes:
                self._rule(point, begun)
            before = point

    def _bar(self, points: list[tuple[float, float]]) -> None:
        """A filled shape so thin that it is a line."""
        if len(points) < 3:
            return
        x0, x1 = min(x for x, _ in points), max(x for x, _ in points)
        y0, y1 = min(y for _, y in points), max(y for _, y in points)
        if y1 - y0 <= _THIN:
            self._rule((x0, (y0 + y1) / 2), (x1, (y0 + y1) / 2))
        elif x1 - x0 <= _THIN:
            self._rule(((x0 + x1) / 2, y0), ((x0 + x1) / 2, y1))

    def _rule(self, one: tuple[float, float], other: tuple[float, float]) -> None:
        wide, high = abs(one[0] - other[0]), abs(one[1] - other[1])
        if high <= 1 and wide >= _SHORTEST:
            start, end = sorted((one[0], other[0]))
            self.rules.append(Rule(True, (one[1] + other[1]) / 2, start, end))
        elif wide <= 1 and high >= _SHORTEST:
            start, end = sorted((one[1], other[1]))
            self.rules.append(Rule(False, (one[0] + other[0]) / 2, start, end))


def take_tables(rules: list[Rule], lines: list[Line]) -> tuple[list[Grid], list[Line]]:
    """The tables that have text in at least two columns, and the lines that are in none."""
    grids: list[Grid] = []
    for group in _groups(rules):
        grid = _grid(group)
        if grid is None:
            continue
        rest: list[Line] = []
        for line in lines:
            _drop(line, grid, rest)
        # A frame around text, or boxes one above the other, are not a table.
        if len({column for _, column in grid.lines}) >= 2:
            grids.append(grid)
            lines = rest
    return sorted(grids, key=lambda grid: grid.top), lines


def _groups(rules: list[Rule]) -> list[list[Rule]]:
    """Rules that touch each other, directly or through others."""
    across = [rule for rule in rules if rule.across]
    down = [rule for rule in rules if not rule.across]
    owner = list(range(len(rules)))

    def root(index: int) -> int:
        while owner[index] != index:
            owner[index] = index = owner[owner[index]]
        return index

    ordered = across + down
    for i, one in enumerate(across):
        for j, other in enumerate(down, len(across)):
            if (
                other.start - _NEAR <= one.at <= other.end + _NEAR
                and one.start - _NEAR <= other.at <= one.end + _NEAR
            ):
                owner[root(i)] = root(j)
    groups: dict[int, list[Rule]] = {}
    for index, rule in enumerate(ordered):
        groups.setdefault(root(index), []).append(rule)
    return [group for group in groups.values() if len(group) >= 4]


def _grid(rules: list[Rule]) -> Grid | None:
    across = [rule for rule in rules if rule.across]
    down = [rule for rule in rules if not rule.across]
    ys = _steps([rule.at for rule in across] + [end for rule in down for end in (rule.start, rule.end)])
    xs = _steps([rule.at for rule in down] + [end for rule in across for end in (rule.start, rule.end)])
    if len(xs) < 3 or len(ys) < 2 or len(xs) * len(ys) > _CELLS_MOST:
        return None
    at_x = [[rule for rule in down if abs(rule.at - x) <= _NEAR] for x in xs]
    at_y = [[rule for rule in across if abs(rule.at - y) <= _NEAR] for y in ys]
    cells: dict[tuple[int, int], tuple[int, int]] = {}
    for row in range(len(ys) - 1):
        for column in range(len(xs) - 1):
            x, y = (xs[column] + xs[column + 1]) / 2, (ys[row] + ys[row + 1]) / 2
            own = (row, column)
            if column and not _ruled(at_x[column], y):
                own = cells[(row, column - 1)]
            elif row and not _ruled(at_y[row], x):
                own = cells[(row - 1, column)]
            cells[(row, column)] = own
    return Grid(xs, ys, cells)


def _ruled(rules: list[Rule], crossing: float) -> bool:
    return any(rule.start - 1 <= crossing <= rule.end + 1 for rule in rules)


def _steps(places: list[float]) -> list[float]:
    """The distinct places, in order; those that are near each other are one."""
    steps: list[float] = []
    for place in sorted(places):
        if not steps or place - steps[-1] > _NEAR:
            steps.append(place)
    return steps


def _drop(line: Line, grid: Grid, rest: list[Line]) -> None:
    """Put a line's words into the cells that they stand in; a line outside the table goes to `rest`."""
    held: dict[tuple[int, int], list[Word]] = {}
    for word in line.words:
        place = grid.place((word.x0 + word.x1) / 2, line.middle)
        if place is None:
            rest.append(line)
            return
        held.setdefault(place, []).append(word)
    for place, words in held.items():
        piece = Line(
            words, words[0].x0, words[-1].x1, line.top, line.base, line.size, line.bold, False, line.page
        )
        grid.lines.setdefault(place, []).append(piece)
