"""Paragraphs of drawings (`a:p`: charts, diagrams, slides) as items, and written in another language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy

from lxml import etree

from ...language import Variety
from ..ooxml import A, number_of
from .fonts import font_style
from .inline import Alone, Item, Look, Text
from .typography import fonts_for, has_han, language_tag, script_runs
from .word_fonts import emphasis_font

_NOISE = frozenset({"lang", "altLang", "dirty", "err", "smtClean", "noProof", "kern", "bmk", "smtId"})
_LEAST_SPACING = 100
"""Hundredths of a point."""
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_AFTER_FONTS = ("latin", "ea", "cs", "sym", "hlinkClick", "hlinkMouseOver", "rtl", "extLst")
"""What may follow in a run's properties from its Latin font on, in the schema's order."""


def drawing_items(paragraph: etree._Element) -> list[Item]:
    """The items of an `a:p`: words; breaks, fields and formulas that stand in the line."""
    items: list[Item] = []
    for child in paragraph:
        if child.tag == f"{A}r":
            look = _look(child.find(f"{A}rPr"))
            last = items[-1] if items else None
            words = child.findtext(f"{A}t") or ""
            if not words.strip() and isinstance(last, Text) and not _lined(look):
                last.words += words
            else:
                items.append(Text(words, look))
        elif child.tag not in (f"{A}pPr", f"{A}endParaRPr"):
            items.append(Alone([child]))
    return items


def fill_drawing(paragraph: etree._Element, items: Sequence[Item], to: Variety) -> None:
    """Put the items in the place of the paragraph's content; what it says of itself stays."""
    content = list(_elements(items, to))
    for child in list(paragraph):
        if child.tag not in (f"{A}pPr", f"{A}endParaRPr"):
            paragraph.remove(child)
    first = 1 if len(paragraph) and paragraph[0].tag == f"{A}pPr" else 0
    for at, element in enumerate(content):
        paragraph.insert(first + at, element)


def _elements(items: Sequence[Item], to: Variety) -> Iterator[etree._Element]:
    for item in items:
        if isinstance(item, Alone):
            for thing in item.things:
                thing.tail = None
                yield thing
        elif isinstance(item, Text):
            yield from _runs(item, to)


def _runs(text: Text, to: Variety) -> Iterator[etree._Element]:
    properties = text.look.properties if isinstance(text.look, Look) else None
    words = _ILLEGAL.sub("", text.words)
    slanted = properties is not None and properties.get("i") in ("1", "true") and has_han(words)
    for part in script_runs(words) if slanted else [(words, False)] if words else []:
        run = etree.Element(f"{A}r")
        run.append(_properties(properties, to, upright=part[1]))
        etree.SubElement(run, f"{A}t").text = part[0]
        yield run


def _properties(properties: etree._Element | None, to: Variety, *, upright: bool) -> etree._Element:
    own = deepcopy(properties) if properties is not None else etree.Element(f"{A}rPr")
    own.tail = None
    own.set("lang", language_tag(to))
    if "altLang" in own.attrib:
        own.set("altLang", "en-GB" if to.is_chinese else "zh-HK")
    own.attrib.pop("err", "")
    fit_drawing_fonts(own, to)
    if upright:
        own.set("i", "0")
        _font(own, "ea", emphasis_font(to))
    return own


def fit_drawing_fonts(properties: etree._Element, to: Variety) -> None:
    """Name in a run's properties what `to` is set in, where they name a font of their own."""
    latin, east_asian = _face(properties, "latin"), _face(properties, "ea")
    wanted = fonts_for(latin, east_asian, to)
    if to.is_chinese and wanted.east_asian and wanted.east_asian != east_asian:
        _font(properties, "ea", wanted.east_asian)
    elif not to.is_chinese and latin and wanted.latin != latin and font_style(latin) != "symbol":
        _font(properties, "latin", wanted.latin)


def _face(properties: etree._Element, script: str) -> str:
    """The font's name; one of the theme (`+mn-lt`) counts as none, since the theme knows both scripts."""
    font = properties.find(f"{A}{script}")
    name = font.get("typeface", "") if font is not None else ""
    return "" if name.startswith("+") else name


def _font(properties: etree._Element, script: str, name: str) -> None:
    font = properties.find(f"{A}{script}")
    if font is None:
        font = etree.Element(f"{A}{script}")
        later = {f"{A}{each}" for each in _AFTER_FONTS[_AFTER_FONTS.index(script) + 1 :]}
        at = next((at for at, child in enumerate(properties) if child.tag in later), len(properties))
        properties.insert(at, font)
    for key in list(font.attrib):
        del font.attrib[key]
    font.set("typeface", name)


def _look(properties: etree._Element | None) -> Look:
    if properties is None:
        return Look((), None)
    attributes = sorted(
        f"{key!r}={value!r}"
        for key, value in properties.attrib.items()
        if key not in _NOISE and not (key == "spc" and abs(number_of(str(value), 0)) <= _LEAST_SPACING)
    )
    children = [etree.tostring(child, method="c14n") for child in properties if isinstance(child.tag, str)]
    return Look((*attributes, *children), properties)


def _lined(look: Look) -> bool:
    """Whether white space of this look shows."""
    properties = look.properties
    return properties is not None and (
        properties.get("u", "none") != "none" or properties.get("strike", "noStrike") != "noStrike"
    )
