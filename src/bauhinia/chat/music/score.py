"""What a song is while it is made: bars, notes, chords and parts, counted in sixteenths of a whole note."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, get_args

MetreName = Literal["4/4", "3/4", "6/8"]
METRES: tuple[MetreName, ...] = get_args(MetreName)
QUARTER = 4
"""Sixteenths of a quarter note: the grid of every length here."""
SectionName = Literal["intro", "verse 1", "chorus", "verse 2", "outro"]
PartName = Literal["melody", "chords", "pad", "bass", "drums"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metre:
    """How bars are counted. Positions are sixteenths from the bar's beginning."""

    name: MetreName
    bar: int
    beats: tuple[int, ...]
    strong: tuple[int, ...]
    """Where a chord's own notes have to stand."""
    line_bars: int
    """Bars that one line of the words fills."""

    @property
    def line(self) -> int:
        """Sixteenths of one line of the words."""
        return self.bar * self.line_bars


METRE: dict[MetreName, Metre] = {
    "4/4": Metre(name="4/4", bar=16, beats=(0, 4, 8, 12), strong=(0, 8), line_bars=2),
    "3/4": Metre(name="3/4", bar=12, beats=(0, 4, 8), strong=(0,), line_bars=4),
    "6/8": Metre(name="6/8", bar=12, beats=(0, 6), strong=(0, 6), line_bars=2),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One note. `pitch` is MIDI's; of drums, MIDI's percussion key."""

    start: int
    length: int
    pitch: int
    loud: int = 80
    """MIDI velocity."""
    syllable: str = ""
    ends_word: bool = True
    """False where the next syllable belongs to the same English word."""
    line: int = -1
    """Which line of the words, in the order of singing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chord:
    """A chord for a time."""

    start: int
    length: int
    degree: int
    """0 is the tonic's."""
    root: int
    """Pitch class, C is 0."""
    kind: Literal["major", "minor", "diminished", "dominant"]
    name: str
    """As a player reads it: `Dm`, `G7`."""

    @property
    def classes(self) -> tuple[int, ...]:
        """Its pitch classes, root first."""
        steps = {"major": (0, 4, 7), "minor": (0, 3, 7), "diminished": (0, 3, 6), "dominant": (0, 4, 7, 10)}
        return tuple((self.root + step) % 12 for step in steps[self.kind])

    def covers(self, at: int) -> bool:
        """Whether it sounds at that time."""
        return self.start <= at < self.start + self.length


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A piece of the form, in sixteenths from the song's beginning."""

    name: SectionName
    start: int
    length: int
    lines: tuple[int, ...] = ()
    """The lines of the words that it sings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One player."""

    name: PartName
    program: int
    """General MIDI's instrument, from 0."""
    notes: tuple[Note, ...]
    pan: int = 64
    volume: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A whole song, ready to be written down or played."""

    title: str
    metre: Metre
    tempo: float
    """Quarter notes a minute."""
    tonic: int
    """Pitch class."""
    mode: Literal["major", "minor"]
    fifths: int
    """Sharps of the key signature; flats are negative."""
    sections: tuple[Section, ...]
    chords: tuple[Chord, ...]
    parts: tuple[Part, ...]
    language: str
    lines: tuple[str, ...] = field(default=())
    """The words as they are sung."""

    @property
    def length(self) -> int:
        """Sixteenths."""
        return sum(section.length for section in self.sections)

    @property
    def seconds(self) -> float:
        """How long it is played."""
        return self.length / QUARTER * 60 / self.tempo

    @property
    def melody(self) -> tuple[Note, ...]:
        """The notes that are sung."""
        return self.part("melody").notes

    def part(self, name: PartName) -> Part:
        """The part of that name, which every song has."""
        return next(part for part in self.parts if part.name == name)

    def chord_at(self, at: int) -> Chord:
        """The chord that sounds at that time."""
        return next(chord for chord in self.chords if chord.covers(at))

    def by_line(self) -> Iterator[tuple[int, tuple[Note, ...]]]:
        """The notes of each line, in the order of singing."""
        for line in range(len(self.lines)):
            yield line, tuple(note for note in self.melody if note.line == line)
