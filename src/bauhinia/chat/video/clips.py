"""Moving pictures that a model made, as frames for a scene's picture."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from ...errors import InputError, MissingPart
from ..work import FFMPEG, Work
from .drawing import PICTURE_BOX
from .frames import FPS, Yuv
from .narration import Narration
from .storyboard import PictureScene

CLIP = "clip:"
"""What a scene's picture begins with when a model is to make it; the description follows."""
LONGEST_CLIP = 8
"""Seconds that a model is asked for; its last frame stays."""
DECODE_SECONDS = 120.0
MakeClip = Callable[[str, int], Awaitable[bytes]]
"""MP4 of a description and of so many seconds, from a film server through the gateway."""


async def made(
    narration: Narration, make_clip: MakeClip | None, folder: Path, work: Work
) -> dict[int, Iterator[Yuv]]:
    """The clips of the scenes that ask for one, by their number.

    Raises InputError where one is asked for and nobody makes any, or its file cannot be read.
    """
    clips: dict[int, Iterator[Yuv]] = {}
    for number, timed in enumerate(narration.scenes):
        if not (isinstance(timed.scene, PictureScene) and timed.scene.picture.startswith(CLIP)):
            continue
        if make_clip is None:
            raise InputError(
                "A scene asks for a moving picture, and no model here makes any.",
                hint="Set BAUHINIA_FILMS_URL, or give the scene a picture or a drawing.",
            )
        seconds = min(LONGEST_CLIP, math.ceil(timed.length))
        data = await make_clip(timed.scene.picture.removeprefix(CLIP).strip(), seconds)
        clips[number] = await _decoded(data, number, folder, work)
    return clips


async def _decoded(data: bytes, number: int, folder: Path, work: Work) -> Iterator[Yuv]:
    wide, high = PICTURE_BOX[2] - PICTURE_BOX[0], PICTURE_BOX[3] - PICTURE_BOX[1]
    (folder / f"clip{number}").write_bytes(data)
    fitted = f"scale={wide}:{high}:force_original_aspect_ratio=increase,crop={wide}:{high},fps={FPS}"
    try:
        await work.run(
            FFMPEG,
            ["-v", "error", "-y", "-protocol_whitelist", "file", "-i", f"clip{number}",
             "-t", str(LONGEST_CLIP), "-an", "-vf", fitted, "-pix_fmt", "yuv420p",
             "-f", "rawvideo", f"clip{number}.yuv"],
            folder,
            seconds=DECODE_SECONDS,
        )  # fmt: skip
    except MissingPart as error:
        FFMPEG.found()
        raise InputError("The moving picture cannot be read.", hint="Have it made once more.") from error
    return _frames(folder / f"clip{number}.yuv", wide, high)


def _frames(path: Path, wide: int, high: int) -> Iterator[Yuv]:
    """Its frames, the last one again and again."""
    import numpy as np

    size = wide * high * 3 // 2
    last: Yuv | None = None
    with path.open("rb") as file:
        while len(raw := file.read(size)) == size:
            planes = np.frombuffer(raw, dtype=np.uint8)
            luma, colour = wide * high, wide * high // 4
            half = (high // 2, wide // 2)
            last = Yuv(
                planes[:luma].reshape(high, wide),
                planes[luma : luma + colour].reshape(half),
                planes[luma + colour :].reshape(half),
            )
            yield last
    if last is None:
        raise InputError("The moving picture has no frames.", hint="Have it made once more.")
    while True:
        yield last
