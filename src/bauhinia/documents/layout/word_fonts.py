"""Fonts and languages of a Word document for the other script: in its styles, and in the runs that name their
own."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from ...language import Variety
from ..ooxml import A, W, attribute, local
from .fonts import font_style, fonts_for
from .typography import language_tag

Theme = Mapping[str, str]
"""The theme's fonts by the names that Word gives them: `minorHAnsi`, `majorEastAsia`, ..."""
_LATIN = ("ascii", "hAnsi")
_AFTER_LANGUAGE = frozenset({"eastAsianLayout", "specVanish", "oMath", "rPrChange"})


def theme_fonts(root: etree._Element | None) -> dict[str, str]:
    """The fonts of a theme part; none without one."""
    found: dict[str, str] = {}
    for size in ("major", "minor"):
        fonts = root.find(f".//{A}{size}Font") if root is not None else None
        if fonts is None:
            continue
        for script, names in (("latin", ("Ascii", "HAnsi")), ("ea", ("EastAsia",)), ("cs", ("Bidi",))):
            font = fonts.find(f"{A}{script}")
            found.update({f"{size}{name}": font.get("typeface", "") for name in names if font is not None})
    return found


def fit_fonts(fonts: etree._Element, theme: Theme, to: Variety) -> bool:
    """Name in a `w:rFonts` what `to` is set in; whether anything changed."""
    latin = attribute(fonts, "ascii") or attribute(fonts, "hAnsi") or _themed(fonts, theme, "ascii", "hAnsi")
    east_asian = attribute(fonts, "eastAsia") or _themed(fonts, theme, "eastAsia")
    wanted = fonts_for(latin, east_asian, to)
    changed = False
    if to.is_chinese and wanted.east_asian and attribute(fonts, "eastAsia") != wanted.east_asian:
        _name(fonts, "eastAsia", wanted.east_asian)
        changed = True
    elif not to.is_chinese and wanted.latin and wanted.latin != latin and (latin or font_is_alone(fonts)):
        for name in _LATIN:
            _name(fonts, name, wanted.latin)
        changed = True
    if not to.is_chinese and fonts.attrib.pop(f"{W}hint", ""):
        changed = True
    return changed


def font_is_alone(fonts: etree._Element) -> bool:
    """Whether the East Asian font is the only one named: Latin text then follows the style."""
    return not any(attribute(fonts, f"{name}Theme") or attribute(fonts, name) for name in ("eastAsia", "cs"))


def _themed(fonts: etree._Element, theme: Theme, *names: str) -> str:
    return next((theme[key] for name in names if theme.get(key := attribute(fonts, f"{name}Theme"))), "")


def _name(fonts: etree._Element, script: str, font: str) -> None:
    """The theme's font would win over a named one, so it goes."""
    fonts.attrib.pop(f"{W}{script}Theme", "")
    fonts.set(f"{W}{script}", font)


def fit_styles(root: etree._Element, theme: Theme, to: Variety) -> None:
    """The styles part for text in `to`: fonts of every style that names some, the document's language."""
    for fonts in root.iter(f"{W}rFonts"):
        fit_fonts(fonts, theme, to)
    for language in root.iter(f"{W}lang"):
        set_language(language, to)


def set_language(language: etree._Element, to: Variety) -> None:
    """A `w:lang` says what Chinese text is in, or what Latin text is in."""
    language.set(f"{W}eastAsia" if to.is_chinese else f"{W}val", language_tag(to))


def fit_run(properties: etree._Element, theme: Theme, to: Variety) -> None:
    """Fonts and language of a run that is written in `to`."""
    if (fonts := properties.find(f"{W}rFonts")) is not None:
        fit_fonts(fonts, theme, to)
    language = properties.find(f"{W}lang")
    if language is None:
        language = etree.Element(f"{W}lang")
        _put(properties, language)
    set_language(language, to)


def set_upright(properties: etree._Element, to: Variety, *, styled: bool) -> None:
    """Chinese characters are not slanted: emphasis is set in the script style of the brush (楷體).

    `styled` says that the slant comes from a style and must be switched off.
    """
    for name in ("i", "iCs"):
        for element in properties.findall(f"{W}{name}"):
            properties.remove(element)
    if styled:
        off = etree.Element(f"{W}i")
        off.set(f"{W}val", "0")
        _put_early(properties, off)
    fonts = properties.find(f"{W}rFonts")
    if fonts is None:
        fonts = etree.Element(f"{W}rFonts")
        properties.insert(1 if _first_is(properties, "rStyle") else 0, fonts)
    if font_style(attribute(fonts, "ascii")) != "symbol":
        _name(fonts, "eastAsia", emphasis_font(to))


def emphasis_font(to: Variety) -> str:
    """The font of emphasis in Chinese."""
    return fonts_for("", "DFKai-SB", to).east_asian


def _put(properties: etree._Element, element: etree._Element) -> None:
    """The schema has an order: a language comes before a few things that are rarely there."""
    for at, child in enumerate(properties):
        if isinstance(child.tag, str) and local(child) in _AFTER_LANGUAGE:
            properties.insert(at, element)
            return
    properties.append(element)


def _put_early(properties: etree._Element, element: etree._Element) -> None:
    """After the style, the fonts and bold, where the schema wants italics."""
    at = 0
    for child in properties:
        if not isinstance(child.tag, str) or local(child) not in ("rStyle", "rFonts", "b", "bCs"):
            break
        at += 1
    properties.insert(at, element)


def _first_is(properties: etree._Element, name: str) -> bool:
    return len(properties) > 0 and properties[0].tag == f"{W}{name}"
