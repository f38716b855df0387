"""Speech: texts as they are read aloud, spoken by espeak-ng, and recordings made ready to be written down."""

from __future__ import annotations

import asyncio
import shutil
import wave
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from bauhinia.chat.reading_aloud import figures_in_words, number_in_words, runs
from bauhinia.chat.speech import (
    RATE,
    EspeakSpeaker,
    ServerSpeaker,
    as_speech,
    heard,
    joined,
    seconds_of,
    speech_server,
)
from bauhinia.chat.work import Work
from bauhinia.errors import InputError, MissingPart
from bauhinia.gateway import Gateway
from bauhinia.models import FakeEmbedder, FakeModel
from bauhinia.people import Officer
from bauhinia.settings import Settings
from bauhinia.store import Database

from ..models.media_server import MediaServer, media_server

OFFICER = Officer(id="o1", department="Test Department", name="Test officer")
needs_espeak = pytest.mark.skipif(
    shutil.which("espeak-ng") is None,
    reason="needs `apt-get install espeak-ng`; what is said without it is tested below",
)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026年12月1日", "二零二六年十二月一日"),
        ("下午3:30至5:05", "下午三時半至五時零五分"),
        ("2:00", "兩時正"),
        ("請致電 2345 6789", "請致電 二三四五，六七八九"),
        ("收費$1,250.5", "收費一千二百五十點五元"),
        ("$3億", "三億元"),
        ("升12%", "升百分之十二"),
        ("25°C", "攝氏二十五度"),
        ("10-15分鐘", "十至十五分鐘"),
        ("10 005人", "一萬零五人"),
    ],
)
def test_figures_are_read_in_words(written: str, read: str) -> None:
    assert figures_in_words(written) == read


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("0", "零"),
        ("10", "十"),
        ("205", "二百零五"),
        ("10,005", "一萬零五"),
        ("120,000", "十二萬"),
        ("100000001", "一億零一"),
    ],
)
def test_numbers_in_words(number: str, words: str) -> None:
    assert number_in_words(number) == words


def test_languages_are_parted() -> None:
    told = runs("歡迎使用 Hong Kong Park 的圖書館，謝謝。", "yue")
    assert [run.language for run in told] == ["yue", "en", "yue"]
    assert told[0].text == "fun1 jing4 si2 jung6" and told[1].text == "Hong Kong Park"
    assert told[2].text == "dik1 tou4 syu1 gun2, ze6 ze6."
    assert runs("歡迎使用圖書館。", "cmn")[0].text == "欢迎使用图书馆."


@needs_espeak
async def test_three_languages_are_spoken(tmp_path: Path) -> None:
    speaker, work = EspeakSpeaker(), Work()
    for language, text in (
        ("yue", "歡迎使用公共圖書館。"),
        ("cmn", "歡迎使用公共圖書館。"),
        ("en", "Welcome to the public library."),
    ):
        wav = await speaker.speak(text, language, tmp_path, work)  # type: ignore[arg-type]
        with wave.open(BytesIO(wav)) as file:
            assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        assert 1 < seconds_of(wav) < 5 and np.abs(samples).max() > 3_000


@needs_espeak
async def test_what_cannot_be_spoken_is_refused(tmp_path: Path) -> None:
    speaker, work = EspeakSpeaker(), Work()
    for text, why in (
        ("", "nothing to be spoken"),
        ("。。", "nothing to be spoken"),
        ("字" * 2_001, "2,001 characters"),
    ):
        with pytest.raises(InputError, match=why):
            await speaker.speak(text, "yue", tmp_path, work)
    with pytest.raises(InputError, match="no voice for"):
        await speaker.speak("bonjour", "fr", tmp_path, work)  # type: ignore[arg-type]


async def test_without_espeak_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(MissingPart) as missing:
        await EspeakSpeaker().speak("hello", "en", tmp_path, Work())
    assert missing.value.hint == "Run `sudo apt-get install --yes espeak-ng`."


def _tone(seconds: float, rate: int = 44_100, channels: int = 2) -> bytes:
    out = BytesIO()
    wave_of = (8_000 * np.sin(np.arange(int(seconds * rate)) / 20)).astype("<i2")
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.repeat(wave_of, channels).tobytes())
    return out.getvalue()


async def test_any_sound_becomes_speech_of_one_form(tmp_path: Path) -> None:
    wav = await as_speech(_tone(2), tmp_path, Work())
    assert abs(seconds_of(wav) - 2) < 0.05 and abs(seconds_of(joined([wav, wav], 0.5)) - 4.5) < 0.1
    with pytest.raises(InputError, match="cannot be read") as refused:
        await as_speech(b"no sound at all", tmp_path, Work())
    assert "MP3" in refused.value.hint


@pytest.fixture
async def server() -> AsyncIterator[MediaServer]:
    async with media_server() as running:
        yield running


@pytest.fixture
async def door(settings: Settings, database: Database, server: MediaServer) -> AsyncIterator[Gateway]:
    told = settings.model_copy(update={"listener_url": f"{server.url}/v1", "speaker_url": f"{server.url}/v1"})
    opened = Gateway(told, database, backend=FakeModel(), embedder=FakeEmbedder())
    yield opened
    await opened.stop()


async def test_a_recording_is_written_down_in_the_script_of_its_language(
    door: Gateway, server: MediaServer
) -> None:
    server.heard = {"segments": [{"start": 0, "end": 2, "text": "图书馆开门"}]}
    said = await heard(door, _tone(2), "yue", officer=OFFICER, use="api.chat", classification="unclassified")
    assert said.text == "圖書館開門"
    server.heard = {"segments": [{"start": 0, "end": 2, "text": "圖書館開門"}]}
    said = await heard(door, _tone(2), "cmn", officer=OFFICER, use="api.chat", classification="unclassified")
    assert said.text == "图书馆开门"


async def test_a_speech_server_speaks_through_the_door(
    door: Gateway, server: MediaServer, tmp_path: Path
) -> None:
    speaker = speech_server(door, "tts", officer=OFFICER, use="api.chat", classification="unclassified")
    with pytest.raises(InputError, match="cannot be read"):
        await speaker.speak("歡迎", "yue", tmp_path, Work())
    assert server.asked[-1][1]["input"] == "歡迎"

    async def say(text: str, language: str) -> bytes:
        return _tone(1)

    wav = await ServerSpeaker(name="tts", say=say).speak("歡迎", "yue", tmp_path, Work())
    assert abs(seconds_of(wav) - 1) < 0.05


@needs_espeak
async def test_a_program_is_ended_when_it_takes_too_long(tmp_path: Path) -> None:
    from bauhinia.chat.work import FFMPEG

    endless = ["-v", "error", "-re", "-f", "lavfi", "-i", "sine", "-f", "null", "-"]
    with pytest.raises(InputError, match="longer than"):
        await Work().run(FFMPEG, endless, tmp_path, seconds=0.3)
    task = asyncio.create_task(Work().run(FFMPEG, endless, tmp_path, seconds=30))
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
