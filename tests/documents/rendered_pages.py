"""Lines of text on a PDF's page with their ink: where they stand, which lie on each other, which are cut off."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import pypdfium2
import pypdfium2.raw as raw

Box = tuple[float, float, float, float]
"""Left, bottom, right and top in points, from the page's bottom left corner."""
_SCALE = 2.0
"""Pixels a point of the page images."""
_SAME_LINE = 0.8
"""Points by which the baselines of one line may differ."""
_SHADOW = 4.0
"""The same character within as many points is a shadow or an emboldening, and no overlap."""
_SHARE = 0.25
"""Of the smaller character's height and width, what two must share to lie on each other: an accent may touch the
tail of a letter above it."""
_CONTRAST = 24
"""Steps of brightness between ink and what is behind it."""
_MOST_PIXELS = 6
"""Pixels that two lines may share: anti-aliased edges that touch."""
_MOST_CONFIRMED = 40
"""Pairs of lines that are looked at on a page's image: a page with more is bad enough."""
_BACKGROUND = 0.6
"""Share of the page from which on a drawn area is a background."""
_LEAST_SHAPE = (20.0, 8.0)
"""Width and height in points of a shape that may hold text."""


@dataclass(slots=True)
class Char:
    text: str
    box: Box
    thing: int
    """The address of the text object that draws it."""


@dataclass(slots=True)
class Line:
    """Characters that follow each other on one baseline."""

    baseline: float
    turned: bool = False
    chars: list[Char] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(char.text for char in self.chars)

    @property
    def box(self) -> Box:
        lefts, bottoms, rights, tops = zip(*(char.box for char in self.chars), strict=True)
        return min(lefts), min(bottoms), max(rights), max(tops)


@contextmanager
def opened_pdf(data: bytes) -> Iterator[pypdfium2.PdfDocument]:
    document = pypdfium2.PdfDocument(data)
    try:
        yield document
    finally:
        document.close()


def lines_of(page: pypdfium2.PdfPage) -> list[Line]:
    """The lines of a page in the order of its program. Of turned words each character is a line."""
    text = page.get_textpage()
    lines: list[Line] = []
    for at in range(text.count_chars()):
        char = chr(raw.FPDFText_GetUnicode(text, at))
        if raw.FPDFText_IsGenerated(text, at) or not char.strip("\0 \t\r\n\xa0"):
            continue
        x, y, matrix = ctypes.c_double(), ctypes.c_double(), raw.FS_MATRIX()
        raw.FPDFText_GetCharOrigin(text, at, x, y)
        raw.FPDFText_GetMatrix(text, at, matrix)
        turned = abs(matrix.b) > 0.01 * abs(matrix.a) or matrix.a < 0
        thing = ctypes.cast(raw.FPDFText_GetTextObject(text, at), ctypes.c_void_p).value or 0
        box = text.get_charbox(at)
        if turned or not lines or not _follows(lines[-1], box, y.value):
            lines.append(Line(y.value, turned))
        lines[-1].chars.append(Char(char, box, thing))
    return lines


def _follows(line: Line, box: Box, baseline: float) -> bool:
    """Whether a character goes on with a line: on its baseline, to the right and not far away."""
    before = line.chars[-1].box
    tall = max(before[3] - before[1], box[3] - box[1], 6.0)
    near = -tall / 2 < box[0] - before[2] < 2 * tall
    return not line.turned and abs(line.baseline - baseline) <= _SAME_LINE and near


def shapes_of(page: pypdfium2.PdfPage) -> list[Box]:
    """What is drawn on the page and is large enough to hold words, but for backgrounds."""
    found = []
    most = _BACKGROUND * page.get_width() * page.get_height()
    for thing in page.get_objects((raw.FPDF_PAGEOBJ_PATH,)):
        left, bottom, right, top = thing.get_bounds()
        wide, tall = right - left, top - bottom
        if wide > _LEAST_SHAPE[0] and tall > _LEAST_SHAPE[1] and wide * tall < most:
            found.append((left, bottom, right, top))
    return found


def mixed(page: pypdfium2.PdfPage, lines: Sequence[Line]) -> list[str]:
    """The words of lines whose ink lies on another line's: found by boxes, confirmed on the page image."""
    found = []
    pairs = [(other, on) for one, other in _near(lines) if (on := _lying_on(one, other))]
    bare = _image(page, set()) if pairs else np.empty((0, 0))
    for other, on in pairs[:_MOST_CONFIRMED]:
        if _shared_ink(page, bare, on) > _MOST_PIXELS:
            found.append(other.text)
    return found


def _near(lines: Sequence[Line]) -> Iterator[tuple[Line, Line]]:
    """Pairs of lines whose boxes share more than an edge."""
    if len(lines) < 2:
        return
    boxes = np.array([line.box for line in lines])
    for at in range(len(lines) - 1):
        rest = boxes[at + 1 :]
        wide = np.minimum(rest[:, 2], boxes[at, 2]) - np.maximum(rest[:, 0], boxes[at, 0])
        tall = np.minimum(rest[:, 3], boxes[at, 3]) - np.maximum(rest[:, 1], boxes[at, 1])
        for other in np.nonzero((wide > 0.3) & (tall > 0.3))[0]:
            yield lines[at], lines[at + 1 + int(other)]


def _lying_on(one: Line, other: Line) -> list[tuple[Char, Char]]:
    """The characters of two lines whose boxes lie on each other."""
    a = np.array([char.box for char in one.chars])[:, None]
    b = np.array([char.box for char in other.chars])[None, :]
    shared = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    smaller = np.minimum(a[..., 2:] - a[..., :2], b[..., 2:] - b[..., :2])
    found = np.argwhere(((shared > _SHARE * smaller) & (smaller > 0)).all(axis=2))
    pairs = ((one.chars[first], other.chars[second]) for first, second in found)
    return [pair for pair in pairs if not _is_shadow(*pair)]


def _is_shadow(a: Char, b: Char) -> bool:
    """Whether one program drew both at once, or the same character almost at the same place."""
    near = max(abs(a.box[0] - b.box[0]), abs(a.box[1] - b.box[1])) < _SHADOW
    return a.thing == b.thing or (a.text == b.text and near)


def _shared_ink(page: pypdfium2.PdfPage, bare: np.ndarray, pairs: Sequence[tuple[Char, Char]]) -> int:
    """How many pixels have ink of both sides of the pairs; `bare` is the page without words."""
    first = _ink(_image(page, {a.thing for a, _ in pairs}), bare)
    second = _ink(_image(page, {b.thing for _, b in pairs}), bare)
    both = (first > _CONTRAST) & (second > _CONTRAST)
    return sum(int(_region(both, page, a.box).sum()) for a, _ in pairs)


def _ink(image: np.ndarray, bare: np.ndarray) -> np.ndarray:
    """By how much each pixel differs from the page without words."""
    return np.asarray(np.maximum(image, bare) - np.minimum(image, bare))


def _image(page: pypdfium2.PdfPage, only: set[int] | None) -> np.ndarray:
    """The page as grey pixels, with only those text objects where they are given."""
    hidden: list[tuple[pypdfium2.PdfObject, int]] = []
    if only is not None:
        for thing in page.get_objects((raw.FPDF_PAGEOBJ_TEXT,), max_depth=15):
            if ctypes.cast(thing.raw, ctypes.c_void_p).value not in only:
                hidden.append((thing, raw.FPDFTextObj_GetTextRenderMode(thing.raw)))
                raw.FPDFTextObj_SetTextRenderMode(thing.raw, raw.FPDF_TEXTRENDERMODE_INVISIBLE)
    image = np.array(page.render(scale=_SCALE, grayscale=True).to_numpy()).squeeze()
    for thing, mode in hidden:
        raw.FPDFTextObj_SetTextRenderMode(thing.raw, mode)
    return image


def _region(image: np.ndarray, page: pypdfium2.PdfPage, box: Box) -> np.ndarray:
    height = page.get_height()
    left, right = max(0, int(box[0] * _SCALE)), max(0, int(box[2] * _SCALE) + 1)
    top, bottom = max(0, int((height - box[3]) * _SCALE)), max(0, int((height - box[1]) * _SCALE) + 1)
    return np.asarray(image[top:bottom, left:right])


def inkless(page: pypdfium2.PdfPage, lines: Sequence[Line]) -> list[str]:
    """The words of lines with characters that are on the page and not in its image: something cut them off."""
    if not lines:
        return []
    ink = _ink(_image(page, None), _image(page, set()))
    size = page.get_size()
    return [
        line.text
        for line in lines
        if any(
            not (_region(ink, page, char.box) > _CONTRAST // 3).any()
            for char in line.chars
            if 0 <= char.box[0] < size[0] and 0 <= char.box[1] < size[1] and _has_area(char.box)
        )
    ]


def _has_area(box: Box) -> bool:
    return box[2] - box[0] > 0.4 and box[3] - box[1] > 0.4
