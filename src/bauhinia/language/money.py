"""Amounts of money: HK$1.2 billion, 12億元, 1 200 000 000 元, US$5 million, 五十蚊.

Values: the currency and the amount, `HKD 1200000000`. A bare $ or 元 is the Hong Kong dollar.
"""

from __future__ import annotations

import re
from fractions import Fraction

from .numbers import (
    CHINESE_NUMBER,
    DIGITS,
    ENGLISH_NUMBER,
    FORMAL,
    HAN,
    canonical,
    compiled,
    read_number,
    write_number,
)
from .variety import Variety

_SIGNS = {
    "HK$": "HKD", "HKD": "HKD", "$": "HKD", "港幣": "HKD", "港币": "HKD",
    "US$": "USD", "USD": "USD", "美金": "USD", "RMB": "CNY", "CNY": "CNY", "¥": "CNY",
    "人民幣": "CNY", "人民币": "CNY", "£": "GBP", "GBP": "GBP", "€": "EUR", "EUR": "EUR",
    "JPY": "JPY", "S$": "SGD", "A$": "AUD", "MOP": "MOP",
}  # fmt: skip
_UNITS = {
    "元": "HKD", "港元": "HKD", "蚊": "HKD", "塊": "HKD", "圓": "HKD", "dollar": "HKD", "dollars": "HKD",
    "Hong Kong dollars": "HKD", "US dollars": "USD", "美元": "USD",
    "英鎊": "GBP", "英镑": "GBP", "pounds": "GBP",
    "歐元": "EUR", "欧元": "EUR", "euros": "EUR", "日圓": "JPY", "日元": "JPY",
    "澳元": "AUD", "澳門元": "MOP",
    "坡元": "SGD", "yuan": "CNY",
}  # fmt: skip
_WRITTEN = {
    "HKD": ("HK$", "元"), "USD": ("US$", "美元"), "CNY": ("RMB", "元人民幣"), "GBP": ("£", "英鎊"),
    "EUR": ("€", "歐元"), "JPY": ("JPY", "日圓"), "AUD": ("A$", "澳元"), "MOP": ("MOP", "澳門元"),
    "SGD": ("S$", "坡元"),
}  # fmt: skip
_SIGN = (
    r"(?P<sign>(?:HK|US|A|S)\$|\$|£|€|¥|\b(?:HKD|USD|RMB|CNY|GBP|EUR|JPY|MOP)|港幣|港币|人民幣|人民币|美金)"
)
_UNIT = (
    "(?P<unit>(?:港|美|歐|欧|日|澳|坡|澳門)?元(?!朗|旦|素|件|首|老|帥|氣|宵|凶)(?P<cny>人民幣|人民币)?|日圓|英鎊|英镑|蚊|塊(?=錢|$|[，。])"
    "|\\s(?:Hong Kong |US )?dollars?\\b|\\spounds\\b|\\seuros\\b|\\syuan\\b)"
)
_AMOUNT = rf"(?:{ENGLISH_NUMBER}|{CHINESE_NUMBER})"
_IN_WAN = rf"(?=(?:{DIGITS}|[{HAN}]{{1,24}})\s?[十百千]?[萬万億亿])"
_MONEY = compiled(
    rf"{_SIGN}\s?(?P<n1>{_IN_WAN}{CHINESE_NUMBER}|{ENGLISH_NUMBER}|{CHINESE_NUMBER})[多餘]?(?:港?元)?"
    rf"|(?P<n2>{_AMOUNT}|{FORMAL})\s?[多餘]?{_UNIT}"
)


def find_money(text: str) -> list[tuple[int, int, str]]:
    """Every amount: start, end and value."""
    found = []
    for match in _MONEY.finditer(text):
        amount = match["n1"] or match["n2"]
        found.append((match.start(), match.end(), f"{_currency(match)} {canonical(read_number(amount))}"))
    return found


def _currency(match: re.Match[str]) -> str:
    if match["sign"]:
        return _SIGNS[match["sign"]]
    return "CNY" if match["cny"] else _UNITS[match["unit"].strip()]


def write_money(value: str, variety: Variety) -> str:
    """An amount's value as `variety` writes it: HK$1.2 billion, 12億元."""
    currency, _, amount = value.partition(" ")
    number = write_number(Fraction(amount), variety)
    sign, unit = _WRITTEN[currency]
    if variety.is_chinese:
        return number + (
            unit.replace("幣", "币").replace("歐", "欧") if variety is Variety.SIMPLIFIED else unit
        )
    return f"{sign}{' ' if sign.isalpha() else ''}{number}"
