"""Words near a number that say what it is, or that it is nobody's."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

from .trie import one_of

_DATA = Path(__file__).parent / "data" / "context_words.yaml"
BEFORE, AFTER = 40, 18
"""How many characters before and after a number are read."""

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


@cache
def _words() -> dict[str, str]:
    lists: dict[str, list[str]] = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    return {word.rstrip("*"): kind for kind, words in lists.items() for word in words}


@cache
def _pattern() -> re.Pattern[str]:
    lists: dict[str, list[str]] = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    words = [word for listed in lists.values() for word in listed]
    stems = [word.rstrip("*") for word in words if word.endswith("*")]
    latin = [word for word in words if word.isascii() and not word.endswith("*")]
    chinese = [word for word in words if not word.isascii()]
    return re.compile(
        rf"(?:(?P<latin>{one_of(latin)})(?:s|\.)?(?![a-z])|(?P<stem>{one_of(stems)})[a-z]*|(?P<chinese>{one_of(chinese)}))"
    )


def hints(plain: str, start: int, end: int) -> dict[str, Hint]:
    """By kind, the nearest word to `plain[start:end]`; a word after it counts only close by."""
    since = max(0, start - BEFORE)
    before = plain[since:start].lower()
    nearest: dict[str, Hint] = {}
    for word, _, stop in _matches(before, cut=since > 0 and plain[since - 1].isalpha()):
        adjacent = _BETWEEN.fullmatch(before, stop) is not None
        nearest[_words()[word]] = Hint(len(before) - stop, adjacent, word)
    after = plain[end : end + AFTER].lower()
    for word, at, _ in _matches(after):
        hint = Hint(at + 15, False, word)
        kind = _words()[word]
        if kind != "reference" and hint.distance < nearest.get(kind, hint._replace(distance=999)).distance:
            nearest[kind] = hint
    return nearest


def _matches(window: str, *, cut: bool = False) -> list[tuple[str, int, int]]:
    """The words of a window in order; one in the middle of a longer word is none."""
    found = []
    for match in _pattern().finditer(window):
        word = match["latin"] or match["stem"] or match["chinese"]
        inside = window[match.start() - 1].isalpha() and window[match.start() - 1].isascii() if match.start() else cut
        if match["chinese"] or not inside:
            found.append((word, match.start(), match.end()))
    return found
