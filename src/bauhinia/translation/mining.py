"""Candidate terms: expressions of a source that recur together with the same expression of their targets.

English candidates are runs of one to five words that neither begin nor end in a common word; Chinese ones are
runs of two to eight characters. Two are taken for each other by the Dice coefficient of the pairs that hold
them. The pairs are of a memory (`mine`), or of officers' corrections (`mine_corrections`): there only what an
officer wrote in counts, so that fewer pairs are enough.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from ..documents.layout import plain
from ..language import Termbase, Variety
from ..language.scripts import HAN_RANGES

LEAST_PAIRS = 3
"""Pairs that must hold a candidate."""
LEAST_CORRECTIONS = 2
"""Corrections that must write a candidate in."""
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
    instead: str = ""
    """Of corrections: what the model had written there, most often; empty where it had left it out."""

    @property
    def dice(self) -> float:
        """How surely the one comes with the other, 0 to 1."""
        return 2 * self.pairs / (2 * self.pairs + self.only_en + self.only_zh)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A translation as the model wrote it and as an officer left it; all tagged text."""

    source: str
    original: str
    target: str
    to: Variety


def mine(pairs: Iterable[tuple[str, str]], known: Termbase | None = None) -> list[Candidate]:
    """Candidates of (English, Chinese) pairs of tagged text, the surest first, without those of `known`."""
    texts = [(plain(english), plain(chinese)) for english, chinese in dict.fromkeys(pairs)]
    english = _held([_english(one) for one, _ in texts])
    chinese = _held([_chinese(other) for _, other in texts])
    return _unknown(_longest(_aligned(english, chinese)), known)


def mine_corrections(corrections: Iterable[Correction], known: Termbase | None = None) -> list[Candidate]:
    """Candidates that officers wrote into translations, the surest first, without those of `known`."""
    changes = [
        replace(one, source=plain(one.source), original=plain(one.original), target=plain(one.target))
        for one in dict.fromkeys(corrections)
    ]
    english = _held([_expressions(one, chinese=False) for one in changes], LEAST_CORRECTIONS)
    chinese = _held([_expressions(one, chinese=True) for one in changes], LEAST_CORRECTIONS)
    found = _unknown(_longest(_aligned(english, chinese, LEAST_CORRECTIONS)), known)
    return [replace(one, instead=_instead(one, changes)) for one in found]


def _expressions(change: Correction, *, chinese: bool) -> set[str]:
    """Those of the source, or those of the target that the model had not written."""
    expressions = _chinese if chinese else _english
    if change.to.is_chinese != chinese:
        return expressions(change.source)
    return expressions(change.target) - expressions(change.original)


def _instead(candidate: Candidate, changes: Iterable[Correction]) -> str:
    found: Counter[str] = Counter()
    for change in changes:
        words = candidate.zh if change.to.is_chinese else candidate.en
        start = change.target.lower().find(words)
        if start >= 0 and (old := _replaced(change, start, start + len(words))):
            found[old] += 1
    return found.most_common(1)[0][0] if found else ""


def _replaced(change: Correction, start: int, end: int) -> str:
    """What stood in the original at a place of the target; nothing where the same stood there."""
    if change.target[start:end] in change.original:
        return ""
    places: list[int] = []
    matcher = SequenceMatcher(None, change.original, change.target, autojunk=False)
    for kind, left, right, first, last in matcher.get_opcodes():
        if last <= start or first >= end:
            continue
        same = kind == "equal"
        places.append(left + max(0, start - first) if same else left)
        places.append(right - max(0, last - end) if same else right)
    return change.original[min(places) : max(places)].strip() if places else ""


def _unknown(candidates: Iterable[Candidate], known: Termbase | None) -> list[Candidate]:
    return [one for one in candidates if known is None or not known.find(one.en, Variety.ENGLISH)]


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


def _held(texts: Sequence[set[str]], least: int = LEAST_PAIRS) -> dict[str, frozenset[int]]:
    """The pairs that hold each expression, for those that enough of them hold."""
    counts = Counter(one for found in texts for one in found)
    places: dict[str, list[int]] = {one: [] for one, count in counts.items() if count >= least}
    for number, found in enumerate(texts):
        for one in found & places.keys():
            places[one].append(number)
    return {one: frozenset(numbers) for one, numbers in places.items()}


def _aligned(
    english: dict[str, frozenset[int]], chinese: dict[str, frozenset[int]], least: int = LEAST_PAIRS
) -> list[Candidate]:
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
            if count >= least
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
