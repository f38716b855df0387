"""Replacing many words at once: at each place the longest that stands there, from left to right."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping


class Rewording:
    """A table of words and what to write for each. A word that stands for itself is protected."""

    def __init__(self, forms: Mapping[str, str]) -> None:
        self._forms = dict(forms)
        lengths: dict[str, set[int]] = defaultdict(set)
        for word in forms:
            lengths[word[0]].add(len(word))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}
        self._first = re.compile(f"[{re.escape(''.join(lengths))}]")

    def apply(self, text: str) -> str:
        """The text with every word replaced; what was written in is not read again."""
        pieces: list[str] = []
        end = 0
        for place in self._first.finditer(text):
            at = place.start()
            if at < end:
                continue
            word = self._longest(text, at)
            if word:
                pieces += [text[end:at], self._forms[word]]
                end = at + len(word)
        return "".join([*pieces, text[end:]])

    def _longest(self, text: str, at: int) -> str:
        for length in self._lengths[text[at]]:
            if (word := text[at : at + length]) in self._forms:
                return word
        return ""
