"""Small pictures of our own, drawn in a palette's colours."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from .palettes import Colours

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw


def drawn(name: str, colours: Colours, size: tuple[int, int]) -> Image:
    """A picture of `DRAWN` in that size."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (1_000, 700), colours.second)
    DRAWN[name](ImageDraw.Draw(image), colours)
    return image.resize(size)


def _sun(draw: ImageDraw, colours: Colours) -> None:
    for turn in range(0, 360, 15):
        at = math.radians(turn)
        points = [
            (500 + 330 * math.cos(at), 350 + 330 * math.sin(at)),
            (500 + 180 * math.cos(at), 350 + 180 * math.sin(at)),
        ]
        draw.line(points, fill=colours.accent, width=14)
    draw.ellipse((330, 180, 670, 520), fill=colours.accent)


def _harbour(draw: ImageDraw, colours: Colours) -> None:
    draw.ellipse((720, 70, 860, 210), fill=colours.accent)
    draw.polygon([(0, 470), (160, 330), (320, 420), (520, 250), (720, 400), (1_000, 300),
                  (1_000, 700), (0, 700)], fill=colours.far)  # fmt: skip
    for x, high in (
        (40, 150),
        (120, 220),
        (210, 180),
        (300, 270),
        (560, 230),
        (640, 320),
        (730, 190),
        (860, 250),
    ):
        draw.rectangle((x, 520 - high, x + 62, 540), fill=colours.near)
    draw.rectangle((0, 520, 1_000, 700), fill=colours.water)
    draw.polygon([(340, 590), (660, 590), (610, 650), (390, 650)], fill=colours.near)
    for left, top in ((380, 400), (480, 350), (570, 430)):
        draw.polygon([(left, 580), (left, top), (left + 76, top + 60), (left + 60, 580)], fill=colours.accent)


def _books(draw: ImageDraw, colours: Colours) -> None:
    draw.rectangle((80, 600, 920, 630), fill=colours.near)
    shades = (colours.far, colours.near, colours.water, colours.accent)
    x = 110
    sizes = (
        (70, 380),
        (52, 430),
        (84, 340),
        (60, 460),
        (74, 400),
        (48, 360),
        (90, 420),
        (62, 450),
        (70, 370),
    )
    for number, (wide, high) in enumerate(sizes):
        draw.rectangle((x, 600 - high, x + wide, 600), fill=shades[number % 4])
        draw.rectangle((x + 8, 600 - high + 40, x + wide - 8, 600 - high + 52), fill=colours.second)
        x += wide + 12


def _tree(draw: ImageDraw, colours: Colours) -> None:
    draw.ellipse((-200, 560, 1_200, 1_100), fill=colours.far)
    draw.polygon([(465, 620), (535, 620), (520, 380), (480, 380)], fill=colours.near)
    for x, y, size in ((500, 240, 170), (390, 320, 130), (610, 320, 130), (440, 200, 110), (570, 200, 110)):
        draw.ellipse((x - size, y - size, x + size, y + size), fill=colours.water)
    draw.ellipse((800, 60, 910, 170), fill=colours.accent)


def _people(draw: ImageDraw, colours: Colours) -> None:
    shades = (colours.far, colours.water, colours.near, colours.accent)
    for number, (x, tall) in enumerate(((170, 420), (340, 330), (500, 470), (670, 300), (830, 400))):
        shade = shades[number % 4]
        draw.ellipse((x - 55, 640 - tall - 110, x + 55, 640 - tall), fill=shade)
        draw.rounded_rectangle((x - 75, 640 - tall + 12, x + 75, 640), 50, fill=shade)
    draw.rectangle((0, 640, 1_000, 700), fill=colours.near)


DRAWN: dict[str, Callable[[ImageDraw, Colours], None]] = {
    "harbour": _harbour, "books": _books, "tree": _tree, "people": _people, "sun": _sun,
}  # fmt: skip
