"""Paragraphs of OpenDocument files as items, and written again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml import etree

from ..ooxml import local, number_of
from .inline import Alone, Item, Look, Pair, Text

TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_SPACES = re.compile(r"[ \t\r\n]+")
_REPEATED = re.compile(r"( {2,})|(\t)|(\n)")


def odf_items(paragraph: etree._Element) -> list[Item]:
    """The items of a `text:p` or `text:h`: spans are looks, links are pairs, the rest stands in the line."""
    return list(_items(paragraph, ()))


def _items(parent: etree._Element, styles: tuple[str, ...]) -> Iterator[Item]:
    yield from _words(parent.text, styles)
    for child in parent:
        if child.tag == f"{TEXT}span":
            yield from _items(child, (*styles, child.get(f"{TEXT}style-name", "")))
        elif child.tag == f"{TEXT}a":
            yield Pair((child, styles), list(_items(child, ())))
        elif child.tag == f"{TEXT}s":
            yield Text(" " * min(number_of(child.get(f"{TEXT}c"), 1), 1000), Look(styles, styles))
        else:
            yield Alone([(child, styles)])
        yield from _words(child.tail, styles)


def _words(text: str | None, styles: tuple[str, ...]) -> Iterator[Text]:
    if text:
        yield Text(_SPACES.sub(" ", text), Look(styles, styles))


def fill_odf(paragraph: etree._Element, items: Sequence[Item]) -> None:
    """Put the items in the place of the paragraph's content."""
    for child in list(paragraph):
        paragraph.remove(child)
    paragraph.text = None
    _put(paragraph, items)


def _put(parent: etree._Element, items: Sequence[Item]) -> None:
    for item in items:
        if isinstance(item, Text):
            styles = item.look.properties if isinstance(item.look, Look) else ()
            _put_words(_within(parent, styles or ()), item.words)
        elif isinstance(item, Alone):
            for thing, styles in item.things:
                thing.tail = None
                _within(parent, styles).append(thing)
        else:
            link, styles = item.handle
            for child in list(link):
                link.remove(child)
            link.text = link.tail = None
            _within(parent, styles).append(link)
            _put(link, item.items)


def _within(parent: etree._Element, styles: Sequence[str]) -> etree._Element:
    for style in styles:
        parent = etree.SubElement(parent, f"{TEXT}span")
        if style:
            parent.set(f"{TEXT}style-name", style)
    return parent


def _put_words(parent: etree._Element, words: str) -> None:
    """White space that a reader would fold is written as elements."""
    place = 0
    for match in _REPEATED.finditer(words):
        _append(parent, words[place : match.start()])
        if match[1]:
            _append(parent, " ")
            etree.SubElement(parent, f"{TEXT}s", {f"{TEXT}c": str(len(match[1]) - 1)})
        else:
            etree.SubElement(parent, f"{TEXT}{'tab' if match[2] else 'line-break'}")
        place = match.end()
    _append(parent, words[place:])


def _append(parent: etree._Element, words: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + words
    else:
        parent.text = (parent.text or "") + words


def is_under(element: etree._Element, *names: str) -> str:
    """The nearest of the elements above that has one of the names; empty for none."""
    return next((local(each) for each in element.iterancestors() if local(each) in names), "")
