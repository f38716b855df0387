"""Servers that speak, sing and film, each by its published interface.

Speech: OpenAI's `POST /audio/speech`. Film: OpenAI's `POST /videos`, as vLLM-Omni has it too
(docs.vllm.ai/projects/vllm-omni, Videos API). Songs: ACE-Step 1.5's own (its docs/en/API.md).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson

from ..errors import MalformedAnswer, ModelError, NotFound
from ..settings import Settings
from ._media_http import MediaConnection
from .hearing import SpokenLanguage

POLL_SECONDS = 2.0
"""Between two looks at work that a server has taken on."""


class HttpSpeaker:
    """`POST {url}/audio/speech`: WAV of a text."""

    def __init__(
        self,
        url: str,
        *,
        model: str = "",
        voices: Mapping[str, str] | None = None,
        key: str = "",
        silence: float = 600.0,
    ) -> None:
        self.model = model or "speaker"
        self._asked_for = model or "tts-1"
        self._voices = dict(voices or {})
        self._connection = MediaConnection(url, key, silence, setting="BAUHINIA_SPEAKER_URL")

    async def speak(self, text: str, language: SpokenLanguage) -> bytes:
        """The sound. Raises ModelError."""
        body = {
            "model": self._asked_for,
            "input": text,
            "voice": self._voices.get(language) or self._voices.get("") or "alloy",
            "response_format": "wav",
        }
        return await self._connection.ask_bytes("/audio/speech", body)

    async def stop(self) -> None:
        """Close the connections. Safe to call twice."""
        await self._connection.close()


class HttpFilmMaker:
    """`POST {url}/videos`, then looks until the film is there: MP4 of a description."""

    def __init__(
        self, url: str, *, model: str = "", key: str = "", silence: float = 600.0, poll: float = POLL_SECONDS
    ) -> None:
        self.model = model or "films"
        self._asked_for = {"model": model} if model else {}
        self._poll = poll
        self._connection = MediaConnection(url, key, silence, setting="BAUHINIA_FILMS_URL")

    async def film(self, description: str, seconds: int) -> bytes:
        """The film. Cancelling leaves the server's work to itself. Raises ModelError."""
        fields = {**self._asked_for, "prompt": description, "seconds": str(seconds), "size": "1280x720"}
        try:
            job = await self._connection.form("/videos", fields)
            while (status := job["status"]) not in ("completed", "failed"):
                await asyncio.sleep(self._poll)
                job = await self._connection.look(f"/videos/{job['id']}")
            if status == "failed":
                raise ModelError("The server could not make the film.", hint=self._connection.hint)
            return await self._connection.take(f"/videos/{job['id']}/content")
        except (KeyError, TypeError) as error:
            raise _not_understood(self._connection) from error

    async def stop(self) -> None:
        """Close the connections. Safe to call twice."""
        await self._connection.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class SongRequest:
    """What a song's server is told."""

    style: str
    lyrics: str
    language: str
    """`yue`, `zh` or `en`."""
    tempo: int
    key: str
    """`C major`."""
    beats: int
    """Of a bar."""
    seconds: int

    @property
    def texts(self) -> tuple[str, str]:
        """What of it people wrote."""
        return self.style, self.lyrics


class HttpSongMaker:
    """ACE-Step's `POST {url}/release_task`, then `/query_result` until the song is there."""

    def __init__(
        self, url: str, *, model: str = "", key: str = "", silence: float = 600.0, poll: float = POLL_SECONDS
    ) -> None:
        self.model = model or "songs"
        self._asked_for = {"model": model} if model else {}
        self._poll = poll
        self._connection = MediaConnection(url, key, silence, setting="BAUHINIA_SONGS_URL")

    async def song(self, wanted: SongRequest) -> bytes:
        """The sound, WAV. Raises ModelError."""
        body: dict[str, Any] = {
            **self._asked_for,
            "prompt": wanted.style,
            "lyrics": wanted.lyrics,
            "vocal_language": wanted.language,
            "bpm": wanted.tempo,
            "key_scale": wanted.key,
            "time_signature": str(wanted.beats),
            "audio_duration": wanted.seconds,
            "audio_format": "wav",
            "batch_size": 1,
        }
        try:
            task = (await self._connection.ask("/release_task", body))["data"]["task_id"]
            while True:
                (told,) = (await self._connection.ask("/query_result", {"task_id_list": [task]}))["data"]
                if told["status"] == 1:
                    return await self._connection.take(_own_path(orjson.loads(told["result"])[0]["file"]))
                if told["status"] == 2:
                    raise ModelError("The server could not make the song.", hint=self._connection.hint)
                await asyncio.sleep(self._poll)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise _not_understood(self._connection) from error

    async def stop(self) -> None:
        """Close the connections. Safe to call twice."""
        await self._connection.close()


def _own_path(address: str) -> str:
    """The path of a file on the same server: a server does not say to ask another one."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not parts.path.startswith("/"):
        raise ValueError("a file elsewhere")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _not_understood(connection: MediaConnection) -> MalformedAnswer:
    return MalformedAnswer("The server's answer could not be understood.", hint=connection.hint)


def open_speaker(settings: Settings) -> HttpSpeaker:
    """Raises NotFound where the settings name none."""
    if not settings.speaker_url:
        raise NotFound(
            "There is no speech server.", hint="Set BAUHINIA_SPEAKER_URL, or use the built-in voice."
        )
    return HttpSpeaker(
        settings.speaker_url,
        model=settings.speaker_model,
        voices=settings.speaker_voices,
        key=settings.media_key.get_secret_value(),
        silence=settings.model_timeout,
    )


def open_film_maker(settings: Settings) -> HttpFilmMaker:
    """Raises NotFound where the settings name none."""
    if not settings.films_url:
        raise NotFound(
            "There is no server that makes films.", hint="Set BAUHINIA_FILMS_URL, or use a drawing."
        )
    return HttpFilmMaker(
        settings.films_url,
        model=settings.films_model,
        key=settings.media_key.get_secret_value(),
        silence=settings.model_timeout,
    )


def open_song_maker(settings: Settings) -> HttpSongMaker:
    """Raises NotFound where the settings name none."""
    if not settings.songs_url:
        raise NotFound("There is no server that makes songs.", hint="Set BAUHINIA_SONGS_URL.")
    return HttpSongMaker(
        settings.songs_url,
        model=settings.songs_model,
        key=settings.media_key.get_secret_value(),
        silence=settings.model_timeout,
    )
