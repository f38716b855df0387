"""What a PDF page draws, object by object: each piece of text with its font and colour, and where else ink
stands."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import pypdfium2.raw as pdfium

from .pdf_lines import Turn
from .pdf_tables import Matrix

FORMS_DEEP = 12
_OBJECTS_MOST = 300_000
_ITALIC = re.compile(r"italic|oblique|[-,_]it(?:$|[^a-z])", re.I)
_BOLD = re.compile(r"bold|heavy|black|demi", re.I)
_BOLD_WEIGHT = 700
_INVISIBLE = 3
_SERIF_FLAG, _FIXED_FLAG, _ITALIC_FLAG = 1 << 1, 1 << 0, 1 << 6


class Box(NamedTuple):
    """A rectangle in points from the page's top left corner, as displayed."""

    x0: float
    top: float
    x1: float
    bottom: float

    def holds(self, other: Box, slack: float = 1.0) -> bool:
        """Whether the other lies inside, but for `slack` points."""
        return (
            self.x0 <= other.x0 + slack
            and self.top <= other.top + slack
            and self.x1 >= other.x1 - slack
            and self.bottom >= other.bottom - slack
        )

    def meets(self, other: Box, slack: float = 0.0) -> bool:
        """Whether the two share more than `slack` points both ways."""
        return (
            min(self.x1, other.x1) - max(self.x0, other.x0) > slack
            and min(self.bottom, other.bottom) - max(self.top, other.top) > slack
        )


class Font(NamedTuple):
    """A font of the file, as its name and its flags describe it."""

    name: str
    bold: bool
    italic: bool
    serif: bool
    """By the flags, which many programs do not set."""
    fixed: bool


class TextInk(NamedTuple):
    """One text object: what one operator of the page's program writes."""

    font: Font
    colour: str
    """`#rrggbb`."""
    visible: bool
    level: bool
    """Runs from left to right as displayed."""
    size: float
    """Of the letters, in points as displayed."""
    box: Box
    order: int
    """Among all objects of the page, in the order of drawing."""


class Shape(NamedTuple):
    """Ink that is not text."""

    kind: Literal["picture", "path"]
    box: Box
    order: int


@dataclass(slots=True)
class PageInk:
    """The objects of a page, those inside forms included, in the order of drawing."""

    texts: list[TextInk] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)
    """Of a text object's address while the page is open, its place in `texts`."""
    whole: bool = True
    """Whether every object was seen; a page with very many is not."""


def page_ink(page: Any, turn: Turn) -> PageInk:
    """The objects of an open pypdfium2 page."""
    collector = _Collector(turn)
    collector.take_all(page.raw)
    return collector.ink


def text_boxes(page: Any, turn: Turn) -> list[Box]:
    """Where each text object of an open page stands, in the order of drawing."""
    return [text.box for text in page_ink(page, turn).texts]


class _Collector:
    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self.ink = PageInk()
        self.seen = 0
        self.fonts: dict[int, Font] = {}
        self.edges = tuple(ctypes.c_float() for _ in range(4))
        self.colours = tuple(ctypes.c_uint() for _ in range(4))
        self.size = ctypes.c_float()
        self.matrix = pdfium.FS_MATRIX()

    def take_all(self, page: Any) -> None:
        for index in range(pdfium.FPDFPage_CountObjects(page)):
            self._take(pdfium.FPDFPage_GetObject(page, index), Matrix(), 0)

    def _take(self, handle: Any, outer: Matrix, depth: int) -> None:
        self.seen += 1
        if self.seen > _OBJECTS_MOST or depth > FORMS_DEEP:
            self.ink.whole = False
            return
        kind = pdfium.FPDFPageObj_GetType(handle)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            self.ink.numbers[_address(handle)] = len(self.ink.texts)
            self.ink.texts.append(self._text(handle, outer))
        elif kind == pdfium.FPDF_PAGEOBJ_FORM:
            for inner in _inner(handle):
                self._take(inner, self._own(handle).within(outer), depth + 1)
        else:
            picture = kind == pdfium.FPDF_PAGEOBJ_IMAGE
            box = self._box(handle, outer)
            self.ink.shapes.append(Shape("picture" if picture else "path", box, self.seen))

    def _text(self, handle: Any, outer: Matrix) -> TextInk:
        red, green, blue, alpha = self.colours
        known = pdfium.FPDFPageObj_GetFillColor(handle, red, green, blue, alpha)
        colour = f"#{red.value:02x}{green.value:02x}{blue.value:02x}" if known else "#000000"
        hidden = pdfium.FPDFTextObj_GetTextRenderMode(handle) == _INVISIBLE or (known and not alpha.value)
        placed = self._own(handle).within(outer)
        (x, y), (right, rise), (lean, up) = (
            self.turn.point(*placed.point(*corner)) for corner in ((0, 0), (1, 0), (0, 1))
        )
        pdfium.FPDFTextObj_GetFontSize(handle, self.size)
        return TextInk(
            font=self._font(handle),
            colour=colour,
            visible=not hidden,
            level=right > x and abs(rise - y) < 0.05 * (right - x) and up < y,
            size=self.size.value * math.hypot(lean - x, up - y),
            box=self._box(handle, outer),
            order=self.seen,
        )

    def _font(self, handle: Any) -> Font:
        font = pdfium.FPDFTextObj_GetFont(handle)
        address = _address(font)
        if address not in self.fonts:
            self.fonts[address] = _described(font)
        return self.fonts[address]

    def _box(self, handle: Any, outer: Matrix) -> Box:
        left, bottom, right, top = self.edges
        if not pdfium.FPDFPageObj_GetBounds(handle, left, bottom, right, top):
            return Box(0.0, 0.0, 0.0, 0.0)
        corners = [(x.value, y.value) for x in (left, right) for y in (bottom, top)]
        points = [self.turn.point(*outer.point(x, y)) for x, y in corners]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        return Box(min(xs), min(ys), max(xs), max(ys))

    def _own(self, handle: Any) -> Matrix:
        matrix = self.matrix
        if not pdfium.FPDFPageObj_GetMatrix(handle, matrix):
            return Matrix()
        return Matrix(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _inner(form: Any) -> Iterator[Any]:
    for index in range(max(0, pdfium.FPDFFormObj_CountObjects(form))):
        yield pdfium.FPDFFormObj_GetObject(form, index)


def _described(font: Any) -> Font:
    buffer = ctypes.create_string_buffer(256)
    length = pdfium.FPDFFont_GetBaseFontName(font, buffer, 256)
    name = buffer.raw[: max(0, min(length, 256) - 1)].decode("utf-8", "replace")
    flags = pdfium.FPDFFont_GetFlags(font)
    flags = 0 if flags < 0 else flags
    angle = ctypes.c_int()
    slanted = bool(pdfium.FPDFFont_GetItalicAngle(font, angle)) and angle.value != 0
    regular = "regular" in name.lower()
    heavy = pdfium.FPDFFont_GetWeight(font) >= _BOLD_WEIGHT and not regular
    return Font(
        name=name.partition("+")[2] if re.match(r"[A-Z]{6}\+", name) else name,
        bold=bool(_BOLD.search(name)) or heavy,
        italic=bool(_ITALIC.search(name)) or slanted or bool(flags & _ITALIC_FLAG),
        serif=bool(flags & _SERIF_FLAG),
        fixed=bool(flags & _FIXED_FLAG),
    )


def _address(handle: Any) -> int:
    return ctypes.cast(handle, ctypes.c_void_p).value or 0
