"""A workbook's rich text (a shared string, a comment) as items, and written again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy

from lxml import etree

from ...language import Variety
from ..ooxml import local
from .inline import Item, Look, Text
from .workbook_fonts import fit_rich_font

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def rich_items(holder: etree._Element) -> list[Item]:
    """The words of a `si`, `is` or `text`, without their reading aids (`rPh`)."""
    items: list[Item] = []
    for child in holder:
        if not isinstance(child.tag, str):
            continue
        if local(child) == "t":
            items.append(Text(child.text or "", Look((), None)))
        elif local(child) == "r":
            properties = child.find("{*}rPr")
            items.append(Text(child.findtext("{*}t") or "", _look(properties)))
    return items


def fill_rich(holder: etree._Element, items: Sequence[Item], to: Variety) -> None:
    """Put the items in the holder's place for words, in fonts for `to`. Reading aids go: they are of
    the old words."""
    namespace = str(holder.tag)[: -len(local(holder))]
    content = list(_elements(items, namespace, to))
    for child in list(holder):
        if isinstance(child.tag, str) and local(child) in ("t", "r", "rPh", "phoneticPr"):
            holder.remove(child)
    for at, element in enumerate(content):
        holder.insert(at, element)


def _elements(items: Sequence[Item], namespace: str, to: Variety) -> Iterator[etree._Element]:
    texts = [item for item in items if isinstance(item, Text) and item.words]
    bare = len(texts) == 1 and _properties(texts[0]) is None
    for text in texts:
        words = etree.Element(f"{namespace}t")
        words.text = text.words
        if text.words != text.words.strip() or "\n" in text.words:
            words.set(_SPACE, "preserve")
        if bare:
            yield words
            continue
        run = etree.Element(f"{namespace}r")
        if (properties := _properties(text)) is not None:
            own = deepcopy(properties)
            own.tail = None
            fit_rich_font(own, to)
            run.append(own)
        run.append(words)
        yield run


def _properties(text: Text) -> etree._Element | None:
    properties: etree._Element | None = text.look.properties if isinstance(text.look, Look) else None
    return properties


def _look(properties: etree._Element | None) -> Look:
    if properties is None:
        return Look((), None)
    return Look(tuple(sorted(etree.tostring(each, method="c14n") for each in properties)), properties)
