"""Fonts that a PDF's translation is painted with: a serif stays a serif, for each script."""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import cache
from typing import Any, Literal

from ...errors import UnsupportedFormat
from ...language import Variety
from ..pdf_objects import Font
from .fonts import font_style

Face = Literal["serif", "sans", "mono", "kai"]
FACES: tuple[Face, ...] = ("serif", "sans", "mono", "kai")

_SERIF = ("Liberation Serif", "Tinos", "Times New Roman", "Nimbus Roman", "TeX Gyre Termes")
_LATIN: dict[Face, tuple[str, ...]] = {
    "serif": _SERIF,
    "sans": ("Liberation Sans", "Arimo", "Arial", "Nimbus Sans", "TeX Gyre Heros"),
    "mono": ("Liberation Mono", "Cousine", "Courier New", "Nimbus Mono PS", "DejaVu Sans Mono"),
    "kai": _SERIF,
}
_SONG = ("Noto Serif CJK {}", "Noto Serif {}", "Source Han Serif {}")
_CHINESE: dict[Face, tuple[str, ...]] = {
    "serif": _SONG,
    "sans": ("Noto Sans CJK {}", "Noto Sans {}", "Source Han Sans {}"),
    "mono": ("Noto Sans Mono CJK {}", "Noto Sans CJK {}", "Noto Sans {}"),
    "kai": ("AR PL UKai {}", *_SONG),
}


def face_of(font: Font) -> Face | None:
    """Which sort of face a font of the file is, by its name, else by its flags; None for one of symbols."""
    style = font_style(font.name)
    if style == "symbol":
        return None
    if style == "sans" and (font.serif or font.fixed):
        return "serif" if font.serif else "mono"
    return style


_SAMPLE = b"""#let data = json("sample.json")
#set text(font: data.fonts)
#data.text
"""


@cache
def system_fonts() -> Any:
    """The fonts of this machine, as Typst takes them."""
    import typst

    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False)


def families(to: Variety) -> dict[Face, list[object]]:
    """Of each face, the families that Typst tries in turn. Raises UnsupportedFormat for want of a font."""
    there = set(system_fonts().families())
    regions = ("SC",) if to is Variety.SIMPLIFIED else ("HK", "TC", "TW")
    found: dict[Face, list[object]] = {}
    for face in FACES:
        latin = _first(_LATIN[face], there, "English", "fonts-liberation")
        names = tuple(name.format(each) for name in _CHINESE[face] for each in regions)
        if to.is_chinese:
            chinese = _first(names, there, "Chinese", "fonts-noto-cjk")
            found[face] = [{"name": latin, "covers": "latin-in-cjk"}, chinese, latin]
        else:
            found[face] = [latin, *[name for name in names if name in there][:1]]
    return found


def unpaintable(characters: Collection[str], to: Variety) -> set[str]:
    """Those of the characters that no font of this machine has, sought by halves."""
    sought = sorted(characters)
    if not sought or _are_painted("".join(sought), families(to)["serif"]):
        return set()
    if len(sought) == 1:
        return set(sought)
    half = len(sought) // 2
    return unpaintable(sought[:half], to) | unpaintable(sought[half:], to)


def _are_painted(text: str, names: list[object]) -> bool:
    """Whether there is a glyph for each character: Typst writes no PDF for archives without."""
    import typst

    files = {"main.typ": _SAMPLE, "sample.json": json.dumps({"fonts": names, "text": text}).encode()}
    try:
        typst.Compiler(files, font_paths=system_fonts()).compile(format="pdf", pdf_standards=["a-2b"])
    except typst.TypstError:
        return False
    return True


def _first(names: tuple[str, ...], there: set[str], script: str, package: str) -> str:
    for name in names:
        if name in there:
            return name
    raise UnsupportedFormat(
        f"No font for {script} is installed here that a PDF could be written with, such as {names[0]}.",
        hint=f"Ask the administrator to install one; on Debian: apt install {package}.",
    )
