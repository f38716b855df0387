"""Songs made whole: sound played, measured, labelled and signed; stopped half way; parts that are missing."""

from __future__ import annotations

import asyncio
import io
import shutil
import tempfile
import wave
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from bauhinia.chat.music import Lyrics, MusicBrief, make_song, read_request
from bauhinia.chat.music.audio import levels_of, sound_font, wav_of
from bauhinia.chat.work import Label
from bauhinia.errors import InputError, MissingPart
from bauhinia.provenance.credentials import credentials
from bauhinia.provenance.media import read_manifest

DAY = date(2026, 11, 27)
needs_players = pytest.mark.skipif(
    shutil.which("fluidsynth") is None or not Path("/usr/share/sounds/sf2/FluidR3_GM.sf2").is_file(),
    reason="needs `apt-get install fluidsynth fluid-soundfont-gm`; what is said without them is tested below",
)


@needs_players
async def test_a_song_is_played_checked_labelled_and_signed(label: Label, tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    song = await make_song(
        read_request("運動會粵語歌 150 bpm"),
        label=label,
        made=DAY,
        progress=lambda what, share: told.append((what, share)),
    )
    assert [check.name for check in song.checks if not check.passed] == []
    assert {"key", "tones", "cadence", "levels", "clipping", "silence"} <= {
        check.name for check in song.checks
    }
    assert song.lyrics.written_by == "phrase bank" and "MIT" in song.sound_font
    root = credentials(tmp_path).root
    assert read_manifest(song.wav, "audio/wav", root).state == "ours"
    assert read_manifest(song.mp3, "audio/mpeg", root).state == "ours"
    assert label.sentence.encode() in song.wav and label.sentence.encode() in song.musicxml
    # The sound rises where the words begin: the introduction is softer than the second chorus.
    samples = _mono(song.wav)
    chorus = next(each for each in reversed(song.score.sections) if each.name == "chorus")
    per_sixteenth = song.score.seconds / song.score.length * 44_100
    early = samples[: int(song.score.sections[0].length * per_sixteenth)]
    late = samples[int(chorus.start * per_sixteenth) : int((chorus.start + chorus.length) * per_sixteenth)]
    assert np.sqrt(np.mean(late**2)) > 1.2 * np.sqrt(np.mean(early**2))
    assert told[0] == ("words", 0.0) and told[-1] == ("done", 1.0)
    assert [share for _, share in told] == sorted(share for _, share in told)


def _mono(wav: bytes) -> np.ndarray:
    with wave.open(io.BytesIO(wav)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2).mean(axis=1)


@needs_players
async def test_a_cancelled_song_leaves_nothing(
    label: Label, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    (tmp_path / "temp").mkdir()
    playing = asyncio.Event()

    def progress(what: str, _: float) -> None:
        if what == "sound":
            playing.set()

    task = asyncio.create_task(make_song(read_request("粵語歌"), label=label, made=DAY, progress=progress))
    await playing.wait()
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list((tmp_path / "temp").iterdir()) == []


async def test_words_that_cannot_be_sung_are_asked_for_again(
    label: Label, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0

    async def write(brief: MusicBrief) -> Lyrics:
        nonlocal asked
        asked += 1
        lines = ("太短",) * 4
        return Lyrics(title="x", verse_1=lines, chorus=lines, verse_2=lines, written_by="fake")

    with pytest.raises(InputError, match="2 syllables"):
        await make_song(read_request("粵語歌"), label=label, made=DAY, write_lyrics=write)
    assert asked == 3


async def test_without_the_player_it_says_how_to_get_it(
    label: Label, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(MissingPart) as missing:
        await make_song(read_request("粵語歌"), label=label, made=DAY)
    assert "apt-get install" in missing.value.hint


def test_without_a_sound_font_it_says_how_to_get_one() -> None:
    with pytest.raises(MissingPart, match="sound font") as missing:
        sound_font(())
    assert "fluid-soundfont-gm" in missing.value.hint


async def test_a_song_that_lasts_too_long_is_refused(label: Label) -> None:
    with pytest.raises(InputError, match="would last"):
        await make_song(read_request("粵語歌 3/4 50 bpm"), label=label, made=DAY)


def test_levels_tell_silence_clipping_and_an_end_that_breaks_off() -> None:
    time = np.arange(3 * 44_100) / 44_100
    tone = 0.3 * np.sin(2 * np.pi * 440 * time)
    tone[44_100:88_200] = 0
    quiet = levels_of(wav_of(np.stack([tone, tone], axis=1).astype(np.float32)))
    assert 0.9 < quiet.longest_silence < 1.1 and not quiet.ends_quietly and quiet.clipped == 0
    loud = levels_of(wav_of(np.clip(np.stack([tone, tone], axis=1) * 10, -1, 1).astype(np.float32)))
    assert loud.clipped > 1_000 and loud.peak_db > -0.01
