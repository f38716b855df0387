"""A song from its brief and its words: form, harmony, tune, arrangement. The same brief gives the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

from .arrangement import BANDS, accompaniment
from .brief import MusicBrief
from .harmony import frame_chords, verse_chords
from .melody import Ending, Wanted, tune
from .rhythm import lengths, onsets
from .score import METRE, Chord, Metre, Note, Part, Score, Section, SectionName
from .words import LINES, Line, Lyrics, checked, cut

_FORM: tuple[SectionName, ...] = ("intro", "verse 1", "chorus", "verse 2", "chorus", "outro")
_CENTRES: dict[str, float] = {"verse 1": 64.0, "verse 2": 64.0, "chorus": 67.5}
"""Where the tune of each section lies: a chorus is sung higher."""
_SHAPES: dict[str, tuple[tuple[float, ...], ...]] = {
    "verse": ((-3.0, 1.0, 0.0), (0.0, 3.0, 1.0), (1.0, 4.0, 2.0), (3.0, 0.0, -2.0)),
    "chorus": ((1.0, 4.0, 2.0), (3.0, 0.0, -1.0), (2.0, 5.0, 4.0), (4.0, 0.0, -3.0)),
}
"""How each line rises and falls; the third is the highest, the fourth comes down."""
_ENDINGS: tuple[Ending, ...] = ("open", "half", "open", "home")


@dataclass(frozen=True, slots=True)
class _Sung:
    """A section's lines, their chords and tune, from time 0."""

    lines: tuple[Line, ...]
    chords: tuple[Chord, ...]
    notes: tuple[Note, ...]


def compose(brief: MusicBrief, lyrics: Lyrics, going_on: Callable[[], None] = lambda: None) -> Score:
    """The whole score. `going_on` is called between lines, and may raise to end the work.

    Raises InputError for words that cannot be sung, MissingPart.
    """
    metre = METRE[brief.metre]
    checked(lyrics)
    random = Random(brief.seed)  # noqa: S311
    verse_way = tuple(verse_chords(brief.key, metre, 0, random))
    chorus_way = tuple(verse_chords(brief.key, metre, 0, random))
    first = _sung(brief, metre, "verse 1", lyrics.verse_1, verse_way, going_on)
    chorus = _sung(brief, metre, "chorus", lyrics.chorus, chorus_way, going_on)
    second = _sung(brief, metre, "verse 2", lyrics.verse_2, verse_way, going_on, like=first)
    sung = {"verse 1": first, "chorus": chorus, "verse 2": second}
    return _assembled(brief, metre, lyrics.title, sung)


def _sung(
    brief: MusicBrief,
    metre: Metre,
    name: str,
    texts: Sequence[str],
    chords: tuple[Chord, ...],
    going_on: Callable[[], None],
    like: _Sung | None = None,
) -> _Sung:
    """One section: the lines cut, each given its rhythm and its tune; `like`: an earlier verse, whose tune is
    kept as far as the new words' tones let it."""
    lines = tuple(cut(text, brief.language) for text in texts)
    notes: list[Note] = []
    for at, line in enumerate(lines):
        going_on()
        # Lines 1 and 3 share a rhythm, so do 2 and 4: what comes again is what is remembered.
        choice = brief.seed // 3 + (at % 2) + (1 if name == "chorus" else 0)
        begins = onsets(metre, len(line.syllables), brief.mood, choice)
        begins_here = tuple(at * metre.line + begin for begin in begins)
        wanted = Wanted(
            begins=begins_here,
            chords=chords,
            tones=line.tones,
            centre=_CENTRES[name],
            shape=_SHAPES[name.split()[0]][at],
            ending=_ENDINGS[at],
            before=notes[-1].pitch if notes else None,
            like=_line_of(like.notes, at) if like else _line_of(notes, at - 2),
            five=brief.mood == "festive",
            restless=0.0 if line.tones else 0.6,
        )
        pitches = tune(wanted, brief.key, metre)
        held = lengths(metre, begins)
        notes += _notes(line, at, begins_here, held, pitches, metre)
    return _Sung(lines, chords, tuple(notes))


def _line_of(notes: Sequence[Note], line: int) -> tuple[int, ...]:
    return tuple(note.pitch for note in notes if note.line == line)


def _notes(
    line: Line,
    number: int,
    begins: Sequence[int],
    held: Sequence[int],
    pitches: Sequence[int],
    metre: Metre,
) -> list[Note]:
    return [
        Note(
            start=begin,
            length=length,
            pitch=pitch,
            loud=100 if begin % metre.bar in metre.strong else 90,
            syllable=syllable.text,
            ends_word=syllable.ends_word,
            line=number,
        )
        for syllable, begin, length, pitch in zip(line.syllables, begins, held, pitches, strict=True)
    ]


def _assembled(brief: MusicBrief, metre: Metre, title: str, sung: dict[str, _Sung]) -> Score:
    sections: list[Section] = []
    chords: list[Chord] = []
    melody: list[Note] = []
    lines: list[str] = []
    at = 0
    for name in _FORM:
        part = sung.get(name) or _Sung((), tuple(_frame(brief, metre, name)), ())
        length = part.chords[-1].start + part.chords[-1].length
        numbers = tuple(range(len(lines), len(lines) + len(part.lines)))
        sections.append(Section(name=name, start=at, length=length, lines=numbers))
        chords += [replace(chord, start=chord.start + at) for chord in part.chords]
        melody += [replace(note, start=note.start + at, line=note.line + len(lines)) for note in part.notes]
        lines += [line.text for line in part.lines]
        at += length
    band = BANDS[brief.mood]
    parts = (
        Part(name="melody", program=band.melody, notes=tuple(melody), volume=112),
        *accompaniment(band, metre, sections, chords),
    )
    return Score(
        title=title,
        metre=metre,
        tempo=brief.tempo,
        tonic=brief.key.tonic,
        mode=brief.key.mode,
        fifths=brief.key.fifths,
        sections=tuple(sections),
        chords=tuple(chords),
        parts=parts,
        language=brief.language,
        lines=tuple(lines),
    )


def _frame(brief: MusicBrief, metre: Metre, name: SectionName) -> list[Chord]:
    """What is played before and after the words."""
    degrees = (0, 5, 3, 4) if name == "intro" else (0, 0)
    return frame_chords(brief.key, metre, 0, degrees)


assert len(_ENDINGS) == LINES
