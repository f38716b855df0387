"""Lines of PDF pages put in reading order and made paragraphs; running headers and footers set apart."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from .document import MarkKind
from .normal import BULLET, NUMBER_LABEL, SENTENCE_END, is_wide, join_lines
from .pdf_annotations import Annotation
from .pdf_lines import Line
from .pdf_tables import Grid

_EDGE = 0.11
"""Part of the page's height, at the top and at the bottom, where running lines stand."""
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"^[-–—‐\s]*(?:page|p\.|頁|第)?\s*(?:[a-z]{1,2}[-–])?(\d{1,4}|[ivxlc]{1,7})\s*"
    r"(?:(?:of|/|／|共)\s*(?:共|total)?\s*\d{1,4})?"
    r"\s*(?:頁|页|pages)?[\s,，]*(?:共\s*\d{1,4}\s*[頁页])?[-–—‐\s]*$",
    re.I,
)
_COLUMN_LINES = 4
"""Lines beside each other that make two columns."""
_LONG_GAP = 1.28
"""Lines further apart than this many times the usual pitch are in two paragraphs."""
LEADERS = re.compile(r"(?:\s?[.．·…_]){4,}\s*(?=\d+$|[ivxlc]+$|$)")
"""Dots that lead from an entry of a table of contents to its page."""
_ITEM_END = re.compile(r"[;；]\s*(?:and|or|及|或|以及)?$")
_MIXED_APART = re.compile(r"[\u4e00-\u9fff] [A-Za-z0-9]|[A-Za-z0-9] [\u4e00-\u9fff]")
_MIXED_TOGETHER = re.compile(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]")
_WORD = re.compile(r"[A-Za-z]{2,}(?:-[A-Za-z]{2,})*")
_PREFIXES = frozenset(
    "non self co re pre post sub inter multi semi anti ex well cross long short half part mid".split()  # noqa: SIM905
)


@dataclass(slots=True)
class Page:
    """One page as it is worked on."""

    number: int
    width: float
    height: float
    lines: list[Line]
    grids: list[Grid] = field(default_factory=list)
    header: list[Line] = field(default_factory=list)
    footer: list[Line] = field(default_factory=list)
    gutter: float | None = None
    """The middle of the white strip between two columns; known once its lines are put in order."""
    annotations: list[Annotation] = field(default_factory=list)
    """Fields and comments, from above to below; only when they were asked for."""


@dataclass(slots=True, eq=False)
class Paragraph:
    """Lines that belong together."""

    lines: list[Line]
    right: float
    """Where full lines of its column end."""
    left: float
    """Where its column begins."""

    @property
    def first(self) -> Line:
        """Its first line."""
        return self.lines[0]

    @property
    def last(self) -> Line:
        """Its last line."""
        return self.lines[-1]

    @property
    def size(self) -> float:
        """Of most of its letters."""
        weights: Counter[float] = Counter()
        for line in self.lines:
            weights[line.size] += len(line.text)
        return weights.most_common(1)[0][0]

    @property
    def bold(self) -> bool:
        """Whether all of it is bold."""
        return all(line.bold for line in self.lines)


def set_running_apart(pages: list[Page]) -> None:
    """Move lines that repeat at the edge of pages, and page numbers, to `header` and `footer`."""
    signs = {
        page.number: {_signature(line, page) for line in page.lines if _at_edge(line, page)} for page in pages
    }
    least = 2 if len(pages) < 4 else 3
    for page in pages:
        # A running line stands on neighbouring pages too, or on every other one.
        near = Counter(sign for step in range(-3, 4) for sign in signs.get(page.number + step, ()))
        kept: list[Line] = []
        outer = _outermost(page)
        for line in page.lines:
            sign = _signature(line, page)
            repeats = _at_edge(line, page) and near[sign] >= least
            if repeats or (line in outer and _PAGE_NUMBER.match(line.text)):
                (page.header if sign[0] else page.footer).append(line)
            else:
                kept.append(line)
        page.lines = kept


def _signature(line: Line, page: Page) -> tuple[bool, str, int]:
    """What makes two lines of different pages the same: at the top, its text without numbers, its place."""
    return line.base < page.height / 2, _DIGITS.sub("#", line.text.casefold()), round(line.base / 4)


def _at_edge(line: Line, page: Page) -> bool:
    return line.base < page.height * _EDGE or line.base > page.height * (1 - _EDGE)


def _outermost(page: Page) -> list[Line]:
    """The lines of the first and of the last row at the edges, where a page number would stand."""
    edge = [line for line in page.lines if _at_edge(line, page)]
    if not edge:
        return []
    top, bottom = min(line.base for line in page.lines), max(line.base for line in page.lines)
    return [line for line in edge if min(abs(line.base - top), abs(line.base - bottom)) <= 3]


def in_order(page: Page) -> list[Line]:
    """The page's lines in reading order: two columns one after the other, other lines by rows."""
    rows = sorted(joined_pieces(page.lines), key=lambda line: (round(line.base, 1), line.x0))
    page.gutter = gutter = _gutter(rows, page)
    if gutter is None:
        _set_rights(rows)
        return _by_rows(rows)
    _set_rights([line for line in rows if line.x1 <= gutter])
    _set_rights([line for line in rows if line.x1 > gutter])
    ordered: list[Line] = []
    left: list[Line] = []
    right: list[Line] = []
    before: Line | None = None
    for line in rows:
        crossing = line.x0 < gutter < line.x1
        # White space over both columns ends them, as a line over both does.
        if crossing or (before is not None and line.base - before.base > 2.4 * before.size):
            ordered += [*left, *right]
            left, right = [], []
        (ordered if crossing else left if line.x1 <= gutter else right).append(line)
        before = line
    return [*ordered, *left, *right]


def _by_rows(lines: list[Line]) -> list[Line]:
    """By rows from the top; lines whose letters stand nearly level are one row, from the left."""
    ordered: list[Line] = []
    row: list[Line] = []
    for line in lines:
        if row and line.base - row[0].base > 0.4 * min(line.size, row[0].size):
            ordered += sorted(row, key=lambda each: each.x0)
            row = []
        row.append(line)
    return ordered + sorted(row, key=lambda each: each.x0)


def joined_pieces(lines: list[Line]) -> list[Line]:
    """Pieces of one line put together: parted by a change of font, or a number parted from its text."""
    joined: list[Line] = []
    for line in lines:
        last = joined[-1] if joined else None
        if last is not None and abs(last.base - line.base) <= 0.4 * max(last.size, line.size):
            gap = line.x0 - last.x1
            marker = BULLET.fullmatch(last.text + " ") or NUMBER_LABEL.fullmatch(last.text)
            if -0.5 * line.size < gap < (8 if marker else 1.2) * line.size:
                joined[-1] = _together(last, line, apart=gap > 0.15 * line.size)
                continue
        joined.append(line)
    return joined


def _together(one: Line, other: Line, *, apart: bool) -> Line:
    words = [*one.words, *other.words]
    if not apart:
        words = [*one.words[:-1], one.words[-1].joined(other.words[0]), *other.words[1:]]
    larger = one if len(one.text) >= len(other.text) else other
    return Line(
        words, one.x0, other.x1, min(one.top, other.top), larger.base, larger.size,
        one.bold and other.bold, other.hyphen, one.page,
    )  # fmt: skip


def _gutter(lines: list[Line], page: Page) -> float | None:
    """The middle of the white strip between two columns of running text, or None."""
    places = [page.width * step / 100 for step in range(35, 66)]
    x = min(places, key=lambda place: sum(line.x0 < place < line.x1 for line in lines))
    left, right = _beside(lines, x)
    if min(len(left), len(right)) < _COLUMN_LINES:
        return None
    edge, begin = max(line.x1 for line in left), min(line.x0 for line in right)
    starts = Counter(round(line.x0 / 4) for line in right).most_common(1)[0]
    # Columns of a table also leave a strip, but their cells do not fill their column line after line.
    fills = _fill(left, edge) >= 0.6 and _fill(right, max(line.x1 for line in right)) >= 0.6
    return (edge + begin) / 2 if fills and starts[1] >= 0.4 * len(right) else None


def _beside(lines: list[Line], x: float) -> tuple[list[Line], list[Line]]:
    """The lines on each side of `x` that have a line about level with them on the other side."""
    left = [line for line in lines if line.x1 <= x]
    right = [line for line in lines if line.x0 >= x]

    def level(line: Line, others: list[float]) -> bool:
        place = bisect_left(others, line.base - 0.8 * line.size)
        return place < len(others) and others[place] <= line.base + 0.8 * line.size

    lefts, rights = sorted(line.base for line in left), sorted(line.base for line in right)
    return [line for line in left if level(line, rights)], [line for line in right if level(line, lefts)]


def _fill(lines: list[Line], edge: float) -> float:
    """How full the lines of a column are, 0 to 1, on average."""
    start = min(line.x0 for line in lines)
    return sum(line.x1 - line.x0 for line in lines) / (len(lines) * max(1.0, edge - start))


def paragraphs(lines: list[Line], pitch: float) -> list[Paragraph]:
    """Lines in reading order, grouped. `pitch` is the usual distance of lines in multiples of their size."""
    found: list[Paragraph] = []
    for line in lines:
        paragraph = found[-1] if found else None
        if paragraph is not None and _continues(paragraph, line, pitch):
            paragraph.lines.append(line)
            paragraph.left = min(paragraph.left, line.x0)
        else:
            found.append(Paragraph([line], line.right, line.x0))
    return found


def _set_rights(lines: list[Line]) -> None:
    """Tell each line of a column where its full lines end: the furthest end of those above and below it."""
    spans = sorted({(round(line.x0), round(line.x1)) for line in lines})
    for line in lines:
        middle = (line.x0 + line.x1) / 2
        near = [x1 for x0, x1 in spans if x0 <= middle <= x1 and x0 >= line.x0 - 60]
        line.right = max(near, default=line.x1)


def _continues(paragraph: Paragraph, line: Line, pitch: float) -> bool:
    last = paragraph.last
    size = max(last.size, line.size)
    step = line.base - last.base
    if step < 0 and line.x0 > last.x1:  # the top of the next column
        return runs_on(paragraph, Paragraph([line], line.right, line.x0))
    if not 0.5 * size < step <= _LONG_GAP * pitch * size:
        return False
    if abs(last.size - line.size) > 0.12 * size or (last.bold != line.bold and _is_short(paragraph, line)):
        return False
    shift = line.x0 - last.x0
    if BULLET.match(line.text) or LEADERS.search(last.text):
        return False
    if NUMBER_LABEL.match(line.text) and not (abs(shift) < 0.8 * size and _is_inside(paragraph, line)):
        return False
    single = len(paragraph.lines) == 1
    marked = single and bool(BULLET.match(last.text) or NUMBER_LABEL.match(last.text))
    if _centred(last, line) and last.bold == line.bold and not SENTENCE_END.search(last.text):
        return True
    if shift > 0.8 * size and not (marked and shift < 9 * size):
        return False
    if shift < -0.8 * size and not (single and shift > -5 * size):
        return False
    return last.hyphen or not _is_short(paragraph, line)


def _is_inside(paragraph: Paragraph, line: Line) -> bool:
    """Whether a number that begins a line only happens to stand there, inside a sentence."""
    last = paragraph.last.text
    if SENTENCE_END.search(last) or _ITEM_END.search(last) or _is_short(paragraph, line):
        return False
    own = NUMBER_LABEL.match(paragraph.first.text)
    other = NUMBER_LABEL.match(line.text)
    return own is None or other is None or _sort(own[0]) != _sort(other[0])


def _sort(label: str) -> str:
    """What sort of number it is: items of one list have the same."""
    return re.sub(r"[一二三四五六七八九十百]+", "一", re.sub(r"[a-zA-Z]+", "a", re.sub(r"\d+", "1", label)))


def _is_short(paragraph: Paragraph, following: Line) -> bool:
    """Whether the last line ended before it had to: the next line's first word would have fitted."""
    last = paragraph.last
    word = following.words[0]
    room = paragraph.right - last.x1
    wide = is_wide(word.text[0])
    needed = 2.2 * following.size if wide else word.x1 - word.x0 + following.size
    return room > needed


def _centred(one: Line, other: Line) -> bool:
    """Both lines are set around the same middle and neither begins where the other does."""
    size = max(one.size, other.size)
    return (
        abs((one.x0 + one.x1) - (other.x0 + other.x1)) < size
        and abs(one.x0 - other.x0) > size
        and one.size == other.size
    )


def usual_pitch(pages: list[list[Line]]) -> float:
    """The commonest distance from line to line, in multiples of the letter size."""
    steps: Counter[float] = Counter()
    for lines in pages:
        for one, other in pairwise(lines):
            if abs(one.size - other.size) < 0.1 and abs(one.x0 - other.x0) < 3 * one.size:
                step = (other.base - one.base) / one.size
                if 0.9 < step < 2.6:
                    steps[round(step * 20) / 20] += 1
    return steps.most_common(1)[0][0] if steps else 1.3


def runs_on(one: Paragraph, other: Paragraph) -> bool:
    """Whether a paragraph that ends a page or column goes on in the one that begins the next."""
    last, first = one.last, other.first
    text = other.first.text
    if (
        SENTENCE_END.search(last.text)
        or LEADERS.search(last.text)
        or abs(last.size - first.size) > 0.05 * last.size
    ):
        return False
    if last.bold != first.bold or BULLET.match(text) or NUMBER_LABEL.match(text):
        return False
    return first.x0 <= other.left + 0.8 * first.size and not _is_short(one, first)


def doubts(text: str, lines: Sequence[Line]) -> list[tuple[MarkKind, int, int]]:
    """Where the doubted characters of `lines` stand in `text`, which is the lines joined."""
    marks: list[tuple[MarkKind, int, int]] = []
    if not any(word.doubts for line in lines for word in line.words):
        return marks
    place = 0
    for word in (word for line in lines for word in line.words):
        for index, letter in enumerate(word.text):
            found = text.find(letter, place, place + 3)
            if found < 0:
                continue
            place = found + 1
            if index in word.doubts:
                begun = marks.pop()[1] if marks and marks[-1][2] == found else found
                marks.append(("uncertain", begun, place))
    return marks


class Seam(NamedTuple):
    """How two lines of a paragraph become one text."""

    dropped: int
    """Characters taken from the first's end: a hyphen that only breaks a word."""
    between: str


class Joining:
    """Joins the lines of a paragraph as the document writes elsewhere: words with or without a hyphen,
    Chinese and figures with or without a space between them."""

    def __init__(self, pages: list[list[Line]]) -> None:
        texts = [line.text for lines in pages for line in lines]
        apart, together = (
            sum(len(each.findall(text)) for text in texts) for each in (_MIXED_APART, _MIXED_TOGETHER)
        )
        self.spaced = apart >= together
        self.words: set[str] = set()
        broken = False
        for line in (line for lines in pages for line in lines):
            words = [word.casefold() for word in _WORD.findall(line.text)]
            # The halves of a broken word are not words.
            words = words[1:] if broken else words
            broken = line.hyphen or line.text.endswith(("-", "‐"))
            self.words.update(words[:-1] if broken else words)

    def text(self, paragraph: Paragraph) -> str:
        """The paragraph's lines as one text."""
        text = ""
        hyphen = False
        for line in paragraph.lines:
            seam = self.seam(text, line.text, hyphen)
            text = text[: len(text) - seam.dropped] + seam.between + line.text
            hyphen = line.hyphen
        return LEADERS.sub(" … ", text)

    def seam(self, text: str, line: str, hyphen: bool) -> Seam:
        """How a line joins the text before it; `hyphen` as the line before has it."""
        before, after = re.search(r"([A-Za-z]+)[-‐]?$", text), re.match(r"[A-Za-z]+", line)
        dashed = text.endswith(("-", "‐"))
        if not (before and after and (hyphen or dashed) and after[0][0].islower()):
            glued = dashed and text[:-1][-1:].isalnum()
            mixed = text and line and is_wide(text[-1]) != is_wide(line[0])
            if glued or (mixed and not self.spaced):
                return Seam(0, "")
            return Seam(0, join_lines(text, line)[len(text) : -len(line) or None])
        keeps = self._keeps(before[1].casefold(), after[0].casefold())
        return Seam(len(text) - len(text.rstrip("-‐")), "-" if keeps else "")

    def _keeps(self, before: str, after: str) -> bool:
        if f"{before}-{after}" in self.words:
            return True
        if before + after in self.words:
            return False
        return before in _PREFIXES or (before in self.words and after in self.words and len(before) > 2)
