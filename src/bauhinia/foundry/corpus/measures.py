"""What can be counted in a text that tells good writing from bad, in characters rather than words.

Gopher's and C4's rules count words between spaces and lines that end in a full stop. Chinese has no spaces;
Cantonese in script has short turns, particles said three times over, and none of the words by which written
Chinese is known. So each is counted in tokens (a Chinese character, or a Latin word or number), and the words
that any running text must have are Cantonese's own for Cantonese.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any, NamedTuple

from ...language.scripts import HAN_RANGES
from ...yaml_text import read_yaml
from .rows import RowLanguage

_TOKEN = re.compile(rf"[{HAN_RANGES}]|[A-Za-zÀ-ɏ]+(?:['’-][A-Za-zÀ-ɏ]+)*|[0-9]+(?:[.,][0-9]+)*")
_NUMBER = re.compile(r"[0-9０-９]")
_ORDINARY = re.compile(
    rf"[{HAN_RANGES}A-Za-zÀ-ɏ0-9０-９\s.,;:!?'\"()，。；：！？、「」『』《》（）“”‘’…—\-–/%$&○]"
)
_END = re.compile(r"[.!?。！？…；;:：][\"'」』）)”’]?$")
_STOPS = re.compile(r"[.!?。！？…；;\n]+")
_FIRST = 200
"""Tokens over which variety is counted: longer texts repeat more, whatever they are."""


class Measures(NamedTuple):
    """What was counted. Shares are of 1."""

    tokens: int
    symbols: float
    """Characters that are no letters, digits or ordinary marks."""
    digits: float
    """Characters that are digits."""
    function: float
    """Tokens that any running text in the language is full of."""
    longest: int
    """Tokens between marks that end something, at most."""
    open_lines: float
    """Lines that end in no mark; 0 for a text of fewer than four lines."""
    repeated_lines: float
    """Characters in lines that stood before."""
    top_phrase: float
    """Characters in the commonest run of three tokens."""
    repeated_phrases: float
    """Characters in runs of ten tokens that stood before."""
    variety: float
    """Different tokens among the first 200, divided by the square root of how many there are."""
    boilerplate: int
    """Stock phrases of web pages."""


@cache
def thresholds_data() -> dict[str, Any]:
    """`data/thresholds.yaml`."""
    text = resources.files(__package__).joinpath("data/thresholds.yaml").read_text(encoding="utf-8")
    read: dict[str, Any] = read_yaml(text)
    return read


@cache
def _function_words(language: RowLanguage) -> frozenset[str]:
    lists: dict[str, str] = thresholds_data()["function_words"]
    if language == "mixed":
        return frozenset().union(*(words.split() for words in lists.values()))
    return frozenset(lists[language].split())


@cache
def _stock() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(each) for each in thresholds_data()["boilerplate"]), re.I)


def measured(text: str, language: RowLanguage) -> Measures:
    """Everything that is counted in a text."""
    found = _TOKEN.findall(text)
    letters = sum(map(len, found)) or 1
    size = len("".join(text.split())) or 1
    lines = [line for line in (line.strip() for line in text.split("\n")) if line]
    words = _function_words(language)
    head = found[:_FIRST]
    return Measures(
        tokens=len(found),
        symbols=len(_ORDINARY.sub("", text)) / size,
        digits=len(_NUMBER.findall(text)) / size,
        function=sum(token.lower() in words for token in found) / (len(found) or 1),
        longest=max((len(_TOKEN.findall(part)) for part in _STOPS.split(text)), default=0),
        open_lines=sum(not _END.search(line) for line in lines) / len(lines) if len(lines) >= 4 else 0.0,
        repeated_lines=_repeated_lines(lines) / size,
        top_phrase=_top_phrase(found) / letters,
        repeated_phrases=_repeated_phrases(found, 10) / letters,
        variety=len({token.lower() for token in head}) / (len(head) or 1) ** 0.5,
        boilerplate=len(_stock().findall(text)),
    )


def _repeated_lines(lines: list[str]) -> int:
    seen: set[str] = set()
    repeated = 0
    for line in lines:
        # a short turn (係啊。) is said again and again in any talk
        if len(line) > 8 and line in seen:
            repeated += len(line)
        seen.add(line)
    return repeated


def _top_phrase(found: list[str]) -> int:
    counted = Counter(zip(found, found[1:], found[2:], strict=False))
    if not counted:
        return 0
    phrase, count = counted.most_common(1)[0]
    return sum(map(len, phrase)) * count if count > 2 else 0


def _repeated_phrases(found: list[str], size: int) -> int:
    """Characters in runs that stood before, none counted twice."""
    seen: set[tuple[str, ...]] = set()
    repeated = at = 0
    while at + size <= len(found):
        run = tuple(found[at : at + size])
        if run in seen:
            repeated += sum(map(len, run))
            at += size
        else:
            seen.add(run)
            at += 1
    return repeated


def spread(values: list[float], share: float) -> float:
    """The value that this share of them does not pass, between neighbours."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    for first, second in pairwise(ordered[low : low + 2]):
        return first + (second - first) * (place - low)
    return ordered[low]
