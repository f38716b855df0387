"""Finding personal data: HKID numbers, e-mail addresses and Hong Kong telephone numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

FoundKind = Literal["hkid", "email", "phone"]

_WIDE = {code + 0xFEE0: code for code in range(0x21, 0x7F) if chr(code) != ","}
_WIDE |= {0x3000: 0x20, 0x2010: 0x2D, 0x2011: 0x2D}
"""Full-width forms and typographic hyphens to ASCII, one character for one, so that places stay the same.
The full-width comma stays: it ends a clause and never groups digits."""


@dataclass(frozen=True, slots=True)
class Found:
    """Personal data at `text[start:end]`; `value` is those very characters."""

    kind: FoundKind
    start: int
    end: int
    value: str


_HKID = re.compile(
    r"""(?<![A-Za-z0-9])
    ([A-Za-z]{1,2}) \ ?
    (\d{3}) \ ? (\d{3}) \ ?
    (?: \( \ ? ([0-9Aa]) \ ? \) | ([0-9Aa]) )
    (?![A-Za-z0-9])""",
    re.VERBOSE,
)
_EMAIL = re.compile(
    r"""(?<![A-Za-z0-9.!#$%&'*+/=?^_`{|}~-])
    [A-Za-z0-9_'+%-]+ (?: \. [A-Za-z0-9_'+%-]+ )*
    @
    (?: [A-Za-z0-9] (?: [A-Za-z0-9-]* [A-Za-z0-9] )? \. )+ [A-Za-z]{2,24}
    (?![A-Za-z0-9-])""",
    re.VERBOSE,
)
_PHONE = re.compile(
    r"""(?<![A-Za-z0-9$£€¥+]) (?<![$£€¥][ ]) (?<![0-9][.,-]) (?<![A-Za-z]-)
    (?<![0-9]{4}[ ]) (?: (?<!/) | (?<=[0-9]{4}/) )
    (?P<code> \(? \+? 852 \)? [ -]? )?
    (?P<number> [2356789]\d{3} (?P<gap>[ -]?) \d{4} )
    (?! [A-Za-z0-9] | [-.,]\d | /(?! [2356789]\d{3} [ -]? \d{4} (?!\d) )
      | [ ]?[%元圓円蚊] | [ ]\d{4}(?!\d) )""",
    re.VERBOSE,
)
_MONEY_BEFORE = re.compile(r"(?:HKD|HK\$|US\$|USD|RMB|CNY|\$)[ ]?$", re.IGNORECASE)
_MONEY_AFTER = re.compile(r"[ ]?(?:dollars?|HKD|USD|RMB|million|billion|[萬万億亿]|港元|美元)", re.IGNORECASE)
_TELEPHONE = re.compile(
    r"(?:tel|phone|fax|call|mobile|hotline|whatsapp|enquir\w*|contact|電|电|致電|熱線|热线|手機|手机|手提|傳真|传真|聯絡|联络|查詢|查询)"
    r"[^\d\n]{0,20}$",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"(?:ref\w*|file|no|檔|档|編|编|案|號|号|票)[.:：號号編编案 ]{0,6}$", re.IGNORECASE)


def find_personal(text: str) -> list[Found]:
    """All personal data in the text, in order, none overlapping another.

    An HKID counts when its check digit is right, in capitals or not, half or full width, with or without
    brackets. A telephone number has eight digits, with or without 852; amounts of money, longer runs of
    digits, file references, dates and spans of years do not count.
    """
    plain = text.translate(_WIDE)
    found = sorted([*_hkids(plain), *_emails(plain), *_phones(plain)])
    result: list[Found] = []
    for start, end, kind in found:
        if not result or start >= result[-1].end:
            result.append(Found(kind, start, end, text[start:end]))
    return result


_Span = tuple[int, int, FoundKind]


def _hkids(text: str) -> Iterator[_Span]:
    for match in _HKID.finditer(text):
        letters, first, second, bracketed, bare = match.groups()
        if check_digit(letters + first + second) == (bracketed or bare).upper():
            yield match.start(), match.end(), "hkid"


def check_digit(stem: str) -> str:
    """The check digit of an HKID's one or two letters and six digits: `0` to `9` or `A`.

    Each character has a value (A = 10 ... Z = 35, a missing first letter 36) and a weight from 9 down to 2;
    the check digit makes the weighted sum a multiple of 11.
    """
    values = [int(character, 36) for character in stem]
    if len(values) == 7:
        values.insert(0, 36)
    total = sum(value * weight for value, weight in zip(values, range(9, 1, -1), strict=True))
    return "0123456789A"[-total % 11]


def _emails(text: str) -> Iterator[_Span]:
    for match in _EMAIL.finditer(text):
        yield match.start(), match.end(), "email"


def _phones(text: str) -> Iterator[_Span]:
    for match in _PHONE.finditer(text):
        before, after = text[max(0, match.start() - 30) : match.start()], text[match.end() : match.end() + 10]
        if _MONEY_BEFORE.search(before) or _MONEY_AFTER.match(after):
            continue
        sure = match["code"] or _TELEPHONE.search(before)
        if sure or not (_looks_like_time(match["number"]) or _REFERENCE.search(before)):
            yield match.start(), match.end(), "phone"


def _looks_like_time(number: str) -> bool:
    """A date such as 20240131, or two years such as 2019-2024."""
    digits = re.sub(r"\D", "", number)
    first, second = int(digits[:4]), int(digits[4:])
    years = range(1900, 2101)
    month, day = divmod(second, 100)
    return first in years and (second in years or (1 <= month <= 12 and 1 <= day <= 31))
