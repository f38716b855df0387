"""Whether a text holds a piece of another: runs of words and characters that are too long to be chance.

Texts are compared in one script, one case and one width and without marks, so that a Simplified copy of a
Traditional question is found too. A word of Latin letters or digits counts as one, a Chinese character as
one; 13 in a row for mostly Latin runs (as GPT-3's authors took), 18 for mostly Chinese ones, which say about
as much. A question that is shorter counts whole, from 8 words or 10 characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ...language import Termbase, to_simplified
from ...language.scripts import HAN_RANGES

LATIN_RUN, CHINESE_RUN = 13, 18
SHORT = 8
"""Tokens by which a short text is looked up before it is compared whole."""
_SHORT_CHINESE = 10
_TOKEN = re.compile(rf"[{HAN_RANGES}]|[a-z0-9]+")
_HAN = re.compile(f"[{HAN_RANGES}]")
_MARK = re.compile(r"⟦\w+\|([^⟦⟧]*)⟧")


class Overlap(NamedTuple):
    """Which set a text overlaps, and in what words."""

    set: str
    words: str


def tokens(text: str) -> list[str]:
    """Words and characters as they are compared."""
    plain = unicodedata.normalize("NFKC", _MARK.sub(r"\1", text)).casefold()
    return _TOKEN.findall(to_simplified(plain))


class Index:
    """Pieces of texts that must not be found elsewhere."""

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        self._runs: dict[tuple[int, str], str] = {}
        self._short: dict[str, list[tuple[str, str]]] = {}
        self.counts: Counter[str] = Counter()
        """How many texts of each set it holds."""
        names = _official_names()
        known: dict[str, bool] = {}
        for name, text in texts:
            # papers and labelled texts come as they are made and as they stand in their files
            if text not in known:
                known[text] = self._add(name, tokens(text), names)
            if known[text]:
                self.counts[name] += 1

    def _add(self, name: str, found: list[str], names: frozenset[str]) -> bool:
        added = False
        for size, chinese in ((LATIN_RUN, False), (CHINESE_RUN, True)):
            for run in runs(found, size, chinese=chinese):
                self._runs.setdefault((size, run), name)
                added = True
        if added:
            return True
        whole = " ".join(found)
        chinese = sum(map(bool, map(_HAN.match, found))) * 2 >= len(found)
        if len(found) < (_SHORT_CHINESE if chinese else SHORT) or whole in names:
            return False
        self._short.setdefault(" ".join(found[:SHORT]), []).append((name, f" {whole} "))
        return True

    def find(self, text: str) -> Overlap | None:
        """The first piece of an indexed text in `text`."""
        found = tokens(text)
        for size in (LATIN_RUN, CHINESE_RUN):
            for start in range(len(found) - size + 1):
                run = " ".join(found[start : start + size])
                if name := self._runs.get((size, run)):
                    return Overlap(name, run)
        return self._find_short(found)

    def _find_short(self, found: list[str]) -> Overlap | None:
        spaced = ""
        for start in range(len(found) - SHORT + 1):
            for name, whole in self._short.get(" ".join(found[start : start + SHORT]), ()):
                spaced = spaced or f" {' '.join(found)} "
                if whole in spaced:
                    return Overlap(name, whole.strip())
        return None


def runs(found: list[str], size: int, *, chinese: bool) -> Iterator[str]:
    """Runs of that many tokens of which most are Chinese, or most are not."""
    han = [bool(_HAN.match(token)) for token in found]
    count = sum(han[:size])
    for start in range(len(found) - size + 1):
        if (count * 2 >= size) is chinese:
            yield " ".join(found[start : start + size])
        if start + size < len(found):
            count += han[start + size] - han[start]


def _official_names() -> frozenset[str]:
    """Names of bodies and laws: to write one is no leak."""
    terms = Termbase.load().terms
    forms = (form for term in terms for form in (term.en, term.zh, *term.also_en, *term.also_zh))
    return frozenset(" ".join(tokens(form)) for form in forms)
