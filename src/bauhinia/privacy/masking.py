"""Personal data masked for good: in a listing, in a log, in a file that is written again."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from .find import find_personal
from .found import STRUCTURED, Found
from .guarding import left_out
from .pseudonyms import Pseudonyms

How = Literal["redact", "pseudonymise"]
_LIKELY = re.compile(r"[0-9０-９]{3}|[@＠]")
_AFTER_FIRST = re.compile(r"(?<=.)\w", re.DOTALL)


class Replacement(NamedTuple):
    """Words in the place of the characters `start` up to `end` of a text."""

    start: int
    end: int
    words: str


def masked(value: str) -> str:
    """The value with a star for every letter and digit but the first: `A******(*)`."""
    return _AFTER_FIRST.sub("*", value)


def mask_log(text: str) -> str:
    """A line of a log with the numbers and e-mail addresses of people masked (D-2.1.3.4-07)."""
    if not _LIKELY.search(text):
        return text
    parts: list[str] = []
    place = 0
    for each in find_personal(text, kinds=STRUCTURED):
        parts += [text[place : each.start], masked(each.value)]
        place = each.end
    return "".join([*parts, text[place:]])


class Masker:
    """One file's masker: the same value gets the same stand-in in all its texts."""

    def __init__(self, how: How) -> None:
        self._how = how
        self._pseudonyms = Pseudonyms()
        self._names: set[str] = set()

    def replacements(self, text: str) -> list[Replacement]:
        """What is to be written in the place of each value, in order."""
        found = find_personal(text, known=self._names)
        self._names.update(each.value for each in found if each.kind == "person")
        return [Replacement(each.start, each.end, self._words(each, text)) for each in found]

    def _words(self, found: Found, around: str) -> str:
        if self._how == "redact":
            return left_out(found.kind, around)
        alone = Found(found.kind, 0, len(found.value), found.value)
        return self._pseudonyms.hide(found.value, [alone])
