"""Lines that were read in a picture, as the lines of a PDF page, which the PDF reader makes blocks of."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from statistics import median

from .normal import is_wide
from .ocr_engine import Letter, PictureLine
from .pdf_lines import Line, Word

UNCERTAIN = 0.6
"""A character of less confidence is marked; see docs/documents.md for what that finds."""
_BASE = 0.14
"""Part of a line's box that is below its letters."""
_BOXED = 0.86
"""Letter size in parts of the box's height."""
_SAME_SIZE = 0.22
_MIXED_APART = re.compile(r"[\u4e00-\u9fff] [A-Za-z0-9]|[A-Za-z0-9] [\u4e00-\u9fff]")
_MIXED_TOGETHER = re.compile(r"[\u4e00-\u9fff][A-Za-z]|[A-Za-z.][\u4e00-\u9fff]")


def page_lines(found: Sequence[PictureLine], scale: float, number: int) -> list[Line]:
    """Lines with places in points, the page's slant taken out; a pixel is `scale` points wide."""
    angle = _slant(found)
    spaced = _spaced(found)
    lines = [line for each in found if (line := _line(each, scale, angle, number, spaced))]
    return _even(lines)


def _slant(found: Sequence[PictureLine]) -> float:
    """The page's angle, in radians, from its long lines."""
    angles = [
        math.atan2(y1 - y0, x1 - x0)
        for (x0, y0), (x1, y1), *_ in (each.corners for each in found)
        if math.hypot(x1 - x0, y1 - y0) > 150
    ]
    return median(angles) if angles else 0.0


def _spaced(found: Sequence[PictureLine]) -> bool:
    """Whether this page puts a space between Chinese and Latin letters: the recogniser drops some."""
    texts = ["".join(letter.text for letter in each.letters) for each in found]
    apart, together = (sum(len(p.findall(t)) for t in texts) for p in (_MIXED_APART, _MIXED_TOGETHER))
    return apart > together


def _line(each: PictureLine, scale: float, angle: float, number: int, spaced: bool) -> Line | None:
    xs, ys = zip(*_turned(each.corners, angle, scale), strict=True)
    top, bottom = (ys[0] + ys[1]) / 2, (ys[2] + ys[3]) / 2
    x0, x1, height = min(xs), max(xs), bottom - top
    words = list(_words(_with_spaces(each.letters, spaced), x0, x1))
    if not words or height <= 0:
        return None
    return Line(words, x0, x1, top, bottom - _BASE * height, _BOXED * height, False, page=number)


def _turned(
    corners: Sequence[tuple[float, float]], angle: float, scale: float
) -> Iterator[tuple[float, float]]:
    cosine, sine = math.cos(angle), math.sin(angle)
    for x, y in corners:
        yield (x * cosine + y * sine) * scale, (y * cosine - x * sine) * scale


def _with_spaces(letters: Sequence[Letter], spaced: bool) -> list[Letter]:
    """Without spaces between Chinese characters; with one between scripts where the page writes so."""
    kept: list[Letter] = []
    for index, letter in enumerate(letters):
        before = kept[-1].text if kept else ""
        following = letters[index + 1].text if index + 1 < len(letters) else ""
        if letter.text.isspace() and before and following and is_wide(before) and is_wide(following):
            continue
        if spaced and before and _parted(before, letter.text):
            kept.append(Letter(" ", 1.0))
        kept.append(letter)
    return kept


def _parted(one: str, other: str) -> bool:
    return ("一" <= one <= "鿿" and other.isascii() and other.isalpha()) or (
        one.isascii() and one.isalpha() and "一" <= other <= "鿿"
    )


def _words(letters: Sequence[Letter], x0: float, x1: float) -> Iterator[Word]:
    """Words, each with the characters that are doubted; a Latin word is doubted as a whole."""
    widths = [1.0 if is_wide(letter.text) else 0.5 for letter in letters]
    unit = (x1 - x0) / max(sum(widths), 0.5)
    word: list[Letter] = []
    begin = place = x0
    for letter, width in zip([*letters, Letter(" ", 1.0)], [*widths, 0.0], strict=True):
        if letter.text.isspace():
            if word:
                yield _word(word, begin, place)
            word, begin = [], place + width * unit
        else:
            word.append(letter)
        place += width * unit


def _word(letters: Sequence[Letter], x0: float, x1: float) -> Word:
    text = "".join(letter.text for letter in letters)
    doubted = {index for index, letter in enumerate(letters) if letter.confidence < UNCERTAIN}
    for hit in re.finditer(r"[A-Za-z0-9]+", text):
        if any(hit.start() <= index < hit.end() for index in doubted):
            doubted.update(range(*hit.span()))
    return Word(text, x0, x1, tuple(sorted(doubted)))


def _even(lines: list[Line]) -> list[Line]:
    """Letter sizes that are nearly the same made the same: boxes differ with what stands in a line."""
    usual: list[float] = []
    for line in sorted(lines, key=lambda each: -len(each.text)):
        near = next((size for size in usual if abs(size - line.size) <= _SAME_SIZE * size), None)
        if near is None:
            usual.append(line.size)
        line.size = near or line.size
    return lines
