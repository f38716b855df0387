"""A text as it is spoken: figures in words, and Chinese parted from what stays English in it."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, get_args

from ..language import to_simplified
from .music.words import readings

SpeechLanguage = Literal["yue", "cmn", "en"]
SPEECH_LANGUAGES: tuple[SpeechLanguage, ...] = get_args(SpeechLanguage)
_DIGITS = "零一二三四五六七八九"
_FULL_WIDTH = str.maketrans("０１２３４５６７８９％＄", "0123456789%$")
_YEAR = re.compile(r"(?<!\d)(\d{4})(?=年)")
_TELEPHONE = re.compile(r"(?<![\d,.])(\d{4})[ -]?(\d{4})(?![\d,.])")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})[:：](\d{2})(?!\d)")
_MONEY = re.compile(r"(?:HK)?\$\s?(\d[\d,]*(?:\.\d+)?)([億萬亿万]?)")
_PERCENT = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s?%")
_DEGREES = re.compile(r"(\d+(?:\.\d+)?)\s?(?:°C|℃)")
_SPAN = re.compile(r"(?<=\d)\s?[-–~～]\s?(?=\d)")
_NUMBER = re.compile(r"\d{1,3}(?: \d{3})+(?![\d,])(?:\.\d+)?|\d[\d,]*(?:\.\d+)?")
"""Press releases part thousands by a space."""
_LATIN_RUN = re.compile(r"[A-Za-z][A-Za-z.'’&-]*(?:\s+[A-Za-z][A-Za-z.'’&-]*)*")
_PAUSES = {ord(mark): "," for mark in "，、；：「」『』（）《》—…"} | {
    ord("。"): ".",
    ord("！"): "!",
    ord("？"): "?",
}


class Run(NamedTuple):
    """A piece of text in one language, as an engine reads it."""

    language: SpeechLanguage
    text: str


def runs(text: str, language: SpeechLanguage) -> list[Run]:
    """The text in pieces of one language each; English inside Chinese is read as English.

    Cantonese is given in Jyutping, by the dictionary of pycantonese and our corrections; Putonghua in
    Simplified characters. Raises MissingPart.
    """
    clean = " ".join(text.translate(_FULL_WIDTH).split())
    if language == "en":
        return [Run("en", clean)] if clean else []
    found: list[Run] = []
    end = 0
    words = figures_in_words(clean)
    for match in _LATIN_RUN.finditer(words):
        found += [_chinese(words[end : match.start()], language), Run("en", match.group())]
        end = match.end()
    found.append(_chinese(words[end:], language))
    return [run for run in found if run.text.strip(" ,.!?")]


def _chinese(text: str, language: SpeechLanguage) -> Run:
    if language == "cmn":
        return Run("cmn", to_simplified(text).translate(_PAUSES).strip())
    pieces = (re.sub(r"([1-6])(?=[a-z])", r"\1 ", read) if read else word for word, read in readings(text))
    spoken = " ".join(pieces).translate(_PAUSES)
    return Run("yue", re.sub(r"\s+([,.!?])", r"\1", spoken).strip())


def figures_in_words(text: str) -> str:
    """The figures of a Chinese text as they are read: years and telephone numbers digit by digit."""
    text = _YEAR.sub(lambda found: _one_by_one(found[1]), text)
    text = _TELEPHONE.sub(lambda found: f"{_one_by_one(found[1])}，{_one_by_one(found[2])}", text)
    text = _CLOCK.sub(_clock, text)
    text = _MONEY.sub(lambda found: f"{number_in_words(found[1])}{found[2]}元", text)
    text = _PERCENT.sub(lambda found: f"百分之{number_in_words(found[1])}", text)
    text = _DEGREES.sub(lambda found: f"攝氏{number_in_words(found[1])}度", text)
    text = _SPAN.sub("至", text)
    return _NUMBER.sub(lambda found: number_in_words(found.group()), text)


def _clock(found: re.Match[str]) -> str:
    minutes = int(found[2])
    said = (
        "正"
        if minutes == 0
        else "半"
        if minutes == 30
        else ("零" if minutes < 10 else "") + _below_10000(minutes) + "分"
    )
    hour = _below_10000(int(found[1])) or "零"
    return f"{'兩' if hour == '二' else hour}時{said}"


def _one_by_one(digits: str) -> str:
    return "".join(_DIGITS[int(digit)] for digit in digits)


def number_in_words(written: str) -> str:
    """`1,250.5` and `1 250.5` as 一千二百五十點五. Beyond twelve digits, digit by digit."""
    whole, _, part = written.replace(",", "").replace(" ", "").partition(".")
    said = (
        _whole(int(whole))
        if len(whole) <= 12 and not (whole[0] == "0" and len(whole) > 1)
        else _one_by_one(whole)
    )
    return f"{said}點{_one_by_one(part)}" if part else said


def _whole(value: int) -> str:
    if value == 0:
        return "零"
    said = ""
    for scale, word in ((10**8, "億"), (10**4, "萬"), (1, "")):
        group = value // scale % 10**4
        if group:
            said += ("零" if said and group < 1_000 else "") + _below_10000(group) + word
    return said


def _below_10000(value: int) -> str:
    """Empty for nothing."""
    said, gap = "", False
    for scale, word in ((1_000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // scale % 10
        if digit:
            said += ("零" if gap and said else "") + _DIGITS[digit] + word
            gap = False
        elif said:
            gap = True
    return said[1:] if said.startswith("一十") else said
