"""Words with a capital that stand together: what names in Latin letters are looked for in."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from .lists import phrases, words

_TITLE = r"(?:Mr|Mrs|Ms|Mdm|Dr|Prof|Rev|Hon|Insp|Sgt|Capt|Ir|Messrs)\."
_WORD = rf"(?:{_TITLE}|(?:[A-Z]\.){{1,3}}|[A-Z][A-Za-z'’]{{0,24}}(?:-[A-Za-z]{{1,15}}){{0,2}})"
_RUN = re.compile(rf"(?<![A-Za-z0-9@/_.&-]){_WORD}(?:(?:,[ ]{{0,2}}|[ ]{{1,2}}){_WORD}){{1,11}}")
_TOKEN = re.compile(_WORD)
_OWNED = re.compile(r"['’](?:s|S)?$")


class Word(NamedTuple):
    """One word of a run."""

    start: int
    end: int
    written: str
    plain: str
    """With a capital and without a dot: `Tai-Man` for TAI-MAN and for Tai-man."""
    follows_comma: bool


def runs(plain: str) -> Iterator[list[Word]]:
    """The runs of two to twelve words with capitals."""
    for run in _RUN.finditer(plain):
        found: list[Word] = []
        for match in _TOKEN.finditer(plain, run.start(), run.end()):
            written = match[0]
            if written[-1] in "'’s":
                written = _OWNED.sub("", written)
            comma = bool(found) and "," in plain[found[-1].end : match.start()]
            found.append(Word(match.start(), match.start() + len(written), written, _plain(written), comma))
        yield found


def _plain(written: str) -> str:
    if "." in written:
        return written.rstrip(".")
    return "-".join(part.capitalize() for part in written.split("-")) if len(written) > 1 else written


def is_initials(word: Word) -> bool:
    """`C.Y.`, `T` or `TM`."""
    return len(word.plain) == 1 or (
        len(word.written) <= 6 and word.written.endswith(".") and "." in word.plain
    )


def is_surname(word: Word) -> bool:
    """Whether the word is a Chinese surname as Hong Kong or the Mainland writes it."""
    return word.plain in words("latin_names", "surnames") or word.plain in words(
        "latin_names", "pinyin_surnames"
    )


def is_foreign_surname(word: Word) -> bool:
    """Whether the word is a family name from elsewhere."""
    return word.plain in words("latin_names", "other_surnames")


def is_given_name(word: Word) -> bool:
    """Whether the word is a given name such as Peter."""
    return word.plain in words("latin_names", "given_names")


def are_syllables(word: Word) -> bool:
    """Whether all parts of the word are syllables of Cantonese given names: Tai-man, or Man."""
    syllables = words("latin_names", "syllables")
    return all(part in syllables for part in word.plain.split("-"))


def begins_place(run: list[Word], at: int) -> int:
    """How many words from `at` on are a place's name: 3 for Wong Tai Sin, 0 for none."""
    for name in _places().get(run[at].plain, ()):
        if tuple(word.plain for word in run[at : at + len(name)]) == name:
            return len(name)
    return 0


@cache
def _places() -> dict[str, list[tuple[str, ...]]]:
    """Places by their first word, the longest first."""
    found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for place in sorted(phrases("latin_names", "places"), key=len, reverse=True):
        found[place.split()[0]].append(tuple(place.split()))
    return dict(found)


@cache
def telling() -> frozenset[str]:
    """The words without one of which nothing is taken for a name, a label apart."""
    entries = ("surnames", "pinyin_surnames", "other_surnames", "given_names", "titles")
    return frozenset().union(*(words("latin_names", entry) for entry in entries))
