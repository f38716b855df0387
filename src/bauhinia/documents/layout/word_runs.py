"""Items written as a Word paragraph's content."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass

from lxml import etree

from ...language import Variety
from ..ooxml import W, attribute, value_of
from ..word_styles import Style
from .inline import Alone, Item, Look, Text
from .typography import has_han, script_runs
from .word_fonts import Theme, fit_run, set_upright
from .word_items import Holder, RunPart, Thing
from .word_looks import Looks

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_WIDE_BY_HINT = re.compile("[“”‘’…—·]")
"""Marks of both scripts: Word sets them in the Latin font unless it is told otherwise."""


@dataclass(frozen=True, slots=True)
class RunWriter:
    """Writes paragraphs of one document in one language."""

    looks: Looks
    theme: Theme
    to: Variety

    def fill(self, paragraph: etree._Element, items: Sequence[Item]) -> None:
        """Put the items in the place of the paragraph's content; its properties stay."""
        style = self.looks.paragraph_style(paragraph)
        # What is kept is moved, so it must be written before the old content goes.
        content = list(self._elements(items, style))
        for child in list(paragraph):
            if child.tag != f"{W}pPr":
                paragraph.remove(child)
        paragraph.extend(content)

    def fill_hidden(self, parts: Sequence[RunPart], words: str) -> None:
        """Put words in the place of hidden ones."""
        for part in parts:
            part.element.text = ""
        parts[0].element.text = _ILLEGAL.sub("", words)
        parts[0].element.set(_SPACE, "preserve")

    def _elements(self, items: Sequence[Item], style: Style) -> Iterator[etree._Element]:
        for item in items:
            if isinstance(item, Text):
                yield from self._text(item, style)
            elif isinstance(item, Alone):
                yield from map(_kept, item.things)
            else:
                yield from self._held(item.handle, item.items, style)

    def _held(self, holder: Holder, items: Sequence[Item], style: Style) -> Iterator[etree._Element]:
        inner = list(self._elements(items, style))
        if holder.element is None or holder.content is None:
            yield from map(_kept, holder.before)
            yield from inner
            yield from map(_kept, holder.after)
            return
        for child in list(holder.content):
            if not isinstance(child.tag, str) or not child.tag.endswith("Pr"):
                holder.content.remove(child)
        holder.content.extend(inner)
        holder.element.tail = None
        yield holder.element

    def _text(self, text: Text, style: Style) -> Iterator[etree._Element]:
        """The words as runs: slanted words are cut where the script changes, since only Latin is slanted."""
        words = _ILLEGAL.sub("", text.words)
        properties = text.look.properties if isinstance(text.look, Look) else None
        if not words:
            return
        if not (has_han(words) and self.looks.italic(properties, style)):
            yield self._run(words, properties, None)
            return
        for part in script_runs(words):
            yield self._run(part.text, properties, style if part.han else None)

    def _run(self, words: str, properties: etree._Element | None, upright: Style | None) -> etree._Element:
        """A run; `upright` is the paragraph's style where the words must not be slanted."""
        run = etree.Element(f"{W}r")
        own = deepcopy(properties) if properties is not None else etree.Element(f"{W}rPr")
        own.tail = None
        fit_run(own, self.theme, self.to)
        if upright is not None:
            set_upright(own, self.to, styled=self._slanted_by_style(properties, upright))
        if self.to.is_chinese and _WIDE_BY_HINT.search(words):
            _hint(own)
        run.append(own)
        run.append(_words(words))
        return run

    def _slanted_by_style(self, properties: etree._Element | None, style: Style) -> bool:
        bare = etree.Element(f"{W}rPr")
        if (name := value_of(properties, "rStyle")) is not None:
            etree.SubElement(bare, f"{W}rStyle").set(f"{W}val", name)
        return self.looks.italic(bare, style)


def _words(words: str) -> etree._Element:
    element = etree.Element(f"{W}t")
    element.text = words
    element.set(_SPACE, "preserve")
    return element


def _hint(properties: etree._Element) -> None:
    fonts = properties.find(f"{W}rFonts")
    if fonts is None:
        fonts = etree.Element(f"{W}rFonts")
        first = properties[0] if len(properties) else None
        properties.insert(1 if first is not None and first.tag == f"{W}rStyle" else 0, fonts)
    if attribute(fonts, "hint") != "eastAsia":
        fonts.set(f"{W}hint", "eastAsia")


def _kept(thing: Thing) -> etree._Element:
    """A thing as it was, in a run of its own where it stood in one."""
    if not isinstance(thing, RunPart):
        thing.tail = None
        return thing
    run = etree.Element(f"{W}r")
    if thing.properties is not None:
        run.append(deepcopy(thing.properties))
    thing.element.tail = None
    run.append(thing.element)
    return run
