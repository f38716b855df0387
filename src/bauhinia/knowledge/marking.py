"""Which words of a found passage were asked for, so that the officer sees why it was found."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from ..language import to_traditional
from .tokens import stemmed

_WORD = re.compile(r"[A-Za-zÀ-ɏ]+(?:['’-][A-Za-zÀ-ɏ]+)*|[0-9]+(?:[,.][0-9]+)*")

Piece = tuple[str, bool]
"""A piece of the text as it is written, and whether it was asked for."""


def pieces(text: str, wanted: Collection[str]) -> list[Piece]:
    """The text cut where marks begin and end. Joined, the pieces are the text."""
    found: list[Piece] = []
    place = 0
    for start, end in _joined(sorted(_places(text, wanted))):
        if start > place:
            found.append((text[place:start], False))
        found.append((text[start:end], True))
        place = end
    if place < len(text):
        found.append((text[place:], False))
    return found


def _places(text: str, wanted: Collection[str]) -> Iterator[tuple[int, int]]:
    for match in _WORD.finditer(text):
        word = match.group().lower().replace("’", "'").replace(",", "")
        if stemmed(word) in wanted:
            yield match.span()
    folded = to_traditional(text)
    searched = folded if len(folded) == len(text) else text
    chinese = [word for word in wanted if len(word) > 1 and not word.isascii()]
    for word in chinese:
        for match in re.finditer(re.escape(word), searched):
            yield match.span()


def _joined(places: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Places that overlap or touch, as one."""
    held: tuple[int, int] | None = None
    for start, end in places:
        if held is not None and start <= held[1]:
            held = (held[0], max(held[1], end))
            continue
        if held is not None:
            yield held
        held = (start, end)
    if held is not None:
        yield held
