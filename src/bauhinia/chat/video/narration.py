"""The voice: every sentence spoken by itself, so that its subtitle stands exactly as long as it sounds."""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass
from pathlib import Path

from ...errors import InputError
from ..speech import RATE, Speaker, seconds_of
from ..work import Work
from .storyboard import Scene, Storyboard, Words
from .subtitles import Cue, reading_seconds

BEFORE, BETWEEN, AFTER = 0.6, 0.35, 0.7
"""Seconds before a scene's first sentence, between two, after its last."""
SILENT_SCENE = 3.0
CLOSING = 5.0
"""Seconds that the label stands at the end at least."""
SHORTEST, LONGEST = 30.0, 90.0
"""Seconds of a film."""
VOICE_DB = -19.0
"""Mean loudness of the voice where it speaks, below full scale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A scene with its time."""

    scene: Scene
    start: float
    length: float
    cues: tuple[Cue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Narration:
    """When everything happens, and the sound of it."""

    scenes: tuple[Timed, ...]
    wav: bytes
    """One channel at `RATE`."""

    @property
    def seconds(self) -> float:
        """How long the film lasts."""
        return sum(timed.length for timed in self.scenes)

    @property
    def cues(self) -> tuple[Cue, ...]:
        """All subtitles, in order."""
        return tuple(cue for timed in self.scenes for cue in timed.cues)


async def narrated(board: Storyboard, speaker: Speaker, folder: Path, work: Work, sentence: str) -> Narration:
    """Every line spoken and placed; `sentence`, the label, is shown at the end and not spoken.

    Raises InputError for a film that would be too long, and what the speaker raises.
    """
    spoken: list[list[bytes]] = []
    total, done = max(len(board.lines), 1), 0
    for scene in board.scenes:
        spoken.append([])
        for line in scene.lines:
            spoken[-1].append(await speaker.speak(line.first, board.language, folder, work))
            done += 1
            work.tell("narration", 0.02 + 0.18 * done / total)
    scenes = _placed(board, [[seconds_of(wav) for wav in wavs] for wavs in spoken], sentence)
    length = sum(timed.length for timed in scenes)
    if length > LONGEST:
        raise InputError(
            f"The film would last {length:.0f} seconds, and {LONGEST:.0f} is the limit.",
            hint="Take sentences out of the script.",
        )
    return Narration(scenes=scenes, wav=await work.in_thread(lambda: _mixed(scenes, spoken)))


def _placed(board: Storyboard, lengths: list[list[float]], sentence: str) -> tuple[Timed, ...]:
    """Scenes end to end; a film that would be too short waits evenly after each of its scenes."""
    own = [
        BEFORE + sum(each) + BETWEEN * (len(each) - 1) + AFTER if each else SILENT_SCENE for each in lengths
    ]
    own[-1] = max(own[-1] if lengths[-1] else 0.0, CLOSING, reading_seconds(sentence) + 1.0)
    wait = max(0.0, SHORTEST - sum(own)) / len(own)
    scenes: list[Timed] = []
    start = 0.0
    for number, (scene, each) in enumerate(zip(board.scenes, lengths, strict=True)):
        # Whole frames, so that sound and pictures stay together.
        length = round((own[number] + wait) * 25) / 25
        cues, at = [], start + BEFORE
        for line, seconds in zip(scene.lines, each, strict=True):
            cues.append(Cue(start=at, end=at + seconds, words=line, scene=number))
            at += seconds + BETWEEN
        if number == len(board.scenes) - 1 and not cues:
            cues.append(
                Cue(start=start + 0.4, end=start + length - 0.2, words=Words(first=sentence), scene=number)
            )
        scenes.append(Timed(scene=scene, start=start, length=length, cues=tuple(cues)))
        start += length
    return tuple(scenes)


def _mixed(scenes: tuple[Timed, ...], spoken: list[list[bytes]]) -> bytes:
    """The sentences in their places, all as loud as one another."""
    import numpy as np

    track = np.zeros(round(sum(timed.length for timed in scenes) * RATE), dtype=np.float32)
    for timed, wavs in zip(scenes, spoken, strict=True):
        for cue, wav in zip(timed.cues, wavs, strict=False):
            with wave.open(io.BytesIO(wav)) as file:
                raw = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.float32)
            voice = raw / np.float32(32_768)
            loud = float(np.sqrt(np.mean(np.square(voice), dtype=np.float64))) if len(voice) else 0.0
            if loud > 0:
                voice = np.tanh(voice * np.float32(10 ** (VOICE_DB / 20) / loud))
            begin = round(cue.start * RATE)
            room = track[begin : begin + len(voice)]
            room += voice[: len(room)]
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(track, -1, 1) * 32_767).astype("<i2").tobytes())
    return out.getvalue()
