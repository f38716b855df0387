"""Candidate terms: expressions of a source that recur together with the same expression of their targets.

English candidates are runs of one to five words that neither begin nor end in a common word; Chinese ones are
runs of two to eight characters. Two are taken for each other by the Dice coefficient of the pairs that hold
them. The pairs are of a memory, or of officers' edits (the edited text with its source).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..documents.layout import plain
from ..language import Termbase, Variety
from ..language.scripts import HAN_RANGES

LEAST_PAIRS = 3
"""Pairs that must hold a candidate."""
LEAST_DICE = 0.8
_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*|[^\sA-Za-z]")
_HAN_RUN = re.compile(f"[{HAN_RANGES}]+")
_EDGE_WORDS = (
    "a an the of to and in for is be on will that with by are as from has or this have at it "
    "its which not been under more also should their may other any such all out up new about"
    " were was than he she they we you i "
    "if when who what there these those can could would shall must into over no do does did had after before "
    "per cent between during within through each both being"
)
_EDGES = frozenset(_EDGE_WORDS.split())
_LONGEST_WORDS, _LONGEST_HAN = 5, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Two expressions that may name one thing, with the evidence."""

    en: str
    zh: str
    pairs: int
    """Pairs that hold both."""
    only_en: int
    """Pairs that hold the English without the Chinese."""
    only_zh: int

    @property
    def dice(self) -> float:
        """How surely the one comes with the other, 0 to 1."""
        return 2 * self.pairs / (2 * self.pairs + self.only_en + self.only_zh)


def mine(pairs: Iterable[tuple[str, str]], known: Termbase | None = None) -> list[Candidate]:
    """Candidates of (English, Chinese) pairs of tagged text, the surest first, without those of `known`."""
    texts = [(plain(english), plain(chinese)) for english, chinese in dict.fromkeys(pairs)]
    english = _held([_english(one) for one, _ in texts])
    chinese = _held([_chinese(other) for _, other in texts])
    candidates = _aligned(english, chinese)
    return [one for one in _longest(candidates) if known is None or not known.find(one.en, Variety.ENGLISH)]


def _english(text: str) -> set[str]:
    words = _WORD.findall(text)
    found = set()
    for start in range(len(words)):
        for end in range(start + 1, min(start + _LONGEST_WORDS, len(words)) + 1):
            if not words[end - 1][0].isalpha():
                break
            edges = (words[start].lower(), words[end - 1].lower())
            if not _EDGES.intersection(edges) and (end - start > 1 or len(words[start]) > 3):
                found.add(" ".join(words[start:end]).lower())
    return found


def _chinese(text: str) -> set[str]:
    return {
        run[start:end]
        for run in _HAN_RUN.findall(text)
        for start in range(len(run))
        for end in range(start + 2, min(start + _LONGEST_HAN, len(run)) + 1)
    }


def _held(texts: Sequence[set[str]]) -> dict[str, frozenset[int]]:
    """The pairs that hold each expression, for those that enough of them hold."""
    counts = Counter(one for found in texts for one in found)
    places: dict[str, list[int]] = {one: [] for one, count in counts.items() if count >= LEAST_PAIRS}
    for number, found in enumerate(texts):
        for one in found & places.keys():
            places[one].append(number)
    return {one: frozenset(numbers) for one, numbers in places.items()}


def _aligned(english: dict[str, frozenset[int]], chinese: dict[str, frozenset[int]]) -> list[Candidate]:
    """For each English expression the Chinese that comes with it most surely, of equals the longest."""
    by_pair: dict[int, list[str]] = {}
    for one, numbers in chinese.items():
        for number in numbers:
            by_pair.setdefault(number, []).append(one)
    found = []
    for one, numbers in english.items():
        both = Counter(other for number in numbers for other in by_pair.get(number, ()))
        options = [
            Candidate(
                en=one, zh=other, pairs=count, only_en=len(numbers) - count,
                only_zh=len(chinese[other]) - count,
            )
            for other, count in both.items()
            if count >= LEAST_PAIRS
        ]  # fmt: skip
        if options:
            best = max(options, key=lambda option: (option.dice, len(option.zh)))
            found.append(best)
    return [candidate for candidate in found if candidate.dice >= LEAST_DICE]


def _longest(candidates: Iterable[Candidate]) -> list[Candidate]:
    """One candidate a Chinese expression: the longest English that is as sure as any."""
    kept: dict[str, Candidate] = {}
    for candidate in candidates:
        other = kept.get(candidate.zh)
        if other is None or (candidate.dice, len(candidate.en)) > (other.dice, len(other.en)):
            kept[candidate.zh] = candidate
    return sorted(kept.values(), key=lambda one: (-one.dice, -one.pairs, one.en))
