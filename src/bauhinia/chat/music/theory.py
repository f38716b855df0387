"""Keys, scales and which chord may follow which, as the harmony of common songs has it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Mode = Literal["major", "minor"]
Function = Literal["T", "S", "D"]
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SCALES: dict[Mode, tuple[int, ...]] = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
_KINDS: dict[Mode, tuple[str, ...]] = {
    "major": ("major", "minor", "minor", "major", "major", "minor", "diminished"),
    "minor": ("minor", "diminished", "major", "minor", "major", "major", "major"),
}
"""The dominant of a minor key is major: its third is the raised leading note."""
FUNCTIONS: dict[Mode, dict[int, Function]] = {
    "major": {0: "T", 1: "S", 2: "T", 3: "S", 4: "D", 5: "T"},
    "minor": {0: "T", 2: "T", 3: "S", 4: "D", 5: "T"},
}
"""What each degree is for: tonic, subdominant, dominant. The others are not used."""
FOLLOWS: dict[Mode, dict[int, tuple[int, ...]]] = {
    "major": {
        0: (0, 1, 2, 3, 4, 5), 1: (1, 4), 2: (3, 5), 3: (0, 1, 3, 4), 4: (0, 4, 5), 5: (1, 2, 3, 4, 5),
    },
    "minor": {0: (0, 2, 3, 4, 5), 2: (2, 3, 5), 3: (0, 3, 4), 4: (0, 4, 5), 5: (2, 3, 4, 5)},
}  # fmt: skip
"""Which degrees may follow one: a dominant goes home or is deceived, and never back to a subdominant."""
_SIGNATURES = {0: 0, 7: 1, 2: 2, 9: 3, 4: 4, 11: 5, 6: 6, 5: -1, 10: -2, 3: -3, 8: -4, 1: -5}
_SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FLATS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
_NAME = re.compile(r"([A-G])(#|b|♯|♭)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A tonic and a mode."""

    tonic: int
    mode: Mode

    @property
    def scale(self) -> tuple[int, ...]:
        """Pitch classes, tonic first; of a minor key the natural ones."""
        return tuple((self.tonic + step) % 12 for step in _SCALES[self.mode])

    @property
    def fifths(self) -> int:
        """Sharps of its signature; flats are negative."""
        return _SIGNATURES[self.tonic if self.mode == "major" else (self.tonic + 3) % 12]

    @property
    def name(self) -> str:
        """`D major`."""
        return f"{self.spelled(self.tonic)} {self.mode}"

    def spelled(self, pitch: int) -> str:
        """A pitch class's letter in this key: `F#` or `Gb`."""
        return (_FLATS if self.fifths < 0 else _SHARPS)[pitch % 12]

    def kind(self, degree: int) -> str:
        """Of the chord on that degree."""
        return _KINDS[self.mode][degree]

    def pitches(self, low: int, high: int, *, dominant: bool = False, five: bool = False) -> list[int]:
        """The key's notes between two pitches; over a minor key's dominant with the raised leading note;
        `five`: the pentatonic ones alone."""
        scale = list(self.scale)
        if dominant and self.mode == "minor":
            scale[6] = (self.tonic + 11) % 12
        if five:
            scale = [scale[at] for at in ((0, 1, 2, 4, 5) if self.mode == "major" else (0, 2, 3, 4, 6))]
        return [pitch for pitch in range(low, high + 1) if pitch % 12 in scale]


def pitch_class(name: str) -> int | None:
    """Of `Bb`; None for what is no note's name."""
    found = _NAME.match(name)
    if found is None:
        return None
    letter, sign = found.groups()
    return (_LETTERS[letter] + {"#": 1, "♯": 1, "b": -1, "♭": -1}.get(sign or "", 0)) % 12


# Krumhansl and Kessler (1982): how well listeners found each note to fit a key.
_PROFILES: dict[Mode, tuple[float, ...]] = {
    "major": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    "minor": (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
}


def key_heard(weights: list[float]) -> Key:
    """The key that best explains how long each pitch class sounds (Krumhansl's and Schmuckler's method)."""
    keys = [Key(tonic=tonic, mode=mode) for mode in _PROFILES for tonic in range(12)]
    return max(keys, key=lambda key: _likeness(weights, key))


def _likeness(weights: list[float], key: Key) -> float:
    profile = [_PROFILES[key.mode][(pitch - key.tonic) % 12] for pitch in range(12)]
    mean, middle = sum(weights) / 12, sum(profile) / 12
    apart = [(a - mean, b - middle) for a, b in zip(weights, profile, strict=True)]
    scale = (sum(a * a for a, _ in apart) * sum(b * b for _, b in apart)) ** 0.5
    return sum(a * b for a, b in apart) / scale if scale else 0.0
