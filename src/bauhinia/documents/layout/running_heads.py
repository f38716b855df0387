"""A workbook's running heads: words between codes for pages, dates and fonts, within what Excel allows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .inline import Alone, Item, Pair, Text

MOST = 255
"""Characters of a running head's three sections with all their codes; Excel calls a longer one damaged."""
_CODES = re.compile(r'(&"[^"]*"|&K[0-9A-Fa-f+-]{5,6}|&\d+|&[^&LCR\d])')
_SECTION = re.compile(r"&&|(&[LCR])")


def sections(text: str) -> list[str]:
    """The running head cut at the codes that begin a section: words at even places, codes at odd ones."""
    found, at = [], 0
    for match in _SECTION.finditer(text):
        if match[1]:
            found += [text[at : match.start()], match[1]]
            at = match.end()
    return [*found, text[at:]]


def running_items(text: str) -> list[Item]:
    """The items of one section: its codes stand in the line."""
    return [
        Alone([part]) if at % 2 else Text(part.replace("&&", "&"))
        for at, part in enumerate(_CODES.split(text))
        if part
    ]


def running_text(items: Sequence[Item], room: int) -> tuple[str, bool]:
    """The section as Excel writes it, in at most `room` characters, and whether words were cut off for that.

    Words go from the end; codes never.
    """
    said = _said(items)
    over = len(said) - room
    texts = list(_texts(items))
    while over > 0 and texts:
        last = texts.pop()
        last.words = last.words[: max(0, len(last.words) - over)].rstrip()
        over = len(_said(items)) - room
    short = _said(items)
    return short, short != said


def _said(items: Sequence[Item]) -> str:
    said = ""
    for part in _parts(items):
        # A figure after a code for a size would be read as part of it.
        said += " " + part if re.search(r"&\d+$", said) and part[:1].isdigit() else part
    return said


def _parts(items: Sequence[Item]) -> Iterator[str]:
    for item in items:
        if isinstance(item, Text):
            yield item.words.replace("&", "&&")
        elif isinstance(item, Pair):
            yield from _parts(item.items)
        else:
            yield from item.things


def _texts(items: Sequence[Item]) -> Iterator[Text]:
    for item in items:
        if isinstance(item, Text):
            yield item
        elif isinstance(item, Pair):
            yield from _texts(item.items)
