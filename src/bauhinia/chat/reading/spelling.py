"""Questions as fingers type them: a slip in a word that rules look for, and Cantonese in Latin letters.

Asked only where a text is understood by no rule as it stands; whoever acts on what is read here says how it
was read.
"""

from __future__ import annotations

import re
from functools import cache

from rapidfuzz.distance import OSA

from ...yaml_text import read_yaml
from ..tools.resolve import DATA, folded, mtr_stations, piers

_WORD = re.compile(r"[a-z]{4,}")
_SHORT, _LONG = 5, 8
"""Up to so many letters only two that changed places count, since `brain` and `grain` are words of their own;
from so many on two slips may stand in one word."""
_LEAST_PHRASES = 2


def mended(text: str) -> str:
    """The folded text with slips mended, or turned from Latin letters into Cantonese; empty where there is
    nothing to be done."""
    plain = folded(text).strip()
    if len(plain) > 500:
        return ""
    return _in_characters(plain) or _spelt(plain)


def _spelt(plain: str) -> str:
    """Each word that is nobody's, as the word that it is a slip of."""
    fixed = _WORD.sub(lambda match: _right(match[0]), plain)
    return fixed if fixed != plain else ""


@cache
def _vocabulary() -> tuple[frozenset[str], frozenset[str]]:
    """What the rules look for, and the words of places."""
    names = [
        name for table in (mtr_stations(), piers()) for thing in table.things.values() for name in thing.names
    ]
    places = {word for name in names for word in _WORD.findall(folded(name))}
    words = read_yaml((DATA / "rule_words.yaml").read_text(encoding="utf-8"))
    return frozenset(words), frozenset(places)


def _right(word: str) -> str:
    words, places = _vocabulary()
    if word in words or word in places:
        return word
    found = {each for each in words if _is_slip(word, each)} or {
        each for each in places if each[0] == word[0] and _distance(word, each, 1) == 1
    }
    return found.pop() if len(found) == 1 else word


def _is_slip(word: str, right: str) -> bool:
    if word[0] != right[0]:
        return False
    if len(right) <= _SHORT:
        return sorted(word) == sorted(right) and _distance(word, right, 1) == 1
    return 0 < _distance(word, right, 2) <= (2 if len(right) >= _LONG else 1)


def _distance(one: str, other: str, most: int) -> int:
    """Letters added, left out, changed or swapped; more than `most` counts as one more."""
    return OSA.distance(one, other, score_cutoff=most)


@cache
def _phrases() -> tuple[re.Pattern[str], dict[str, str]]:
    held: dict[str, list[str]] = read_yaml((DATA / "romanised.yaml").read_text(encoding="utf-8"))
    meant = {spelt.replace(" ", ""): said for said, spellings in held.items() for spelt in spellings}
    spellings = sorted((each for many in held.values() for each in many), key=len, reverse=True)
    alternatives = "|".join(r"\s*".join(each.split()) for each in spellings)
    return re.compile(rf"\b(?:{alternatives})\b"), meant


def _in_characters(plain: str) -> str:
    """Cantonese in Latin letters, in characters; empty where too little of the text is."""
    if re.search(r"[\u4e00-\u9fff]", plain):
        return ""
    pattern, meant = _phrases()
    found = [match[0] for match in pattern.finditer(plain)]
    if len(found) < _LEAST_PHRASES or not any(" " in each for each in found):
        return ""
    said = pattern.sub(lambda match: meant[re.sub(r"\s+", "", match[0])], plain)
    # Spaces beside characters mean nothing; those inside names in Latin letters do.
    return re.sub(r"(?<=[\u4e00-\u9fff])\s+|\s+(?=[\u4e00-\u9fff])", "", said)
