"""Numbers as English and Chinese write them: read to an exact value, written in either convention.

Read: 1,234 · 1 234 567 (press releases part thousands by a space) · 5.6 million · twelve · one hundred and
twenty · 十二 · 一百二十萬 · 12 萬 · 1億2,000萬 · 二零二六 (digit by digit) · full-width digits.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from .variety import Variety

FULL_WIDTH = str.maketrans("０１２３４５６７８９％＄．／（）", "0123456789%$./()")
"""One character for one, so that places in the text stay the same."""


def compiled(expression: str, flags: int = 0) -> re.Pattern[str]:
    r"""Compile with ASCII classes: to Unicode's \b there is none between 於 and HK$, nor pm and 開."""
    return re.compile(expression, flags | re.ASCII)


_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ENGLISH = {word: value for value, word in enumerate(_ONES.split())} | {
    word: 10 * value
    for value, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
MULTIPLIERS = {
    "hundred": 100,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "mn": 10**6,
    "bn": 10**9,
}
CHINESE = dict(zip("〇零○一二三四五六七八九", (0, 0, 0, *range(1, 10)), strict=True)) | {
    "兩": 2,
    "两": 2,
    **dict(zip("壹貳叁參肆伍陸柒捌玖", (1, 2, 3, 3, 4, 5, 6, 7, 8, 9), strict=True)),
}
_SMALL_UNITS = {"十": 10, "拾": 10, "廿": 20, "卅": 30, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE_UNITS = {"萬": 10**4, "万": 10**4, "億": 10**8, "亿": 10**8}

HAN = "〇零○一二三四五六七八九十百千兩两廿卅"
FORMAL = "[零壹貳叁參肆伍陸柒捌玖拾佰仟萬億]{2,24}"
"""Numerals of cheques; too many of them are words to be read outside an amount of money."""
DIGITS = (
    r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,8}|[0-9]{1,3}(?:[ \u00a0\u2009\u202f][0-9]{3}){1,8}(?![0-9])|[0-9]{1,30})"
    r"(?:\.[0-9]{1,12})?"
)
"""Every repetition is bounded, so that no text, however long its numerals, takes long to read."""
_LARGE = "[萬万億亿]"
CHINESE_NUMBER = (
    rf"(?:{DIGITS}|[{HAN}]{{1,24}}(?:點[{HAN}]{{1,12}})?)"
    rf"(?: ?[十百千]?{_LARGE}(?:零?(?:{DIGITS}|[{HAN}]{{1,12}}))?){{0,4}}"
)
"""A numeral in Chinese text, digits or characters or both."""
_WORD = "(?:" + "|".join(sorted(ENGLISH, key=len, reverse=True)) + ")"
_SCALE = "(?:hundred|thousand|million|billion|trillion)"
ENGLISH_WORDS = (
    rf"(?:(?:\b{_WORD}|\ba(?= {_SCALE}\b))(?:(?:-|\s)(?:and\s)?(?:{_WORD}|{_SCALE})\b){{0,16}}(?![A-Za-z]))"
)
ENGLISH_NUMBER = rf"(?:{DIGITS}(?:\s?(?:hundred|thousand|million|billion|trillion|mn|bn)\b)?|{ENGLISH_WORDS})"
"""A numeral in English text, digits or words or both."""

_PARTS = compiled(rf"({DIGITS})|([A-Za-z]+)|([^\s])")


def read_number(text: str) -> Fraction:
    """The value of a numeral that one of the patterns above has matched."""
    text = text.translate(FULL_WIDTH).strip()
    if re.search("[A-Za-z]", text):
        return _read_english(text.lower())
    return _read_chinese(text)


def canonical(value: Fraction) -> str:
    """A value as a text that is equal for equal values: `1200000`, `5.6`, `2/3`."""
    if value.denominator == 1:
        return str(value.numerator)
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    decimal = Decimal(value.numerator) / Decimal(value.denominator)
    return format(decimal.normalize(), "f")


def write_number(value: str | int | Fraction, variety: Variety) -> str:
    """A number in figures as `variety` writes it: 5.6 million, 560萬; below a million with commas."""
    exact = Fraction(value)
    scales = (
        ((10**8, "億"), (10**4, "萬")) if variety.is_chinese else ((10**9, " billion"), (10**6, " million"))
    )
    if variety is Variety.SIMPLIFIED:
        scales = ((10**8, "亿"), (10**4, "万"))
    for scale, word in scales:
        scaled = exact / scale
        if scaled >= 1 and (scaled * 1000).denominator == 1:
            return f"{_grouped(scaled)}{word}"
    return _grouped(exact)


def _grouped(value: Fraction) -> str:
    if value.denominator == 1:
        return f"{value.numerator:,}"
    written = canonical(value)
    if "/" in written:
        return written
    whole, _, rest = written.partition(".")
    return f"{int(whole):,}.{rest}"


def _from_digits(text: str) -> Fraction:
    return Fraction(re.sub(r"[,\s]", "", text))


def _read_english(text: str) -> Fraction:
    """Words and digits, added up: each multiplier takes what stands before it."""
    total, group = Fraction(0), Fraction(0)
    for digits, word, _ in _PARTS.findall(text):
        if digits:
            group += _from_digits(digits)
        elif word in ENGLISH:
            group += ENGLISH[word]
        elif word == "hundred":
            group = (group or Fraction(1)) * 100
        elif word in MULTIPLIERS:
            total += (group or Fraction(1)) * MULTIPLIERS[word]
            group = Fraction(0)
        elif word == "a":
            group = Fraction(1)
    return total + group


def _read_chinese(text: str) -> Fraction:
    """Sections up to 9999, each times its 萬 or 億."""
    whole, point, decimals = text.partition("點")
    if point and decimals and all(char in CHINESE for char in decimals):
        digits = "".join(str(CHINESE[char]) for char in decimals)
        return _read_chinese(whole) + Fraction(f"0.{digits}")
    total, section, pending = Fraction(0), Fraction(0), Fraction(0)
    if text and all(char in CHINESE for char in text):
        return Fraction("".join(str(CHINESE[char]) for char in text))
    for digits, _, char in _PARTS.findall(text):
        if digits:
            pending = _from_digits(digits)
        elif char in CHINESE:
            pending = (
                pending * 10 + CHINESE[char] if pending and char not in "零〇○" else Fraction(CHINESE[char])
            )
        elif char in _SMALL_UNITS:
            unit = _SMALL_UNITS[char]
            section += unit if char in "廿卅" else (pending or Fraction(1)) * unit
            pending = Fraction(0)
        elif char in _LARGE_UNITS:
            part = section + pending
            large = _LARGE_UNITS[char]
            total = (total + part) * large if large == 10**8 else total + (part or Fraction(1)) * large
            section = pending = Fraction(0)
    return total + section + pending
