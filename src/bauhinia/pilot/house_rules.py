"""House rules: how each kind of official text is written, kept by program after the model has written.

A rule either puts a thing right that has one right form (thousands by a space), or points at what only the
officer can mend (a long sentence). Conventions: press releases of info.gov.hk part thousands by a space and
write `April 15`; Chinese official letters write dates in Chinese numerals.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal

from ..language import Variety, figures, split_sentences
from ..language.dates import MONTHS
from .draft import Finding

RuleName = Literal[
    "thousands_by_space",
    "month_before_day",
    "chinese_numeral_dates",
    "no_contractions",
    "short_sentences",
    "few_figures",
    "no_praise",
]
Mended = tuple[str, list[Finding]]
"""The text as the rule wants it, and what it could not mend."""

LONGEST_WORDS, LONGEST_CHARACTERS, MOST_FIGURES = 35, 80, 3
_GROUPED = re.compile(r"(?<![\d.,])(\d{1,3})((?:,\d{3})+)(?![\d,])")
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(MONTHS)})(?: (\d{{4}}))?\b")
_NUMERAL_DATE = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(?:(\d{1,2})日)?")
_CONTRACTION = re.compile(
    r"\b\w+(?:n['’]t|['’](?:ll|re|ve|d|m))\b|\b(?:it|that|there|let)['’]s\b", re.IGNORECASE
)
_PRAISE = re.compile(
    r"\b(?:world-class|excellent|outstanding|proud(?:ly)?|remarkable)\b|傑出|卓越|驕人|引以為傲", re.I
)
_DIGITS = "〇一二三四五六七八九"


def apply(rules: Sequence[RuleName], text: str, variety: Variety) -> Mended:
    """The text with every rule kept, in order, and the findings of all."""
    findings: list[Finding] = []
    for name in rules:
        text, found = _RULES[name](text, variety)
        findings += found
    return text, findings


def _thousands_by_space(text: str, _: Variety) -> Mended:
    return _GROUPED.sub(lambda match: match[0].replace(",", " "), text), []


def _month_before_day(text: str, _: Variety) -> Mended:
    def turned(match: re.Match[str]) -> str:
        day, month, year = match.groups()
        return f"{month} {day}, {year}" if year else f"{month} {day}"

    return _DAY_FIRST.sub(turned, text), []


def _chinese_numeral_dates(text: str, _: Variety) -> Mended:
    return _NUMERAL_DATE.sub(_in_chinese, text), []


def _in_chinese(match: re.Match[str]) -> str:
    year, month, day = match.groups()
    written = "".join(_DIGITS[int(digit)] for digit in year) + "年" if year else ""
    return f"{written}{small_numeral(int(month))}月" + (f"{small_numeral(int(day))}日" if day else "")


def small_numeral(number: int) -> str:
    """A whole number from 1 to 99 in Chinese numerals: 十五, 三十一."""
    assert 1 <= number <= 99, number
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十") + (
        _DIGITS[ones] if ones else ""
    )


def _no_contractions(text: str, _: Variety) -> Mended:
    return text, _pointed(_CONTRACTION, text, "no_contractions", "Official English has no contractions: {}.")


def _no_praise(text: str, _: Variety) -> Mended:
    return text, _pointed(_PRAISE, text, "no_praise", "A press release does not praise its own office: {}.")


def _pointed(pattern: re.Pattern[str], text: str, check: str, message: str) -> list[Finding]:
    found = ", ".join(dict.fromkeys(match[0] for match in pattern.finditer(text)))
    return [_finding(check, message.format(f"“{found}”"), found=found)] if found else []


def _short_sentences(text: str, variety: Variety) -> Mended:
    findings = []
    for start, end in split_sentences(text):
        sentence = text[start:end].strip()
        length = len(sentence) if variety.is_chinese else len(sentence.split())
        most, unit = (LONGEST_CHARACTERS, "characters") if variety.is_chinese else (LONGEST_WORDS, "words")
        if length > most:
            message = f"A sentence has {length} {unit}; over {most} it is hard to follow."
            findings.append(_finding("short_sentences", message, found=sentence))
    return text, findings


def _few_figures(text: str, _: Variety) -> Mended:
    count = len(figures(text))
    message = f"{count} figures in one passage are too many to be heard; {MOST_FIGURES} at the most."
    return text, [_finding("few_figures", message)] if count > MOST_FIGURES else []


def _finding(check: str, message: str, **values: str) -> Finding:
    return Finding(check=check, severity="warning", message=message, values=values)


_RULES: dict[RuleName, Callable[[str, Variety], Mended]] = {
    "thousands_by_space": _thousands_by_space,
    "month_before_day": _month_before_day,
    "chinese_numeral_dates": _chinese_numeral_dates,
    "no_contractions": _no_contractions,
    "short_sentences": _short_sentences,
    "few_figures": _few_figures,
    "no_praise": _no_praise,
}
