"""How much room words take: widths of letters and lines broken to a width, without any font at hand.

The widths are those of Arial and Times New Roman, as Liberation Sans and Serif have them; a Chinese character
is as wide as it is high. `tests/documents/layout/test_rendering.py` holds them against LibreOffice's pages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

from .fonts import font_style
from .typography import has_han, script_runs

Letters = Literal["sans", "serif", "mono", "wide"]

_SANS = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722,
    278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278,
    469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333,
    500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
_SERIF = (
    250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500, 500, 500,
    500, 500, 500, 500, 500, 278, 278, 564, 564, 564, 444, 921, 722, 667, 667, 722, 611, 556, 722, 722, 333,
    389, 722, 611, 889, 722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722, 722, 611, 333, 278, 333, 469,
    500, 333, 444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500, 278, 778, 500, 500, 500, 500, 333, 389,
    278, 500, 500, 722, 500, 500, 444, 480, 200, 480, 541,
)  # fmt: skip
"""Thousandths of an em of the characters from the space to the tilde."""
_OTHER = 556
"""A character that the tables do not have."""
_BOLD = 1.08
_WIDER = 1.18
"""Verdana, Tahoma and DejaVu Sans beside Arial."""
_WIDE = re.compile(r"verdana|dejavu|tahoma|bitstream vera", re.I)
_LATIN_LINE, _HAN_LINE = 1.2, 1.33
"""The height of a line in ems: of Calibri, and of Microsoft JhengHei, the tallest that is named here."""
_PIECE = re.compile(r"\s+|\S+\s*")


def letters_of(font: str) -> Letters:
    """Which widths a font's letters have, by its name; one that is not named is a sans."""
    if _WIDE.search(font):
        return "wide"
    style = font_style(font) if font else "sans"
    return style if style in ("serif", "mono") else "serif" if style == "kai" else "sans"


def width(words: str, size: float, letters: Letters = "sans", *, bold: bool = False) -> float:
    """The width of words in one line, in the unit of `size`."""
    ems = sum(
        len(run.text) * 1000 if run.han else sum(_thousandths(char, letters) for char in run.text)
        for run in script_runs(words)
    )
    return ems / 1000 * size * (_BOLD if bold else 1)


def _thousandths(char: str, letters: Letters) -> float:
    if unicodedata.east_asian_width(char) in "WF":
        return 1000
    if unicodedata.category(char) == "Mn":
        return 0
    if letters == "mono":
        return 600
    at = ord(unicodedata.normalize("NFD", char)[0]) - 32
    table = _SERIF if letters == "serif" else _SANS
    plain = table[at] if 0 <= at < len(table) else _OTHER
    return plain * _WIDER if letters == "wide" else plain


def line_height(words: str) -> float:
    """The height of a line of words, in ems."""
    return _HAN_LINE if has_han(words) else _LATIN_LINE


def lines_broken(
    words: str, size: float, room: float, letters: Letters = "sans", *, bold: bool = False
) -> int:
    """How many lines words take in a width: broken at spaces and anywhere between Chinese characters; a word
    that is longer than a line is broken inside."""
    lines, used = 1, 0.0
    for piece in _pieces(words):
        whole = width(piece, size, letters, bold=bold)
        seen = width(piece.rstrip(), size, letters, bold=bold)
        if used and used + seen > room:
            lines, used = lines + 1, 0.0
        if seen > room:
            more, seen = divmod(seen, max(room, 1.0))
            lines, whole = lines + int(more), seen
        used += whole
    return lines


def _pieces(words: str) -> Iterator[str]:
    """What stands on one line together: a Latin word with the space after it, a Chinese character."""
    for run in script_runs(words):
        yield from run.text if run.han else _PIECE.findall(run.text)
