"""Frames, sound and subtitles into one MP4: H.264, AAC, and text tracks in both languages."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

from ..work import FFMPEG, Work, environment, failed
from .drawing import HEIGHT, WIDTH
from .frames import FPS, Film
from .storyboard import Storyboard

_TRACKS = {"yue": "yue", "cmn": "zho", "en": "eng", "zh-Hant": "zho", "zh-Hans": "zho"}
"""ISO 639-2/3, as MP4 names a track's language."""


async def rendered(film: Film, board: Storyboard, folder: Path, work: Work, title: str) -> bytes:
    """The MP4. In `folder` lie `voice.wav`, `first.srt` and, with a second language, `second.srt`.

    Raises MissingPart, Cancelled.
    """
    command = [FFMPEG.found(), *_arguments(board, title)]
    return await work.in_thread(lambda: _encoded(film, command, folder, work))


def _arguments(board: Storyboard, title: str) -> list[str]:
    texts = ["first.srt"] + (["second.srt"] if board.second else [])
    given = [part for name in texts for part in ("-i", name)]
    maps = [part for number in range(len(texts)) for part in ("-map", f"{number + 2}:s:0")]
    languages = [_TRACKS[board.language]] + ([_TRACKS[board.second]] if board.second else [])
    named = [
        part
        for number, name in enumerate(languages)
        for part in (f"-metadata:s:s:{number}", f"language={name}")
    ]
    return [
        "-v", "error", "-y",
        "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FPS),
        "-color_range", "tv", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709",
        "-i", "-",
        "-i", "voice.wav", *given, "-map", "0:v:0", "-map", "1:a:0", *maps,
        "-c:v", "libx264", "-preset", "superfast", "-crf", "21", "-profile:v", "high", "-g", "125",
        "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709",
        "-c:a", "aac", "-b:a", "128k", "-ar", "48000", "-ac", "2",
        "-c:s", "mov_text", *named,
        "-metadata:s:a:0", f"language={_TRACKS[board.language]}", "-metadata", f"title={title}",
        "-movflags", "+faststart", "film.mp4",
    ]  # fmt: skip


def _encoded(film: Film, command: list[str], folder: Path, work: Work) -> bytes:
    """Written to the encoder as it asks. Once the work is stopped the encoder is ended, and nothing is waited
    for."""
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=environment(folder),
    ) as process:
        assert process.stdin is not None and process.stderr is not None
        complaint: list[bytes] = []
        listener = threading.Thread(target=lambda: complaint.append(process.stderr.read()))  # type: ignore[union-attr]
        listener.start()
        try:
            for number, frame in enumerate(film):
                process.stdin.write(frame)
                if number % FPS == 0:
                    work.tell("film", 0.25 + 0.6 * number / film.frames)
            process.stdin.close()
            code = process.wait()
        except BrokenPipeError:
            code = process.wait()
        except BaseException:
            process.kill()
            raise
        finally:
            listener.join()
    work.going_on()
    if code:
        raise failed(FFMPEG, code, b"".join(complaint))
    return (folder / "film.mp4").read_bytes()
