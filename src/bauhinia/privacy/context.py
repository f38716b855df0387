"""Words near a number that say what it is, or that it is nobody's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from .lists import table
from .trie import one_of

BEFORE, AFTER = 40, 24
"""How many characters before and after a number are read."""
_BEHIND = 15
"""Added to the distance of a word that follows."""
_IN_HEADING = 8
"""The distance of a word in the heading of a table's column."""
_CLOSE = 24
"""A word further away does not name the number itself."""

_BETWEEN = re.compile(
    r"(?:[\s.:#|(/=\-]|no(?=[\s.:#(])|nos|number|code|is|was|are|mark|[號号编編碼码為为是係之])*"
)
"""What may stand between a word and the number that it names."""


class Hint(NamedTuple):
    """The nearest word of one kind."""

    distance: int
    """In characters; a word after the number counts as further away than one before."""
    adjacent: bool
    """Whether the word stands before the number with nothing between that could belong to another."""
    word: str


_ALONE, _STEM, _CHINESE = range(3)


@cache
def _words() -> dict[str, tuple[str, int]]:
    """Each word's kind, and how it stands."""
    return {
        word.rstrip("*"): (kind, (_STEM if word.endswith("*") else _ALONE) if word.isascii() else _CHINESE)
        for kind, words in table("context_words").items()
        for word in words
    }


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(one_of(_words()))


@cache
def _latin_pattern() -> re.Pattern[str]:
    """The words of a window without a Chinese character, which is read four times as quickly by it."""
    return re.compile("(?<![a-z])" + one_of(filter(str.isascii, _words())))


def hints(plain: str, start: int, end: int, heading: str = "") -> dict[str, Hint]:
    """By kind, the nearest word to `plain[start:end]`; a word after it counts only close by.

    `heading` is what stands over the column of a table, in lower case.
    """
    since = max(0, start - BEFORE)
    before = plain[since:start].lower()
    length = len(before)
    nearest: dict[str, Hint] = {}
    if heading:
        nearest = {kind: Hint(_IN_HEADING, True, word) for word, kind, _, _ in _matches(heading, cut=False)}
    for word, kind, _, stop in _matches(before, cut=since > 0 and _is_latin(plain[since - 1])):
        close = length - stop < _CLOSE and _BETWEEN.fullmatch(before, stop) is not None
        if not (kind in nearest and nearest[kind].adjacent) or close:
            nearest[kind] = Hint(length - stop, close, word)
    for word, kind, at, _ in _matches(plain[end : end + AFTER].lower(), cut=False):
        if kind != "reference" and (kind not in nearest or at + _BEHIND < nearest[kind].distance):
            nearest[kind] = Hint(at + _BEHIND, False, word)
    return nearest


def _matches(window: str, *, cut: bool) -> Iterator[tuple[str, str, int, int]]:
    """The words of a window in order, with kinds and places; one in the middle of a longer word is none."""
    words = _words()
    pattern = _latin_pattern() if window.isascii() else _pattern()
    for match in pattern.finditer(window):
        word = match[0]
        kind, stands = words[word]
        at, stop = match.span()
        if stands != _CHINESE:
            if _is_latin(window[at - 1]) if at else cut:
                continue
            if stands == _ALONE and _is_latin(window[stop : stop + 1]):
                stop += 1
                if window[stop - 1] != "s" or _is_latin(window[stop : stop + 1]):
                    continue
        yield word, kind, at, stop


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalpha()
