"""One PDF page as lines of words with their places, through pdfium."""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from .normal import NUMBER_LABEL, is_wide

_BREAKS = re.compile("[\r\n]+|[\x02\ufffe]|\xad(?=[\r\n]|$)")
_HYPHENS = frozenset("\x02\ufffe\xad")
_GAP = 1.6
"""White space that parts two pieces of text, in multiples of the letter size."""
_BOLD = re.compile(rb"bold|heavy|black|demi", re.I)
_BOLD_WEIGHT = 700
_COMPATIBLE = re.compile("[\u2e80-\u2fdf\ufb00-\ufb06]")
"""Radicals and ligatures that stand for ordinary characters: many PDF fonts name them so."""
_RAISED = str.maketrans("0123456789+-()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾")
_LOWERED = str.maketrans("0123456789+-()", "₀₁₂₃₄₅₆₇₈₉₊₋₍₎")
_DIGITS = frozenset("0123456789")
_SMALL = 0.56
"""Digits lower than this part of the letter size may be raised or lowered; ordinary ones are about 0.65."""


_SMUDGE = 1.5
"""Points: a line of this size is no text to a reader."""
_WHITE = 0xF5
_INVISIBLE = pdfium.FPDF_TEXTRENDERMODE_INVISIBLE


class Run(NamedTuple):
    """From a character of a word on, the text object of the page that draws it."""

    start: int
    object: int
    """In `pdf_objects.PageInk.texts`; -1 for none."""


class Word(NamedTuple):
    """Characters without a space between them; places in points from the page's left edge."""

    text: str
    x0: float
    x1: float
    doubts: tuple[int, ...] = ()
    """Characters of it, from 0, that were read from a picture with doubt."""
    runs: tuple[Run, ...] = ()
    """Empty unless the page was read with its text objects."""

    def joined(self, other: Word) -> Word:
        """This word and one that follows it without a space."""
        moved = tuple(run._replace(start=run.start + len(self.text)) for run in other.runs)
        doubts = (*self.doubts, *(len(self.text) + place for place in other.doubts))
        return Word(self.text + other.text, self.x0, other.x1, doubts, self.runs + moved)


@dataclass(slots=True, eq=False)
class Line:
    """A piece of one line of text. Places are in points from the page's top left corner, as displayed."""

    words: list[Word]
    x0: float
    x1: float
    top: float
    base: float
    """The line that the letters stand on."""
    size: float
    """Of the letters, in points."""
    bold: bool
    hyphen: bool = False
    """The program that made the file hyphenated the last word here."""
    page: int = 1
    right: float = 0.0
    """Where the full lines of its column end; known once the page's lines are put in order."""
    text: str = field(init=False)
    """The words with single spaces."""

    def __post_init__(self) -> None:
        self.text = " ".join([word.text for word in self.words])

    @property
    def middle(self) -> float:
        """Half way up its letters."""
        return self.base - 0.35 * self.size


class Turn(NamedTuple):
    """How to show a page's coordinates: turned by quarter turns clockwise, from the top left."""

    quarter: int
    left: float
    bottom: float
    width: float
    """Of the page before turning, in points."""
    height: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        """A point as displayed."""
        x, y = x - self.left, y - self.bottom
        if self.quarter == 1:
            return y, x
        if self.quarter == 2:
            return self.width - x, y
        if self.quarter == 3:
            return self.height - y, self.width - x
        return x, self.height - y

    def across(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float]:
        """Where a rectangle begins and ends from the left, as displayed."""
        if self.quarter == 0:
            return left - self.left, right - self.left
        one, _ = self.point(left, bottom)
        other, _ = self.point(right, top)
        return min(one, other), max(one, other)

    @property
    def matrix(self) -> tuple[float, float, float, float, float, float]:
        """What takes a point from the bottom left corner, as displayed, to the page's own coordinates."""
        right, top = self.left + self.width, self.bottom + self.height
        return (
            (1, 0, 0, 1, self.left, self.bottom),
            (0, 1, -1, 0, right, self.bottom),
            (-1, 0, 0, -1, right, top),
            (0, -1, 1, 0, self.left, top),
        )[self.quarter]

    @property
    def shown(self) -> tuple[float, float]:
        """Width and height as displayed."""
        return (self.height, self.width) if self.quarter % 2 else (self.width, self.height)


class Hidden(NamedTuple):
    """A line that is in the file and that no reader sees."""

    text: str
    x0: float
    x1: float
    base: float


Grounds = Callable[[], Sequence[tuple[float, float, float, float]]]
"""What of a page is painted or pictured: left, top, right, bottom of each, in points as displayed."""


class PageText(NamedTuple):
    """What was read of a page's text."""

    lines: list[Line]
    characters: int
    unknown: int
    """Characters whose meaning the file does not tell."""
    slanted: bool
    """Slanted text (a watermark) was left out."""
    hidden: list[Hidden]


def page_turn(page: Any) -> Turn:
    """How a pypdfium2 page is turned."""
    left, bottom, right, top = page.get_cropbox()
    return Turn(page.get_rotation() // 90 % 4, left, bottom, right - left, top - bottom)


class Rule(NamedTuple):
    """A horizontal or vertical line as displayed: at `at`, from `start` to `end`, in points."""

    across: bool
    at: float
    start: float
    end: float


def page_text(
    page: Any,
    turn: Turn,
    number: int,
    rules: Sequence[Rule] = (),
    objects: Mapping[int, int] | None = None,
    *,
    grounds: Grounds | None = None,
    invisible: bool = False,
) -> PageText:
    """The lines of a pypdfium2 page, in the order in which the file draws them.

    Words on two sides of a vertical rule are never made one. With `objects` (the number of each text object
    by its address) the words tell which objects draw them. With `grounds` white lines without a ground are
    hidden; with `invisible` those that are not drawn are, too: in a scan they are its text.
    """
    text_page = page.get_textpage()
    try:
        upright = [rule for rule in rules if not rule.across]
        reader = _Reader(text_page.raw, turn, number, upright, objects)
        reader.grounds, reader.invisible = grounds, invisible
        lines = list(reader.lines())
        return PageText(lines, reader.characters, reader.unknown, reader.slanted, reader.hidden)
    finally:
        text_page.close()


class _Reader:
    """Asks pdfium about characters as seldom as it can: calls are the whole cost."""

    def __init__(
        self, handle: Any, turn: Turn, number: int, upright: list[Rule], objects: Mapping[int, int] | None
    ) -> None:
        self.handle = handle
        self.objects = objects
        self.upright = upright
        self.turn = turn
        self.number = number
        self.box = pdfium.FS_RECTF()
        self.box_pointer = ctypes.pointer(self.box)
        self.matrix = pdfium.FS_MATRIX()
        self.x, self.y = ctypes.c_double(), ctypes.c_double()
        self.edges = tuple(ctypes.c_double() for _ in range(4))
        self.font = ctypes.create_string_buffer(128)
        self.flags = ctypes.c_int()
        self.codes = _codes(handle)
        self.characters = len(self.codes)
        self.unknown = 0
        self.slanted = False
        self.grounds: Grounds | None = None
        self.invisible = False
        self.hidden: list[Hidden] = []
        self.colours = tuple(ctypes.c_uint() for _ in range(4))

    def lines(self) -> Iterator[Line]:
        """Every piece of a line, split where the white space is wide."""
        start = 0
        for found in [*_BREAKS.finditer(self.codes), None]:
            end = found.start() if found else len(self.codes)
            hyphen = found is not None and found[0][0] in _HYPHENS
            yield from self._pieces(start, end, hyphen)
            start = found.end() if found else end

    def _pieces(self, start: int, end: int, hyphen: bool) -> Iterator[Line]:
        words = [(start + each.start(), start + each.end()) for each in _WORD.finditer(self.codes[start:end])]
        if not words or self._is_slanted(words[0][0]):
            return
        size = self._size((words[0][0] + words[0][1]) // 2) or 1.0
        piece: list[tuple[Word, int]] = []
        for first, after in words:
            word = Word(
                self._characters(first, after, size),
                *self._extent(first, after - 1),
                runs=self._runs(first, after) if self.objects is not None else (),
            )
            label = len(piece) == 1 and NUMBER_LABEL.fullmatch(piece[0][0].text)
            if piece and not label and self._is_only_set_apart(piece[-1][0], word, first, size):
                last, begun = piece[-1]
                piece[-1] = (last.joined(word), begun)
                continue
            if piece and not -size < word.x0 - piece[-1][0].x1 < _GAP * size:
                yield from self._line(piece, hyphen=False)
                piece = []
            piece.append((word, first))
        yield from self._line(piece, hyphen)

    def _is_only_set_apart(self, last: Word, word: Word, first: int, size: float) -> bool:
        """Whether the space between is not in the file: programs set Chinese a little apart from Latin
        letters and figures, and stretch it to fill a line."""
        if not last.text or not word.text or not (is_wide(last.text[-1]) or is_wide(word.text[0])):
            return False
        near = -0.5 * size < word.x0 - last.x1 < 0.45 * size
        if not near or pdfium.FPDFText_IsGenerated(self.handle, first - 1) != 1:
            return False
        _, base = self._origin(first)
        return not any(
            last.x1 - 1 <= rule.at <= word.x0 + 1 and rule.start <= base <= rule.end + size
            for rule in self.upright
        )

    def _line(self, piece: list[tuple[Word, int]], hyphen: bool) -> Iterator[Line]:
        words = [word for word, _ in piece if word.text]
        if not words:
            return
        first, last = piece[0][1], piece[-1][1]
        middle = piece[len(piece) // 2][1]
        size = max(self._size(middle), self._size(first))
        _, base = self._origin(middle)
        width, height = self.turn.shown
        if size <= 0.5 or words[-1].x1 < 0 or words[0].x0 > width or not 0 <= base <= height + size:
            return  # outside the page, or too small to see
        if self._is_unseen(middle, size, words, base):
            self.hidden.append(Hidden(" ".join(each.text for each in words), words[0].x0, words[-1].x1, base))
            return
        yield Line(
            words=words,
            x0=words[0].x0,
            x1=words[-1].x1,
            top=base - 0.85 * size,
            base=base,
            size=size,
            bold=all(self._is_bold(index) for index in {first, middle, last}),
            hyphen=hyphen,
            page=self.number,
        )

    def _is_unseen(self, index: int, size: float, words: Sequence[Word], base: float) -> bool:
        """Whether a line at that character is not drawn, a smudge, or white on white."""
        if size <= _SMUDGE:
            return True
        handle = pdfium.FPDFText_GetTextObject(self.handle, index)
        if self.invisible and handle and pdfium.FPDFTextObj_GetTextRenderMode(handle) == _INVISIBLE:
            return True
        if self.grounds is None or not pdfium.FPDFText_GetFillColor(self.handle, index, *self.colours):
            return False
        red, green, blue, alpha = (each.value for each in self.colours)
        if alpha and min(red, green, blue) < _WHITE:
            return False
        x, y = (words[0].x0 + words[-1].x1) / 2, base - 0.3 * size
        return not any(
            left <= x <= right and top <= y <= bottom for left, top, right, bottom in self.grounds()
        )

    def _characters(self, first: int, after: int, size: float) -> str:
        text = self.codes[first:after]
        if len(text) > 1 and (text[-1] in _DIGITS or text[0] in _DIGITS):
            text = self._shift_digits(text, first, size)
        if text.isascii():
            return text
        text = _decoded(text)
        self.unknown += sum(each == "\ufffd" or "\ue000" <= each <= "\uf8ff" for each in text)
        return _clean(text)

    def _runs(self, first: int, after: int) -> tuple[Run, ...]:
        """Which text objects draw a word: where the same one draws both its ends, only the ends are asked."""
        begun, ended = self._object(first), self._object(after - 1)
        if begun == ended:
            return (Run(0, begun),)
        runs = [Run(0, begun)]
        for index in range(first + 1, after):
            if (now := self._object(index)) != runs[-1].object:
                runs.append(Run(len(_clean(_decoded(self.codes[first:index]))), now))
        return tuple(runs)

    def _object(self, index: int) -> int:
        assert self.objects is not None
        handle = pdfium.FPDFText_GetTextObject(self.handle, index)
        return self.objects.get(ctypes.cast(handle, ctypes.c_void_p).value or 0, -1)

    def _shift_digits(self, text: str, first: int, size: float) -> str:
        """Footnote marks, powers and formulae keep their look, so that `2024` with note 1 is not 20241."""
        last = len(text) - 1
        if text[last] in _DIGITS and (shift := self._shift(first + last, first, size)):
            split = last
            while split > 1 and text[split - 1] in _DIGITS and self._shift(first + split - 1, first, size):
                split -= 1
            return text[:split] + text[split:].translate(_RAISED if shift > 0 else _LOWERED)
        if text[0] in _DIGITS and text[1] not in _DIGITS and self._shift(first, first + last, size) > 0:
            return text[0].translate(_RAISED) + text[1:]
        return text

    def _shift(self, index: int, beside: int, size: float) -> int:
        """Whether a digit is small and raised (1) or lowered (-1) beside another letter of its word."""
        left, right, bottom, top = self.edges
        if not pdfium.FPDFText_GetCharBox(self.handle, index, left, right, bottom, top):
            return 0
        _, one = self.turn.point(left.value, bottom.value)
        _, other = self.turn.point(right.value, top.value)
        low, high = max(one, other), min(one, other)
        if not 0 < low - high < _SMALL * size:
            return 0
        _, base = self._origin(beside)
        return 1 if base - low > 0.12 * size else -1 if low - base > 0.04 * size else 0

    def _extent(self, first: int, last: int) -> tuple[float, float]:
        left = self._box(first)
        right = self._box(last) if last > first else left
        return min(left[0], right[0]), max(left[1], right[1])

    def _box(self, index: int) -> tuple[float, float]:
        if not pdfium.FPDFText_GetLooseCharBox(self.handle, index, self.box_pointer):
            return 0.0, 0.0
        box = self.box
        return self.turn.across(box.left, box.bottom, box.right, box.top)

    def _origin(self, index: int) -> tuple[float, float]:
        pdfium.FPDFText_GetCharOrigin(self.handle, index, self.x, self.y)
        return self.turn.point(self.x.value, self.y.value)

    def _size(self, index: int) -> float:
        """In points as displayed: the font's size times the scale that it is drawn at."""
        size = float(pdfium.FPDFText_GetFontSize(self.handle, index))
        matrix = self.matrix
        if pdfium.FPDFText_GetMatrix(self.handle, index, matrix):
            size *= math.hypot(matrix.c, matrix.d)
        return size

    def _is_bold(self, index: int) -> bool:
        length = pdfium.FPDFText_GetFontInfo(self.handle, index, self.font, 128, self.flags)
        if 1 < length <= 128:
            name = self.font.raw[: length - 1]
            if _BOLD.search(name):
                return True
            if b"regular" in name.lower():
                return False
        return bool(pdfium.FPDFText_GetFontWeight(self.handle, index) >= _BOLD_WEIGHT)

    def _is_slanted(self, index: int) -> bool:
        turned = math.degrees(pdfium.FPDFText_GetCharAngle(self.handle, index)) % 90
        slanted = 5 < turned < 85
        self.slanted = self.slanted or slanted
        return slanted


def _codes(handle: Any) -> str:
    """Every character of a text page, those beyond U+FFFF in two halves: all at once where pdfium has a code
    for each, else one by one."""
    count = max(0, pdfium.FPDFText_CountChars(handle))
    buffer = (ctypes.c_ushort * (count + 1))()
    if pdfium.FPDFText_GetText(handle, 0, count, buffer) == count + 1:
        return "".join(map(chr, buffer[:count]))
    return "".join([chr(pdfium.FPDFText_GetUnicode(handle, index)) for index in range(count)])


def _decoded(text: str) -> str:
    """pdfium's characters as they are meant."""
    if text.isascii():
        return text
    # pdfium gives characters beyond U+FFFF in two halves.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _COMPATIBLE.sub(lambda each: unicodedata.normalize("NFKC", each[0]), text)


def _clean(text: str) -> str:
    return text.replace("\x00", "").replace("\ufffd", "")


_WORD = re.compile(r"[^\s\x00]+")
