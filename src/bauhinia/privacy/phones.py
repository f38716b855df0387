"""Telephone numbers: Hong Kong's eight digits in all their writings, and numbers abroad with a plus."""

from __future__ import annotations

import re

HONG_KONG = re.compile(
    r"""(?<![A-Za-z0-9$£€¥+]) (?<![$£€¥][ ]) (?<![0-9][.,-]) (?<![A-Za-z]-)
    (?<![0-9]{4}[ ]) (?: (?<!/) | (?<=[0-9]{4}/) )
    (?P<code> (?: \( (?:\+ | 00)? [ ]? 852 \) | (?:\+ | 00)? [ ]? 852 ) [ -]{0,2} )?
    (?P<number> [2356789]\d{3} (?P<gap>[ ]?-[ ]? | [ ]?) \d{4} )
    (?! [A-Za-z0-9*] | [-.,]\d | /(?! [2356789]\d{3} [ -]? \d{4} (?!\d) )
      | [ ]?[%元圓円蚊] | [ ]\d{4}(?!\d) )""",
    re.VERBOSE,
)
ABROAD = re.compile(
    r"""(?<![A-Za-z0-9+]) \(? \+ (?!852) [1-9]\d{0,2} \)? [ -]?
    (?: \(? \d{1,5} \)? [ -]? ){1,5} (?<=\d) (?![A-Za-z0-9]|[.,]\d)""",
    re.VERBOSE,
)
_MONEY_BEFORE = re.compile(r"(?:HKD|HK\$|US\$|USD|RMB|CNY|\$|港幣|港币|人民幣)[ ]?$", re.IGNORECASE)
_MONEY_AFTER = re.compile(
    r"[ ]?(?:dollars?|HKD|USD|RMB|million|billion|[萬万億亿]|港元|美元|人次|平方"
    r"|[股票宗名個个部輛辆次人戶户頁页件]|(?:units?|people|persons|shares|votes|bytes|tonnes|cases|items|copies)\b|km|sq)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?:\b(?:no|nos|number|#)|[編编][號号]|[號号][碼码]?|票)[.:# ]{0,6}$", re.IGNORECASE)


def hong_kong_score(match: re.Match[str]) -> float:
    """How much a match of HONG_KONG looks like a telephone number without a word that says so; 0 for none."""
    plain, start, end = match.string, match.start(), match.end()
    before = plain[max(0, start - 16) : start]
    if _MONEY_BEFORE.search(before) or _MONEY_AFTER.match(plain, end):
        return 0.0
    if match["code"]:
        return 0.9
    if _looks_like_time(match["number"]) or _NUMBERED.search(before):
        return 0.3
    return 0.75 if match["gap"] else 0.6


def abroad_score(match: re.Match[str]) -> float:
    """7 to 15 digits, as ITU-T E.164 has it."""
    return 0.75 if 7 <= sum(map(str.isdigit, match[0])) <= 15 else 0.0


def _looks_like_time(number: str) -> bool:
    """A date such as 20240131, or two years such as 2019-2024."""
    first, second = int(number[:4]), int(number[-4:])
    years = range(1900, 2101)
    month, day = divmod(second, 100)
    return first in years and (second in years or (1 <= month <= 12 and 1 <= day <= 31))
