"""Dates and times of day as English and Chinese write them.

Values: `2026-03-15`, `2026-03`, `2026`, `--03-15` (no year), `--03`, `2025/2026` (a financial or
school year); times `14:30`, and `2:30?` where nothing says whether it is morning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from .numbers import CHINESE, HAN, compiled, read_number
from .variety import Variety

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MONTH_NUMBER = {name.lower(): number for number, name in enumerate(MONTHS, start=1)} | {
    name[:3].lower(): number for number, name in enumerate(MONTHS, start=1)
}
_MONTH_NUMBER["sept"] = 9
_MONTH = (
    "(?:January|February|March|April|May|June|July|August|September|October|November|December"
    "|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\\b\\.?)"
)
_DAY = "(?:3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = "(?:19|20)[0-9]{2}"
_WEEKDAY = r"(?:\s*\((?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\))?"
_TO = r"\s*(?:-|–|—|to|and|until|&)\s*"
_HAN_YEAR = f"(?:{_YEAR}|[一二][零〇○一二三四五六七八九]{{3}})"
_HAN_SMALL = f"(?:[0-9]{{1,2}}|[{HAN}]{{1,3}})"
_NOT_INSIDE = f"(?<![0-9{HAN}])"
_HAN_TO = r"\s*(?:至|到|-|–|—|~|～|及|和|、)\s*"

Dated = tuple[int, int, str]
"""Start, end and value."""


def _value(
    year: str | int | None, month: str | int | None = None, day: str | int | None = None
) -> str | None:
    """The parts as one value, or None when there can be no such date."""
    number = _month(month) if month is not None else None
    date = int(re.sub(r"\D", "", str(day))) if day is not None else None
    if (number is not None and not 1 <= number <= 12) or (date is not None and not 1 <= date <= 31):
        return None
    head = str(year) if year else "-"
    return head + (f"-{number:02d}" if number else "") + (f"-{date:02d}" if date else "")


def _month(written: str | int) -> int:
    text = str(written).strip(". ").lower()
    return int(text) if text.isdigit() else _MONTH_NUMBER[text]


def _han(text: str) -> int:
    return int(read_number(text))


def _han_year(text: str) -> int:
    return int(text) if text.isdigit() else int("".join(str(CHINESE[char]) for char in text))


Parser = Callable[[re.Match[str]], Iterator[tuple[str, str | None]]]
"""Yields the name of the group that marks the place, and the value."""


def _day_range(match: re.Match[str]) -> Iterator[tuple[str, str | None]]:
    part = match.groupdict()
    yield "d1", _value(part.get("y"), part.get("m1") or part["m"], part["d1"])
    yield "d2", _value(part.get("y"), part["m"], part["d2"])


def _day(match: re.Match[str]) -> Iterator[tuple[str, str | None]]:
    part = match.groupdict()
    yield "all", _value(part.get("y"), part["m"], part["d"])


def _month_range(match: re.Match[str]) -> Iterator[tuple[str, str | None]]:
    part = match.groupdict()
    yield "m1", _value(part.get("y"), part["m1"])
    yield "m", _value(part.get("y"), part["m"])


def _month_only(match: re.Match[str]) -> Iterator[tuple[str, str | None]]:
    yield "all", _value(match.groupdict().get("y"), match["m"])


def _named_month(match: re.Match[str]) -> Iterator[tuple[str, str | None]]:
    yield "m", _value(None, match["m"])


def _slashes(match: re.Match[str]) -> Iterator[tuple[str, str | None]]:
    year = match["y"] if len(match["y"]) == 4 else f"20{match['y']}"
    yield "all", _value(year, match["m"], match["d"])


def _year_range(match: re.Match[str]) -> Iterator[tuple[str, str | None]]:
    first, second = _han_year(match["y1"]), match["y2"]
    last = _han_year(second) % 100
    whole = first - first % 100 + last
    yield "all", f"{first}/{whole + 100 if whole < first else whole}"


def _han_day(match: re.Match[str]) -> Iterator[tuple[str, str | None]]:
    part = match.groupdict()
    year = _han_year(part["y"]) if part.get("y") else None
    yield "all", _value(year, _han(part["m"]), _han(part["d"]))


def _han_day_range(match: re.Match[str]) -> Iterator[tuple[str, str | None]]:
    part = match.groupdict()
    year = _han_year(part["y"]) if part.get("y") else None
    month = _han(part["m"])
    yield "d1", _value(year, month, _han(part["d1"]))
    last = "m2" if part.get("m2") else "d2"
    yield last, _value(year, _han(part["m2"]) if part.get("m2") else month, _han(part["d2"]))


def _han_month_range(match: re.Match[str]) -> Iterator[tuple[str, str | None]]:
    year = _han_year(match["y"]) if match["y"] else None
    yield "m1", _value(year, _han(match["m1"]))
    yield "m", _value(year, _han(match["m"]))


def _han_month(match: re.Match[str]) -> Iterator[tuple[str, str | None]]:
    year = _han_year(match["y"]) if match["y"] else None
    yield "all", _value(year, _han(match["m"]))


def _year_alone(match: re.Match[str]) -> Iterator[tuple[str, str | None]]:
    yield "all", _value(_han_year(match["y"]))


_BEFORE_MONTH = (
    r"\b(?:in|of|since|until|till|from|by|last|this|next|every|each|before|after|early|late|mid|end)[ -]"
)

_DATES: tuple[tuple[re.Pattern[str], Parser], ...] = tuple(
    (compiled(expression), parser)
    for expression, parser in (
        # 15 to 18 March 2026; 28 February to 3 March 2026
        (
            rf"\b(?P<d1>{_DAY})(?:\s+(?:of\s+)?(?P<m1>{_MONTH}))?{_TO}(?P<d2>{_DAY})\s+(?P<m>{_MONTH})"
            rf"(?:,?\s+(?P<y>{_YEAR}))?(?![0-9])",
            _day_range,
        ),
        # March 15 to 18, 2026
        (
            rf"\b(?P<m>{_MONTH})\s+(?P<d1>{_DAY}){_TO}(?P<d2>{_DAY})(?![0-9])(?:,?\s+(?P<y>{_YEAR}))?(?![0-9])",
            _day_range,
        ),
        # 15 March 2026; 15th of March
        (
            rf"\b(?P<d>{_DAY})\s+(?:day\s+)?(?:of\s+)?(?P<m>{_MONTH}){_WEEKDAY}(?:,?\s+(?P<y>{_YEAR}))?(?![0-9])",
            _day,
        ),
        # March 15, 2026
        (rf"\b(?P<m>{_MONTH})\s+(?P<d>{_DAY})(?![0-9]){_WEEKDAY}(?:,?\s+(?P<y>{_YEAR}))?(?![0-9])", _day),
        # 2026-03-15; 15/3/2026; 15.3.2026
        (rf"(?<![0-9])(?P<y>{_YEAR})[-/.](?P<m>1[0-2]|0?[1-9])[-/.](?P<d>{_DAY})(?![0-9])", _slashes),
        (
            rf"(?<![0-9/])(?P<d>{_DAY})[-/.](?P<m>1[0-2]|0?[1-9])[-/.](?P<y>{_YEAR}|[0-9]{{2}})(?![0-9/])",
            _slashes,
        ),
        # 2026年3月15日至18日
        (
            rf"{_NOT_INSIDE}(?:(?P<y>{_HAN_YEAR})\s?年\s?)?(?P<m>{_HAN_SMALL})\s?月\s?(?P<d1>{_HAN_SMALL})\s?[日號号]?"
            rf"(?:[（(]星期[一二三四五六日][）)])?{_HAN_TO}"
            rf"(?:(?P<m2>{_HAN_SMALL})\s?月\s?)?(?P<d2>{_HAN_SMALL})\s?[日號号]",
            _han_day_range,
        ),
        # 2026年3月15日; 3月15日
        (
            rf"{_NOT_INSIDE}(?:(?P<y>{_HAN_YEAR})\s?年\s?)?(?P<m>{_HAN_SMALL})\s?月\s?(?P<d>{_HAN_SMALL})\s?[日號号]",
            _han_day,
        ),
        # 2025-26年度; 二零二五至二六年度; 2025-26; 2025/26
        (
            rf"{_NOT_INSIDE}(?P<y1>{_HAN_YEAR})\s?(?:年|年度)?\s?[至到/-–]\s?(?P<y2>(?:20)?[0-9]{{2}}|[零〇一二三四五六七八九]{{2}})\s?"
            r"(?:財政年度|學年|年度)",
            _year_range,
        ),
        (rf"(?<![0-9-])(?P<y1>{_YEAR})[-/–](?P<y2>[0-9]{{2}})(?![0-9-])", _year_range),
        # 2026年3月至5月; 3月至5月
        (
            rf"{_NOT_INSIDE}(?:(?P<y>{_HAN_YEAR})\s?年\s?)?(?P<m1>{_HAN_SMALL})\s?月?{_HAN_TO}(?P<m>{_HAN_SMALL})\s?月",
            _han_month_range,
        ),
        # 2026年3月; 三月
        (
            rf"{_NOT_INSIDE}(?:(?P<y>{_HAN_YEAR})\s?年\s?)?(?P<m>{_HAN_SMALL})\s?月(?!餅|球|亮|光|租|薪|票|台|費)",
            _han_month,
        ),
        # March to May 2026; March 2026; in March
        (rf"\b(?P<m1>{_MONTH}){_TO}(?P<m>{_MONTH})(?:,?\s+(?P<y>{_YEAR}))?(?![0-9])", _month_range),
        (rf"\b(?P<m>{_MONTH}),?\s+(?:of\s+)?(?P<y>{_YEAR})(?![0-9])", _month_only),
        (
            r"\b(?P<m>January|February|April|June|July|August|September|October|November|December)\b",
            _month_only,
        ),
        # March and May are words too: only after a preposition
        (rf"(?i:{_BEFORE_MONTH})(?P<m>March|May)\b", _named_month),
        # 2026年; 二零二六年
        (rf"{_NOT_INSIDE}(?P<y>{_HAN_YEAR})\s?年度?", _year_alone),
    )
)


_HALVES = "上午|下午|早上|晚上|中午|凌晨|傍晚|朝早|夜晚|晏晝"


def _minutes(name: str) -> str:
    """What may follow an hour: 30分, 半, 正."""
    return rf"\s?(?:(?P<{name}m>{_HAN_SMALL})\s?分(?!之)|(?P<{name}p>半)|正)?"


_CLOCK = compiled(
    r"(?P<word>\b(?:12 )?(?:noon|midnight)\b|正午|午夜)"
    r"|\b(?P<h>1[0-2]|0?[0-9])(?:[:.](?P<min>[0-5][0-9]))?\s?(?P<half>[ap]\.?\s?m\b\.?)"
    rf"|(?P<before>{_HALVES})\s?(?P<hh>{_HAN_SMALL})\s?"
    rf"(?:[時点點](?!候|期(?!間)){_minutes('h')}|[:：](?P<hc>[0-5][0-9]))"
    rf"|{_NOT_INSIDE}(?P<ch>[0-9]{{1,2}}|[二三四五六七八九十]{{1,3}})\s?時(?!間|候|期(?!間)){_minutes('c')}"
    r"|(?<![0-9:])(?P<th>[01]?[0-9]|2[0-3]):(?P<tm>[0-5][0-9])(?![0-9:])"
)


def find_dates(text: str) -> list[Dated]:
    """Every date of a text. Of overlapping readings the longer form wins."""
    found: list[Dated] = []
    taken = bytearray(len(text))
    for pattern, parse in _DATES:
        for match in pattern.finditer(text):
            if any(taken[match.start() : match.end()]):
                continue
            places = [(group, value) for group, value in parse(match) if value is not None]
            for group, value in places:
                start, end = _place(match, group, last=group == places[-1][0])
                found.append((start, end, value))
            if places:
                taken[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
    return sorted(found)


def _place(match: re.Match[str], group: str, *, last: bool) -> tuple[int, int]:
    """Where the date stands: the first of a range with all before it, the last with all after."""
    if group == "all":
        return match.span()
    start, end = match.span(group)
    if last:
        return start, match.end()
    end = max(end, match.end("m1") if match.groupdict().get("m1") else end)
    unit = match.string[end : end + 1] in tuple("日號号月")
    return match.start(), end + unit


def find_times(text: str) -> list[Dated]:
    """Every time of day of a text. The end of a range takes its half of the day from its start."""
    found: list[Dated] = []
    for match in _CLOCK.finditer(text):
        value = _time(match)
        if value is None:
            continue
        if value.endswith("?") and found and _RANGE.fullmatch(text, found[-1][1], match.start()):
            value = _later(value, found[-1][2])
        found.append((match.start(), match.start() + len(match.group().rstrip()), value))
    return found


def _later(value: str, than: str) -> str:
    """The first time of day with this face that is later than another, which must be certain."""
    hour, minute = (int(part) for part in value.rstrip("?").split(":"))
    morning, evening = (f"{hour % 12 + half:02d}:{minute:02d}" for half in (0, 12))
    if than.endswith("?"):
        return value
    return morning if morning > than else evening if evening > than else value


def _time(match: re.Match[str]) -> str | None:
    part = match.groupdict()
    if part["word"]:
        return "12:00" if part["word"].endswith(("noon", "正午")) else "00:00"
    if part["h"]:
        return _clock(int(part["h"]), int(part["min"] or 0), afternoon=part["half"][0].lower() == "p")
    if part["before"]:
        minute = 30 if part["hp"] else _han(part["hm"] or part["hc"] or "0")
        return _clock(_han(part["hh"]), minute, afternoon=part["before"] in _LATE)
    if part["ch"]:
        hour, minute = _han(part["ch"]), 30 if part["cp"] else _han(part["cm"] or "0")
        return _open_clock(hour, minute) if hour < 25 and minute < 60 else None
    return _open_clock(int(part["th"]), int(part["tm"]))


_RANGE = compiled(r"\s?(?:至|到|-|–|—|to|until)\s?")
_LATE = ("下午", "晚上", "傍晚", "夜晚", "晏晝", "中午")


def _clock(hour: int, minute: int, *, afternoon: bool) -> str | None:
    if hour > 24 or minute > 59:
        return None
    if hour <= 12:
        hour = hour % 12 + (12 if afternoon else 0)
    return f"{hour % 24:02d}:{minute:02d}"


def _open_clock(hour: int, minute: int) -> str:
    """A time that names no half of the day: certain from 13:00, and before 1:00."""
    certain = hour > 12 or hour == 0
    return f"{hour % 24:02d}:{minute:02d}" + ("" if certain else "?")


def write_date(value: str, variety: Variety) -> str:
    """A date's value as `variety` writes it: 15 March 2026, 2026年3月15日."""
    if "/" in value:
        first, _, second = value.partition("/")
        return f"{first}-{second[-2:]}" + ("年度" if variety.is_chinese else "")
    year, month, day = _parts(value)
    if variety.is_chinese:
        return "".join(
            f"{int(part)}{unit}" for part, unit in ((year, "年"), (month, "月"), (day, "日")) if part
        )
    words = [str(int(day)) if day else "", MONTHS[int(month) - 1] if month else "", year]
    return " ".join(word for word in words if word)


def write_time(value: str, variety: Variety) -> str:
    """A time's value as `variety` writes it: 2:30 p.m., 下午2時30分."""
    hour, minute = (int(part) for part in value.rstrip("?").split(":"))
    sure = not value.endswith("?")
    twelve = (hour % 12 or 12) if sure else hour
    if variety.is_chinese:
        half = ("上午" if hour < 12 else "中午" if (hour, minute) == (12, 0) else "下午") if sure else ""
        return f"{half}{twelve}時" + (f"{minute}分" if minute else "")
    if not sure:
        return f"{hour}:{minute:02d}"
    if (hour, minute) == (12, 0):
        return "12 noon"
    return f"{twelve}" + (f":{minute:02d}" if minute else "") + (" a.m." if hour < 12 else " p.m.")


def _parts(value: str) -> tuple[str, str, str]:
    """Year, month and day, each empty where the value has none."""
    if value.startswith("--"):
        rest = value[2:].split("-")
        return "", rest[0], rest[1] if len(rest) > 1 else ""
    parts = [*value.split("-"), "", ""]
    return parts[0], parts[1], parts[2]


def holds_date(wanted: str, held: list[str]) -> bool:
    """Whether the dates `held` say all that `wanted` says: 2026 is held by 2026-03-15, not the other way.

    The year may stand elsewhere: 15 March and 2026 together hold 15 March 2026.
    """
    if wanted in held:
        return True
    if "/" in wanted:
        return False
    needed = _parts(wanted)
    known = [_parts(value) for value in held if "/" not in value]
    if any(_covers(parts, needed) for parts in known):
        return True
    year_known = not needed[0] or any(parts[0] == needed[0] for parts in known) or _in_range(needed[0], held)
    if not needed[1]:
        return year_known and bool(needed[0])
    bare = ("", needed[1], needed[2])
    return year_known and any(not parts[0] and _covers(parts, bare) for parts in known)


def _covers(held: tuple[str, str, str], needed: tuple[str, str, str]) -> bool:
    return all(not want or want == have for want, have in zip(needed, held, strict=True))


def _in_range(year: str, held: list[str]) -> bool:
    return any("/" in value and year in value.split("/") for value in held)
