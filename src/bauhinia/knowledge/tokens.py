"""What a passage and a question are matched by: words in one script and one form, as keys and weights.

A key is a hash of department and word, so that the one index of all departments holds a list for each of
them. A passage keeps BM25's weight of each of its words (Robertson and Zaragoza, 2009) but for the word's
rarity, which changes with every document; a question brings the rarities. Their product is the score.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from math import log
from pathlib import Path
from zlib import crc32

from ..language import Termbase, Variety, figures, to_traditional, words

SATURATION = 1.2
"""BM25's k1."""
LENGTH = 0.5
"""BM25's b, smaller than usual: passages are cut to much the same length."""
USUAL = 180
"""Words of a usual passage. Fixed, so that a passage's weights stay right as others come and go."""
TRANSLATED = 0.6
"""What a word counts that the question has only by way of the termbase, beside 1 for its own."""
_KEYS = 999_999_999

_OFFICIAL = (Variety.ENGLISH, Variety.TRADITIONAL)
_LIST = Path(__file__).parent / "asking.txt"
_CODE = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]+(?:[-/.][A-Za-z0-9]+)*[-/.]?[0-9][A-Za-z0-9]*(?:[-/.(][A-Za-z0-9]+)*"
)
_VOWEL = re.compile("[aeiouy]")


def tokens(text: str) -> list[str]:
    """The words of a text, Chinese in Traditional script and English without endings, and its figures by
    value: 31 March 2027 finds 二〇二七年三月三十一日."""
    folded = to_traditional(text)
    return [*(stemmed(word) for word in words(folded)), *_figures(folded)]


def asked_tokens(question: str, termbase: Termbase) -> dict[str, float]:
    """What to look for and how much each counts: the question's words, and its terms in both languages."""
    folded = to_traditional(question)
    english, chinese = _asking()
    said = [stemmed(word) for word in words(chinese.sub(" ", folded)) if word not in english]
    wanted = dict.fromkeys([*said, *_figures(folded)] or tokens(question), 1.0)
    found = {hit.term for variety in _OFFICIAL for hit in termbase.find(folded, variety)}
    for term in sorted(found, key=lambda term: term.id):
        for form in (*term.forms(Variety.ENGLISH)[:2], *term.forms(Variety.TRADITIONAL)[:2]):
            for word in tokens(form):
                wanted.setdefault(word, TRANSLATED)
    return wanted


def _figures(text: str) -> list[str]:
    """Dates, amounts and references by their values, and codes as they are written: `CH-104`."""
    found = [f"={figure.kind}:{figure.value}" for figure in figures(text) if figure.kind != "number"]
    return [*found, *(f"={match.group().upper()}" for match in _CODE.finditer(text))]


@cache
def _asking() -> tuple[frozenset[str], re.Pattern[str]]:
    """Words that only ask, in English and in Chinese."""
    lines = [line for line in _LIST.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    listed = [word for line in lines for word in line.split()]
    chinese = [word for word in listed if not word.isascii()]
    return frozenset(word for word in listed if word.isascii()), re.compile(
        "|".join(chinese) + "|(?<!目)的(?!士)"
    )


def key_of(department: str, word: str) -> int:
    """Two words of one key are as good as one word: with 100 000 words that happens to about five pairs."""
    return crc32(f"{department}\0{word}".encode()) % _KEYS + 1


def weights(department: str, text: str) -> dict[int, float]:
    """How much each word says of a passage, by key."""
    counts = Counter(key_of(department, word) for word in tokens(text))
    length = 1 - LENGTH + LENGTH * counts.total() / USUAL
    return {key: n * (SATURATION + 1) / (n + SATURATION * length) for key, n in counts.items()}


def rarity(holding: int, of: int) -> float:
    """BM25's rarity (IDF) of a word that `holding` of `of` passages have; over 0."""
    return log(1 + (of - holding + 0.5) / (holding + 0.5))


def sparse(values: Mapping[int, float]) -> str:
    """As PostgreSQL reads a sparse vector."""
    return "{" + ",".join(f"{key}:{value:.5g}" for key, value in values.items()) + f"}}/{_KEYS}"


def dense(values: Iterable[float]) -> str:
    """As PostgreSQL reads a vector."""
    return "[" + ",".join(f"{value:.6g}" for value in values) + "]"


@lru_cache(maxsize=50_000)
def stemmed(word: str) -> str:
    """An English word without the endings of number and tense, a silent e and a doubled consonant; others as
    they are. It unites `licences`, `licensing` and `licensed`; it need not be a word."""
    if not word.isascii() or len(word) < 4 or not word[0].isalpha():
        return word
    word = word.removesuffix("'s").removesuffix("'")
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 2 and _VOWEL.search(stem):
            word = stem[:-1] if stem[-1] == stem[-2] and stem[-1] not in "ls" else stem
            break
    return word.removesuffix("e") if len(word) > 4 else word
