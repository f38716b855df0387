"""A paragraph's inline content as a tree that no format owns, made into tagged text and back.

A format's module turns its paragraph into items (`Text`, `Alone`, `Pair`), `take` makes the unit's tagged
text of them, and `Taken.woven` gives the items of a translation, for the module to write.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .tags import Piece, pieces, tagged


@dataclass(frozen=True, slots=True)
class Look:
    """What tells one formatting from another, and whatever the format made the key from."""

    key: Hashable
    properties: Any = field(default=None, compare=False)


@dataclass(slots=True)
class Text:
    """Words of one look."""

    words: str
    look: Hashable = None
    """What tells this formatting from another: equal looks are set alike."""


@dataclass(slots=True)
class Alone:
    """Things that stand in the line and are kept as they are: a picture, a field, a bookmark, a tab."""

    things: list[Any]


@dataclass(slots=True)
class Pair:
    """Something that holds a stretch of the line: a link, a tracked insertion, a content control."""

    handle: Any
    items: list[Item] = field(default_factory=list)


Item = Text | Alone | Pair


@dataclass(frozen=True, slots=True)
class _Look:
    """What a formatting tag stands for."""

    look: Hashable


@dataclass(frozen=True, slots=True)
class _Level:
    """What was hoisted out of the unit: the things before and after it, and the pair round all of it."""

    head: list[Item]
    tail: list[Item]
    pair: Pair | None


@dataclass(frozen=True, slots=True)
class Taken:
    """A paragraph taken apart."""

    source: str
    """Tagged text; empty where there are no words."""
    _levels: list[_Level]
    _tags: dict[int, Alone | Pair | _Look]
    _bases: dict[int, Hashable]
    """The look of words without a tag: of the paragraph (0) and in each pair, by its number."""

    def woven(self, target: str) -> list[Item]:
        """The items of the paragraph with a translation's words. Its tags must be valid for `source`."""
        items = self._items(pieces(target))
        for level in reversed(self._levels):
            inner = items if level.pair is None else [Pair(level.pair.handle, items)]
            items = [*level.head, *inner, *level.tail]
        return items

    def _items(self, parts: Sequence[Piece]) -> list[Item]:
        """The tree that the pieces describe."""
        looks: list[Hashable] = [self._bases[0]]
        levels: list[list[Item]] = [[]]
        for piece in parts:
            if piece.kind == "text":
                levels[-1].append(Text(piece.text, looks[-1]))
                continue
            tag = self._tags[piece.number]
            if isinstance(tag, Alone):
                levels[-1].append(tag)
            elif piece.kind == "open":
                looks.append(tag.look if isinstance(tag, _Look) else self._bases[piece.number])
                if isinstance(tag, Pair):
                    opened = Pair(tag.handle)
                    levels[-1].append(opened)
                    levels.append(opened.items)
            else:
                looks.pop()
                if isinstance(tag, Pair):
                    levels.pop()
        return levels[0]


def take(items: Sequence[Item], *, hoist: bool = True) -> Taken:
    """The items as a unit. Neighbours of equal look are one; what stands first or last is hoisted out, unless
    its place is for the translator to choose; words of the commonest look have no tag."""
    levels: list[_Level] = []
    inner = _joined(items)
    while hoist:
        head, inner, tail = _hoisted(inner)
        only = inner[0] if len(inner) == 1 else None
        levels.append(_Level(head, tail, only if isinstance(only, Pair) else None))
        if not isinstance(only, Pair):
            break
        inner = only.items
    writer = _Writer()
    parts = writer.level(inner, 0)
    return Taken(tagged(parts), levels, writer.tags, writer.bases)


def words_of(items: Sequence[Item]) -> str:
    """The words of all items."""
    return "".join(
        item.words if isinstance(item, Text) else words_of(item.items) if isinstance(item, Pair) else ""
        for item in items
    )


def _joined(items: Sequence[Item]) -> list[Item]:
    """The items with like neighbours joined and empty ones gone."""
    result: list[Item] = []
    for item in items:
        last = result[-1] if result else None
        if isinstance(item, Text):
            if isinstance(last, Text) and last.look == item.look:
                last.words += item.words
            elif item.words:
                result.append(Text(item.words, item.look))
        elif isinstance(item, Alone):
            if isinstance(last, Alone):
                last.things += item.things
            else:
                result.append(Alone(list(item.things)))
        else:
            result.append(Pair(item.handle, _joined(item.items)))
    return result


def _hoisted(items: list[Item]) -> tuple[list[Item], list[Item], list[Item]]:
    """Leading things and white space, the rest, and trailing ones."""
    first, last = 0, len(items)
    while first < last and not words_of(items[first : first + 1]).strip():
        first += 1
    while last > first and not words_of(items[last - 1 : last]).strip():
        last -= 1
    head, inner, tail = items[:first], items[first:last], items[last:]
    if inner and isinstance(opening := inner[0], Text):
        words = opening.words.lstrip()
        if words != opening.words:
            head = [*head, Text(opening.words[: len(opening.words) - len(words)], opening.look)]
            inner[0] = opening = Text(words, opening.look)
    if inner and isinstance(closing := inner[-1], Text):
        words = closing.words.rstrip()
        if words != closing.words:
            tail = [Text(closing.words[len(words) :], closing.look), *tail]
            inner[-1] = Text(words, closing.look)
    return head, inner, tail


class _Writer:
    """Writes levels of items as pieces, numbering the tags as they open."""

    def __init__(self) -> None:
        self.tags: dict[int, Alone | Pair | _Look] = {}
        self.bases: dict[int, Hashable] = {}

    def level(self, items: Sequence[Item], number: int) -> list[Piece]:
        """The pieces of what the pair `number` (0: the paragraph) holds."""
        base = self.bases[number] = _commonest(items)
        parts: list[Piece] = []
        at = 0
        while at < len(items):
            item = items[at]
            end = _same_look(items, at)
            if isinstance(item, Text) and item.look != base:
                tag = self._tag(_Look(item.look))
                inner = [piece for each in items[at:end] for piece in self._flat(each)]
                parts += [Piece("open", "", tag), *inner, Piece("close", "", tag)]
            else:
                end = at + 1
                parts += self._flat(item)
            at = end
        return parts

    def _flat(self, item: Item) -> list[Piece]:
        if isinstance(item, Text):
            return [Piece("text", item.words)]
        tag = self._tag(item)
        if isinstance(item, Alone):
            return [Piece("alone", "", tag)]
        return [Piece("open", "", tag), *self.level(item.items, tag), Piece("close", "", tag)]

    def _tag(self, what: Alone | Pair | _Look) -> int:
        number = len(self.tags) + 1
        self.tags[number] = what
        return number


def _commonest(items: Sequence[Item]) -> Hashable:
    """The look of most of the words; of equals the first. Words in pairs have looks of their own."""
    counts: Counter[Hashable] = Counter()
    for item in items:
        if isinstance(item, Text):
            counts[item.look] += len(item.words)
    return max(counts, key=lambda look: counts[look], default=None)


def _same_look(items: Sequence[Item], start: int) -> int:
    """The end of the run of one look that begins at `start`: things between its words are in it."""
    first = items[start]
    end = start + 1
    if not isinstance(first, Text):
        return end
    for at in range(start + 1, len(items)):
        item = items[at]
        if isinstance(item, Text) and item.look == first.look:
            end = at + 1
        elif not isinstance(item, Alone):
            break
    return end
