"""What a Word run looks like, as a key: two runs of one key are set alike and are one.

Left out is what programs strew over runs and nobody sees: revision ids, proofing, languages, hints, complex
script twins, kerning, and letter spacing within a point (files made from PDF have a different one each).
"""

from __future__ import annotations

from lxml import etree

from ..ooxml import W, attribute, flag, local, number_of, value_of
from ..word_styles import Style, Styles, toggled
from .inline import Look

_NOISE = frozenset(
    {
        "lang",
        "noProof",
        "kern",
        "rtl",
        "cs",
        "bCs",
        "iCs",
        "szCs",
        "webHidden",
        "rPrChange",
        "ins",
        "snapToGrid",
    }
)
_SHOWN_ON_SPACES = frozenset({"u", "strike", "dstrike", "highlight", "shd", "bdr", "vanish"})
_LEAST_SPACING = 20
"""Twentieths of a point: letters set closer or wider than this are meant to be."""
_LEAST_STRETCH = 5
"""Per cent."""


class Looks:
    """The looks of one document's runs."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles

    def of(self, run: etree._Element) -> Look:
        """A run's look."""
        properties = run.find(f"{W}rPr")
        if properties is None:
            return Look((), None)
        return Look(tuple(sorted(filter(None, map(_key, properties)))), properties)

    def paragraph_style(self, paragraph: etree._Element) -> Style:
        """The style of a paragraph."""
        return self._styles.get(value_of(paragraph.find(f"{W}pPr"), "pStyle"))

    def hidden(self, properties: etree._Element | None, paragraph: Style) -> bool:
        """Whether a run of these properties is not shown."""
        own = self._styles.character(value_of(properties, "rStyle"))
        return toggled(properties, "vanish", own.hidden or paragraph.hidden)

    def italic(self, properties: etree._Element | None, paragraph: Style) -> bool:
        """Whether a run of these properties is in italics."""
        own = self._styles.character(value_of(properties, "rStyle"))
        return toggled(properties, "i", own.italic or paragraph.italic)


def shown_on_spaces(look: Look) -> bool:
    """Whether white space of this look is not just white: lines to write on are underlined spaces."""
    properties = look.properties
    return properties is not None and any(
        local(each) in _SHOWN_ON_SPACES and attribute(each, "val") not in ("none", "0", "false")
        for each in properties
        if isinstance(each.tag, str)
    )


def _key(element: etree._Element) -> tuple[str, ...] | None:
    """One property as part of a key; None for noise."""
    if not isinstance(element.tag, str) or (name := local(element)) in _NOISE:
        return None
    if name == "spacing" and abs(number_of(attribute(element, "val"), 0)) <= _LEAST_SPACING:
        return None
    if name == "w" and abs(number_of(attribute(element, "val"), 100) - 100) <= _LEAST_STRETCH:
        return None
    if name in ("b", "i", "caps", "smallCaps", "strike", "vanish"):
        return (name, str(flag(element.getparent(), name)))
    values = [f"{key!r}={value!r}" for key, value in element.attrib.items() if key != f"{W}hint"]
    if name == "rFonts" and not values:
        return None
    return (str(element.tag), *sorted(values))
