"""How like one segment is to another, and what makes the like ones quick to find.

A segment's *shape* is a string with one character a word: a Chinese character stands for itself, an English
word is hashed to a code point that no text uses, every figure is the same character; tags, marks and case are
left out. So the edit distance of two shapes counts words in English and characters in Chinese. The *grams* of
a shape are hashes of its neighbouring characters. Of a shape cut into n chunks, any shape within n - 1 edits
of it holds at least one whole: an index over grams finds every near segment by its chunks (`chunks`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from zlib import crc32

from ..documents.layout import plain
from ..language.scripts import HAN_RANGES

FIGURE = "\ue000"
_FIRST_CODE, _CODES = 0x40000, 0x10FFFF - 0x40000
"""Planes without characters: 851 967 code points to hash words to."""
_NUMERALS = "〇○零一二三四五六七八九十百千萬億兩"
_MONTH = "(?:jan|febr)uary|march|april|may|june|july|august|(?:septem|octo|novem|decem)ber"
_DIGITS = r"[0-9]+(?:[,.:/ \u00a0\u2009][0-9]+)*"
_YEAR = rf"(?:[0-9]{{4}}|[{_NUMERALS}]{{4}})\s?年"
_DAY = rf"(?:[0-9]{{1,2}}|[{_NUMERALS}]{{1,3}})"
_TOKEN = re.compile(
    rf"(?P<figure>{_YEAR}(?:\s?{_DAY}\s?月(?:\s?{_DAY}\s?日)?)?|{_DAY}\s?月\s?{_DAY}\s?日"
    rf"|[0-9]{{1,2}}\s(?:{_MONTH})(?:\s[0-9]{{4}})?\b|(?:{_MONTH})\s[0-9]{{4}}\b"
    rf"|(?:hk|us)?\$?{_DIGITS}(?:\s?[十百千萬億]+)?(?:\s(?:million|billion)\b)?|[{_NUMERALS}]{{2,}})"
    rf"|(?P<han>[{HAN_RANGES}])"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)?)",
    re.IGNORECASE,
)
_SPACES = re.compile(r"\s+")
KEYS = 3
"""Grams that a frequent stretch is looked for by."""
COMMON = 2_000
"""Segments that one chunk may be expected to find; a chunk that would find more is made longer."""


def shape(source: str) -> str:
    """The shape of a tagged text."""
    return "".join(
        FIGURE if match["figure"] else match["han"] or _code(match["word"])
        for match in _TOKEN.finditer(_folded(source))
    )


def unfigured(source: str) -> str:
    """The words of a tagged text with every figure masked, case and marks kept: what shapes leave out."""
    words = plain(source)
    return _SPACES.sub(" ", _TOKEN.sub(lambda match: FIGURE if match["figure"] else match[0], words)).strip()


def _folded(source: str) -> str:
    # casefold would make two letters of one and is not needed for English
    return plain(source).replace("’", "'").lower()


def _code(word: str) -> str:
    return chr(_FIRST_CODE + crc32(word.encode()) % _CODES)


def grams(form: str) -> list[int]:
    """Hashes of the neighbouring characters of a shape, each once, as signed integers of 32 bits."""
    return list(dict.fromkeys(_grams(form)))


def _grams(form: str) -> list[int]:
    return [_signed(ord(one) * 0x9E3779B1 + ord(other) * 0x85EBCA77) for one, other in pairwise(form)]


def _signed(number: int) -> int:
    number = (number ^ (number >> 15)) & 0xFFFFFFFF
    return number - (1 << 32) if number >> 31 else number


def text_key(source: str) -> str:
    """128 bits that stand for a tagged text, written as a UUID."""
    digest = hashlib.blake2b(source.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:]}"


def context_hash(neighbour: str | None) -> int:
    """What stands for the segment before or after one; 0 where it is not known or there is none."""
    if not neighbour:
        return 0
    digest = hashlib.blake2b(neighbour.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, signed=True) or 1


def most_edits(length: int, least: int) -> int:
    """Edits that a shape of `length` may be away at a score of at least `least`."""
    return int(length * (100 - least) / least)


def chunks(form: str, count: int, common: Mapping[int, float]) -> list[list[int]]:
    """The grams of `count` or fewer stretches of a shape, each rare enough to look for.

    `common` says of frequent grams how many segments hold each. A stretch that only holds grams more frequent
    than `COMMON` grows into the next one.
    """
    bounds = [round(place * len(form) / count) for place in range(count + 1)]
    found: list[list[int]] = []
    start = 0
    for end in bounds[1:]:
        stretch = list(dict.fromkeys(_grams(form[start:end])))
        if stretch and min(common.get(gram, 0.0) for gram in stretch) <= COMMON:
            found.append(_rarest(stretch, common))
            start = end
    if not found and len(form) > 1:
        found.append(_rarest(grams(form), common))
    return found


def _rarest(stretch: Sequence[int], common: Mapping[int, float]) -> list[int]:
    """The few grams of a stretch that find it: more cost time and hardly exclude anything."""
    ordered = sorted(stretch, key=lambda gram: common.get(gram, 0.0))
    return ordered[:KEYS] if common.get(ordered[0], 0.0) else ordered[:2]


def likeness(edits: int, one: int, other: int) -> int:
    """The score of two shapes of these lengths that are so many edits apart: 0 to 100, rounded down."""
    return int(100 * (1 - edits / max(one, other, 1)))
