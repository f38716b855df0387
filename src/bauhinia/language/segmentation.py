"""Words for searching and comparing: Latin words, whole numbers, and Chinese cut by what we know.

A Chinese word is the longest that the termbase or `data/lexicon.txt` holds; what lies between is given as
pairs of characters. A known word of more than two characters is followed by its pairs: 衞生 finds 衞生署.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from .numbers import FULL_WIDTH
from .scripts import HAN_RANGES
from .termbase import Termbase

_TOKEN = re.compile(
    rf"(?P<han>[{HAN_RANGES}]+)|(?P<number>[0-9]+(?:[,.][0-9]+)*)|(?P<latin>[A-Za-zÀ-ɏ]+(?:['’-][A-Za-zÀ-ɏ]+)*)"
)
_LEXICON = Path(__file__).parent / "data" / "lexicon.txt"


def words(text: str) -> list[str]:
    """The words of a text in order, Latin in lower case, numbers without commas. Marks are left out."""
    found: list[str] = []
    for match in _TOKEN.finditer(text.translate(FULL_WIDTH)):
        if match["han"]:
            found += _chinese(match["han"])
        elif match["number"]:
            found.append(match["number"].replace(",", ""))
        else:
            found.append(match["latin"].lower().replace("’", "'"))
    return found


def segments(run: str) -> list[str]:
    """A run of Chinese characters cut into known words and single characters, covering it."""
    known, longest = _known()
    cut = []
    at = 0
    while at < len(run):
        length = next(
            (size for size in range(min(longest, len(run) - at), 1, -1) if run[at : at + size] in known), 1
        )
        cut.append(run[at : at + length])
        at += length
    return cut


def _chinese(run: str) -> Iterator[str]:
    """Known words with their pairs, and the pairs of what lies between them."""
    loose = ""
    for piece in [*segments(run), ""]:
        if len(piece) == 1:
            loose += piece
            continue
        yield from _pairs(loose)
        loose = ""
        if piece:
            yield piece
            if len(piece) > 2:
                yield from _pairs(piece)


def _pairs(text: str) -> Iterator[str]:
    if len(text) == 1:
        yield text
    for at in range(len(text) - 1):
        yield text[at : at + 2]


@cache
def _known() -> tuple[frozenset[str], int]:
    """The words that we know, and the length of the longest."""
    written = _LEXICON.read_text(encoding="utf-8").splitlines()
    lexicon = {word for line in written if not line.startswith("#") for word in line.split()}
    terms = {form for term in Termbase.load().terms for form in (term.zh, *term.also_zh)}
    known = frozenset(lexicon | {form for form in terms if re.fullmatch(f"[{HAN_RANGES}]+", form)})
    return known, max(map(len, known))
