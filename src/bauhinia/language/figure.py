"""Figures of a text, normalised: the same quantity in English and in Chinese has the same value.

Kinds are looked for in an order in which each takes its place from those after it: references, dates,
quarters of a year, times, percentages, fractions, money, ordinals, numbers. Idioms that only hold a numeral
(一般, 統一, one of the) and numbers of list items are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from .dates import MONTHS, find_dates, find_times, write_date, write_time
from .money import find_money, write_money
from .numbers import (
    CHINESE_NUMBER,
    DIGITS,
    ENGLISH,
    ENGLISH_NUMBER,
    FULL_WIDTH,
    HAN,
    canonical,
    compiled,
    read_number,
    write_number,
)
from .references import find_references, write_reference
from .variety import Variety

FigureKind = Literal["number", "percent", "money", "date", "time", "reference", "ordinal", "quarter"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a text."""

    kind: FigureKind
    value: str
    """Canonical: equal for the same quantity however it is written; `numbers`, `dates`, ... say how."""
    start: int
    end: int
    text: str
    """As it is written."""


_Found = tuple[int, int, str]

NOTHING = "\x00"
_ADDRESS = compiled(r"https?://\S+|www\.\S+|[A-Za-z0-9_.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8}")
_PASSED_OVER = compiled(
    r"(?:星期|禮拜|礼拜|週|周)[一二三四五六日]"
    r"|\b(?:no|any|some|every)[ -]?one\b"
    r"|\bone(?:'s|’s|self| another|-off|-stop|-way|-to-one| by one| day\b| or more)"
    r"|\bone of (?:the|our|its|their|these|those|his|her|my)\b"
    r"|\b(?:the|this|that|which|each) one\b|\bzero[- ]\w+"
    r"|(?m:^\s*(?:[0-9]{1,3}[.、)．]|[一二三四五六七八九十]{1,3}、)(?=\s|[^0-9]))"
    r"|[(（](?:[0-9]{1,2}|[一二三四五六七八九十]{1,3}|[ivxIVX]{1,5}|[A-Za-z])[)）](?![0-9/])"
)
"""Days of the week, idioms, and the numbers of list items."""

_SHARE = compiled(
    rf"百分之\s?(?P<han>{CHINESE_NUMBER})"
    rf"|(?P<cheng>[一二三四五六七八九十兩][一二三四五六七八九]?|[0-9](?:\.[0-9])?)成(?P<more>[半一二三四五六七八九](?![十百千萬]))?"
    r"(?!員|员|功|為|为|立|果|本|熟|人|長|长|績|绩|效|分|就|因|交)"
    rf"|(?P<plain>{ENGLISH_NUMBER}|{CHINESE_NUMBER})\s?"
    r"(?:%|％|(?:per\s?cent|percentage points?)\b|個百分點|个百分点)"
)
_SHARE_RANGE = compiled(
    rf"(?P<first>{DIGITS})(?=\s?(?:-|–|to|至)\s?(?P<second>{DIGITS})\s?(?:%|％|per\s?cent\b))"
)
_SCALE_RANGE = compiled(
    rf"(?P<first>{DIGITS})(?=\s?(?:-|–|to|至)\s?(?:HK\$|\$)?(?P<second>{DIGITS})\s?(?P<scale>[十百千]?[萬万億亿]|(?:million|billion|trillion)\b))"
)
_PART_NAMES = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_FRACTION = compiled(
    rf"(?P<below>[{HAN}]{{1,12}}|[0-9]{{1,12}})分之(?P<above>[{HAN}]{{1,12}}|[0-9]{{1,12}})"
    rf"|\b(?P<up>one|two|three|four|five|seven|nine)[- ](?P<down>{'|'.join(_PART_NAMES)})s?\b"
    r"|(?<![0-9/])(?P<over>[0-9]{1,2})/(?P<under>[0-9]{1,2})(?![0-9/])"
)
_ORDINAL_WORDS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6,
    "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12,
}  # fmt: skip
_QUARTER_NAMES = {"first": "1", "second": "2", "third": "3", "fourth": "4", "首": "1", "末": "4"}
_QUARTER = compiled(
    r"\b(?P<word>(?i:first|second|third|fourth|[1-4](?=st|nd|rd|th)))(?:st|nd|rd|th)?[ -](?i:quarter)\b"
    r"|\bQ(?P<number>[1-4])\b|第?(?P<han>(?<=第)[1-4一二三四]|[首末])季度?(?!節|节|風|风|候)"
)
_ORDINAL = compiled(
    rf"第\s?(?P<han>[0-9]{{1,4}}|[{HAN}]{{1,5}})(?![一二三]?者|三方|一手|一時間|一时间|一線|一线|二天)"
    r"|\b(?P<digits>[0-9]{1,4})(?:st|nd|rd|th)\b"
    rf"|\b(?P<word>(?i:{'|'.join(_ORDINAL_WORDS)}))\b(?! party| parties|-party|-hand| hand|ly)"
    r"|\b(?i:stage|phase|officer|workman|artisan|class|grade|tier|level)\s"
    rf"(?P<stage>[0-9]\b|I{{1,3}}\b|IV\b|(?:{'|'.join(list(ENGLISH)[1:11])})\b)"
)
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4}
_CLASSIFIERS = (
    "個个名項项份宗次年月日天週周季小時鐘分秒類类種种間间座幢棟輛辆架艘條条張张頁页期階阶段步級级層层樓楼人位家所隊队組组批輪轮屆届倍元歲岁角點点"
    "章節节款件套課课卷區区處处司署地縣市州校院館站隻只對对團团方大支塊枚場场公米尺噸吨斤升度代句字版頓晚號号"
)
_OPENS_RANGE = compiled(f"[至到](?:[0-9]+|[{HAN}]{{1,12}})[{_CLASSIFIERS}]")
_APPROXIMATE = compiled("一兩|一二|兩三|二三|三四|三五|四五|五六|六七|七八|八九|一两|两三")
_DIGIT_NUMBER = compiled(
    rf"(?<![0-9.])(?<![0-9],)"
    rf"(?:(?={DIGITS}\s?[十百千]?[萬万億亿]){CHINESE_NUMBER}|{ENGLISH_NUMBER}(?:\b|(?![A-Za-z]))|{CHINESE_NUMBER})"
)
_HALF_MORE = compiled(r"\s?(?:個半|个半|年半)|\s(?:and a half)\b")


_MAY_HOLD = compiled(
    rf"[0-9{HAN}壹貳叁肆伍陸柒捌玖拾]|正午|午夜|[首末]季|附[件錄录]"
    rf"|\b(?:{'|'.join([*ENGLISH, *_ORDINAL_WORDS, *MONTHS, 'a (?:million|billion|hundred|thousand)'])})"
    r"|\b(?:noon|midnight|annex|appendix|stage|phase|officer|class|grade|level|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep)",
    re.IGNORECASE,
)
"""Without any of these a text has no figure: most sentences end here."""


def figures(text: str) -> list[Figure]:
    """Every figure of a text, in order, none overlapping."""
    return list(_figures(text))


@lru_cache(maxsize=2048)
def _figures(text: str) -> tuple[Figure, ...]:
    """Kept, because a statement is compared with many places of its sources."""
    plain = text.translate(FULL_WIDTH)
    if not _MAY_HOLD.search(plain):
        return ()
    found: list[tuple[FigureKind, _Found]] = []
    blank = _blank(plain, (match.span() for match in _ADDRESS.finditer(plain)))
    for kind, find in _FINDERS:
        places = list(find(blank))
        found += [(kind, place) for place in places]
        spans = [(start, end) for start, end, _ in places]
        if kind == "time":
            spans += [match.span() for match in _spans_passed_over(_blank(blank, spans))]
        blank = _blank(blank, spans)
    ordered = sorted(found, key=lambda item: item[1][0])
    return tuple(Figure(kind, value, start, end, text[start:end]) for kind, (start, end, value) in ordered)


def _spans_passed_over(text: str) -> Iterator[re.Match[str]]:
    yield from _PASSED_OVER.finditer(text)
    yield from _idioms().finditer(text)


@cache
def _idioms() -> re.Pattern[str]:
    """Words that hold a numeral and count nothing, longest first."""
    written = (Path(__file__).parent / "data" / "numeral_idioms.txt").read_text(encoding="utf-8")
    words = [word for line in written.splitlines() if not line.startswith("#") for word in line.split()]
    alternatives = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    return compiled(
        f"(?<![0-9{HAN}])(?:{alternatives}|十分(?![鐘钟之])|(?<![個个])百分[點点])|進一步|进一步|同一|劃一|萬一"
    )


def _blank(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with these places made unreadable, at the same length."""
    for start, end in spans:
        text = f"{text[:start]}{NOTHING * (end - start)}{text[end:]}"
    return text


def _quarters(text: str) -> Iterator[_Found]:
    """Quarters of a year: `first quarter`, `Q3`, 第三季, 首季, as `Q1` to `Q4`."""
    for match in _QUARTER.finditer(text):
        named = match["word"] or match["number"] or match["han"]
        value = _QUARTER_NAMES.get(named.lower()) or canonical(read_number(named))
        yield *match.span(), f"Q{value}"


def _shares(text: str) -> Iterator[_Found]:
    for match in _SHARE_RANGE.finditer(text):
        if read_number(match["first"]) < read_number(match["second"]):
            yield *match.span("first"), canonical(read_number(match["first"]))
    for match in _SHARE.finditer(text):
        if match["cheng"]:
            tenths = match["cheng"]
            whole = read_number(tenths[0]) if not tenths[0].isdigit() else read_number(tenths)
            value = whole * 10 + (read_number(tenths[1]) if len(tenths) == 2 else 0)
            more = 5 if match["more"] == "半" else read_number(match["more"]) if match["more"] else 0
            yield *match.span(), canonical(value + more)
        else:
            yield *match.span(), canonical(read_number(match["han"] or match["plain"]))


def _fractions(text: str) -> Iterator[_Found]:
    for match in _FRACTION.finditer(text):
        if match["below"]:
            above, below = read_number(match["above"]), read_number(match["below"])
        elif match["up"]:
            above, below = Fraction(ENGLISH[match["up"]]), Fraction(_PART_NAMES[match["down"]])
        else:
            above, below = Fraction(match["over"]), Fraction(match["under"])
        if below:
            yield *match.span(), canonical(above / below)


def _ordinals(text: str) -> Iterator[_Found]:
    for match in _ORDINAL.finditer(text):
        part = match.groupdict()
        if part["han"] or part["digits"]:
            value = read_number(part["han"] or part["digits"])
        elif part["word"]:
            value = Fraction(_ORDINAL_WORDS[part["word"].lower()])
        else:
            stage = part["stage"]
            value = Fraction(_ROMAN[stage]) if stage in _ROMAN else read_number(stage)
        yield *match.span(), canonical(value)


def _scaled(text: str) -> Iterator[_Found]:
    """The first of `5 to 10 million`, which leaves its scale to the second."""
    for match in _SCALE_RANGE.finditer(text):
        if read_number(match["first"]) >= read_number(match["second"]):
            continue  # in 2025 to 45 million
        yield *match.span("first"), canonical(read_number(f"{match['first']} {match['scale']}"))


def _numbers(text: str) -> Iterator[_Found]:
    for match in _DIGIT_NUMBER.finditer(text):
        written = match.group()
        if not _counts(written, text, match.start(), match.end()):
            continue
        value = read_number(written)
        more = _HALF_MORE.match(text, match.end())
        end = more.end() if more else match.end()
        yield match.start(), end, canonical(value + (Fraction(1, 2) if more else 0))


def _counts(written: str, text: str, start: int, end: int) -> bool:
    """Whether a numeral is a quantity, and not part of a name or a word."""
    if written[0].isascii() and written[0].isdigit():
        before = text[start - 1 : start]
        return not (before.isascii() and before.isalpha())
    if written[0].isascii():
        return True
    if written[0] in "百千萬億点點" or text[start - 1 : start] in tuple("數数幾几好"):
        return False
    if _APPROXIMATE.fullmatch(written[:2]) and not any(unit in written for unit in "十百千萬"):
        return False
    if len(written) > 1:
        return True
    following = text[end : end + 1]
    return following in tuple(_CLASSIFIERS) or written == "十" or _OPENS_RANGE.match(text, end) is not None


_FINDERS: tuple[tuple[FigureKind, Callable[[str], Iterable[_Found]]], ...] = (
    ("reference", find_references),
    ("date", find_dates),
    ("quarter", _quarters),
    ("time", find_times),
    ("percent", _shares),
    ("number", _fractions),
    ("number", _scaled),
    ("money", find_money),
    ("ordinal", _ordinals),
    ("number", _numbers),
)


def write_figure(figure: Figure, variety: Variety) -> str | None:
    """The figure as `variety` writes it, or None when it is best left to whoever writes the sentence."""
    match figure.kind:
        case "date":
            return write_date(figure.value, variety)
        case "time":
            return write_time(figure.value, variety)
        case "money":
            return write_money(figure.value, variety)
        case "percent":
            return f"{figure.value}%" if variety.is_chinese else f"{figure.value} per cent"
        case "reference":
            return write_reference(figure.value, variety)
        case "quarter":
            return _write_quarter(figure.value[1:], variety)
        case "number":
            return _write_plain(figure, variety)
        case _:
            return None


def _write_quarter(number: str, variety: Variety) -> str:
    word = "第" + "一二三四"[int(number) - 1] + "季"
    return word if variety.is_chinese else f"{list(_QUARTER_NAMES)[int(number) - 1]} quarter"


def _write_plain(figure: Figure, variety: Variety) -> str | None:
    value = Fraction(figure.value)
    if value < 10 or (value.denominator != 1 and "/" in figure.value):
        return None
    if value.denominator == 1 and 1900 <= value < 2100 and figure.text.isdigit():
        return figure.text
    return write_number(value, variety)
