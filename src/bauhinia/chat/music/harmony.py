"""Which chord sounds when: phrases that leave the tonic, stop on the dominant, and come home."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Literal

from .score import Chord, Metre
from .theory import FOLLOWS, FUNCTIONS, Function, Key

_SIGNS: dict[str, str] = {"major": "", "minor": "m", "diminished": "dim", "dominant": "7"}
_WEIGHTS: dict[int, float] = {0: 1.0, 1: 1.2, 2: 0.6, 3: 1.6, 4: 0.8, 5: 1.6}
"""How common each degree is inside a phrase."""


def verse_chords(key: Key, metre: Metre, start: int, random: Random) -> list[Chord]:
    """The chords of four lines: the second stops on the dominant, the fourth comes home."""
    bars = metre.line_bars
    first = [*_walk(key, 0, bars * 2 - 1, ends="D", random=random), 4]
    # A bar of three is not shared between two chords: there the walk itself leads to the dominant.
    before: Function = "D" if metre.name == "3/4" else "S"
    second = _walk(key, random.choice((0, 5)), bars * 2 - 2, ends=before, random=random)
    chords = [_chord(key, start + at * metre.bar, metre.bar, degree) for at, degree in enumerate(first)]
    middle = start + len(first) * metre.bar
    chords += [_chord(key, middle + at * metre.bar, metre.bar, degree) for at, degree in enumerate(second)]
    return chords + _cadence(key, metre, middle + len(second) * metre.bar, after=second[-1])


def _cadence(key: Key, metre: Metre, start: int, after: int) -> list[Chord]:
    """The last two bars: to the dominant, with its seventh, and home. A bar of two beats or four is shared
    with a subdominant."""
    half = metre.bar // 2
    way = _before_dominant(key, after)
    if metre.name == "3/4" or way is None:
        chords = [_chord(key, start, metre.bar, 4, seventh=True)]
    else:
        chords = [_chord(key, start, half, way), _chord(key, start + half, half, 4, seventh=True)]
    return [*chords, _chord(key, start + metre.bar, metre.bar, 0)]


def _before_dominant(key: Key, after: int) -> int | None:
    """A subdominant that may follow that degree and leads to the dominant."""
    fit = [degree for degree in FOLLOWS[key.mode][after] if FUNCTIONS[key.mode][degree] == "S"]
    return next((degree for degree in fit if degree != after and 4 in FOLLOWS[key.mode][degree]), None)


def frame_chords(key: Key, metre: Metre, start: int, degrees: Sequence[int]) -> list[Chord]:
    """One chord a bar, for what is played before and after the words."""
    return [
        _chord(key, start + at * metre.bar, metre.bar, degree, seventh=degree == 4)
        for at, degree in enumerate(degrees)
    ]


def _walk(key: Key, first: int, bars: int, *, ends: Function, random: Random) -> list[int]:
    """A walk of so many bars whose last chord leads where the phrase ends: to the dominant (`D`) or to the
    cadence, which begins with a subdominant (`S`). No chord stands twice in a row after the first bar."""
    allowed = FOLLOWS[key.mode]
    for _ in range(500):
        walk = [first]
        while len(walk) < bars:
            ways = [degree for degree in allowed[walk[-1]] if degree not in (walk[-1], 4)]
            if not ways:
                break
            walk.append(random.choices(ways, [_WEIGHTS[way] for way in ways])[0])
        last = walk[-1]
        ready = 4 in allowed[last] if ends == "D" else _before_dominant(key, last) is not None
        if len(walk) == bars and ready and (bars < 3 or len(set(walk)) > 2):
            return walk
    raise AssertionError("every degree has a way to the dominant")


def _chord(key: Key, start: int, length: int, degree: int, *, seventh: bool = False) -> Chord:
    root = (key.tonic + 7) % 12 if degree == 4 else key.scale[degree]
    kind = "dominant" if seventh and degree == 4 else key.kind(degree)
    return Chord(
        start=start,
        length=length,
        degree=degree,
        root=root,
        kind=_checked_kind(kind),
        name=key.spelled(root) + _SIGNS[kind],
    )


def _checked_kind(kind: str) -> Literal["major", "minor", "diminished", "dominant"]:
    assert kind in ("major", "minor", "diminished", "dominant")
    return kind  # type: ignore[return-value]
