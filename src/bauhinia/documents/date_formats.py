"""A spreadsheet's dates and times, which it stores as days since 1900, in the format of their cell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from .numbering import chinese

if TYPE_CHECKING:  # The two modules are one subject in two files.
    from .number_formats import Token

DATE_LETTERS = frozenset("hms")
"""Letters that count elapsed time when in brackets."""
_DAY_SECONDS = 86_400
_LEAP_MISTAKE = 60
"""Spreadsheets believe that 29 February 1900, their day 60, existed."""
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HAN_DAYS = "一二三四五六日"
_HAN_DIGITS = "〇一二三四五六七八九"


def date_shown(tokens: Sequence[Token], locale: str, number: Decimal, *, from_1904: bool) -> str:
    """The day and time `number`; empty when it is none that a spreadsheet can show."""
    decimals = _decimals(tokens)
    when = moment(number, from_1904=from_1904, decimals=decimals)
    if when is None:
        return ""
    halves = any(token.kind == "half" for token in tokens)
    out: list[str] = []
    for index, token in enumerate(tokens):
        if token.kind == "letters":
            letters = "n" * len(token.text) if _minutes(tokens, index) else token.text
            out.append(_part(letters, when, locale, halves=halves))
        elif token.kind == "elapsed":
            out.append(_elapsed(token.text, number))
        elif token.kind == "half":
            out.append(_half(token.text, when))
        elif token.kind == "digit" and decimals:
            out.append(f"{when.microsecond:06d}"[_nth_digit(tokens, index)])
        elif token.kind in ("text", "point", "comma"):
            out.append(token.text)
    return "".join(out)


def moment(number: Decimal, *, from_1904: bool, decimals: int = 0) -> datetime | None:
    """The moment that a stored number means, rounded to `decimals` of a second; None outside 1900 to 9999."""
    if not 0 <= number < 2_958_466:
        return None
    seconds = (number * _DAY_SECONDS).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    start = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)
    if not from_1904 and number < _LEAP_MISTAKE:
        start += timedelta(days=1)
    try:
        return start + timedelta(microseconds=int(seconds * 1_000_000))
    except OverflowError:
        return None


def _decimals(tokens: Sequence[Token]) -> int:
    point = next((index for index, token in enumerate(tokens) if token.kind == "point"), len(tokens))
    return min(3, sum(token.kind == "digit" for token in tokens[point:]))


def _nth_digit(tokens: Sequence[Token], index: int) -> int:
    return min(5, sum(token.kind == "digit" for token in tokens[:index]))


def _minutes(tokens: Sequence[Token], index: int) -> bool:
    """Whether an `m` means minutes: it follows hours or comes before seconds."""
    if tokens[index].text[0] != "m" or len(tokens[index].text) > 2:
        return False
    timed = [each for each in tokens if each.kind in ("letters", "elapsed")]
    place = next(n for n, each in enumerate(timed) if each is tokens[index])
    before = timed[place - 1].text[0] if place else ""
    after = timed[place + 1].text[0] if place + 1 < len(timed) else ""
    return before == "h" or after == "s"


def _part(letters: str, when: datetime, locale: str, *, halves: bool) -> str:
    letter, width = letters[0], len(letters)
    if letter == "m" and width > 2:
        name = _MONTHS[when.month - 1]
        return name[:3] if width == 3 else name if width == 4 else name[0]
    if letter == "a" or (letter == "d" and width > 2):
        return _weekday(letters, when)
    number = {
        "y": when.year, "e": when.year, "m": when.month, "d": when.day, "s": when.second, "n": when.minute,
        "h": (when.hour % 12 or 12) if halves else when.hour,
    }.get(letter)  # fmt: skip
    if number is None:
        return ""
    if letter == "e" and "-404" in locale:
        return f"{number - 1911}"
    if "dbnum1" in locale.lower():
        return (
            "".join(_HAN_DIGITS[int(digit)] for digit in f"{number}") if letter in "ye" else chinese(number)
        )
    if letter == "y":
        return f"{number % 100:02d}" if width <= 2 else f"{number:04d}"
    return f"{number:02d}" if width > 1 and letter != "e" else f"{number}"


def _weekday(letters: str, when: datetime) -> str:
    if letters[0] == "a":
        return ("週" if len(letters) == 3 else "星期") + _HAN_DAYS[when.weekday()]
    name = _DAYS[when.weekday()]
    return name[:3] if len(letters) == 3 else name


def _elapsed(letters: str, number: Decimal) -> str:
    unit = {"h": 3_600, "m": 60, "s": 1}[letters[0]]
    return str(int(number * _DAY_SECONDS / unit + Decimal("1e-9"))).rjust(len(letters), "0")


def _half(letters: str, when: datetime) -> str:
    first, _, second = letters.partition("/")
    return second if when.hour >= 12 else first
