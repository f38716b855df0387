"""Songs, scripts and films made from orders: the makers, with a label, the files and what was left out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any

from ...gateway import LOWEST, Gateway
from ...people import Officer
from ...provenance import Labelling
from ..labelled import is_whole
from ..music import Lyrics, MusicBrief, make_song
from ..music.brief import BANK
from ..music.lyricist import lyrics_by_model
from ..music.numbered import numbered
from ..speech import EspeakSpeaker, Speaker, speech_server
from ..tools.result import HONG_KONG
from ..video import Storyboard, Translate, make_video, storyboard_for, translated
from ..video.scriptwriter import script_writer, translator
from ..video.storyboard import as_script
from ..work import Progress
from .made import Gathered, Made, label_of, looked
from .orders import FilmOrder, ScriptOrder

MUSIC, VIDEO = "chat.music", "chat.video"
Once = Callable[[str, Callable[[], Awaitable[Any]]], Awaitable[Any]]
"""Does a step that is not done again when the work is taken up later, by its key; gives its JSON."""


async def at_once(key: str, work: Callable[[], Awaitable[Any]]) -> Any:
    """A `Once` that keeps nothing."""
    del key
    return await work()


@dataclass(frozen=True, slots=True, kw_only=True)
class Makers:
    """What makers need, for one officer."""

    gateway: Gateway
    labels: Labelling
    officer: Officer
    speech_model: str | None = None
    """The name of the speech server's voice; None where there is no server."""
    once: Once = at_once

    async def song(self, brief: MusicBrief, progress: Progress, *, by_model: bool = True) -> Made:
        """The song: MP3 and WAV, score and MIDI. Raises what `make_song` raises."""
        left_out, tries = Gathered(), 0

        async def write(brief: MusicBrief) -> Lyrics:
            nonlocal tries
            tries += 1
            kept = await self.once(f"words/{tries}", partial(self._words, brief))
            for text, reason in kept["left_out"]:
                left_out(text, reason)
            lines = {name: tuple(kept["lyrics"][name]) for name in ("verse_1", "chorus", "verse_2")}
            return Lyrics(**{**kept["lyrics"], **lines})

        progress("words", 0.0)
        first = [await write(brief)] if by_model else []

        async def give(brief: MusicBrief) -> Lyrics:
            return first.pop() if first else await write(brief)

        # The label names the model where a line of its is sung.
        models = [self.gateway.model for lyrics in first if not lyrics.written_by.startswith(BANK)]
        label = label_of(self.labels, self.officer, MUSIC, brief.language, *models)
        song = await make_song(
            brief,
            label=label,
            made=datetime.now(HONG_KONG).date(),
            write_lyrics=give if by_model else None,
            progress=progress,
        )
        lyrics, facts = song.lyrics, f"{brief.key.name}, {brief.metre}, {brief.tempo:g}/min, {brief.mood}"
        return Made(
            title=lyrics.title,
            model=lyrics.written_by,
            label=label.sentence,
            lines=(facts, *lyrics.verse_1, *lyrics.chorus, *lyrics.verse_2),
            left_out=left_out.rows,
            tune=numbered(song.score),
            files={
                "song.mp3": (song.mp3, "audio/mpeg"),
                "song.wav": (song.wav, "audio/wav"),
                "song.musicxml": (song.musicxml, "application/vnd.recordare.musicxml+xml"),
                "song.mid": (song.midi, "audio/midi"),
            },
            checks=looked(song.checks),
        )

    async def _words(self, brief: MusicBrief) -> dict[str, Any]:
        told = Gathered()
        lyrics = await lyrics_by_model(self.gateway, brief, officer=self.officer, left_out=told)
        return {"lyrics": asdict(lyrics), "left_out": told.rows}

    async def script(self, order: ScriptOrder, progress: Progress) -> dict[str, Any]:
        """A script in both languages, as `FilmOrder` takes it: JSON, with the model and what was left out.

        Raises InputError, and the gateway's errors.
        """
        progress("script", 0.0)
        written = await self.once("script", partial(self._script, order))
        board = Storyboard.model_validate(written["board"])
        progress("translation", 0.5)
        board = await translated(board, self._translator())
        progress("done", 1.0)
        return {
            "script": as_script(board),
            "model": self.gateway.model,
            "left_out": written["left_out"],
            "seconds": board.seconds_expected,
        }

    async def _script(self, order: ScriptOrder) -> dict[str, Any]:
        told = Gathered()
        writer = script_writer(self.gateway, officer=self.officer, left_out=told)
        board = await storyboard_for(order.request, order.language, writer, second=order.second)
        return {"board": board.model_dump(mode="json"), "left_out": told.rows}

    def _translator(self) -> Translate:
        one_by_one = translator(self.gateway, officer=self.officer)

        async def translate(texts: Sequence[str], into: Any) -> list[str]:
            told: list[str] = []
            for number, text in enumerate(texts):
                told += await self.once(f"line/{number}", partial(one_by_one, [text], into))
            return told

        return translate

    async def film(self, order: FilmOrder, progress: Progress) -> Made:
        """The film: MP4 and its subtitles. Raises what `make_video` raises."""
        return await self.film_of(order.storyboard(), progress, written_by=order.written_by)

    async def film_of(
        self, board: Storyboard, progress: Progress, *, written_by: str = "", left_out: Gathered | None = None
    ) -> Made:
        """The film of a storyboard; `written_by`: the model of its script. What lacks its second language is
        translated by the model."""
        speaker = self._speaker()
        label = label_of(self.labels, self.officer, VIDEO, board.language, speaker.name, written_by)
        film = await make_video(
            board,
            label=label,
            read_manifest=partial(is_whole, self.labels),
            speaker=speaker,
            translate=self._translator() if written_by else None,
            progress=progress,
        )
        subtitles = {
            f"film.{language}.srt": (text.encode(), "application/x-subrip")
            for language, text in film.subtitles.items()
        }
        return Made(
            title=film.storyboard.title.first,
            model=f"{written_by}: script and second language" if written_by else "",
            label=label.sentence,
            lines=tuple(f"{line.first} / {line.second}" for line in film.storyboard.lines),
            left_out=left_out.rows if left_out is not None else (),
            files={"film.mp4": (film.mp4, "video/mp4"), **subtitles},
            checks=looked(film.checks),
        )

    def _speaker(self) -> Speaker:
        if self.speech_model is None:
            return EspeakSpeaker()
        return speech_server(
            self.gateway,
            self.speech_model or "speech server",
            officer=self.officer,
            use=VIDEO,
            classification=LOWEST,
        )
