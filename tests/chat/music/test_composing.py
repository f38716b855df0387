"""Scores: every theme, metre and mood passes the checks; each check fails for the fault that it looks for."""

from __future__ import annotations

import io
import warnings
from dataclasses import replace
from datetime import date
from typing import Any

import mido
import pytest

from bauhinia.chat.music import Lyrics, MusicBrief, from_bank, read_request
from bauhinia.chat.music.brief import MOODS, themes
from bauhinia.chat.music.checks import TONE_FIT, check_score, tone_fit
from bauhinia.chat.music.composing import compose
from bauhinia.chat.music.midi import midi_of
from bauhinia.chat.music.musicxml import musicxml_of
from bauhinia.chat.music.score import METRES, Note, Score
from bauhinia.errors import Cancelled, InputError

SENTENCE = "由人工智能生成（測試）[BH-ABCD-EFGH-JKLM]"


def _made(request: str, **changes: Any) -> tuple[MusicBrief, Score]:
    brief = replace(read_request(request), **changes)
    return brief, compose(brief, from_bank(brief))


def _faults(score: Score, brief: MusicBrief) -> dict[str, str]:
    return {check.name: check.detail for check in check_score(score, brief) if not check.passed}


@pytest.mark.parametrize("theme", themes())
@pytest.mark.parametrize("metre", METRES)
def test_songs_of_every_theme_and_metre_pass_every_check(theme: str, metre: str) -> None:
    for number, mood in enumerate(MOODS):
        brief, score = _made("粵語歌", theme=theme, metre=metre, mood=mood, seed=41 * number + len(theme))
        assert _faults(score, brief) == {}
        fit = tone_fit(score)
        assert fit is not None and fit.score >= TONE_FIT and not fit.against


@pytest.mark.parametrize(
    "request_", ["a song in A minor, English", "E minor 6/8 English", "C小調粵語歌", "Db major English"]
)
def test_minor_keys_and_flats_pass_too(request_: str) -> None:
    brief, score = _made(request_)
    assert _faults(score, brief) == {}


def test_the_same_brief_gives_the_same_song_and_another_seed_another() -> None:
    brief, score = _made("中秋粵語歌")
    assert compose(brief, from_bank(brief)) == score
    assert _made("中秋粵語歌", seed=brief.seed + 2)[1].melody != score.melody


def _with_melody(score: Score, change: dict[int, Note]) -> Score:
    melody = score.part("melody")
    notes = tuple(change.get(at, note) for at, note in enumerate(melody.notes))
    return replace(score, parts=(replace(melody, notes=notes), *score.parts[1:]))


def test_checks_find_what_is_wrong() -> None:
    brief, score = _made("中秋粵語歌 C major 4/4")
    notes = score.melody
    last = max(at for at, note in enumerate(notes) if note.line == 3)
    wrong_end = _with_melody(score, {last: replace(notes[last], pitch=notes[last].pitch + 2)})
    assert set(_faults(wrong_end, brief)) >= {"cadence", "strong beats"}
    high = _with_melody(score, {0: replace(notes[0], pitch=86)})
    assert "MIDI" in _faults(high, brief)["range"]
    lost = replace(score, parts=(replace(score.parts[0], notes=notes[1:]), *score.parts[1:]))
    assert "line 1: 7 syllables, 6 notes" in _faults(lost, brief)["syllables"]
    turned = _with_melody(score, {at: replace(note, pitch=131 - note.pitch) for at, note in enumerate(notes)})
    assert "against" in _faults(turned, brief)["tones"]
    assert "heard C major" in _faults(score, replace(brief, key=read_request("Eb major").key))["key"]
    backwards = replace(score, chords=score.chords[::-1])
    assert "harmony" in _faults(backwards, brief) or "cadence" in _faults(backwards, brief)


def test_words_that_a_model_wrote_are_sung_or_refused() -> None:
    brief = read_request("粵語歌")
    lines = ("今日天氣真係好", "我哋一齊去海邊", "浪花輕輕拍上岸", "大家開心唱首歌")
    lyrics = Lyrics(title="海邊", verse_1=lines, chorus=lines, verse_2=lines, written_by="fake")
    assert _faults(compose(brief, lyrics), brief) == {}
    with pytest.raises(InputError, match="verse 2 of the words has 3 lines"):
        compose(brief, replace(lyrics, verse_2=lines[:3]))
    with pytest.raises(InputError, match="mixes Chinese with letters"):
        compose(brief, replace(lyrics, chorus=(*lines[:3], "大家say hello")))


def test_composing_can_be_stopped() -> None:
    brief = read_request("粵語歌")

    def stopped() -> None:
        raise Cancelled("The work was stopped.")

    with pytest.raises(Cancelled):
        compose(brief, from_bank(brief), stopped)


@pytest.mark.parametrize(
    "request_", ["中秋粵語歌 3/4", "sports day song in E minor, English", "新年粵語歌 6/8"]
)
def test_an_independent_reader_opens_the_score(request_: str) -> None:
    brief, score = _made(request_)
    data = musicxml_of(score, SENTENCE, date(2026, 11, 27), "phrase bank")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import music21

        read = music21.converter.parse(data, format="musicxml")
        assert read.analyze("key").tonic.pitchClass == brief.key.tonic
        assert read.analyze("key").mode == brief.key.mode
        voice = read.parts[0]
        sung = [lyric.text for note in voice.recurse().notes for lyric in note.lyrics]
        pitches = [note.pitch.midi for note in voice.recurse().notes if note.lyrics]
        measures = [measure for part in read.parts for measure in part.getElementsByClass("Measure")]
    assert len(read.parts) == 5 and read.metadata.title == score.title
    assert sung == [note.syllable for note in score.melody]
    assert pitches == [note.pitch for note in score.melody]
    assert all(each.duration.quarterLength == each.barDuration.quarterLength for each in measures)
    assert SENTENCE.encode() in data


def test_an_independent_reader_opens_the_midi_file() -> None:
    brief, score = _made("中秋粵語歌")
    file = mido.MidiFile(file=io.BytesIO(midi_of(score, SENTENCE)), charset="utf-8")
    head, melody = file.tracks[:2]
    said = {message.type: message for message in head if message.is_meta}
    assert said["copyright"].text == SENTENCE
    assert (said["time_signature"].numerator, said["time_signature"].denominator) == (4, 4)
    assert said["key_signature"].key == brief.key.name.split()[0]
    assert [each.text for each in melody if each.type == "lyrics"] == [note.syllable for note in score.melody]
    assert abs(file.length - score.seconds) < 0.2
    assert all(each.channel == 9 for each in file.tracks[5] if each.type == "note_on")
