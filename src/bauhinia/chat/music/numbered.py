"""A tune in numbers, as it is sung from in Hong Kong (簡譜): 1 is the key's first degree.

An octave below is told by a comma and one above by an apostrophe: few fonts put the dots of print under and
over figures.
"""

from __future__ import annotations

from .score import Score

_DEGREES = ("1", "♯1", "2", "♭3", "3", "4", "♯4", "5", "♭6", "6", "♭7", "7")
_ABOVE, _BELOW = "'", ","
_MIDDLE = 60
"""MIDI's middle C: the octave from the tonic nearest to it has no mark."""
_RELATIVE = 3
"""Semitones from a minor key's first degree, which is sung as 6, up to its relative major's."""

Numbered = tuple[tuple[str, str], ...]
"""The notes of a line: what is sung on each, and its number."""


def numbered(score: Score) -> tuple[Numbered, ...]:
    """Each line of the words with its tune; lengths are left to the score."""
    one = (score.tonic + (_RELATIVE if score.mode == "minor" else 0)) % 12
    first = _MIDDLE + (one if one <= 7 else one - 12)
    return tuple(
        tuple(
            (note.syllable if note.ends_word else f"{note.syllable}-", _number(note.pitch - first))
            for note in notes
        )
        for _, notes in score.by_line()
    )


def _number(steps: int) -> str:
    octave, degree = divmod(steps, 12)
    return _DEGREES[degree] + (_ABOVE if octave > 0 else _BELOW) * abs(octave)
