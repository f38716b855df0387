"""The numbers that Word shows before paragraphs and does not store: computed as Word computes them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from lxml import etree

from .ooxml import W, attribute, flag, number_of

_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
_CHINESE_DIGITS = "〇一二三四五六七八九"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_CIRCLED = 20
"""Unicode has ① to ⑳ in one row."""


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is numbered."""

    form: str = "decimal"
    text: str = ""
    """Such as `%1.%2)`: a place for the number of each level."""
    start: int = 1
    restart: int | None = None
    """0: never restarts; None: restarts after any higher level."""
    legal: bool = False
    """All places are shown in decimal."""


class Numbered(NamedTuple):
    """A paragraph's place in a list."""

    level: int
    label: str
    """Empty for bullets."""


@dataclass(slots=True)
class Numbering:
    """The lists of one document, counting as the paragraphs go by."""

    _abstract: dict[str, dict[int, Level]] = field(default_factory=dict)
    _lists: dict[str, tuple[str, dict[int, Level]]] = field(default_factory=dict)
    """Of each `numId`: the abstract list whose counters it shares, and its levels."""
    _counts: dict[str, list[int | None]] = field(default_factory=dict)
    _started: set[tuple[str, int]] = field(default_factory=set)
    _overrides: dict[tuple[str, int], int] = field(default_factory=dict)

    @classmethod
    def load(cls, root: etree._Element | None) -> Numbering:
        """From the numbering part; None gives a document without lists."""
        numbering = cls()
        for element in root if root is not None else ():
            if element.tag == f"{W}abstractNum":
                numbering._abstract[attribute(element, "abstractNumId")] = _levels(element)
        for element in root if root is not None else ():
            if element.tag == f"{W}num":
                numbering._add_list(element)
        return numbering

    def _add_list(self, element: etree._Element) -> None:
        link = element.find(f"{W}abstractNumId")
        name = attribute(link, "val") if link is not None else ""
        number = attribute(element, "numId")
        levels = dict(self._abstract.get(name, {}))
        for override in element.iterchildren(f"{W}lvlOverride"):
            depth = number_of(attribute(override, "ilvl"), 0)
            for level in override.iterchildren(f"{W}lvl"):
                levels[depth] = _level(level)
            start = override.find(f"{W}startOverride")
            if start is not None:
                first = number_of(attribute(start, "val"), 1)
                levels[depth] = replace(levels.get(depth, Level()), start=first)
                self._overrides[(number, depth)] = first
        self._lists[number] = (name, levels)

    def next(self, number: str, depth: int) -> Numbered | None:
        """Count a paragraph of list `number` at `depth`; None when there is no such list."""
        if number not in self._lists:
            return None
        name, levels = self._lists[number]
        depth = min(max(depth, 0), _LEVELS - 1)
        level = levels.get(depth, Level())
        counts = self._counts.setdefault(name, [None] * _LEVELS)
        self._restart(number, depth, counts)
        before = counts[depth]
        counts[depth] = level.start if before is None else before + 1
        for deeper in range(depth + 1, _LEVELS):
            restart = levels.get(deeper, Level()).restart
            if restart != 0 and (restart is None or depth < restart):
                counts[deeper] = None
        return Numbered(depth, self._label(level, levels, counts))

    def _restart(self, number: str, depth: int, counts: list[int | None]) -> None:
        key = (number, depth)
        if key in self._overrides and key not in self._started:
            counts[depth] = None
        self._started.add(key)

    def _label(self, level: Level, levels: dict[int, Level], counts: list[int | None]) -> str:
        if level.form in ("bullet", "none"):
            return ""

        def place(match: re.Match[str]) -> str:
            depth = int(match[1]) - 1
            other = levels.get(depth, Level())
            count = counts[depth]
            return show(other.start if count is None else count, "decimal" if level.legal else other.form)

        return _PLACE.sub(place, level.text)


def _levels(element: etree._Element) -> dict[int, Level]:
    return {number_of(attribute(each, "ilvl"), 0): _level(each) for each in element.iterchildren(f"{W}lvl")}


def _level(element: etree._Element) -> Level:
    def value(name: str) -> str | None:
        child = element.find(f"{W}{name}")
        return None if child is None else attribute(child, "val")

    restart = value("lvlRestart")
    return Level(
        form=value("numFmt") or "decimal",
        text=value("lvlText") or "",
        start=number_of(value("start"), 1),
        restart=None if restart is None else number_of(restart, 0),
        legal=flag(element, "isLgl"),
    )


def show(count: int, form: str) -> str:
    """A number in one of Word's formats; formats not known here are shown in decimal."""
    if form in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (count - 1) % 26) * min((count - 1) // 26 + 1, 20) if count > 0 else ""
        return letter if form == "lowerLetter" else letter.upper()
    if form in ("lowerRoman", "upperRoman"):
        return _roman(count) if form == "upperRoman" else _roman(count).lower()
    if form == "decimalZero":
        return f"{count:02}"
    if form in ("decimalFullWidth", "decimalFullWidth2"):
        return str(count).translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})
    if form in ("ideographDigital", "taiwaneseDigital", "chineseCounting0", "japaneseDigitalTenThousand"):
        return "".join(_CHINESE_DIGITS[int(digit)] for digit in str(abs(count)))
    if form == "decimalEnclosedCircle" and 0 < count <= _CIRCLED:
        return chr(0x245F + count)
    if form == "ideographTraditional" and 0 < count <= len(_STEMS):
        return _STEMS[count - 1]
    if form == "ideographZodiac" and 0 < count <= len(_BRANCHES):
        return _BRANCHES[count - 1]
    if form in _COUNTING:
        return chinese(count)
    return str(count)


_COUNTING = frozenset(
    [
        "taiwaneseCounting",
        "taiwaneseCountingThousand",
        "chineseCounting",
        "chineseCountingThousand",
        "japaneseCounting",
    ]
)


def chinese(count: int) -> str:
    """1 to 9999 in Chinese: 十二, 一百零五; other numbers in digits."""
    if not 0 < count < 10_000:
        return str(count)
    written, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, count = divmod(count, unit)
        if digit:
            written += ("零" if zero and written else "") + _CHINESE_DIGITS[digit] + name
            zero = False
        else:
            zero = True
    return written.removeprefix("一") if written.startswith("一十") else written


def _roman(count: int) -> str:
    if not 0 < count < 4000:
        return str(count)
    written = ""
    for value, letters in (
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
        (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    ):  # fmt: skip
        times, count = divmod(count, value)
        written += letters * times
    return written
