"""What is played around a tune: chords, pad, bass and drums, by patterns of the metre and the mood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from .brief import Mood
from .score import Chord, Metre, MetreName, Note, Part, Section

Pattern = Literal["block", "broken", "strum", "after"]
KICK, SNARE, CLOSED, OPEN, CRASH, RIM, BRUSH, WOOD, GONG = 36, 38, 42, 46, 49, 37, 40, 76, 52
"""General MIDI's percussion keys; GONG is its Chinese cymbal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Who plays, by General MIDI's numbers from 0, and how."""

    melody: int
    chords: int
    pad: int
    bass: int
    pattern: Pattern
    drums: Literal["pop", "rock", "march", "soft", "festive"]


BANDS: dict[Mood, Band] = {
    "cheerful": Band(melody=73, chords=0, pad=48, bass=33, pattern="strum", drums="pop"),
    "energetic": Band(melody=61, chords=27, pad=62, bass=33, pattern="strum", drums="rock"),
    "festive": Band(melody=73, chords=107, pad=48, bass=32, pattern="broken", drums="festive"),
    "gentle": Band(melody=68, chords=0, pad=49, bass=32, pattern="broken", drums="soft"),
    "solemn": Band(melody=60, chords=19, pad=48, bass=43, pattern="block", drums="march"),
}
"""Flute, brass, dizi's nearest (flute) with koto, oboe, horn; piano, clean guitar, koto, piano, organ."""

_Hit = tuple[int, int, int]
"""Sixteenth in the bar, key, loudness."""


def _hats(places: Iterable[int], loud: int) -> tuple[_Hit, ...]:
    return tuple((at, CLOSED, loud) for at in places)


_DRUMS: dict[tuple[str, MetreName], tuple[_Hit, ...]] = {
    ("pop", "4/4"): (
        (0, KICK, 92), (4, SNARE, 84), (8, KICK, 88), (10, KICK, 66), (12, SNARE, 86),
        *((at, CLOSED, 52 if at % 4 else 62) for at in range(0, 16, 2)),
    ),
    ("rock", "4/4"): (
        (0, KICK, 104), (4, SNARE, 100), (6, KICK, 80), (8, KICK, 98), (12, SNARE, 104), (14, KICK, 70),
        *((at, CLOSED, 62 if at % 4 else 76) for at in range(0, 14, 2)), (14, OPEN, 66),
    ),
    ("march", "4/4"): ((0, KICK, 84), (8, KICK, 76), (12, SNARE, 44), (14, SNARE, 50)),
    ("soft", "4/4"): (
        (0, KICK, 60), (4, RIM, 44), (8, KICK, 54), (12, RIM, 46), (6, CLOSED, 34), (14, CLOSED, 34),
    ),
    ("festive", "4/4"): (
        (0, KICK, 96), (3, WOOD, 66), (4, WOOD, 76), (6, KICK, 74), (8, KICK, 92), (11, WOOD, 62),
        (12, WOOD, 80), (14, WOOD, 70),
    ),
    ("pop", "3/4"): ((0, KICK, 84), (4, SNARE, 58), (8, SNARE, 62), *_hats((0, 4, 6, 8), 46)),
    ("rock", "3/4"): ((0, KICK, 98), (4, SNARE, 78), (8, SNARE, 84), *_hats(range(0, 12, 2), 56)),
    ("march", "3/4"): ((0, KICK, 76), (8, SNARE, 40)),
    ("soft", "3/4"): ((0, KICK, 54), (4, RIM, 38), (8, RIM, 42)),
    ("festive", "3/4"): ((0, KICK, 88), (4, WOOD, 66), (6, WOOD, 56), (8, WOOD, 72)),
    ("pop", "6/8"): ((0, KICK, 88), (6, SNARE, 80), *_hats(range(0, 12, 2), 48)),
    ("rock", "6/8"): ((0, KICK, 100), (4, KICK, 74), (6, SNARE, 98), *_hats(range(0, 12, 2), 60)),
    ("march", "6/8"): ((0, KICK, 80), (6, SNARE, 52), (10, SNARE, 42)),
    ("soft", "6/8"): ((0, KICK, 54), (6, RIM, 44), (4, CLOSED, 32), (10, CLOSED, 32)),
    ("festive", "6/8"): ((0, KICK, 92), (4, WOOD, 60), (6, WOOD, 76), (10, WOOD, 64)),
}  # fmt: skip
_BROKEN: dict[MetreName, tuple[int, ...]] = {
    "4/4": (0, 1, 2, 1, 3, 1, 2, 1),
    "3/4": (0, 1, 2, 3, 2, 1),
    "6/8": (0, 1, 2, 3, 2, 1),
}
"""Which voice of the chord each eighth of a bar plays."""
_STRUM: dict[MetreName, tuple[tuple[int, int, int], ...]] = {
    "4/4": ((0, 3, 70), (4, 2, 62), (6, 4, 66), (10, 2, 58), (12, 3, 64)),
    "3/4": ((4, 3, 60), (8, 3, 62)),
    "6/8": ((0, 4, 68), (4, 2, 52), (6, 4, 64), (10, 2, 54)),
}
"""Begin, length, loudness."""
_BASS: dict[MetreName, tuple[tuple[int, int, int], ...]] = {
    "4/4": ((0, 6, 0), (6, 2, 0), (8, 6, 7), (14, 2, 0)),
    "3/4": ((0, 8, 0), (8, 4, 7)),
    "6/8": ((0, 4, 0), (4, 2, 0), (6, 4, 7), (10, 2, 0)),
}
"""Begin, length, semitones above the root."""
_FULL = {"chorus", "outro"}


def accompaniment(
    band: Band, metre: Metre, sections: Sequence[Section], chords: Sequence[Chord]
) -> tuple[Part, ...]:
    """Chords, pad, bass and drums for the whole song."""
    voiced = dict(zip((chord.start for chord in chords), _voicings(chords), strict=True))
    slow = band.pattern == "block"
    return (
        Part(
            name="chords",
            program=band.chords,
            notes=tuple(_chords(band, metre, sections, chords, voiced)),
            pan=44,
            volume=100,
        ),
        Part(name="pad", program=band.pad, notes=tuple(_pad(sections, chords, voiced)), pan=84, volume=82),
        Part(name="bass", program=band.bass, notes=tuple(_bass(metre, chords, slow=slow)), volume=106),
        Part(name="drums", program=0, notes=tuple(_drums(band, metre, sections)), volume=100),
    )


def _voicings(chords: Sequence[Chord]) -> list[tuple[int, ...]]:
    """Each chord in close position around middle C, its voices moved as little as can be."""
    voicings: list[tuple[int, ...]] = []
    for chord in chords:
        choices = [_from(chord, lowest) for lowest in range(52, 64) if lowest % 12 in chord.classes]
        aim = voicings[-1] if voicings else (55, 60, 64)
        voicings.append(
            min(choices, key=lambda choice: sum(abs(a - b) for a, b in zip(choice, aim, strict=False)))
        )
    return voicings


def _from(chord: Chord, lowest: int) -> tuple[int, ...]:
    """Three voices up from that note. A seventh takes the place of the fifth."""
    wanted = (
        chord.classes if chord.kind != "dominant" else (chord.classes[0], chord.classes[1], chord.classes[3])
    )
    if lowest % 12 not in wanted:
        wanted = chord.classes[:3]
    return tuple(sorted(lowest + (each - lowest) % 12 for each in wanted))


def _in_bars(metre: Metre, chord: Chord) -> Iterator[tuple[int, int, int]]:
    """The pieces of a chord that lie in one bar each: bar's begin, begin and end in the bar."""
    at, end = chord.start, chord.start + chord.length
    while at < end:
        bar = at // metre.bar * metre.bar
        until = min(end, bar + metre.bar)
        yield bar, at - bar, until - bar
        at = until


def _section_at(sections: Sequence[Section], at: int) -> Section:
    return next(each for each in sections if each.start <= at < each.start + each.length)


def _chords(
    band: Band,
    metre: Metre,
    sections: Sequence[Section],
    chords: Sequence[Chord],
    voiced: dict[int, tuple[int, ...]],
) -> Iterator[Note]:
    for chord in chords:
        voices = voiced[chord.start]
        name = _section_at(sections, chord.start).name
        pattern = "block" if name == "outro" else band.pattern
        for bar, begin, end in _in_bars(metre, chord):
            if pattern == "broken":
                yield from _broken(metre, bar, begin, end, voices)
            elif pattern == "strum":
                yield from _strum(metre, bar, begin, end, voices)
            else:
                yield from (
                    Note(start=bar + begin, length=end - begin, pitch=voice, loud=62) for voice in voices
                )


def _broken(metre: Metre, bar: int, begin: int, end: int, voices: tuple[int, ...]) -> Iterator[Note]:
    full = (*voices, voices[0] + 12)
    for at, voice in enumerate(_BROKEN[metre.name]):
        if begin <= 2 * at < end:
            yield Note(start=bar + 2 * at, length=2, pitch=full[voice], loud=66 if at % 4 == 0 else 54)


def _strum(metre: Metre, bar: int, begin: int, end: int, voices: tuple[int, ...]) -> Iterator[Note]:
    for at, length, loud in _STRUM[metre.name]:
        if begin <= at < end:
            held = min(length, end - at)
            yield from (Note(start=bar + at, length=held, pitch=voice, loud=loud) for voice in voices)


def _pad(
    sections: Sequence[Section], chords: Sequence[Chord], voiced: dict[int, tuple[int, ...]]
) -> Iterator[Note]:
    """Held chords, which come in with the first chorus and stay under the second verse more softly."""
    first = next(each.start for each in sections if each.name == "chorus")
    for chord in chords:
        if chord.start < first:
            continue
        loud = 58 if _section_at(sections, chord.start).name in _FULL else 42
        for voice in voiced[chord.start]:
            yield Note(start=chord.start, length=chord.length, pitch=voice + 12, loud=loud)


def _bass(metre: Metre, chords: Sequence[Chord], *, slow: bool) -> Iterator[Note]:
    for chord in chords:
        root = 36 + (chord.root - 4) % 12 + 4 if chord.root < 8 else 24 + chord.root
        for bar, begin, end in _in_bars(metre, chord):
            if slow or end - begin < metre.bar:
                yield Note(start=bar + begin, length=end - begin, pitch=root, loud=78)
                continue
            for at, length, above in _BASS[metre.name]:
                yield Note(start=bar + at, length=length, pitch=root + above, loud=84 if at == 0 else 72)


def _drums(band: Band, metre: Metre, sections: Sequence[Section]) -> Iterator[Note]:
    """Nothing before the first verse; a cymbal where a chorus begins, a fill before it."""
    hits = _DRUMS[band.drums, metre.name]
    for section in sections:
        if section.name == "intro":
            continue
        for bar in range(section.start, section.start + section.length, metre.bar):
            last = bar + metre.bar >= section.start + section.length
            if section.name == "outro" and last:
                yield Note(start=bar, length=metre.bar, pitch=CRASH, loud=64)
                continue
            softer = 0 if section.name in _FULL else 8
            yield from (
                Note(start=bar + at, length=1, pitch=key, loud=loud - softer) for at, key, loud in hits
            )
            if last and section.name.startswith("verse") and band.drums not in ("soft", "march"):
                yield from _fill(metre, bar)
        if section.name == "chorus" and band.drums != "march":
            cymbal = GONG if band.drums == "festive" else CRASH
            yield Note(start=section.start, length=4, pitch=cymbal, loud=56 if band.drums == "soft" else 78)


def _fill(metre: Metre, bar: int) -> Iterator[Note]:
    for at, pitch in enumerate((50, 47, 45, 41)):
        yield Note(start=bar + metre.bar - 4 + at, length=1, pitch=pitch, loud=72 + 4 * at)
