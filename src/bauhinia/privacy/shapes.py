"""The written form of each kind of number, and how much it says without a word beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from .checks import check_digit, passes_luhn
from .found import FoundKind
from .phones import ABROAD, HONG_KONG, abroad_score, hong_kong_score


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One form of one kind of number."""

    kind: FoundKind
    pattern: re.Pattern[str]
    alone: Callable[[re.Match[str]], float]
    """The score where no word says what the number is; 0 where the match is none after all."""
    known: float
    """The least score where a word of its kind is near."""
    why: str
    first: range
    """How many digits may stand first, so that most shapes need not be tried."""
    lettered: bool | None = False
    """Whether letters or masks stand before the first digit; None for either."""
    near: bool = False
    """Whether its word must name the number itself, for want of a form of its own."""


def _always(score: float) -> Callable[[re.Match[str]], float]:
    return lambda _: score


_BREAK = r"(?:[ ]?\r?\n[ ]{0,4})?"
"""A number may go on in the next line."""
_NOT_BEFORE = r"(?<![A-Za-z0-9*])"
_NOT_AFTER = r"(?![A-Za-z0-9*])"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(_NOT_BEFORE + pattern, re.VERBOSE)


_GAP = rf"(?:[ ]|{_BREAK})"
_HKID = _compiled(
    rf"""(?P<letters>[A-Za-z]{{1,2}}) (?:-|{_GAP})
    (?P<digits> (?:\d{_GAP}){{5}} \d ) {_GAP}
    (?: [(\[{{] {_GAP} (?P<bracketed>[0-9Aa]) {_GAP} [)\]}}] | -?(?P<bare>[0-9Aa]) ) {_NOT_AFTER}"""
)
_PART_OF_HKID = _compiled(rf"[A-Za-z]{{1,2}} \d{{6}} (?P<hidden> [ ]?\([Xx*#•●○_ ]?\) )? {_NOT_AFTER}")
"""Without its check digit, or with the check digit alone masked."""
_MASKED_HKID = _compiled(
    r"""[A-Za-z*]{1,2} [ ]? (?=[0-9Xx*#•●○_]{6}(?![0-9Xx*#•●○_])) [0-9]{0,6}[Xx*#•●○_]{1,6}[0-9]{0,5}
    (?: [ ]?\( [0-9AXx*#•●○_]? \) )? (?![A-Za-z0-9*])"""
)


def _hkid(match: re.Match[str]) -> float:
    digit = (match["bracketed"] or match["bare"]).upper()
    right = check_digit(match["letters"] + re.sub(r"\s", "", match["digits"])) == digit
    if not right:
        return 0.05
    return 0.99 if match["bracketed"] else 0.85


def _part_of_hkid(match: re.Match[str]) -> float:
    return 0.75 if match["hidden"] else 0.05


def _masked_hkid(match: re.Match[str]) -> float:
    return 0.75 if "(" in match[0] else 0.3


def _hong_kong_passport(match: re.Match[str]) -> float:
    return 0.4 if match[0][0] in "HK" else 0.1


def _permit(match: re.Match[str]) -> float:
    return 0.6 if match["again"] else 0.35


_BUSINESS = _compiled(
    rf"\d{{8}} (?P<branch> [ ]?-[ ]?\d{{3}} (?: -\d{{2}}-\d{{2}}-[0-9A-Za-z] )? )? (?!-?\d) {_NOT_AFTER}"
)


def _business(match: re.Match[str]) -> float:
    return 0.05 if match["branch"] is None else (0.9 if len(match["branch"]) > 8 else 0.6)


_CARD = _compiled(
    rf"""(?: (?P<four>\d{{4}})(?P<gap>[ -]?)\d{{4}}(?P=gap)\d{{4}}(?P=gap)\d{{1,4}} (?:(?P=gap)\d{{1,3}})?
       | 3[47]\d{{2}}[ -]\d{{6}}[ -]\d{{5}} | \d{{13,19}} ) (?!-\d) {_NOT_AFTER}"""
)
_MASKED_CARD = _compiled(
    r"""(?: \d{4} (?: [ -]? [Xx*•●]{4} ){2} [ -]? \d{4}
          | \d{4} [ -]? \d{2}[Xx*•●]{2} [ -]? [Xx*•●]{4} [ -]? \d{4} ) (?![A-Za-z0-9*])"""
)


def _card(match: re.Match[str]) -> float:
    digits = re.sub(r"\D", "", match[0])
    if not (
        13 <= len(digits) <= 19 and digits[0] in "23456" and len(set(digits)) > 1 and passes_luhn(digits)
    ):
        return 0.0
    return 0.85 if match["gap"] or len(digits) in (15, 16) else 0.55


_ACCOUNT = _compiled(rf"(?=(?:[ -]?\d){{9,17}}(?![ -]?\d)) \d{{3,17}} (?:[ -]\d{{1,12}}){{0,4}} {_NOT_AFTER}")
_UNPUNCTUATED = r"(?!-?\d|,\d{3}(?!\d)|\.\d|[ ]?[%元])"


_BRANCHED = re.compile(r"\d{3}-\d{3}-\d{6}")


def _account(match: re.Match[str]) -> float:
    """A bank's code, a branch's and an account: 012-345-67890123."""
    return 0.3 if _BRANCHED.match(match[0]) else 0.1


SHAPES = (
    Shape(kind="hkid", pattern=_HKID, alone=_hkid, known=0.6, why="check digit", first=range(1, 8),
          lettered=True),
    Shape(kind="hkid", pattern=_MASKED_HKID, alone=_masked_hkid, known=0.8, why="masked", first=range(1, 7),
          lettered=True),
    Shape(kind="hkid", pattern=_PART_OF_HKID, alone=_part_of_hkid, known=0.7, why="masked", first=range(6, 7),
          lettered=True, near=True),
    Shape(kind="passport", pattern=_compiled(rf"[A-Za-z]{{1,2}} [ ]? \d{{6,8}} [A-Z]? {_NOT_AFTER}"),
          alone=_hong_kong_passport, known=0.9, why="form", first=range(6, 9), lettered=True),
    Shape(kind="passport", pattern=_compiled(rf"\d{{8,9}} {_UNPUNCTUATED} {_NOT_AFTER}"), alone=_always(0.05),
          known=0.8, why="form", first=range(8, 10)),
    Shape(kind="home_return_permit",
          pattern=_compiled(rf"[HMhm] [ ]? \d{{8}} (?P<again>[ -]?\(?\d{{2}}\)?)? {_NOT_AFTER}"),
          alone=_permit, known=0.95, why="form", first=range(8, 11), lettered=True),
    Shape(kind="home_return_permit", pattern=_compiled(rf"\d{{8}} {_UNPUNCTUATED} {_NOT_AFTER}"),
          alone=_always(0.05), known=0.8, why="form", first=range(8, 9), near=True),
    Shape(kind="phone", pattern=HONG_KONG, alone=hong_kong_score, known=0.95, why="form", first=range(3, 14),
          lettered=None),
    Shape(kind="phone", pattern=ABROAD, alone=abroad_score, known=0.95, why="form", first=range(1, 16),
          lettered=None),
    Shape(kind="business_registration", pattern=_BUSINESS, alone=_business, known=0.9, why="form",
          first=range(8, 9)),
    Shape(kind="company_registration", pattern=_compiled(rf"F \d{{7}} {_NOT_AFTER}"), alone=_always(0.2),
          known=0.9, why="form", first=range(7, 8), lettered=True),
    Shape(kind="company_registration", pattern=_compiled(rf"\d{{5,8}} {_UNPUNCTUATED} {_NOT_AFTER}"),
          alone=_always(0.05), known=0.9, why="form", first=range(5, 9), near=True),
    Shape(kind="plate", pattern=_compiled(rf"[A-HJ-NPR-Z]{{2}} [ ]? \d{{1,4}} {_UNPUNCTUATED} {_NOT_AFTER}"),
          alone=_always(0.2), known=0.85, why="form", first=range(1, 5), lettered=True),
    Shape(kind="bank_account", pattern=_ACCOUNT, alone=_account, known=0.85, why="form", first=range(3, 18)),
    Shape(kind="card", pattern=_CARD, alone=_card, known=0.95, why="check digit", first=range(4, 20)),
    Shape(kind="card", pattern=_MASKED_CARD, alone=_always(0.7), known=0.9, why="masked", first=range(4, 7)),
    Shape(kind="octopus", pattern=_compiled(rf"\d{{8,9}} (?:[ -]?\(?\d\)?)? {_UNPUNCTUATED} {_NOT_AFTER}"),
          alone=_always(0.05), known=0.9, why="form", first=range(8, 11)),
    Shape(kind="fps", pattern=_compiled(rf"(?:\d{{9}}|\d{{7}}) {_UNPUNCTUATED} {_NOT_AFTER}"),
          alone=_always(0.05), known=0.9, why="form", first=range(7, 10)),
)  # fmt: skip
"""All forms. Where several fit one number, the best score wins."""
