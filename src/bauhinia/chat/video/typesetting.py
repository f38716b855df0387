"""Words set into boxes: wrapped as each script wraps, smaller until they fit, refused when they cannot."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from ...errors import InputError, MissingPart

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

Weight = Literal["regular", "bold"]
Colour = tuple[int, int, int]
_HINT = "Run `sudo apt-get install --yes fonts-noto-cjk` (SIL Open Font License 1.1)."
_TOKEN = re.compile(r"[A-Za-z0-9$€£%@&'’.,:;/()+#\[\]\"“”_-]+\s*|\s+|.", re.DOTALL)
_NOT_FIRST = set("，。、；：！？）」』》…—,.;:!?)%")
"""No line begins with these."""
MIN_CONTRAST = 4.5
"""WCAG 2.2, level AA."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A text as it is set."""

    lines: tuple[str, ...]
    size: int
    width: float
    height: float


def require_pillow() -> None:
    """Raises MissingPart without Pillow."""
    if importlib.util.find_spec("PIL") is None:
        raise MissingPart(
            "Drawing a film's scenes needs Pillow, which is not installed.",
            hint="Run `pip install 'bauhinia[media]'`.",
        )


@lru_cache(maxsize=8)
def font_file(weight: Weight, simplified: bool) -> tuple[str, int]:
    """The file of a font that has Chinese, and the face in it. Raises MissingPart."""
    if shutil.which("fc-match") is None:
        raise MissingPart(
            "Finding fonts needs the program fc-match.", hint="Run `sudo apt-get install --yes fontconfig`."
        )
    family = "Noto Sans CJK SC" if simplified else "Noto Sans CJK HK"
    pattern = (
        f"{family}:lang={'zh-cn' if simplified else 'zh-hk'}:weight={'200' if weight == 'bold' else '80'}"
    )
    told = subprocess.run(
        ["fc-match", "-f", "%{file}\n%{index}\n%{lang}\n", pattern],
        capture_output=True, text=True, timeout=30, check=False,
    ).stdout.splitlines()  # fmt: skip
    if len(told) < 3 or "zh-" not in told[2]:
        raise MissingPart("No font on this machine has Chinese characters.", hint=_HINT)
    return told[0], int(told[1]) & 0xFFFF


@lru_cache(maxsize=128)
def font(size: int, weight: Weight = "regular", simplified: bool = False) -> FreeTypeFont:
    """A font of that size, pixels. Raises MissingPart."""
    require_pillow()
    from PIL import ImageFont

    path, index = font_file(weight, simplified)
    return ImageFont.truetype(path, size, index=index)


def fitted(
    text: str,
    width: int,
    height: int,
    sizes: tuple[int, int],
    *,
    weight: Weight = "regular",
    simplified: bool = False,
    most_lines: int = 9,
) -> Setting:
    """The text as large as it fits, between two sizes. Raises InputError where not even the smaller."""
    largest, smallest = sizes
    for size in range(largest, smallest - 1, -2):
        face = font(size, weight, simplified)
        lines = wrapped(text, width, face)
        tall = len(lines) * line_height(size)
        if (
            len(lines) <= most_lines
            and tall <= height
            and all(face.getlength(line) <= width for line in lines)
        ):
            return Setting(tuple(lines), size, max(map(face.getlength, lines), default=0.0), tall)
    raise InputError(
        f"The text “{text[:30]}…” does not fit into its place on the screen.",
        hint="Shorten it: a heading holds some 40 Chinese characters, a point some 60.",
    )


def line_height(size: int) -> int:
    """From one line to the next."""
    return round(size * 1.32)


def wrapped(text: str, width: int, face: FreeTypeFont) -> list[str]:
    """Lines no wider than that: English broken between words, Chinese anywhere but before a closing mark."""
    lines: list[str] = []
    line = ""
    for token in _TOKEN.findall(" ".join(text.split())):
        if not line or face.getlength((line + token).rstrip()) <= width or token[0] in _NOT_FIRST:
            line += token
        else:
            lines.append(line.rstrip())
            line = token.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def put(
    draw: ImageDraw,
    setting: Setting,
    at: tuple[float, float],
    colour: Colour,
    *,
    weight: Weight = "regular",
    simplified: bool = False,
    centred: bool = False,
) -> None:
    """Draw a set text; `at` is its upper left corner, or the middle of its top where it is centred."""
    face = font(setting.size, weight, simplified)
    for number, line in enumerate(setting.lines):
        left = at[0] - face.getlength(line) / 2 if centred else at[0]
        draw.text((left, at[1] + number * line_height(setting.size)), line, font=face, fill=colour)


def contrast(one: Colour, other: Colour) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = map(linear, colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def has_glyphs(text: str, *, simplified: bool = False) -> bool:
    """Whether the font has every character of the text."""
    face = font(40, "regular", simplified)
    missing = _shape(face, "\U0010fffe")
    return all(character.isspace() or _shape(face, character) != missing for character in set(text))


def _shape(face: Any, character: str) -> bytes:
    return bytes(face.getmask(character))
