"""A tune in numbers: the tonic is 1 in a major key and 6 in a minor one, and octaves are told."""

from __future__ import annotations

import pytest

from bauhinia.chat.music import from_bank, read_request
from bauhinia.chat.music.making import composed
from bauhinia.chat.music.numbered import _number, numbered


@pytest.mark.parametrize(
    ("steps", "number"), [(0, "1"), (7, "5"), (-5, "5,"), (12, "1'"), (3, "♭3"), (-12, "1,")]
)
def test_a_note_is_its_degree_and_octave(steps: int, number: str) -> None:
    assert _number(steps) == number


@pytest.mark.parametrize(("key", "last"), [("G major", "1"), ("A minor", "6")])
def test_a_song_ends_on_its_tonic_and_keeps_its_words(key: str, last: str) -> None:
    brief = read_request(f"A song in English for a reading day, in {key}")
    score = composed(brief, from_bank(brief))
    lines = numbered(score)
    assert len(lines) == len(score.lines) and lines[-1][-1][1].strip("',") == last
    for line, words in zip(lines, score.lines, strict=True):
        sung = "".join(syllable.rstrip("-") for syllable, _ in line)
        assert sung.lower() == "".join(
            letter for letter in words.lower() if letter.isalpha() or letter == "'"
        )
    assert any(syllable.endswith("-") for line in lines for syllable, _ in line)
