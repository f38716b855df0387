"""Fonts that a PDF's translation is painted with: a serif stays a serif, for each script."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Literal

from ...errors import UnsupportedFormat
from ...language import Variety
from ..pdf_objects import Font

Face = Literal["serif", "sans", "mono"]
FACES: tuple[Face, ...] = ("serif", "sans", "mono")

_MONO = re.compile(r"mono|courier|consol|typewriter|fixed|cmtt", re.I)
_SANS = re.compile(
    r"sans|arial|helvet|gothic|hei|calibri|verdana|tahoma|segoe|aptos|yahei|jhenghei|roboto|lato|黑|圓", re.I
)
_SERIF = re.compile(
    r"serif|times|roman|ming|song|sung|georgia|garamond|cambria|palatino|book|century|kai|libertin|cmr|cmb|明|宋|楷",
    re.I,
)
_LATIN: dict[Face, tuple[str, ...]] = {
    "serif": ("Liberation Serif", "Tinos", "Times New Roman", "Nimbus Roman", "TeX Gyre Termes"),
    "sans": ("Liberation Sans", "Arimo", "Arial", "Nimbus Sans", "TeX Gyre Heros"),
    "mono": ("Liberation Mono", "Cousine", "Courier New", "Nimbus Mono PS", "DejaVu Sans Mono"),
}
_CHINESE: dict[Face, tuple[str, ...]] = {
    "serif": ("Noto Serif CJK {}", "Noto Serif {}", "Source Han Serif {}"),
    "sans": ("Noto Sans CJK {}", "Noto Sans {}", "Source Han Sans {}"),
    "mono": ("Noto Sans Mono CJK {}", "Noto Sans CJK {}", "Noto Sans {}"),
}


def face_of(font: Font) -> Face:
    """Which sort of face a font of the file is, by its name, else by its flags."""
    if _MONO.search(font.name):
        return "mono"
    if _SANS.search(font.name):
        return "sans"
    if _SERIF.search(font.name) or font.serif:
        return "serif"
    return "mono" if font.fixed else "sans"


@cache
def system_fonts() -> Any:
    """The fonts of this machine, as Typst takes them."""
    import typst

    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False)


def families(to: Variety) -> dict[Face, list[object]]:
    """Of each face, the families that Typst tries in turn. Raises UnsupportedFormat for want of a font."""
    there = set(system_fonts().families())
    region = "SC" if to is Variety.SIMPLIFIED else "HK"
    found: dict[Face, list[object]] = {}
    for face in FACES:
        latin = _first(_LATIN[face], there, "English", "fonts-liberation")
        names = tuple(name.format(each) for each in (region, "TC") for name in _CHINESE[face])
        if to.is_chinese:
            chinese = _first(names, there, "Chinese", "fonts-noto-cjk")
            found[face] = [{"name": latin, "covers": "latin-in-cjk"}, chinese, latin]
        else:
            found[face] = [latin, *[name for name in names if name in there][:1]]
    return found


def _first(names: tuple[str, ...], there: set[str], script: str, package: str) -> str:
    for name in names:
        if name in there:
            return name
    raise UnsupportedFormat(
        f"No font for {script} is installed here that a PDF could be written with, such as {names[0]}.",
        hint=f"Ask the administrator to install one; on Debian: apt install {package}.",
    )
