"""Until when: the day that words such as “by next Friday”, 下星期五前, 月底 mean, from the meeting's own day.

Weeks begin on Monday: “next Friday” and 下星期五 are the Friday of the week after the meeting's. What is no
one day (a week's end, working days, “before the next meeting”) keeps its words and gets no day, and so does
every day that is counted from the meeting's while that is not known.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from ...language.dates import MONTHS
from ..reading.when import Named, days_in, number_zh


class Due(NamedTuple):
    """Until when something is to be done."""

    words: str
    """As they were said; empty where nothing was."""
    day: date | None
    """None where the words give no certain day."""


class _Found(NamedTuple):
    start: int
    end: int
    day: date | None
    sure: bool
    """Whether it can only be said of a day to come."""


LATELY = 240
"""Days from which on a date without its year is taken to be the one just past."""
NOTHING = Due("", None)
_ANY_DAY = date(2000, 1, 1)
"""Stands in for the meeting's day where only the words matter."""
_N_ZH = r"([0-9]{1,2}|[一二兩三四五六七八九十]{1,3})"
_N_EN = r"(\d{1,2}|a|an|one|two|three|four|five|six|seven|eight|nine|ten|fourteen)"
_WORDS_EN = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "fourteen": 14,
}  # fmt: skip
_MONTHS_EN = tuple(name.lower() for name in MONTHS)
_DAYS = {"day": 1, "日": 1, "天": 1, "week": 7, "星期": 7, "禮拜": 7, "週": 7, "周": 7, "fortnight": 14}
"""Of a unit of time."""
_MONTH_EN = rf"({'|'.join(_MONTHS_EN)})"
_PAST = re.compile(r"(?:last|past|since|previous|on the|上個?|上一個?|前個?|舊年|去年|自)\s*$")
_OPEN = re.compile(
    r"\b(?:the )?(?:end|middle|beginning) of (?:next|this|the) (?:week|year|quarter)\b|\b(?:the )?weekend\b"
    r"|\b(?:before|at|by) (?:the|our) next (?:meeting|session)\b|\bas soon as possible\b|\basap\b"
    r"|\bwithin \w+ working days?\b|\b(?:this|next) (?:week|month|year)\b|\ba month or so\b"
    r"|(?:本|今個?|這個?|呢個|下個?|下一個?)(?:星期|禮拜|週|周)(?:之?內|底|尾|末)|週末|周末|年底|年尾"
    r"|(?:下次|下一次|下個?)(?:會議|開會|會)(?:之?前)?|(?:儘|盡)快"
    r"|(?:會後)?[0-9一二兩三四五六七八九十]+個?工作[天日](?:之?內)?"
    r"|[0-9一二三四五六七八九十]+月[中初]"
)
_LIMIT_AFTER = re.compile(
    r"\s*(?:之?[前內]|或(?:之|以)?前|以前|或之前|前後|完成|交|給|俾|畀|覆|回覆|發|送|到貨|開始|起|提交|寄"
    r"|搞|有得|就|能到|到(?![底時處])|到任|到職|放置|交上|刊登|到位|下班前|收工前|放工前|到崗|答"
    r"|出[到俾])"
)
_VAGUE = re.compile(r"(?:儘|盡)快|as soon as possible|asap|a month or so")
"""Counts only where nothing else is said."""
_IN_HAND = re.compile(r"(?:我|我哋|我們|就)$")
_LIMIT_BEFORE = re.compile(
    r"(?:\b(?:by|before|due|until|till|within|on|from|for|no later than|not later than"
    r"|on or before)\s+(?:the\s+)?"
    r"(?:end of\s+)?(?:noon on\s+)?|[於在喺到，,]|最[遲晚]|至遲|(?:deadline|死線|限期|期限)[係是為]?|eod "
    r"|cob |end of day |close of play )$"
)


def due_in(text: str, held: date | None) -> Due:
    """Until when, as words folded to Traditional and lower case say; `words` are a part of them.

    Of several days one that is said to be the limit counts, else one that can only be to come, else none.
    """
    found = sorted(_open(text) if held is None else _all(text, held), key=lambda one: (one.start, -one.end))
    found.sort(key=lambda one: bool(_VAGUE.fullmatch(text[one.start : one.end])))
    chosen = next((one for one in found if _is_limit(text, one)), None)
    chosen = chosen or next((one for one in found if one.sure), None)
    if chosen is None:
        return NOTHING
    return Due(text[chosen.start : chosen.end], chosen.day)


def _is_limit(text: str, one: _Found) -> bool:
    return bool(_LIMIT_AFTER.match(text, one.end) or _LIMIT_BEFORE.search(text[: one.start]))


def _all(text: str, held: date) -> list[_Found]:
    """Every day that is named, those that overlap longer ones left out."""
    found: list[_Found] = []
    for read in (_ends, _spans, _bare, _no_day, _plain):
        for one in read(text, held):
            if not any(one.start < other.end and other.start < one.end for other in found):
                found.append(one)
    return [
        one for one in found if not _PAST.search(text[: one.start]) and (one.day is None or one.day >= held)
    ]


def _no_day(text: str, _: date) -> Iterator[_Found]:
    """Words that are no one day."""
    for match in _OPEN.finditer(text):
        yield _Found(match.start(), match.end(), None, sure=True)


def _open(text: str) -> Iterator[_Found]:
    """Without the meeting's day: all but dates with their year are no one day."""
    yield from _no_day(text, _ANY_DAY)
    for read in (_ends, _spans, _bare, _plain):
        for one in read(text, _ANY_DAY):
            whole = re.search(r"\d{4}", text[one.start : one.end])
            yield one if whole else one._replace(day=None)


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _ends(text: str, held: date) -> Iterator[_Found]:
    """The end of a month: 月底, 三月底, “the end of the month”, “end of March”."""
    this, later = _month_end(held.year, held.month), _next_month(held)
    for match in re.finditer(
        rf"(?:(下個?|下)|(本|今個?|這個?|呢個)|{_N_ZH})?月[底尾末]|(?:the )?end of (?:the|this) month"
        rf"|(?:the )?end[- ](?:of )?{_MONTH_EN}\b"
        r"|(?:the )?end of next month|本月內|今個月內|(?<![個0-9一二三四五六七八九十])月內",
        text,
    ):
        if match[1] or "next month" in match[0]:
            day = _month_end(later.year, later.month)
        elif match[3] or match[4]:
            month = number_zh(match[3]) if match[3] else _MONTHS_EN.index(match[4]) + 1
            if not 1 <= month <= 12:
                continue
            day = _month_end(held.year + (month < held.month), month)
        else:
            day = this
        yield _Found(match.start(), match.end(), day, sure=True)


def _spans(text: str, held: date) -> Iterator[_Found]:
    """Within so long: 兩個星期內, “within two weeks”, “in a fortnight”."""
    for match in re.finditer(
        rf"{_N_ZH}個?(日|天|星期|禮拜|週|周)(?:(?:之|以)?內|(?:時間)?我)|(?<=[俾給畀]){_N_ZH}個?(日|天"
        r"|星期|禮拜)",
        text,
    ):
        match_number, unit = (match[1], match[2]) if match[1] else (match[3], match[4])
        number = number_zh(match_number.replace("兩", "二"))
        yield _Found(match.start(), match.end(), held + timedelta(days=_DAYS[unit] * number), sure=True)
    for match in re.finditer(rf"{_N_ZH}個月(?:之|以)?內|\bwithin {_N_EN} months?\b", text):
        number = number_zh(match[1].replace("兩", "二")) if match[1] else _number(match[2])
        yield _Found(match.start(), match.end(), _months_later(held, number), sure=True)
    for match in re.finditer(rf"\b(?:with)?in {_N_EN} (day|week|fortnight)s?\b(?:' time)?", text):
        yield _Found(
            match.start(), match.end(), held + timedelta(days=_DAYS[match[2]] * _number(match[1])), sure=True
        )


def _bare(text: str, held: date) -> Iterator[_Found]:
    """A day of this month or the next: 20號, 下月五日, “the 13th”, “the 5th of next month”."""
    later = _next_month(held)
    for match in re.finditer(
        rf"(下個?月|本月|今個月|這個月)\s?{_N_ZH}[日號号]"
        rf"|(?<![0-9月一二三四五六七八九十第]){_N_ZH}[號号](?![院樓線樹碼店])"
        r"|\bthe (\d{1,2})(?:st|nd|rd|th)(?: of (next|this) month)?\b",
        text,
    ):
        day = number_zh(match[2] or match[3]) if match[2] or match[3] else int(match[4])
        next_one = (match[1] or "").startswith("下") or match[5] == "next"
        fixed = bool(match[1] or match[5])
        first = later if next_one else held
        if not fixed and day < held.day:
            first = later
        try:
            yield _Found(match.start(), match.end(), first.replace(day=day), sure=fixed)
        except ValueError:
            continue


def _plain(text: str, held: date) -> Iterator[_Found]:
    """What questions name too: tomorrow, 下星期五, 20 March; a day of the week is the next of that name."""
    for named in days_in(text, held):
        words = text[named.start : named.end]
        relative = not re.search(r"\d|月", words)
        if words == "今次":
            continue
        if words.startswith("今") and not _IN_HAND.search(text[: named.start]):
            relative = False
        if not relative and not re.search(r"\d{4}|明年|出年", words) and _is_just_past(text, named, held):
            continue
        yield _Found(named.start, named.end, named.day, sure=relative)


def _is_just_past(text: str, named: Named, held: date) -> bool:
    """Whether a date without its year is rather the one before the meeting: nothing makes it a limit."""
    limit = _LIMIT_AFTER.match(text, named.end) or re.search(
        r"\b(?:by|before|until|till) $", text[: named.start]
    )
    return (named.day - held).days > LATELY and limit is None


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else _WORDS_EN[text]


def _months_later(held: date, months: int) -> date:
    """The same day so many months on, or the last of a month that has no such day."""
    year, month = divmod(held.year * 12 + held.month - 1 + months, 12)
    return date(year, month + 1, min(held.day, monthrange(year, month + 1)[1]))


def _next_month(held: date) -> date:
    return (held.replace(day=1) + timedelta(days=32)).replace(day=1)
