"""Speech out and in: espeak-ng on this machine, a speech server or a recogniser through the gateway."""

from __future__ import annotations

import io
import wave
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..errors import BauhiniaError, InputError, MissingPart
from ..language import to_simplified, to_traditional
from .reading_aloud import SPEECH_LANGUAGES, Run, SpeechLanguage, runs
from .work import FFMPEG, Program, Progress, Work, work_folder

if TYPE_CHECKING:
    from ..gateway import Gateway, Heard
    from ..people import Officer
    from ..settings import Settings

ESPEAK = Program(name="espeak-ng", package="espeak-ng", use="Speech")
VOICES: dict[SpeechLanguage, str] = {"yue": "yue-latn-jyutping", "cmn": "cmn-latn-pinyin", "en": "en-gb"}
"""espeak-ng's voices. Its plain `cmn` voice spells Putonghua out as English words, in 1.51 at least; given
Jyutping, its Cantonese reads by our dictionary, which knows words, and not by its own of characters."""
_SPEED: dict[SpeechLanguage, int] = {"yue": 150, "cmn": 155, "en": 158}
"""Words a minute as espeak-ng counts them; some 210 syllables of Chinese."""
RATE = 22_050
"""Samples a second of all speech here, one channel of 16 bits."""
LONGEST_TEXT = 2_000
"""Characters that are spoken at once."""
SPEAK_SECONDS = 60.0
LONGEST_AUDIO_BYTES = 200_000_000
LONGEST_AUDIO_SECONDS = 4 * 3_600.0
CONVERT_SECONDS = 300.0


async def heard(
    gateway: Gateway,
    sound: bytes,
    language: SpeechLanguage,
    *,
    officer: Officer,
    use: str,
    classification: str,
    progress: Progress | None = None,
    longest: float = LONGEST_AUDIO_SECONDS,
) -> Heard:
    """What a recording says, in any format that ffmpeg reads: its segments with their times. `longest`: how
    many seconds it may last.

    Of Cantonese, Whisper base writes about what was said, in written Chinese or not (docs/media.md has the
    error rates). Cancelling ends it. Raises InputError, MissingPart, Refused, ModelError, StoreError.
    """
    work = Work(progress)
    work.tell("sound", 0.0)
    async with work_folder("hearing") as folder:
        wav = await as_speech(sound, folder, work, longest)
    if seconds_of(wav) > longest:
        raise InputError(
            f"The recording lasts more than {longest / 60:.0f} min.",
            hint=f"Give up to {longest / 60:.0f} min at a time.",
        )
    work.tell("hearing", 0.1)
    said = await gateway.media.hear(wav, language, officer=officer, use=use, classification=classification)
    work.tell("done", 1.0)
    return _in_script(said, language)


def _in_script(said: Heard, language: SpeechLanguage) -> Heard:
    """Cantonese in Traditional characters, Putonghua in Simplified: a recogniser may write either."""
    if language == "en":
        return said
    convert = to_traditional if language == "yue" else to_simplified
    return replace(said, segments=tuple(replace(each, text=convert(each.text)) for each in said.segments))


def speech_server(
    gateway: Gateway, name: str, *, officer: Officer, use: str, classification: str
) -> ServerSpeaker:
    """The speech server of the settings as a `Speaker`; every call goes through the door. `name`: what a
    label calls it."""

    async def say(text: str, language: SpeechLanguage) -> bytes:
        return await gateway.media.speak(
            text, language, officer=officer, use=use, classification=classification
        )

    return ServerSpeaker(name=name, say=say)


def voice_lacks(settings: Settings) -> BauhiniaError | None:
    """Why nothing can be read aloud here, with how to get what is missing; None where it can be."""
    return _first_missing(FFMPEG if settings.speaker_url else ESPEAK)


def ear_lacks(settings: Settings) -> BauhiniaError | None:
    """The same of writing down what is said."""
    from ..gateway.media import listener_lacks

    return _first_missing(FFMPEG) or listener_lacks(settings)


def _first_missing(*programs: Program) -> MissingPart | None:
    for program in programs:
        try:
            program.found()
        except MissingPart as error:
            return error
    return None


class Speaker(Protocol):
    """A thing that speaks."""

    @property
    def name(self) -> str:
        """What a label calls it."""

    async def speak(self, text: str, language: SpeechLanguage, folder: Path, work: Work) -> bytes:
        """WAV of one channel at `RATE`. Raises InputError, MissingPart, and what a server's door raises."""


class EspeakSpeaker:
    """The voices of espeak-ng, from Debian: plain, and real in all three languages."""

    name = "espeak-ng"

    async def speak(self, text: str, language: SpeechLanguage, folder: Path, work: Work) -> bytes:
        """See `Speaker`."""
        pieces = _asked(text, language)
        spoken: list[bytes] = []
        for run in pieces:
            spoken.append(await self._piece(run, folder, work))
        return joined(spoken)

    async def _piece(self, run: Run, folder: Path, work: Work) -> bytes:
        (folder / "say.txt").write_text(run.text, encoding="utf-8")
        await work.run(
            ESPEAK,
            [
                "-v",
                VOICES[run.language],
                "-s",
                str(_SPEED[run.language]),
                "-a",
                "140",
                "-w",
                "said.wav",
                "-f",
                "say.txt",
            ],
            folder,
            seconds=SPEAK_SECONDS,
        )
        return (folder / "said.wav").read_bytes()


Say = Callable[[str, SpeechLanguage], Awaitable[bytes]]
"""Sound of a text from a server, through the gateway: any format that ffmpeg reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSpeaker:
    """A speech server, asked through the gateway."""

    name: str
    say: Say

    async def speak(self, text: str, language: SpeechLanguage, folder: Path, work: Work) -> bytes:
        """See `Speaker`."""
        _asked(text, language)
        return await as_speech(await self.say(text, language), folder, work)


def _asked(text: str, language: SpeechLanguage) -> list[Run]:
    if language not in SPEECH_LANGUAGES:
        raise InputError(
            f"There is no voice for {language!r}.", hint=f"There are: {', '.join(SPEECH_LANGUAGES)}."
        )
    if len(text) > LONGEST_TEXT:
        raise InputError(
            f"The text has {len(text):,} characters, and {LONGEST_TEXT:,} are spoken at once.",
            hint="Have it spoken a part at a time.",
        )
    pieces = runs(text, language)
    if not pieces:
        raise InputError("There is nothing to be spoken.", hint="Give a text with words in it.")
    return pieces


async def as_speech(sound: bytes, folder: Path, work: Work, longest: float = LONGEST_AUDIO_SECONDS) -> bytes:
    """Any sound that ffmpeg reads as WAV of one channel at `RATE`, at most a second more than `longest` of
    it: a small file may hold hours. Raises InputError, MissingPart."""
    if len(sound) > LONGEST_AUDIO_BYTES:
        raise InputError(
            f"The sound is larger than {LONGEST_AUDIO_BYTES // 1_000_000} MB.", hint="Give it in parts."
        )
    (folder / "given").write_bytes(sound)
    try:
        await work.run(
            FFMPEG,
            ["-v", "error", "-y", "-protocol_whitelist", "file", "-i", "given", "-vn", "-ac", "1",
             "-ar", str(RATE), "-t", str(longest + 1),
             "-c:a", "pcm_s16le", "-f", "wav", "-bitexact", "heard.wav"],
            folder,
            seconds=CONVERT_SECONDS,
        )  # fmt: skip
    except MissingPart as error:
        FFMPEG.found()
        raise InputError(
            "The sound cannot be read.", hint="Give it as WAV, MP3, M4A, OGG or FLAC."
        ) from error
    return (folder / "heard.wav").read_bytes()


def joined(pieces: list[bytes], gap: float = 0.0) -> bytes:
    """WAV files of speech one after another, `gap` seconds between."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for number, piece in enumerate(pieces):
            if number and gap:
                file.writeframes(bytes(2 * int(gap * RATE)))
            with wave.open(io.BytesIO(piece)) as given:
                file.writeframes(given.readframes(given.getnframes()))
    return out.getvalue()


def seconds_of(wav: bytes) -> float:
    """How long a WAV file is."""
    with wave.open(io.BytesIO(wav)) as file:
        return float(file.getnframes() / file.getframerate())
