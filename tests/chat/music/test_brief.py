"""A request in people's own words, read."""

from __future__ import annotations

import pytest

from bauhinia.chat.music import from_bank, read_request
from bauhinia.chat.music.brief import themes
from bauhinia.chat.music.words import LINES, cut
from bauhinia.errors import InputError


@pytest.mark.parametrize(
    ("request_", "theme", "mood", "metre", "language"),
    [
        (
            "a cheerful song for a district's sports day, Cantonese lyrics",
            "sports_day",
            "cheerful",
            "4/4",
            "yue",
        ),
        ("中秋節溫柔的粵語歌，3/4", "mid_autumn", "gentle", "3/4", "yue"),
        ("A solemn song in A minor for the opening of a library", "library", "solemn", "4/4", "en"),
        ("一首關於維港清潔的輕快歌曲", "clean_harbour", "cheerful", "4/4", "yue"),
        ("写一首新年普通话歌", "new_year", "festive", "4/4", "cmn"),
        ("a waltz", "community", "cheerful", "3/4", "en"),
    ],
)
def test_what_is_asked_is_found(request_: str, theme: str, mood: str, metre: str, language: str) -> None:
    brief = read_request(request_)
    assert (brief.theme, brief.mood, brief.metre, brief.language) == (theme, mood, metre, language)


def test_key_and_tempo_are_taken_as_asked_and_the_rest_is_named() -> None:
    brief = read_request("A song in B flat major, 96 bpm, in English")
    assert brief.key.name == "Bb major" and brief.tempo == 96
    assert brief.assumed == ("theme", "mood", "metre")
    assert read_request("降E大調的粵語歌").key.name == "Eb major"
    assert read_request("F# minor").key.name == "F# minor"


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        ("", "empty"),
        ("a song in 5/4 or 2/4", "2/4"),
        ("a song at 20 bpm", "20 quarter notes"),
        ("x" * 2_001, "too long"),
    ],
)
def test_what_cannot_be_made_is_refused(request_: str, why: str) -> None:
    with pytest.raises(InputError, match=why) as refused:
        read_request(request_)
    assert refused.value.hint


@pytest.mark.parametrize("theme", themes())
def test_every_theme_has_its_lines_in_both_languages(theme: str) -> None:
    for language in ("yue", "en"):
        brief = read_request(f"{themes()[theme]['words'][0]} {'粵語' if language == 'yue' else 'English'}")
        lyrics = from_bank(brief)
        assert brief.theme == theme and lyrics.written_by == "phrase bank"
        for part in (lyrics.verse_1, lyrics.chorus, lyrics.verse_2):
            assert len(part) == LINES
            assert all(cut(line, brief.language).syllables for line in part)
            if language == "yue":
                assert {len(cut(line, "yue").syllables) for line in part} == {7}


def test_a_putonghua_song_is_in_simplified_characters() -> None:
    assert from_bank(read_request("一首欢快的招聘宣传歌曲，普通话")).title == "与你同行"
    assert from_bank(read_request("一首輕快的招聘歌曲，粵語")).title == "與你同行"
