"""Names and small look-ups in Office Open XML."""

from __future__ import annotations

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"


def attribute(element: etree._Element, name: str) -> str:
    """An attribute in the Word namespace, or empty."""
    return str(element.get(f"{W}{name}") or "")


def number_of(value: str | None, otherwise: int) -> int:
    """A whole number as Word writes them; anything else is `otherwise`."""
    try:
        return int(value or "")
    except ValueError:
        return otherwise


def flag(properties: etree._Element | None, name: str) -> bool:
    """Whether an on/off property is present and not switched off."""
    child = properties.find(f"{W}{name}") if properties is not None else None
    return child is not None and attribute(child, "val") not in ("0", "false", "off")


def value_of(properties: etree._Element | None, name: str) -> str | None:
    """The `val` of a property, or None when it is absent."""
    child = properties.find(f"{W}{name}") if properties is not None else None
    return None if child is None else attribute(child, "val")


def local(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def chosen(alternate: etree._Element) -> etree._Element | None:
    """Of the versions of one thing that newer and older programs draw, the newer."""
    for name in ("Choice", "Fallback"):
        if (found := alternate.find(f"{MC}{name}")) is not None:
            return found
    return None
