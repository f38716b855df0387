"""A song as sound: FluidSynth plays the MIDI file with a free sound font; levels are set and measured."""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ...errors import MissingPart
from ..work import FFMPEG, Program, Work

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

RATE = 44_100
TAIL_SECONDS = 3.0
"""What rings on after the last bar."""
RENDER_SECONDS = 240.0
"""The longest that a song may take to be played."""
LOUDNESS_DB = -17.0
"""Mean loudness aimed at, below full scale."""
CEILING_DB = -1.2
"""No sample is louder: an MP3's decoder may overshoot a little."""
FLUIDSYNTH = Program(name="fluidsynth", package="fluidsynth", use="A song as sound")


class SoundFont(NamedTuple):
    """Instruments for FluidSynth."""

    path: Path
    name: str
    package: str
    licence: str


_FONTS = (
    SoundFont(
        Path("/usr/share/sounds/sf2/FluidR3_GM.sf2"), "Fluid (R3) General MIDI", "fluid-soundfont-gm", "MIT"
    ),
    SoundFont(
        Path("/usr/share/sounds/sf3/MuseScore_General_Lite.sf3"),
        "MuseScore General (small)",
        "musescore-general-soundfont-small",
        "MIT",
    ),
    SoundFont(
        Path("/usr/share/sounds/sf3/MuseScore_General.sf3"),
        "MuseScore General",
        "musescore-general-soundfont",
        "MIT",
    ),
)
"""Debian's, in the order of preference; each licence is that of the package's copyright file."""


def sound_font(fonts: tuple[SoundFont, ...] = _FONTS) -> SoundFont:
    """The first that is on this machine. Raises MissingPart."""
    found = next((font for font in fonts if font.path.is_file()), None)
    if found is None:
        raise MissingPart(
            "A song as sound needs a General MIDI sound font, and none is on this machine.",
            hint="Run `sudo apt-get install --yes fluid-soundfont-gm` (MIT licence, 145 MB).",
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """How loud a recording is, decibels below full scale."""

    seconds: float
    peak_db: float
    mean_db: float
    clipped: int
    """Samples at full scale, three or more in a row."""
    longest_silence: float
    """Seconds in which nothing is louder than -60 dB, not counting its end."""
    ends_quietly: bool
    """Nothing louder than -50 dB in the last tenth of a second."""


async def played(midi: bytes, folder: Path, seconds: float, work: Work) -> tuple[bytes, SoundFont]:
    """WAV of a MIDI file (16 bits, stereo), levelled, with a fade at its end. Raises MissingPart."""
    font = sound_font()
    FLUIDSYNTH.found()
    (folder / "song.mid").write_bytes(midi)
    await work.run(
        FLUIDSYNTH,
        ["-ni", "-q", "-g", "0.4", "-r", str(RATE), "-R", "1", "-C", "0", "-O", "s16", "-T", "wav",
         "-F", "raw.wav", str(font.path), "song.mid"],
        folder,
        seconds=RENDER_SECONDS,
    )  # fmt: skip
    raw = folder / "raw.wav"
    if not raw.is_file():
        raise MissingPart(
            "FluidSynth wrote no sound.", hint="Run `sudo apt-get install --reinstall --yes fluidsynth`."
        )
    return await work.in_thread(lambda: _levelled(raw.read_bytes(), seconds + TAIL_SECONDS)), font


async def as_mp3(wav: bytes, folder: Path, title: str, work: Work) -> bytes:
    """The same as MP3, 192 kbit/s. Raises MissingPart."""
    (folder / "song.wav").write_bytes(wav)
    await work.run(
        FFMPEG,
        ["-v", "error", "-y", "-i", "song.wav", "-codec:a", "libmp3lame", "-b:a", "192k",
         "-metadata", f"title={title}", "song.mp3"],
        folder,
        seconds=RENDER_SECONDS,
    )  # fmt: skip
    return (folder / "song.mp3").read_bytes()


def _levelled(wav: bytes, seconds: float) -> bytes:
    """Cut to length, brought to one loudness with its peaks rounded and not cut, faded out."""
    import numpy as np

    samples = samples_of(wav)[: int(seconds * RATE)]
    loud = float(np.sqrt(np.mean(np.square(samples), dtype=np.float64)))
    if loud > 0:
        samples = _rounded(samples * (10 ** (LOUDNESS_DB / 20) / loud))
    fade = min(len(samples), int(1.5 * RATE))
    samples[len(samples) - fade :] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)[:, None] ** 2
    return wav_of(samples)


def _rounded(samples: Samples) -> Samples:
    """Peaks above half of the ceiling bent towards it: none passes it, none is cut off."""
    import numpy as np

    ceiling = 10 ** (CEILING_DB / 20)
    knee = ceiling / 2
    size = np.abs(samples)
    over = size > knee
    bent = knee + (ceiling - knee) * np.tanh((size - knee) / (ceiling - knee))
    return np.asarray(np.where(over, np.sign(samples) * bent, samples), dtype=np.float32)


def samples_of(wav: bytes) -> Samples:
    """Of 16 bits, shape (samples, channels), -1 to 1."""
    import numpy as np

    with wave.open(io.BytesIO(wav)) as file:
        frames = file.readframes(file.getnframes())
        return np.frombuffer(frames, dtype="<i2").reshape(-1, file.getnchannels()).astype(
            np.float32
        ) / np.float32(32_768)


def wav_of(samples: Samples, rate: int = RATE) -> bytes:
    """A WAV file of 16 bits."""
    import numpy as np

    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes())
    return out.getvalue()


def levels_of(wav: bytes) -> Levels:
    """Measured on the file as it leaves."""
    import numpy as np

    with wave.open(io.BytesIO(wav)) as file:
        rate = file.getframerate()
    samples = samples_of(wav)
    size = np.abs(samples).max(axis=1) if len(samples) else np.zeros(1, dtype=np.float32)
    window = max(rate // 20, 1)
    blocks = (
        size[: len(size) // window * window].reshape(-1, window).max(axis=1) if len(size) >= window else size
    )
    return Levels(
        seconds=len(samples) / rate,
        peak_db=_db(float(size.max())),
        mean_db=_db(float(np.sqrt(np.mean(np.square(samples), dtype=np.float64))) if len(samples) else 0.0),
        clipped=_runs_at_full(size),
        longest_silence=_longest_run([bool(block < 0.001) for block in blocks]) * window / rate,
        ends_quietly=bool(size[-rate // 10 :].max() < 10 ** (-50 / 20)),
    )


def _db(size: float) -> float:
    import math

    return 20 * math.log10(size) if size > 0 else -120.0


def _runs_at_full(size: Samples) -> int:
    """Samples at full scale that have another one before and after."""
    full = size >= 32_767 / 32_768
    return int((full[:-2] & full[1:-1] & full[2:]).sum())


def _longest_run(silent: list[bool]) -> int:
    """The longest run of silence that sound follows."""
    longest = run = 0
    for each in silent:
        run = run + 1 if each else 0
        longest = max(longest, run)
    return longest if longest != run else _longest_run(silent[: len(silent) - run]) if run else longest
