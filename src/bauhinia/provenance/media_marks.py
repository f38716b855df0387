"""The mark that anybody sees on a picture (D-3.2.1-06), over all of it where the content is of high risk
(D-3.1-24): it is part of the picture, so it goes only with what is shown."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from ..errors import BrokenDocument, MissingPart

if TYPE_CHECKING:
    from PIL.Image import Image

_WORDS = "AI-GENERATED"
_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG"}
_MOST_PIXELS = 80_000_000


def marked(data: bytes, media_type: str, reference: str, *, all_over: bool) -> bytes:
    """The picture with the mark in its lower left corner, or repeated across all of it.

    Raises MissingPart without Pillow, BrokenDocument for what is no such picture.
    """
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError as error:
        raise MissingPart(
            "Pictures cannot be marked on this machine.", hint="Install Pillow: pip install pillow."
        ) from error
    try:
        with Image.open(io.BytesIO(data), formats=[_FORMATS[media_type]]) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise BrokenDocument("The picture is too large to be marked.", hint="Make it smaller.")
            picture = opened.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise BrokenDocument("The picture is damaged.", hint="Make it once more.") from error
    words = f"{_WORDS}  {reference}"
    layer = _across(picture.size, words) if all_over else _in_corner(picture.size, words)
    result = Image.alpha_composite(picture, layer)
    out = io.BytesIO()
    if media_type == "image/jpeg":
        result.convert("RGB").save(out, "JPEG", quality=92)
    else:
        result.save(out, "PNG")
    return out.getvalue()


def _in_corner(size: tuple[int, int], words: str) -> Image:
    layer, pen = _blank(size)
    font, width, height = _fitted(size, words, most=0.6)
    pad = max(2, height // 3)
    top = size[1] - height - 2 * pad
    pen.rectangle((0, top, width + 2 * pad, size[1]), fill=(0, 0, 0, 190))
    pen.text((pad, top + pad // 2), words, font=font, fill=(255, 255, 255, 255))
    return layer


def _across(size: tuple[int, int], words: str) -> Image:
    """Slanted lines of the words over the whole picture, light with a dark edge: seen on any ground."""
    from PIL import Image

    side = int((size[0] ** 2 + size[1] ** 2) ** 0.5) + 2
    layer, pen = _blank((side, side))
    font, width, height = _fitted(size, words, most=0.5)
    for row, top in enumerate(range(0, side, height * 4)):
        start = -(row % 2) * width // 2
        for left in range(start, side, width + 2 * height):
            pen.text(
                (left, top), words, font=font, fill=(255, 255, 255, 130),
                stroke_width=max(1, height // 14), stroke_fill=(0, 0, 0, 130),
            )  # fmt: skip
    turned = layer.rotate(30, resample=Image.Resampling.BICUBIC)
    left, top = (side - size[0]) // 2, (side - size[1]) // 2
    return turned.crop((left, top, left + size[0], top + size[1]))


def _blank(size: tuple[int, int]) -> tuple[Image, Any]:
    from PIL import Image, ImageDraw

    layer = Image.new("RGBA", size, (0, 0, 0, 0))
    return layer, ImageDraw.Draw(layer)


def _fitted(size: tuple[int, int], words: str, *, most: float) -> tuple[Any, int, int]:
    """A font in which the words take at most that share of the width; their width and height."""
    from PIL import ImageFont

    points = max(8, min(size) // 18)
    while True:
        font = ImageFont.load_default(points)
        left, top, right, bottom = font.getbbox(words)
        if right - left <= size[0] * most or points <= 8:
            return font, int(right - left), max(1, int(bottom - top) + int(top))
        points = int(points * 0.9)
