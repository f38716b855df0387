"""Speech written down: by Whisper base in this process, or by a server of the transcription interface."""

from __future__ import annotations

import asyncio
import importlib.util
import io
import threading
import wave
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from ..errors import BauhiniaError, Cancelled, InputError, MalformedAnswer, MissingPart, ModelUnavailable
from ..settings import Settings
from ._beside import laid_out, missing
from ._media_http import MediaConnection
from .catalogue import Catalogue
from .weights import find, where_kept

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SpokenLanguage = Literal["yue", "cmn", "en"]
WHISPER = "whisper-base"
WHISPER_RATE = 16_000
"""Samples a second that Whisper reads."""
_CODES: dict[SpokenLanguage, str] = {"yue": "zh", "cmn": "zh", "en": "en"}
"""Whisper base knows Chinese and does not tell Cantonese apart; larger models have `yue`."""
_LEAST_LIKELY, _MOST_REPEATED = -1.0, 2.4
"""Below this mean log-probability, or above this ratio of compression, Whisper's authors take an answer for
failed."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of what was said."""

    start: float
    """Seconds."""
    end: float
    text: str
    doubtful: bool = False
    """The model itself is not sure of it, or repeats itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was said."""

    segments: tuple[Segment, ...]
    model: str

    @property
    def text(self) -> str:
        """All of it."""
        parts = [segment.text.strip() for segment in self.segments]
        return " ".join(part for part in parts if part)


class Hearer(Protocol):
    """A thing that writes down what is said."""

    @property
    def model(self) -> str: ...

    async def hear(self, wav: bytes, language: SpokenLanguage) -> Heard:
        """WAV of one channel and 16 bits. Raises ModelUnavailable, MissingPart, InputError, ModelError."""

    async def stop(self) -> None:
        """Release everything. Safe to call twice."""


class WhisperHearer:
    """Whisper base in this process, loaded at its first use, in a thread of its own. Cancelling a call ends
    the work at its next segment."""

    model = WHISPER

    def __init__(self, settings: Settings, *, threads: int = 2) -> None:
        self._settings = settings
        self._threads = threads
        self._engine: Any = None
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hearing")

    async def hear(self, wav: bytes, language: SpokenLanguage) -> Heard:
        """See `Hearer`."""
        if self._engine is None:
            await self._load()
        stopped = threading.Event()
        loop = asyncio.get_running_loop()
        try:
            segments = await loop.run_in_executor(self._worker, self._hear, wav, language, stopped)
        except asyncio.CancelledError:
            stopped.set()
            raise
        return Heard(segments=tuple(segments), model=self.model)

    async def stop(self) -> None:
        """See `Hearer`."""
        self._worker.shutdown(wait=False, cancel_futures=True)
        self._engine = None

    async def _load(self) -> None:
        if (lack := lacking(self._settings)) is not None:
            raise lack
        model = Catalogue.load(self._settings.catalogue).find(WHISPER)
        weights = await find(model, self._settings)
        assert weights is not None, "it was there just now"
        folder = laid_out(model, weights, self._settings.models_folder)
        loop = asyncio.get_running_loop()
        self._engine = await loop.run_in_executor(self._worker, _opened, str(folder), self._threads)

    def _hear(self, wav: bytes, language: SpokenLanguage, stopped: threading.Event) -> list[Segment]:
        said, _ = self._engine.transcribe(
            samples_for_whisper(wav),
            language=_CODES[language],
            beam_size=5,
            # Tries at higher temperatures take minutes on a busy machine and mend little; what would be tried
            # again is marked as doubtful.
            temperature=0.0,
            repetition_penalty=1.1,
            condition_on_previous_text=False,
            vad_filter=False,
        )
        found: list[Segment] = []
        for each in said:
            if stopped.is_set():
                raise Cancelled("The work was stopped.")
            doubtful = each.avg_logprob < _LEAST_LIKELY or each.compression_ratio > _MOST_REPEATED
            found.append(Segment(float(each.start), float(each.end), str(each.text), bool(doubtful)))
        return found


def _opened(folder: str, threads: int) -> Any:
    from faster_whisper import WhisperModel

    return WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True)


def samples_for_whisper(wav: bytes) -> NDArray[np.float32]:
    """A WAV file of one channel and 16 bits at 16,000 samples a second, -1 to 1. Raises InputError."""
    import numpy as np

    try:
        with wave.open(io.BytesIO(wav)) as file:
            if (file.getnchannels(), file.getsampwidth()) != (1, 2):
                raise InputError(
                    "The sound has another form than speech.", hint="Give WAV, one channel, 16 bits."
                )
            rate, raw = file.getframerate(), file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise InputError("The sound cannot be read.", hint="Give it as WAV.") from error
    samples: NDArray[np.float32] = np.frombuffer(raw, dtype="<i2").astype(np.float32) / np.float32(32_768)
    if rate == WHISPER_RATE or not len(samples):
        return samples
    wanted = np.arange(int(len(samples) * WHISPER_RATE / rate)) * (rate / WHISPER_RATE)
    return np.asarray(np.interp(wanted, np.arange(len(samples)), samples), dtype=np.float32)


class HttpHearer:
    """A server's `POST {url}/audio/transcriptions`: OpenAI, vLLM, SGLang, speaches, whisper.cpp."""

    def __init__(self, url: str, *, model: str = "", key: str = "", silence: float = 600.0) -> None:
        self.model = model or "listener"
        self._connection = MediaConnection(url, key, silence, setting="BAUHINIA_LISTENER_URL")
        self._asked_for = model or "whisper-1"

    async def hear(self, wav: bytes, language: SpokenLanguage) -> Heard:
        """See `Hearer`."""
        fields = {
            "model": self._asked_for,
            "language": "en" if language == "en" else "zh",
            "response_format": "verbose_json",
        }
        answer = await self._connection.form("/audio/transcriptions", fields, ("file", "speech.wav", wav))
        try:
            return Heard(segments=tuple(_segments(answer)), model=self.model)
        except (KeyError, TypeError, ValueError) as error:
            raise MalformedAnswer(
                "The transcription server's answer could not be understood.", hint=self._connection.hint
            ) from error

    async def stop(self) -> None:
        """See `Hearer`."""
        await self._connection.close()


def _segments(answer: Any) -> Sequence[Segment]:
    """A server may give the text alone."""
    if segments := answer.get("segments"):
        return [Segment(float(each["start"]), float(each["end"]), str(each["text"])) for each in segments]
    return [Segment(0.0, float(answer.get("duration") or 0.0), str(answer["text"]))]


def lacking(settings: Settings) -> BauhiniaError | None:
    """Why speech cannot be written down here, with how to get what is missing; None where it can be. No file
    is read and no server is asked."""
    if settings.listener_url:
        return None
    if importlib.util.find_spec("faster_whisper") is None:
        return MissingPart(
            "Writing down speech needs the package faster-whisper, which is not installed.",
            hint="Run `pip install 'bauhinia[speech]'`, or set BAUHINIA_LISTENER_URL.",
        )
    model = Catalogue.load(settings.catalogue).find(WHISPER)
    if where_kept(model, settings) is None or missing(model, settings.models_folder):
        return ModelUnavailable(
            "The model that writes down speech is not on this machine.",
            hint=f"Run `bauhinia models fetch {WHISPER}` (145 MB), or set BAUHINIA_LISTENER_URL.",
        )
    return None


def open_hearer(settings: Settings) -> Hearer:
    """A server by URL, or Whisper base here. Nothing is loaded until it is used."""
    if settings.listener_url:
        return HttpHearer(
            settings.listener_url,
            model=settings.listener_model,
            key=settings.media_key.get_secret_value(),
            silence=settings.model_timeout,
        )
    return WhisperHearer(settings)
