"""The judge's own reading of figures, in English and Chinese.

It is written apart from `language.figures` on purpose: the product checks itself with that one, and a
blind spot shared by the checker and the judge would never be seen. It is asymmetric. `claimed` takes only
what is surely a figure, since a claimed figure must be found again; `held` takes everything that could be
read as one, since it is where claimed figures are looked for.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure as a kind and a value that is the same in both languages."""

    kind: str
    """`number`, `percent`, `year`, `month`, `day`, `time`, `quarter` or `code`."""
    value: str


Found = tuple[Quantity, str]
"""A figure and the characters it was read from."""

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "兩": 2, "两": 2, "廿": 20}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"萬": 10**4, "万": 10**4, "億": 10**8, "亿": 10**8}
_HAN = "零一二三四五六七八九〇○兩两十百千廿"
_MONTHS = tuple(month.lower() for month in calendar.month_name[1:])
_COUNT = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen twenty"""
_ROUND = {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_WORDS = {word: number for number, word in enumerate(_COUNT.split())} | _ROUND
_SCALES = {
    "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12,
    "bn": 10**9,
    "千": 10**3, "百萬": 10**6, "百万": 10**6, "千萬": 10**7, "千万": 10**7, **_LARGE,
    "十億": 10**9, "十亿": 10**9, "萬億": 10**12,
}  # fmt: skip
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)}|{'|'.join(month[:3] for month in _MONTHS)})\.?"
_NUMBER = r"\d{1,3}(?:[, ]\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?"
_SCALE = "|".join(sorted(_SCALES, key=len, reverse=True))
_MEASURES = (
    "個个名人宗間间次張张條条項项份期天年月小分部輛辆座所級级票公米元蚊歲岁戶户週周星種种艘封台層层位"
    "節节成倍套類类頁页場场班隻只本日號号"
)


def claimed(text: str) -> list[Found]:
    """Figures that the text surely states, in order of kind. "One" and 一 are mostly no figures: left out."""
    return list(_read(text, _CLAIMED))


def held(text: str) -> set[Quantity]:
    """Every figure that the text can be read to hold."""
    found = {quantity for quantity, _ in _read(text, _CLAIMED)}
    found |= {quantity for quantity, _ in _loose(text)}
    found |= {Quantity("number", q.value) for q in found if q.kind in ("year", "month", "day", "percent")}
    return found | {Quantity("year", q.value) for q in found if q.kind == "number" and len(q.value) == 4}


def missing(text: str, other: str) -> list[Found]:
    """Figures that `text` claims and `other` does not hold."""
    there = held(other)
    return [found for found in claimed(text) if found[0] not in there]


def han_number(text: str) -> int | None:
    """The value of a Chinese numeral such as 二○二六, 三十一 or 四千八百; None when it is not one."""
    if text and all(character in _DIGITS and _DIGITS[character] < 10 for character in text):
        return int("".join(str(_DIGITS[character]) for character in text))
    total, digit = 0, 0
    for character in text:
        if character in _SMALL:
            total += (digit or 1) * _SMALL[character]
            digit = 0
        elif character == "廿":
            total += 20
        elif character in _DIGITS:
            digit = _DIGITS[character]
        else:
            return None
    return total + digit if text else None


_Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], list[Quantity]]]


def _read(text: str, rules: list[_Rule]) -> Iterator[Found]:
    """Applies the rules in turn; what one rule has read is blotted out for those after it."""
    text = unicodedata.normalize("NFKC", text).replace("\u2013", "-").replace("\u2011", "-")
    for pattern, make in rules:
        for match in pattern.finditer(text):
            for quantity in make(match):
                yield quantity, match[0].strip()
            if make(match):
                text = text[: match.start()] + "\x00" * len(match[0]) + text[match.end() :]


def _loose(text: str) -> Iterator[Found]:
    """Readings that are only sometimes meant: any numeral, any number word, half a year as six months."""
    text = unicodedata.normalize("NFKC", text).lower()
    for match in re.finditer(_NUMBER, text):
        yield _number("number", _plain(match[0])), match[0]
    for match in re.finditer(rf"[{_HAN}]+", text):
        value = han_number(match[0])
        if value is not None:
            yield _number("number", Decimal(value)), match[0]
        for character in match[0]:
            yield _number("number", Decimal(_DIGITS.get(character, 10))), character
    for match in re.finditer(rf"\b(?:{'|'.join(_WORDS)})\b", text):
        yield _number("number", Decimal(_WORDS[match[0]])), match[0]
    for words, value in (
        ("半年|half a year|half-year", 6),
        ("一年|a year|one year", 12),
        ("兩年|two years", 24),
    ):
        if re.search(words, text):
            yield _number("number", Decimal(value)), words
    for words, number in (("once", 1), ("twice", 2), ("half", 50), ("nil|none|零", 0), (r"\bii\b", 2)):
        if re.search(words, text):
            yield _number("number", Decimal(number)), words


def _plain(digits: str) -> Decimal:
    return Decimal(re.sub(r"[, ]", "", digits))


def _number(kind: str, value: Decimal) -> Quantity:
    return Quantity(kind, f"{value.normalize():f}")


def _integer(text: str) -> Decimal:
    """An Arabic or Chinese numeral, whichever it is."""
    if text[0].isdigit():
        return _plain(text)
    value = han_number(text)
    return Decimal(value if value is not None else -1)


def _date_parts(match: re.Match[str]) -> list[Quantity]:
    parts = match.groupdict()
    found = []
    if parts.get("year"):
        found.append(_number("year", _integer(parts["year"])))
    if parts.get("month"):
        found.append(_number("month", _month(parts["month"])))
    if parts.get("day"):
        found.append(_number("day", _integer(parts["day"])))
    return found


def _month(text: str) -> Decimal:
    if text[0].isalpha() and text[0].isascii():
        return Decimal(next(i for i, month in enumerate(_MONTHS, 1) if month.startswith(text.lower()[:3])))
    return _integer(text)


def _two_years(match: re.Match[str]) -> list[Quantity]:
    first, second = _integer(match[1]), _integer(match[2])
    if second < 100:
        second += first - first % 100
    return [_number("year", first), _number("year", second)] if second > first else []


def _percent(match: re.Match[str]) -> list[Quantity]:
    return [_number("percent", _integer(match[1]))]


def _tenths(match: re.Match[str]) -> list[Quantity]:
    return [_number("percent", _integer(match[1]) * 10 + (5 if match[2] else 0))]


def _clock(match: re.Match[str]) -> list[Quantity]:
    parts = match.groupdict()
    if parts.get("word"):
        return [Quantity("time", "12:00" if parts["word"].lower() in ("noon", "正午", "中午") else "00:00")]
    hour, minute = int(_integer(parts["hour"])), int(_integer(parts["minute"])) if parts.get("minute") else 0
    if parts.get("half"):
        minute = 30
    half_day = (parts.get("half_day") or "").lower().replace(".", "")
    if half_day in ("pm", "下午", "晚上", "夜晚", "傍晚", "中午") and hour < 12:
        hour += 12
    if half_day in ("am", "凌晨", "午夜", "上午") and hour == 12:
        hour = 0
    return [Quantity("time", f"{hour:02}:{minute:02}")]


def _quarter(match: re.Match[str]) -> list[Quantity]:
    names = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4, "首": 1}
    word = match[1].lower()
    return [_number("quarter", Decimal(names[word]) if word in names else _integer(word))]


def _scaled(match: re.Match[str]) -> list[Quantity]:
    return [_number("number", _integer(match[1]) * _SCALES[match[2].lower()])]


def _han_large(match: re.Match[str]) -> list[Quantity]:
    """一億二千六百萬, 七萬五千, 1億900萬: parts between the large units, added up."""
    total = Decimal(0)
    for digits, scale in re.findall(rf"([{_HAN}]+|{_NUMBER})([萬万億亿]?)", match[0]):
        value = _integer(digits.lstrip("零〇○") or "零")
        total += value * _LARGE.get(scale, 1)
    return [_number("number", total)]


def _simple(match: re.Match[str]) -> list[Quantity]:
    return [_number("number", _plain(match[0]))]


def _han_small(match: re.Match[str]) -> list[Quantity]:
    value = han_number(match[1])
    return [_number("number", Decimal(value))] if value is not None and value > 1 else []


def _word(match: re.Match[str]) -> list[Quantity]:
    parts = [_WORDS[part] for part in match[0].lower().split("-")]
    return [_number("number", Decimal(sum(parts)))] if sum(parts) > 1 else []


def _code(match: re.Match[str]) -> list[Quantity]:
    text = re.sub(r"\s", "", match[0]).upper()
    return [Quantity("code", text)] if re.search(r"\d", text) else []


def _code_or_address(match: re.Match[str]) -> list[Quantity]:
    return [Quantity("code", match[0].upper())]


def _bare_year(match: re.Match[str]) -> list[Quantity]:
    return [_number("year", Decimal(match[0]))]


def _cased(pattern: str) -> re.Pattern[str]:
    """ASCII, so that a Chinese character beside a digit is a word boundary."""
    return re.compile(pattern, re.ASCII)


def _any_case(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII | re.IGNORECASE)


_YEAR = r"[12]\d{3}|[一二][零一二三四五六七八九〇○]{3}"
_SHORT = rf"\d{{1,2}}|[{_HAN}]{{1,3}}"
_HALF_DAY = "[上下]午|凌晨|晚上|夜晚|傍晚|早上|朝早|中午"
_TITLE_MONTHS = "|".join(month.title() for month in _MONTHS)
_SURE_MONTHS = "|".join(month.title() for month in _MONTHS if month not in ("march", "may"))
_BEFORE_MONTH = "|".join(
    f"(?<={word} )" for word in ("in", "of", "between", "and", "to", "by", "before", "until")
)
_ANY_WORD = "|".join(_WORDS)
_TENS = "|".join(word for word, value in _WORDS.items() if value >= 20)
_HAN_SCALE = "|".join(scale for scale in _SCALE.split("|") if not scale.isascii())

_CODES: list[_Rule] = [
    (_cased(r"[\w.+-]+@[\w.-]+\w"), _code_or_address),
    (_cased(r"\b[A-Z]{1,6}[(/][A-Z0-9()/.\-]*\d[A-Z0-9()/\-]*(?:\(\d+\))?"), _code),
    (_cased(r"\b[A-Z]{2,6}-\d[\w-]*"), _code),
    (_cased(r"\b\d+[A-Z]?\(\d+\)|(?<=[第 ])\d{1,2}[A-Z]\b"), _code),
    (_cased(r"\b\d{1,3}/20\d\d\b(?!/)"), _code),
    (_cased(r"\b\d-\d{8,}\b"), _code),
]
_DATES: list[_Rule] = [
    (
        _any_case(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)? {_MONTH}(?:,? (?P<year>[12]\d{{3}}))?\b"),
        _date_parts,
    ),
    (
        _any_case(rf"\b{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<year>[12]\d{{3}}))?"),
        _date_parts,
    ),
    (_any_case(rf"\b{_MONTH} (?P<year>[12]\d{{3}})\b"), _date_parts),
    (_cased(rf"(?:{_BEFORE_MONTH})(?P<month>{_TITLE_MONTHS})\b"), _date_parts),
    (_cased(rf"\b(?P<month>{_SURE_MONTHS})\b"), _date_parts),
    (
        _cased(
            rf"({_YEAR})(?:年度?)?[至\-/—]((?:[一二][零〇○九])?[零一二三四五六七八九〇○]{{2}}|\d{{2,4}})(?!\d)"
        ),
        _two_years,
    ),
    (_cased(rf"(?P<year>{_YEAR})年(?:(?P<month>{_SHORT})月份?(?:(?P<day>{_SHORT})[日號号])?)?"), _date_parts),
    (_cased(rf"(?P<month>{_SHORT})月(?P<day>{_SHORT})[日號号]"), _date_parts),
    (_cased(rf"(?<![個个])(?P<month>{_SHORT})月"), _date_parts),
]
_TIMES: list[_Rule] = [
    (
        _cased(
            rf"(?P<half_day>{_HALF_DAY})?(?P<hour>{_SHORT})[時时點点](?!間|间)(?:(?P<minute>{_SHORT})分|(?P<half>半))?"
        ),
        _clock,
    ),
    (_any_case(r"\b(?P<hour>\d{1,2})(?:[.:](?P<minute>\d\d))? ?(?P<half_day>[ap]\.?m\b\.?)"), _clock),
    (_cased(r"\b(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)\b"), _clock),
    (_any_case(r"(?P<word>\bnoon\b|正午|\bmidnight\b|午夜)"), _clock),
    (_any_case(r"\b(first|second|third|fourth|last) quarter"), _quarter),
    (_cased(r"第?([首1-4一二三四])季度?"), _quarter),
]
_NUMBERS: list[_Rule] = [
    (_any_case(rf"({_NUMBER}) ?(?:%|per ?cent\b|percentage points?\b|個百分點|个百分点)"), _percent),
    (_cased(rf"百分之({_NUMBER}|[{_HAN}]+)"), _percent),
    (_cased(r"([一二三四五六七八九兩两])成(半)?(?!員|员|立|為|为|功|本|果|績|效|份)"), _tenths),
    (_cased(rf"(?:[{_HAN}]+|{_NUMBER})億(?:[{_HAN}]+萬|{_NUMBER}萬)[{_HAN}]*"), _han_large),
    (_cased(rf"[{_HAN}]+[萬万億亿][{_HAN}]*"), _han_large),
    (_any_case(rf"({_NUMBER})[ -]?(thousand|million|billion|trillion|bn)\b"), _scaled),
    (_cased(rf"({_NUMBER})({_HAN_SCALE})"), _scaled),
    (_cased(r"\b20\d\d\b(?![,.]\d)"), _bare_year),
    (_cased(_NUMBER), _simple),
    (_cased(rf"([{_HAN}]+)(?=[{_MEASURES}])"), _han_small),
    (_any_case(rf"\b(?:{_TENS})-(?:{_ANY_WORD})\b|\b(?:{_ANY_WORD})\b"), _word),
]
_CLAIMED = [*_CODES, *_DATES, *_TIMES, *_NUMBERS]
"""In this order: a code's digits are no number, a date's no year alone."""
