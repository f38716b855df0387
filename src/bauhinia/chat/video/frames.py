"""The frames of a film, as the encoder takes them: YUV 4:2:0 of BT.709, put together from stills.

Stills are turned into YUV once; each frame is then copies, slices and a cross-fade or two, so that a minute
of 1080p costs some ten seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from .drawing import (
    BAND_TOP,
    GROWING,
    HEIGHT,
    PICTURE_BOX,
    STRIP_HEIGHT,
    STRIP_TOP,
    WIDTH,
    Artist,
)  # fmt: skip
from .narration import Narration, Timed
from .storyboard import ChartScene, ClosingScene, PictureScene, PointsScene
from .subtitles import Cue
from .typesetting import Colour

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    Plane = NDArray[np.uint8]

FPS = 25
FADE = 10
"""Frames of a cross-fade."""
DRIFT = 2
"""Pixels that the panorama moves a frame: even, since colour has half the resolution."""
PAN = 1.12
"""How much larger than its frame a moving picture is."""


class Yuv(NamedTuple):
    """A picture in three planes; the colour planes have half the width and height."""

    y: Plane
    u: Plane
    v: Plane

    def copy(self) -> Yuv:
        """Planes that may be written to."""
        return Yuv(self.y.copy(), self.u.copy(), self.v.copy())

    def paste(self, other: Yuv, left: int, top: int) -> None:
        """Lay another picture over this one; both places are even."""
        high, wide = other.y.shape
        self.y[top : top + high, left : left + wide] = other.y
        half = (slice(top // 2, (top + high) // 2), slice(left // 2, (left + wide) // 2))
        self.u[half] = other.u
        self.v[half] = other.v

    def part(self, left: int, top: int, wide: int, high: int) -> Yuv:
        """A piece of it; all four are even."""
        half = (slice(top // 2, (top + high) // 2), slice(left // 2, (left + wide) // 2))
        return Yuv(self.y[top : top + high, left : left + wide], self.u[half], self.v[half])


def yuv(image: Image) -> Yuv:
    """A picture of even width and height in BT.709, limited range."""
    import numpy as np

    rgb = np.asarray(image.convert("RGB"), dtype=np.float32)
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue

    def halved(colour: NDArray[np.float32]) -> Plane:
        mean = (colour[::2, ::2] + colour[1::2, ::2] + colour[::2, 1::2] + colour[1::2, 1::2]) / 4
        return np.clip(128 + mean * (224 / 255) + 0.5, 16, 240).astype(np.uint8)

    return Yuv(
        np.clip(16 + luma * (219 / 255) + 0.5, 16, 235).astype(np.uint8),
        halved((blue - luma) / 1.8556),
        halved((red - luma) / 1.5748),
    )


def blended(one: Yuv, other: Yuv, share: float) -> Yuv:
    """`share` of the other, the rest of the one."""
    import numpy as np

    weight = round(share * 256)

    def plane(a: Plane, b: Plane) -> Plane:
        mixed = a.astype(np.uint16) * np.uint16(256 - weight) + b.astype(np.uint16) * np.uint16(weight)
        return (mixed >> 8).astype(np.uint8)

    return Yuv(*(plane(a, b) for a, b in zip(one, other, strict=True)))


@dataclass(frozen=True, slots=True)
class _Change:
    """A still from a frame on, of a scene; `fades` in or cuts."""

    frame: int
    still: int
    fades: bool = True


class Film:
    """Gives the frames of one film, in order."""

    def __init__(
        self,
        artist: Artist,
        narration: Narration,
        going_on: Callable[[], None],
        clips: dict[int, Iterator[Yuv]] | None = None,
    ) -> None:
        """`clips`: moving pictures of scenes, by their number."""
        self._artist = artist
        self._narration = narration
        self._going_on = going_on
        self._clips = clips or {}
        self._strip = yuv(artist.strip())
        self._empty_band = yuv(artist.band(None))
        self._accent = _flat(artist.colours.accent)
        self.frames = round(narration.seconds * FPS)

    def __iter__(self) -> Iterator[bytes]:
        """Each frame as the encoder's raw bytes."""
        number, last = 0, None
        for at, timed in enumerate(self._narration.scenes):
            self._going_on()
            stills = [yuv(image) for image in self._artist.stills(timed.scene)]
            picture = self._picture(timed, at)
            # The end shows the label in its middle, and not a second time below.
            said = () if isinstance(timed.scene, ClosingScene) and not timed.scene.lines else timed.cues
            bands = [(cue, yuv(self._artist.band(cue.words))) for cue in said]
            changes = _changes(timed)
            for frame in range(round(timed.length * FPS)):
                self._going_on()
                shown = _still_at(stills, changes, frame)
                if picture is not None:
                    shown = shown.copy()
                    shown.paste(picture(frame), PICTURE_BOX[0], PICTURE_BOX[1])
                if last is not None and frame < FADE:
                    shown = blended(last, shown, (frame + 1) / FADE)
                yield self._finished(shown, number, bands)
                number += 1
            last = shown

    def _finished(self, shown: Yuv, number: int, bands: list[tuple[Cue, Yuv]]) -> bytes:
        """The frame with its panorama, its subtitle and how far the film is."""
        frame = shown.copy()
        left = DRIFT * number % (2 * WIDTH)
        frame.paste(self._strip.part(left, 0, WIDTH, STRIP_HEIGHT), 0, STRIP_TOP)
        frame.paste(self._band_at(number / FPS, bands), 0, BAND_TOP)
        along = round(WIDTH * (number + 1) / self.frames / 2) * 2
        for plane, value, half in zip(frame, self._accent, (1, 2, 2), strict=True):
            plane[: 8 // half, : along // half] = value
        return b"".join(plane.tobytes() for plane in frame)

    def _band_at(self, seconds: float, bands: list[tuple[Cue, Yuv]]) -> Yuv:
        for cue, band in bands:
            if cue.start <= seconds < cue.end:
                return band
        return self._empty_band

    def _picture(self, timed: Timed, number: int) -> Callable[[int], Yuv] | None:
        """What moves in a picture's frame, by the frame of its scene."""
        if not isinstance(timed.scene, PictureScene):
            return None
        wide, high = PICTURE_BOX[2] - PICTURE_BOX[0], PICTURE_BOX[3] - PICTURE_BOX[1]
        if (clip := self._clips.get(number)) is not None:
            return lambda _: next(clip)
        large = (round(wide * PAN / 2) * 2, round(high * PAN / 2) * 2)
        picture = yuv(self._artist.picture(timed.scene, large))
        room = (large[0] - wide, large[1] - high)
        frames = max(timed.length * FPS, 1)

        def moved(frame: int) -> Yuv:
            share = min(frame / frames, 1.0)
            return picture.part(round(room[0] * share / 2) * 2, round(room[1] * share / 2) * 2, wide, high)

        return moved


def _changes(timed: Timed) -> list[_Change]:
    """When which still of a scene is shown."""
    scene = timed.scene
    if isinstance(scene, PointsScene):
        return [_Change(0, 0, fades=False), *_points(timed, len(scene.points))]
    if isinstance(scene, ChartScene):
        # Every second frame a step, once the scene has come in.
        return [_Change(FADE + 2 * step if step else 0, step, fades=False) for step in range(GROWING + 1)]
    return [_Change(0, 0, fades=False)]


def _points(timed: Timed, points: int) -> Iterator[_Change]:
    """Each point comes when its sentence does; points without a sentence of their own share the time."""
    begins = [cue.start - timed.start for cue in timed.cues]
    if len(begins) < points:
        begins = [0.6 + at * (timed.length - 2) / max(points, 1) for at in range(points)]
    for number, begin in enumerate(begins[:points]):
        yield _Change(max(round((begin - 0.2) * FPS), FADE + 1), number + 1)


def _still_at(stills: list[Yuv], changes: list[_Change], frame: int) -> Yuv:
    for earlier, later in pairwise(reversed(changes)):
        if frame >= earlier.frame:
            passed = frame - earlier.frame
            if earlier.fades and passed < FADE:
                return blended(stills[later.still], stills[earlier.still], (passed + 1) / FADE)
            return stills[earlier.still]
    return stills[changes[0].still]


def _flat(colour: Colour) -> tuple[int, int, int]:
    from PIL import Image

    planes = yuv(Image.new("RGB", (2, 2), colour))
    return int(planes.y[0, 0]), int(planes.u[0, 0]), int(planes.v[0, 0])


def frame_bytes() -> int:
    """The size of one raw frame."""
    return WIDTH * HEIGHT * 3 // 2
