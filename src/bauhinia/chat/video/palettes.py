"""The colours of a film, whose words can be read on every ground that they stand on."""

from __future__ import annotations

from dataclasses import dataclass

from .storyboard import Palette
from .typesetting import Colour, contrast

BAND_COLOUR: Colour = (12, 16, 24)
BAND_TEXT: Colour = (255, 255, 255)
BAND_SECOND: Colour = (255, 214, 120)


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """A palette."""

    top: Colour
    bottom: Colour
    text: Colour
    accent: Colour
    second: Colour
    far: Colour
    near: Colour
    water: Colour


COLOURS: dict[Palette, Colours] = {
    "harbour": Colours(
        top=(8, 32, 66), bottom=(16, 72, 112), text=(255, 255, 255),
        accent=(255, 196, 61), second=(190, 224, 245),
        far=(26, 92, 132), near=(10, 46, 80), water=(18, 108, 150),
    ),
    "spring": Colours(
        top=(12, 60, 44), bottom=(22, 92, 66), text=(255, 255, 255),
        accent=(250, 210, 90), second=(206, 240, 214),
        far=(34, 116, 84), near=(12, 66, 48), water=(40, 140, 96),
    ),
    "festive": Colours(
        top=(112, 14, 24), bottom=(150, 28, 32), text=(255, 250, 240),
        accent=(255, 206, 84), second=(255, 224, 190),
        far=(176, 48, 44), near=(104, 14, 22), water=(196, 72, 52),
    ),
    "paper": Colours(
        top=(250, 247, 240), bottom=(236, 230, 216), text=(28, 34, 48),
        accent=(150, 40, 30), second=(70, 78, 96),
        far=(206, 198, 180), near=(168, 158, 138), water=(150, 176, 184),
    ),
}  # fmt: skip


def lowest_contrast(palette: Palette) -> float:
    """The worst of a palette's words on its backgrounds, and of the subtitles."""
    colours = COLOURS[palette]
    grounds = (colours.top, colours.bottom)
    words = (colours.text, colours.second, colours.accent)
    pairs = [contrast(word, ground) for word in words for ground in grounds]
    return min(*pairs, contrast(BAND_TEXT, BAND_COLOUR), contrast(BAND_SECOND, BAND_COLOUR))
