"""The words of a song, cut into the syllables that are sung, each Cantonese one with its tone."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Literal

from ...errors import InputError, MissingPart
from ...yaml_text import read_yaml

SongLanguage = Literal["yue", "cmn", "en"]
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_RUNS = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|[^\u3400-\u9fff\uf900-\ufaff]+")
_LATIN = re.compile(r"[A-Za-z0-9]")
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_VOWELS = re.compile(r"[aeiouy]+")
SHORTEST, LONGEST = 3, 12
"""Syllables of a line that can be sung in one breath here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Syllable:
    """What is sung on one note."""

    text: str
    jyutping: str = ""
    tone: int = 0
    """1 to 6 in Cantonese, else 0."""
    ends_word: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a song."""

    text: str
    syllables: tuple[Syllable, ...]

    @property
    def tones(self) -> tuple[int, ...]:
        """Empty in a language that is not checked for them."""
        return tuple(syllable.tone for syllable in self.syllables) if self.syllables[0].tone else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lyrics:
    """Two verses and a chorus, four lines each."""

    title: str
    verse_1: tuple[str, ...]
    chorus: tuple[str, ...]
    verse_2: tuple[str, ...]
    written_by: str
    """A model's name, or `phrase bank` for the shipped lines."""


LINES = 4
"""Of each verse and of the chorus."""


def cut(text: str, language: SongLanguage) -> Line:
    """A line cut into syllables. Raises InputError for one that cannot be sung, MissingPart."""
    clean = " ".join(text.split())
    if language == "en":
        syllables = _english(clean)
    elif _LATIN.search(clean):
        raise InputError(
            f"The line “{clean[:40]}” mixes Chinese with letters or figures, whose syllables are not known.",
            hint="Write figures and foreign words in Chinese characters.",
        )
    else:
        syllables = _cantonese(clean) if language == "yue" else _putonghua(clean)
    if not SHORTEST <= len(syllables) <= LONGEST:
        raise InputError(
            f"The line “{clean[:40]}” has {len(syllables)} syllables.",
            hint=f"Give lines of {SHORTEST} to {LONGEST} syllables; seven are sung best.",
        )
    return Line(text=clean.replace("-", "") if language == "en" else clean, syllables=tuple(syllables))


def checked(lyrics: Lyrics) -> Lyrics:
    """Raises InputError unless every part has its lines."""
    for name, lines in (
        ("verse 1", lyrics.verse_1),
        ("chorus", lyrics.chorus),
        ("verse 2", lyrics.verse_2),
    ):
        if len(lines) != LINES:
            raise InputError(
                f"The {name} of the words has {len(lines)} lines.",
                hint=f"Give {LINES} lines a part: verse 1, chorus, verse 2.",
            )
    return lyrics


def _putonghua(text: str) -> list[Syllable]:
    """One syllable a character; tones are not followed in songs of Putonghua, so none are looked up."""
    return [Syllable(text=character) for character in _HAN.findall(text)]


def _cantonese(text: str) -> list[Syllable]:
    syllables: list[Syllable] = []
    for word, reading in readings(text):
        characters = _HAN.findall(word)
        if not characters:
            continue
        parts = re.findall(r"[a-z]+[1-6]", reading or "")
        if len(parts) != len(characters):
            raise InputError(
                f"The reading of “{word}” in Cantonese is not known.",
                hint="Use a more common word in that line.",
            )
        last = len(characters) - 1
        syllables += [
            Syllable(text=character, jyutping=part, tone=int(part[-1]), ends_word=at == last)
            for at, (character, part) in enumerate(zip(characters, parts, strict=True))
        ]
    return syllables


@lru_cache(maxsize=2_000)
def readings(text: str) -> tuple[tuple[str, str | None], ...]:
    """Words of a Chinese text with their Jyutping. Raises MissingPart."""
    if importlib.util.find_spec("pycantonese") is None:
        raise MissingPart(
            "Cantonese tones need the package pycantonese, which is not installed.",
            hint="Run `pip install pycantonese`.",
        )
    found: list[tuple[str, str | None]] = []
    for at, piece in enumerate(_corrected().split(text)):
        if at % 2:
            found.append((piece, corrections()[piece]))
            continue
        # A word with a mark in it would have no reading, so marks are kept from the segmenter.
        for run in _RUNS.findall(piece):
            found += _looked_up(run) if _HAN.match(run) else [(run, None)]
    return tuple(found)


def _looked_up(run: str) -> list[tuple[str, str | None]]:
    """The words of a run of characters; one that the dictionary lacks is read character by character."""
    from pycantonese import characters_to_jyutping

    words: list[tuple[str, str | None]] = []
    for word, reading in characters_to_jyutping(run):
        if reading is None and len(word) > 1:
            words += [pair for character in word for pair in characters_to_jyutping(character)]
        else:
            words.append((word, reading))
    return words


@cache
def corrections() -> dict[str, str]:
    """Readings that count before the dictionary's."""
    text = files(__package__).joinpath("readings.yaml").read_text(encoding="utf-8")
    loaded: dict[str, str] = read_yaml(text)
    return loaded


@cache
def _corrected() -> re.Pattern[str]:
    longest_first = sorted(corrections(), key=len, reverse=True)
    return re.compile(f"({'|'.join(map(re.escape, longest_first))})")


def _english(text: str) -> list[Syllable]:
    """Hyphens in a word part its syllables; without any, groups of vowels are counted."""
    syllables: list[Syllable] = []
    for word in _WORD.findall(text):
        parts = word.strip("-").split("-") if "-" in word.strip("-") else _divided(word)
        syllables += [
            Syllable(text=part, ends_word=at == len(parts) - 1) for at, part in enumerate(parts) if part
        ]
    return syllables


def _divided(word: str) -> list[str]:
    """An English word in about as many pieces as it has syllables."""
    low = word.lower().replace("’", "'")
    groups = [found.span() for found in _VOWELS.finditer(low)]
    if len(groups) > 1 and _silent_end(low, groups[-1]):
        groups.pop()
    if len(groups) < 2:
        return [word]
    cuts = [_cut_between(left[1], right[0]) for left, right in pairwise(groups)]
    edges = [0, *cuts, len(word)]
    return [word[a:b] for a, b in pairwise(edges)]


def _silent_end(word: str, last: tuple[int, int]) -> bool:
    """`hope`, `hoped`, `times`: the last e is not sung; that of `table`, `wanted`, `boxes` is."""
    tail = word[last[0] :]
    before = word[max(0, last[0] - 2) : last[0]]
    if tail == "e":
        return not (before.endswith("l") and len(before) == 2 and before[0] not in "aeiouylr")
    if tail == "ed":
        return before[-1:] not in ("t", "d")
    return tail == "es" and before[-1:] not in ("s", "x", "z", "g", "c") and before not in ("sh", "ch")


def _cut_between(end: int, begin: int) -> int:
    """One consonant goes with the vowel after it, of several the first stays."""
    return end if begin - end <= 1 else end + 1


def rhymes(lines: Sequence[Line]) -> tuple[str, ...]:
    """How each line ends, in Cantonese: the last syllable's final without its tone; empty elsewhere."""
    return tuple(_final(line.syllables[-1].jyutping) for line in lines)


def _final(jyutping: str) -> str:
    found = re.match(r"(?:ng|gw|kw|[bpmfdtnlgkhwzcsj])?([a-z]+)[1-6]$", jyutping)
    return found.group(1) if found else ""
