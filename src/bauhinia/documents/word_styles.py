"""What a paragraph's style says of it: a heading, a title, a list, hidden, bold."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from .ooxml import W, attribute, flag, number_of, value_of

_HEADING = re.compile(r"heading ([1-9])$")
_BODY_LEVEL = 9


@dataclass(frozen=True, slots=True)
class Style:
    """A style with all that it inherits."""

    name: str = ""
    outline: int = _BODY_LEVEL
    """From 0 for the highest heading; 9 for body text."""
    list_number: str | None = None
    list_depth: int = 0
    bold: bool = False
    italic: bool = False
    hidden: bool = False


@dataclass(slots=True)
class Styles:
    """The styles of one document."""

    _elements: dict[str, etree._Element] = field(default_factory=dict)
    _default: str = ""
    _resolved: dict[str, Style] = field(default_factory=dict)

    @classmethod
    def load(cls, root: etree._Element | None) -> Styles:
        """From the styles part; None gives a document without styles."""
        styles = cls()
        for element in root.iterchildren(f"{W}style") if root is not None else ():
            name = attribute(element, "styleId")
            styles._elements[name] = element
            if attribute(element, "type") == "paragraph" and attribute(element, "default") in ("1", "true"):
                styles._default = name
        return styles

    def get(self, name: str | None) -> Style:
        """The style of that id; None or an unknown id gives the default paragraph style."""
        return self._resolve(name if name in self._elements else self._default, 0)

    def character(self, name: str | None) -> Style:
        """A run's style; None gives one that changes nothing."""
        return self._resolve(name, 0) if name in self._elements else Style()

    def _resolve(self, name: str | None, depth: int) -> Style:
        if name is None or name not in self._elements:
            return Style()
        if name not in self._resolved:
            element = self._elements[name]
            base = value_of(element, "basedOn")
            # A chain of bases that goes round, or is absurdly long, is cut.
            inherited = self._resolve(base, depth + 1) if base and depth < 20 else Style()
            self._resolved[name] = _own(element, inherited)
        return self._resolved[name]


def _own(element: etree._Element, base: Style) -> Style:
    properties, run = element.find(f"{W}pPr"), element.find(f"{W}rPr")
    name = (value_of(element, "name") or "").lower()
    outline = number_of(value_of(properties, "outlineLvl"), -1)
    if outline < 0:
        heading = _HEADING.match(name)
        outline = int(heading[1]) - 1 if heading else base.outline
    numbered = properties.find(f"{W}numPr") if properties is not None else None
    return Style(
        name=name,
        outline=outline,
        list_number=(value_of(numbered, "numId") or base.list_number),
        list_depth=number_of(value_of(numbered, "ilvl"), base.list_depth),
        bold=toggled(run, "b", base.bold),
        italic=toggled(run, "i", base.italic),
        hidden=toggled(run, "vanish", base.hidden),
    )


def toggled(run: etree._Element | None, name: str, inherited: bool) -> bool:
    """An on/off run property: its own value when present, else what is inherited."""
    present = run is not None and run.find(f"{W}{name}") is not None
    return flag(run, name) if present else inherited
