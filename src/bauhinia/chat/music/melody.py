"""A tune for each line: of all that the key allows, the one that costs least by the rules of good tunes.

Hard rules: the chord's own notes on strong beats; the cadences; the singers' range. The rest has a price:
leaps, leaps that are not filled, tones of Cantonese against the tune. The cheapest way is found exactly
(Viterbi over pairs of notes), so the same brief gives the same tune.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .score import Chord, Metre
from .theory import Key
from .tones import level_of, motion_of

LOW, HIGH = 57, 74
"""A3 to D5: what untrained voices sing together."""
AGAINST, OBLIQUE = 60.0, 9.0
"""Prices of a tone that the tune contradicts, or does not follow."""
_FAR = 1e9
Ending = Literal["open", "half", "home"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What one line's tune has to be."""

    begins: tuple[int, ...]
    """Sixteenths from the song's beginning."""
    chords: tuple[Chord, ...]
    """Those that sound under it."""
    tones: tuple[int, ...] = ()
    """Of its syllables; empty where they are not followed."""
    centre: float = 65.0
    """The pitch that it moves around."""
    shape: tuple[float, ...] = (0.0, 0.0)
    """How far from the centre it should be at its beginning, on its way, and at its end."""
    ending: Ending = "open"
    before: int | None = None
    """The pitch that was sung last."""
    like: tuple[int, ...] = ()
    """A tune to stay near, where it can."""
    five: bool = False
    """Of the pentatonic notes alone."""
    restless: float = 0.0
    """More than 0: repeated notes cost more."""


def tune(wanted: Wanted, key: Key, metre: Metre) -> tuple[int, ...]:
    """The pitches, one a syllable."""
    choices = [_choices(wanted, key, metre, at) for at in range(len(wanted.begins))]
    # State: the last two pitches; so a leap can ask for a step back.
    best: dict[tuple[int, int], tuple[float, tuple[int, ...]]] = {}
    for pitch, price in choices[0].items():
        start = wanted.before if wanted.before is not None else pitch
        best[start, pitch] = (price + 0.5 * _move(pitch - start, 0.0), (pitch,))
    for at in range(1, len(choices)):
        following: dict[tuple[int, int], tuple[float, tuple[int, ...]]] = {}
        for (earlier, last), (price, path) in best.items():
            for pitch, own in choices[at].items():
                cost = price + own + _step_cost(wanted, key, at, earlier, last, pitch)
                if cost < following.get((last, pitch), (_FAR,))[0]:
                    following[last, pitch] = (cost, (*path, pitch))
        best = following
    return min(best.values())[1]


def _choices(wanted: Wanted, key: Key, metre: Metre, at: int) -> dict[int, float]:
    """The notes that the syllable may be sung on, each with its own price."""
    begin = wanted.begins[at]
    chord = next(chord for chord in wanted.chords if chord.covers(begin))
    pitches = key.pitches(LOW, HIGH, dominant=chord.degree == 4, five=wanted.five)
    strong = begin % metre.bar in metre.strong
    last = at == len(wanted.begins) - 1
    aim = wanted.centre + _along(wanted.shape, at / max(len(wanted.begins) - 1, 1))
    priced: dict[int, float] = {}
    for pitch in pitches:
        within = pitch % 12 in chord.classes
        if (strong or last) and not within:
            continue
        if last and wanted.ending == "home" and pitch % 12 != key.tonic:
            continue
        priced[pitch] = (0.0 if within else 0.8) + 0.14 * abs(pitch - aim) ** 1.5
        if wanted.like and at < len(wanted.like):
            priced[pitch] += 0.45 * abs(pitch - wanted.like[at])
    assert priced, "a chord of the key has notes in the range"
    return priced


def _step_cost(wanted: Wanted, key: Key, at: int, earlier: int, last: int, pitch: int) -> float:
    interval, first = pitch - last, at == 1
    cost = _move(interval, wanted.restless)
    before = 0 if first else last - earlier
    if abs(before) > 4 and not (0 < abs(interval) <= 4 and (interval > 0) != (before > 0)):
        cost += 1.5
    if before == 0 and interval == 0 and not first:
        cost += 1.0 + wanted.restless
    if not first and interval and pitch == earlier:
        cost += 0.6
    # From the sixth to a minor key's raised seventh is a step that is hard to sing.
    if key.mode == "minor" and {(last - key.tonic) % 12, (pitch - key.tonic) % 12} == {8, 11}:
        cost += 4.0
    if wanted.tones:
        cost += _tone_cost((wanted.tones[at - 1], wanted.tones[at]), interval)
    return cost


def _along(shape: Sequence[float], share: float) -> float:
    """The height of a shape at a share of its way, straight between its points."""
    at = share * (len(shape) - 1)
    left = min(int(at), len(shape) - 2)
    return shape[left] + (shape[left + 1] - shape[left]) * (at - left)


def _tone_cost(tones: tuple[int, int], interval: int) -> float:
    motion = motion_of(tones, interval)
    if motion != "with":
        return AGAINST if motion == "against" else OBLIQUE
    # A wide step of the tones is sung wide where that costs little.
    return 0.25 * abs(abs(interval) - 2 * abs(level_of(tones[1]) - level_of(tones[0])))


def _move(interval: int, restless: float) -> float:
    """What a step or a leap costs by itself, semitones."""
    size = abs(interval)
    if size == 0:
        return 0.5 + restless
    if size <= 2:
        return 0.0
    if size <= 4:
        return 1.0
    if size <= 5:
        return 1.8
    if size <= 7:
        return 2.6
    if size <= 9:
        return 4.5
    return 7.0 if size == 12 else 12.0 + size
