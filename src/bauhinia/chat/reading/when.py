"""Days that a question names, in four languages: 聽日, next Friday, 25 December, 12月25日."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_HAN = "零一二三四五六七八九十"
_NUMBER_ZH = r"([0-9]{1,2}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_RELATIVE = (
    (r"day after tomorrow|後天|後日", 2),
    (r"大後天|大後日", 3),
    (r"tomorrow|tmr\b|明天|明日|聽日|翌日|明早|聽朝|聽晚|明晚", 1),
    (r"yesterday|昨天|昨日|尋日|琴日|噚日", -1),
    (r"the day before yesterday|前天|前日", -2),
    (r"today|tonight|this (?:morning|afternoon|evening)|今天|今日|今晚|今早|今朝|今個?下午|今次", 0),
)
_ISO = re.compile(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b")
_DAY_MONTH = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+{_MONTH}\b\.?(?:,?\s+(\d{{4}}))?")
_MONTH_DAY = re.compile(rf"\b{_MONTH}\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(\d{{4}}))?")
_CHINESE = re.compile(rf"(?:(\d{{4}}|出年|明年|今年)年?)?\s*{_NUMBER_ZH}\s*月\s*{_NUMBER_ZH}\s*[日號号]?")
_WEEKDAY_ZH = re.compile(
    r"(下(?:個)?|下一個?|今(?:個)?|這(?:個)?|呢個)?(?:星期|禮拜|週|周)([一二三四五六日天])"
)
_WEEKDAY_EN = re.compile(r"\b(next|this|coming|on)?\s*(mon|tues?|wednes|thurs?|fri|satur|sun)day\b")
_WEEKEND = re.compile(r"(?:this |the |at the )?weekend|週末|周末")
_YEAR = re.compile(r"\b((?:19|20)\d{2})\b(?!-)|((?:19|20)\d{2})年")
_MONTH_ALONE = re.compile(rf"\bin\s+{_MONTH}\b|{_NUMBER_ZH}月(?!\s*[0-9一二三四五六七八九十])")


class Named(NamedTuple):
    """A day that a text names, and where."""

    day: date
    start: int
    end: int


def days_in(text: str, today: date) -> list[Named]:
    """Every day that a folded text names, in order; overlapping readings give the first."""
    found = [*_written(text, today), *_relative(text, today), *_weekdays(text, today)]
    found.sort(key=lambda each: (each.start, -each.end))
    kept: list[Named] = []
    for each in found:
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return kept


def year_in(text: str, today: date) -> int | None:
    """The year that a text names."""
    if re.search(r"next year|明年|出年", text):
        return today.year + 1
    if re.search(r"this year|今年", text):
        return today.year
    match = _YEAR.search(text)
    return int(match[1] or match[2]) if match else None


def month_in(text: str, today: date) -> int | None:
    """The month that a text names without a day."""
    if re.search(r"next month|下個月|下月", text):
        return today.month % 12 + 1
    if re.search(r"this month|今個月|本月|這個月|呢個月", text):
        return today.month
    match = _MONTH_ALONE.search(text)
    if match is None:
        return None
    return _month(match[1]) if match[1] else number_zh(match[2])


def number_zh(text: str) -> int:
    """A Chinese or Arabic number below 100."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _HAN.index(text)
    return (_HAN.index(tens) if tens else 1) * 10 + (_HAN.index(ones) if ones else 0)


def _month(text: str) -> int:
    return _MONTHS.index(text[:3]) + 1


def _written(text: str, today: date) -> list[Named]:
    made: list[Named | None] = []
    for match in _ISO.finditer(text):
        made.append(_named(match, int(match[1]), int(match[2]), int(match[3])))
    for match in _DAY_MONTH.finditer(text):
        made.append(_named(match, _year(match[3]), _month(match[2]), int(match[1]), today))
    for match in _MONTH_DAY.finditer(text):
        made.append(_named(match, _year(match[3]), _month(match[1]), int(match[2]), today))
    for match in _CHINESE.finditer(text):
        year = {"出年": today.year + 1, "明年": today.year + 1, "今年": today.year}.get(match[1] or "")
        given = year or _year(match[1] if (match[1] or "").isdecimal() else None)
        made.append(_named(match, given, number_zh(match[2]), number_zh(match[3]), today))
    return [each for each in made if each is not None]


def _year(text: str | None) -> int | None:
    return int(text) if text else None


def _named(
    match: re.Match[str], year: int | None, month: int, day: int, today: date | None = None
) -> Named | None:
    """The day; without a year the next one of that date. None for no day of the calendar."""
    try:
        if year is not None:
            return Named(date(year, month, day), match.start(), match.end())
        assert today is not None
        near = date(today.year, month, day)
        return Named(near if near >= today else date(today.year + 1, month, day), match.start(), match.end())
    except ValueError:
        return None


def _relative(text: str, today: date) -> list[Named]:
    made = []
    for pattern, days in _RELATIVE:
        for match in re.finditer(pattern, text):
            made.append(Named(today + timedelta(days=days), match.start(), match.end()))
    return made


def _weekdays(text: str, today: date) -> list[Named]:
    made = []
    for match in _WEEKDAY_ZH.finditer(text):
        index = "一二三四五六日".index(match[2].replace("天", "日"))
        later = 7 if (match[1] or "").startswith("下") else 0
        made.append(Named(_weekday(today, index, later, monday=bool(match[1])), match.start(), match.end()))
    for match in _WEEKDAY_EN.finditer(text):
        index = _WEEKDAYS.index(match[2][:3])
        later = 7 if match[1] == "next" else 0
        made.append(Named(_weekday(today, index, later, monday=later > 0), match.start(), match.end()))
    for match in _WEEKEND.finditer(text):
        made.append(Named(_weekday(today, 5, 0, monday=False), match.start(), match.end()))
    return made


def _weekday(today: date, index: int, later: int, *, monday: bool) -> date:
    """The coming one; `next` and 下星期 count from the week's Monday."""
    if monday and later:
        return today - timedelta(days=today.weekday()) + timedelta(days=later + index)
    return today + timedelta(days=(index - today.weekday()) % 7)
