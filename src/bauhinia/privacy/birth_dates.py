"""Dates of birth: a date near a word that says so. No other date is personal data by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .found import Guess
from .tables import cells_below

_BORN = re.compile(
    r"[Bb]irth(?:day|date)?(?![a-z])|[Bb]orn(?![a-z])|BIRTH|BORN|D\.?O\.?B(?![A-Za-z])|dob(?![a-z])"
    r"|出生|出世|生日|生[於于]|誕[生辰]|诞[生辰]|(?<=[日號号])生(?![產产活效日命意存態态])"
)
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_MONTH = rf"(?:{_MONTHS}|{_MONTHS.upper()})[A-Za-z]{{0,6}}\.?"
_NUMERAL = "[〇零○一二三四五六七八九]"
_DATE = re.compile(
    rf"""(?<![0-9])(?:
      (?:19|20)\d\d [ ]?[-/.年][ ]? \d{{1,2}} [ ]?[-/.月][ ]? \d{{1,2}} (?:[ ]?[日號号])?
    | \d{{1,2}} [ ]?[-/.][ ]? (?:\d{{1,2}}|{_MONTH}) [ ]?[-/.][ ]? (?:(?:19|20)\d\d|\d\d)
    | \d{{1,2}} (?:st|nd|rd|th)? [ ] (?:of[ ])? {_MONTH} ,?[ ] (?:19|20)\d\d
    | {_MONTH} [ ] (?:\d{{1,2}} (?:st|nd|rd|th)? ,?[ ])? (?:19|20)\d\d
    | [一二]{_NUMERAL}{{3}}年[一二三四五六七八九十]{{1,3}}月[一二三四五六七八九十廿卅]{{1,4}}[日號号]
    | (?:19|20)\d\d [ ]?年[ ]? \d{{1,2}} [ ]?月
    | (?:民國|民国)\d{{2,3}}年\d{{1,2}}月\d{{1,2}}日
    | (?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])
    )(?![0-9])""",
    re.VERBOSE,
)
_AFTER, _BEFORE = 50, 30
_OF_SOMETHING_ELSE = re.compile(
    r"certificate|registrat|registr[ya]|rate|issued|control|登記|登记|證明|证明|紙|率|簽發|签发|證書|缺陷|人口",
    re.IGNORECASE,
)
_NEXT_SENTENCE = re.compile(r"[。；;!]|\. ")
_CLOSE = re.compile(r"[ ,(]{0,3}(?:is |was |are )?$|[ ]?[(,，]?[ ]?$")


def birth_guesses(plain: str) -> Iterator[Guess]:
    """Dates within 50 characters after a word for birth, right before one, or in the column that it heads."""
    done = 0
    if not _may_speak_of_birth(plain):
        return
    for word in _BORN.finditer(plain):
        for start, end in _dates(plain, word, done):
            if start >= done:
                done = end
                yield Guess("birth_date", start, end, 0.9, f"context word {word[0]}")


def _may_speak_of_birth(plain: str) -> bool:
    """A look that costs little, for the many texts that do not: `_BORN` tries each place of a text."""
    small = plain.lower()
    if "birth" in small or "born" in small or "dob" in small.replace(".", ""):
        return True
    return not plain.isascii() and any(each in plain for each in ("生", "出世", "誕", "诞"))


def _dates(plain: str, word: re.Match[str], done: int) -> Iterator[tuple[int, int]]:
    if _OF_SOMETHING_ELSE.match(plain, word.end()):
        return
    below = [
        date.span()
        for begin, end in cells_below(plain, word.start())
        if (date := _DATE.search(plain, begin, end))
    ]
    after = _DATE.search(plain, word.end(), word.end() + _AFTER)
    date = after or _right_before(plain, word.start(), done)
    if below:
        yield from below
    elif date is not None and not (after and _is_apart(plain[word.end() : date.start()])):
        yield date.span()


def _is_apart(between: str) -> bool:
    """Whether what stands between a word for birth and a date says that the date is another's."""
    return bool(_OF_SOMETHING_ELSE.search(between) or _NEXT_SENTENCE.search(between))


def _right_before(plain: str, word: int, done: int) -> re.Match[str] | None:
    """`1980年1月1日出生`."""
    dates = list(_DATE.finditer(plain, max(done, word - _BEFORE), word))
    return dates[-1] if dates and _CLOSE.match(plain[dates[-1].end() : word]) else None
