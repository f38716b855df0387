"""Whether a film is as it should be, looked at in the finished file by ffprobe and by decoding its sound."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..music.audio import Levels, levels_of
from ..work import FFMPEG, FFPROBE, Check, Work
from .drawing import HEIGHT, WIDTH
from .frames import FPS
from .narration import LONGEST, SHORTEST, Narration
from .palettes import lowest_contrast
from .storyboard import Storyboard
from .subtitles import Cue, reading_seconds
from .typesetting import MIN_CONTRAST, has_glyphs

PROBE_SECONDS = 120.0


async def check_film(
    mp4: bytes, board: Storyboard, narration: Narration, sentence: str, folder: Path, work: Work
) -> tuple[Check, ...]:
    """All checks of a finished file but its manifest's."""
    (folder / "check.mp4").write_bytes(mp4)
    told = json.loads(
        await work.run(
            FFPROBE,
            ["-v", "error", "-show_format", "-show_streams", "-of", "json", "check.mp4"],
            folder,
            seconds=PROBE_SECONDS,
        )
    )
    await work.run(
        FFMPEG,
        ["-v", "error", "-y", "-i", "check.mp4", "-vn", "-c:a", "pcm_s16le", "check.wav"],
        folder,
        seconds=PROBE_SECONDS,
    )
    levels = await work.in_thread(lambda: levels_of((folder / "check.wav").read_bytes()))
    return (
        _duration(told, narration),
        _resolution(told),
        _sound(told, levels),
        _tracks(told, board),
        _timing(narration),
        _reading(narration.cues),
        Check(
            name="contrast",
            passed=lowest_contrast(board.palette) >= MIN_CONTRAST,
            detail=f"the lowest is {lowest_contrast(board.palette):.1f}, {MIN_CONTRAST} is needed",
        ),
        _glyphs(board, sentence),
    )


def _streams(told: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [stream for stream in told["streams"] if stream["codec_type"] == kind]


def _duration(told: dict[str, Any], narration: Narration) -> Check:
    seconds = float(told["format"]["duration"])
    return Check(
        name="duration",
        passed=SHORTEST - 0.1 <= seconds <= LONGEST + 0.5 and abs(seconds - narration.seconds) < 0.3,
        detail=f"{seconds:.2f} s; the storyboard has {narration.seconds:.2f} s",
    )


def _resolution(told: dict[str, Any]) -> Check:
    (video,) = _streams(told, "video")
    found = (video["width"], video["height"], video["r_frame_rate"], video["codec_name"], video["pix_fmt"])
    return Check(
        name="resolution",
        passed=found == (WIDTH, HEIGHT, f"{FPS}/1", "h264", "yuv420p"),
        detail=f"{found[0]} x {found[1]}, {found[2]} frames a second, {found[3]}, {found[4]}",
    )


def _sound(told: dict[str, Any], levels: Levels) -> Check:
    audio = _streams(told, "audio")
    return Check(
        name="sound",
        passed=len(audio) == 1
        and -32 < levels.mean_db < -14
        and levels.peak_db < -0.3
        and not levels.clipped,
        detail=f"mean {levels.mean_db:.1f} dB, peak {levels.peak_db:.1f} dB, {levels.clipped} cut off",
    )


def _tracks(told: dict[str, Any], board: Storyboard) -> Check:
    languages = [stream["tags"]["language"] for stream in _streams(told, "subtitle")]
    wanted = 2 if board.second else 1
    missing = [line.first[:20] for line in board.lines if board.second and not line.second]
    return Check(
        name="subtitle tracks",
        passed=len(languages) == wanted and not missing,
        detail=f"{', '.join(languages)}"
        + (f"; {len(missing)} lines lack the second language" if missing else ""),
    )


def _timing(narration: Narration) -> Check:
    """Cues in order, none over another, each within its scene."""
    wrong = []
    cues = narration.cues
    for number, cue in enumerate(cues):
        scene = narration.scenes[cue.scene]
        if not scene.start <= cue.start < cue.end <= scene.start + scene.length + 0.01:
            wrong.append(f"cue {number + 1} is outside its scene")
        if number and cue.start < cues[number - 1].end:
            wrong.append(f"cue {number + 1} begins before the last one ends")
    return Check(
        name="subtitle timing", passed=not wrong, detail="; ".join(wrong) or f"{len(cues)} cues in order"
    )


def _reading(cues: tuple[Cue, ...]) -> Check:
    """Each subtitle stands long enough to be read, in both languages."""
    fast = []
    for number, cue in enumerate(cues):
        for text in (cue.words.first, cue.words.second):
            needed = reading_seconds(text)
            if needed > cue.end - cue.start:
                fast.append(f"cue {number + 1} needs {needed:.1f} s and has {cue.end - cue.start:.1f} s")
    return Check(
        name="reading speed", passed=not fast, detail="; ".join(fast) or "every cue can be read in its time"
    )


def _glyphs(board: Storyboard, sentence: str) -> Check:
    """Words that do not fit are refused while they are drawn; here, that the fonts have their characters."""
    texts = [scene.heading.first + scene.heading.second for scene in board.scenes]
    texts += [line.first + line.second for line in board.lines] + [sentence]
    there = has_glyphs("".join(texts), simplified=board.language == "cmn" or board.second == "zh-Hans")
    return Check(
        name="text",
        passed=there,
        detail="all words fit, in characters of the font" if there else "a character has no glyph",
    )
