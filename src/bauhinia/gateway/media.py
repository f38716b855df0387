"""The door's other rooms: speech written down and spoken, songs and films of servers.

admit -> within the boundary -> personal data kept from a server elsewhere -> forward -> record. What is made
is labelled where it is put into a file (`provenance`), since it leaves as one.
"""

from __future__ import annotations

from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from ..errors import BauhiniaError
from ..ledger import Kind
from ..models import Usage, estimate_tokens
from ..people import Officer
from ..telemetry import tracing
from .exchange import Decision
from .record import Notes

if TYPE_CHECKING:
    from ..models.hearing import Heard, Hearer, SpokenLanguage
    from ..models.media import HttpFilmMaker, HttpSongMaker, HttpSpeaker, SongRequest
    from ..settings import Settings
    from .door import Gateway


def listener_lacks(settings: Settings) -> BauhiniaError | None:
    """Why speech cannot be written down here, with how to get what is missing; None where it can be."""
    from ..models.hearing import lacking

    return lacking(settings)


class Media:
    """Reached as `Gateway.media`. Nothing is loaded, and no server asked, before its first use."""

    def __init__(self, door: Gateway, settings: Settings) -> None:
        self._door = door
        self._settings = settings

    @cached_property
    def hearer(self) -> Hearer:
        """What writes down speech: a server by URL, or Whisper base here."""
        from ..models.hearing import open_hearer

        return open_hearer(self._settings)

    @cached_property
    def _speaker(self) -> HttpSpeaker:
        from ..models.media import open_speaker

        return open_speaker(self._settings)

    @cached_property
    def _song_maker(self) -> HttpSongMaker:
        from ..models.media import open_song_maker

        return open_song_maker(self._settings)

    @cached_property
    def _film_maker(self) -> HttpFilmMaker:
        from ..models.media import open_film_maker

        return open_film_maker(self._settings)

    @property
    def models(self) -> tuple[str, ...]:
        """The names of those that were used."""
        return tuple(engine.model for engine in self._opened())

    def _opened(self) -> list[Any]:
        names = ("hearer", "_speaker", "_song_maker", "_film_maker")
        return [self.__dict__[name] for name in names if name in self.__dict__]

    async def stop(self) -> None:
        """Release what was opened. Safe to call twice."""
        for engine in self._opened():
            await engine.stop()

    async def hear(
        self, wav: bytes, language: SpokenLanguage, *, officer: Officer, use: str, classification: str
    ) -> Heard:
        """What a recording says: WAV of one channel and 16 bits. Personal data in a voice cannot be replaced:
        a server elsewhere hears it as it is, within the boundary, and the ledger says so.

        Raises Refused, MissingPart, InputError, ModelError, StoreError.
        """
        notes = self._notes("hear", self.hearer.model, officer, use, classification)
        notes.sent = [sha256(wav).hexdigest()]

        async def work() -> Heard:
            if self._door.boundary.limits["listener"].endpoint == "remote":
                notes.add(Decision("redact", True, "sound_as_it_is"))
            heard = await self.hearer.hear(wav, language)
            notes.answer = heard.text
            notes.usage = Usage(completion_tokens=estimate_tokens(heard.text))
            return heard

        return await self._door.make(notes, [], work)

    async def speak(
        self, text: str, language: SpokenLanguage, *, officer: Officer, use: str, classification: str
    ) -> bytes:
        """Sound of a text from the speech server. One elsewhere is given no text with personal data in it.

        Raises NotFound where there is no server, Refused, ModelError, StoreError.
        """
        speaker = self._speaker
        notes = self._notes("speak", speaker.model, officer, use, classification)
        return await self._door.make(notes, [text], lambda: speaker.speak(text, language))

    async def song(self, wanted: SongRequest, *, officer: Officer, use: str, classification: str) -> bytes:
        """Sound of a song from the song server. One elsewhere is given no personal data.

        Raises NotFound where there is no server, Refused, ModelError, StoreError.
        """
        maker = self._song_maker
        notes = self._notes("song", maker.model, officer, use, classification)
        return await self._door.make(notes, list(wanted.texts), lambda: maker.song(wanted))

    async def film(
        self, description: str, seconds: int, *, officer: Officer, use: str, classification: str
    ) -> bytes:
        """MP4 of a description from the film server. One elsewhere is given no personal data.

        Raises NotFound where there is no server, Refused, ModelError, StoreError.
        """
        maker = self._film_maker
        notes = self._notes("film", maker.model, officer, use, classification)
        return await self._door.make(notes, [description], lambda: maker.film(description, seconds))

    def _notes(self, kind: Kind, model: str, officer: Officer, use: str, classification: str) -> Notes:
        return Notes(
            kind=kind,
            officer=officer,
            use=use,
            model=model,
            classification=classification,
            trace=tracing.stages(f"gateway.{kind}", use=use),
        )
