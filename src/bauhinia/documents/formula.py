"""A formula of an Office file as one line of text: `x=(-b±√(b^2-4ac))/(2a)`."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from .ooxml import M, local

EQUATION = "[equation]"
"""Stands for a formula that holds no characters, such as one drawn by an old equation editor."""
_SIMPLE = 1
"""Longest operand that needs no brackets."""


def formula(element: etree._Element) -> str:
    """The characters of a formula, or `EQUATION`. What is raised, lowered or below a line is written with
    `^`, `_` and `/`, so that no figure reads as another."""
    return _inside(element).strip() or EQUATION


def _inside(element: etree._Element | None) -> str:
    if element is None:
        return ""
    return "".join(map(_written, element))


def _written(element: etree._Element) -> str:
    if element.tag == f"{M}t":
        return element.text or ""
    write = _WRITERS.get(local(element)) if str(element.tag).startswith(M) else None
    return write(element) if write else _inside(element)


def _operand(element: etree._Element, name: str) -> str:
    """A part of a formula, in brackets where it is more than a character or a number."""
    text = _inside(element.find(f"{M}{name}"))
    alone = len(text) <= _SIMPLE or text.replace(".", "", 1).isdigit()
    return text if alone or (text[0] == "(" and text.find(")") == len(text) - 1) else f"({text})"


def _fraction(element: etree._Element) -> str:
    return f"{_operand(element, 'num')}/{_operand(element, 'den')}"


def _raised(element: etree._Element) -> str:
    return f"{_operand(element, 'e')}^{_operand(element, 'sup')}"


def _lowered(element: etree._Element) -> str:
    return f"{_operand(element, 'e')}_{_operand(element, 'sub')}"


def _both(element: etree._Element) -> str:
    return f"{_lowered(element)}^{_operand(element, 'sup')}"


def _root(element: etree._Element) -> str:
    return f"{_operand(element, 'deg')}√{_operand(element, 'e')}"


def _sum(element: etree._Element) -> str:
    sign = _property(element, "naryPr", "chr", "∫")
    below, above = _operand(element, "sub"), _operand(element, "sup")
    return (
        f"{sign}{f'_{below}' if below else ''}{f'^{above}' if above else ''} {_inside(element.find(f'{M}e'))}"
    )


def _bracketed(element: etree._Element) -> str:
    first, last = _property(element, "dPr", "begChr", "("), _property(element, "dPr", "endChr", ")")
    between = _property(element, "dPr", "sepChr", "|")
    return f"{first}{between.join(_inside(each) for each in element.iterchildren(f'{M}e'))}{last}"


def _matrix(element: etree._Element) -> str:
    rows = element.iterchildren(f"{M}mr")
    return "; ".join(", ".join(_inside(each) for each in row.iterchildren(f"{M}e")) for row in rows)


def _function(element: etree._Element) -> str:
    return f"{_inside(element.find(f'{M}fName'))} {_inside(element.find(f'{M}e'))}"


def _property(element: etree._Element, properties: str, name: str, otherwise: str) -> str:
    found = element.find(f"{M}{properties}/{M}{name}")
    return otherwise if found is None else str(found.get(f"{M}val", ""))


_WRITERS: dict[str, Callable[[etree._Element], str]] = {
    "f": _fraction,
    "sSup": _raised,
    "sSub": _lowered,
    "sSubSup": _both,
    "rad": _root,
    "nary": _sum,
    "d": _bracketed,
    "m": _matrix,
    "func": _function,
}
