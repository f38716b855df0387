"""Whether an answer repeats the instructions that it was written by.

Stretches of the system's messages are looked for in the answer as it comes, letters and digits alone: as they
are, backwards, in ROT13, in Base64 and in hex. What may be such a stretch is held back until it is known,
so that a page never shows the beginning of one.
"""

from __future__ import annotations

import base64
import codecs
import re
from collections.abc import Sequence
from functools import lru_cache

from ..models import Message
from .untrusted import without_data

_STRETCH = 12
"""Letters in a row that are not alike by chance."""
_SHARE = 0.4
"""The share of the instructions that may be told: a program's own may hold facts that answers repeat."""
_LEAST = 48
"""But so much at least, in letters; a Chinese character counts for three."""
_LETTERS = re.compile(r"[\W_]+")


class LeakWatch:
    """Watches one answer."""

    def __init__(self, messages: Sequence[Message]) -> None:
        said = "\n".join(without_data(each.content) for each in messages if each.role == "system")
        self._others = [each.content for each in messages if each.role != "system"]
        self._whole = max(_LEAST, _SHARE * _weight(_letters(said)))
        self._known = _stretches(said) if _weight(_letters(said)) >= _LEAST else frozenset()
        self._tail = ""
        self._run = ""
        self._told = 0
        self._held = ""
        self.leaked = False
        """Whether so much was told that the answer is withheld."""

    def feed(self, text: str) -> str:
        """What may be shown; nothing more once it has leaked."""
        if not self._known:
            return text
        shown = []
        for character in text:
            self._held += character
            if self._watch(character):
                shown.append(self._held)
                self._held = ""
            if self.leaked:
                return ""
        return "".join(shown)

    def flush(self) -> str:
        """What was held back, at the end."""
        self._end_run()
        text, self._held = self._held, ""
        return "" if self.leaked else text

    def _watch(self, character: str) -> bool:
        """Whether all that is held may go: no stretch is under way."""
        for letter in _letters(character):
            self._tail = (self._tail + letter)[-_STRETCH:]
            if self._tail in self._known:
                self._run = self._run + letter if self._run else self._tail
                self._judge(self._run)
            else:
                self._end_run()
        return not self._run

    def _end_run(self) -> None:
        if self._run:
            self._told += 0 if self._given(self._run) else _weight(self._run)
            self._run = ""

    def _judge(self, run: str) -> None:
        if self._told + _weight(run) >= self._whole and not self._given(run):
            self.leaked = True

    def _given(self, run: str) -> bool:
        """Whether somebody else said it too: then it is no secret."""
        return any(run in _letters(other) for other in self._others)


def _letters(text: str) -> str:
    return _LETTERS.sub("", text).casefold()


def _weight(letters: str) -> int:
    return len(letters) if letters.isascii() else sum(3 if ord(letter) > 0x2E7F else 1 for letter in letters)


@lru_cache(maxsize=64)
def _stretches(text: str) -> frozenset[str]:
    known: set[str] = set()
    raw = text.encode()
    forms = [text, text[::-1], codecs.encode(text, "rot13"), raw.hex()]
    forms += [base64.b64encode(raw[start:]).decode() for start in range(3)]
    for form in map(_letters, forms):
        known.update(form[at : at + _STRETCH] for at in range(len(form) - _STRETCH + 1))
    return frozenset(known)
