"""Tagged text: a paragraph's words with its inline formatting as numbered tags.

`<1>words</1>` is formatting number 1 over words; `<2/>` is a thing that stands in the line (a picture, a
field, a note's mark). The words' own `<`, `>` and `&` are written `&lt;`, `&gt;` and `&amp;`. Numbers count
from 1 in the order in which the tags open. A translation keeps every tag once, may change their order, and
nests them properly.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

PieceKind = Literal["text", "open", "close", "alone"]
_TAG = re.compile(r"<(/?)([0-9]{1,4})(/?)>")
_ENTITY = re.compile(r"&(lt|gt|amp);")
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&"}
_ESCAPES = str.maketrans({"<": "&lt;", ">": "&gt;", "&": "&amp;"})


class Piece(NamedTuple):
    """A run of words, or a tag."""

    kind: PieceKind
    text: str = ""
    """The words, not escaped; empty for a tag."""
    number: int = 0
    """The tag's number; 0 for words."""


class Edit(NamedTuple):
    """Words in the place of the characters `start` up to `end` of a line (see `line`)."""

    start: int
    end: int
    words: str


class TagFault(NamedTuple):
    """What is wrong with the tags of a translation."""

    kind: Literal["missing", "added", "twice", "nesting"]
    number: int


def pieces(text: str) -> list[Piece]:
    """Tagged text taken apart. What looks like no tag is words."""
    found: list[Piece] = []
    place = 0
    for match in _TAG.finditer(text):
        closing, number, alone = match.groups()
        if closing and alone:
            continue
        if match.start() > place:
            found.append(Piece("text", _unescaped(text[place : match.start()])))
        kind: PieceKind = "close" if closing else "alone" if alone else "open"
        found.append(Piece(kind, "", int(number)))
        place = match.end()
    if place < len(text):
        found.append(Piece("text", _unescaped(text[place:])))
    return found


def tagged(parts: Iterable[Piece]) -> str:
    """The pieces as tagged text: the inverse of `pieces`."""
    return "".join(map(_written, parts))


def plain(text: str) -> str:
    """The words alone."""
    return "".join(piece.text for piece in pieces(text))


def line(text: str, alone: str = " ") -> str:
    """The words as a reader sees them, with `alone` for each thing that stands in the line."""
    return "".join(alone if piece.kind == "alone" else piece.text for piece in pieces(text))


def edited(text: str, edits: Iterable[Edit], alone: str = " ") -> str:
    """Tagged text with its words changed and its tags where they were. The edits are of `line(text, alone)`
    and do not overlap."""
    words: dict[int, str] = {}
    gone: set[int] = set()
    for edit in edits:
        words[edit.start] = edit.words
        gone.update(range(edit.start, edit.end))
    return tagged(_with(pieces(text), words, gone, len(alone)))


def _with(parts: Iterable[Piece], words: dict[int, str], gone: set[int], alone: int) -> Iterator[Piece]:
    at = 0
    for piece in parts:
        length = alone if piece.kind == "alone" else len(piece.text)
        if piece.kind == "text":
            kept = (
                words.get(at + i, "") + ("" if at + i in gone else each) for i, each in enumerate(piece.text)
            )
            yield Piece("text", "".join(kept))
        else:
            yield from (Piece("text", words[at + i]) for i in range(length) if at + i in words)
            yield piece
        at += length
    yield Piece("text", words.get(at, ""))


def reworded(text: str, words: str, alone: str = " ") -> str:
    """Tagged text that says `words` (written as `line(text, alone)` is), its tags at the places that
    correspond."""
    before = line(text, alone)
    changes = SequenceMatcher(None, before, words, autojunk=False).get_opcodes()
    return edited(text, [Edit(a, b, words[c:d]) for kind, a, b, c, d in changes if kind != "equal"], alone)


def faults(source: str, target: str) -> list[TagFault]:
    """How the tags of a translation differ from its source's: each once, pairs closed, properly nested."""
    wanted, found = _counts(source), _counts(target)
    wrong = [TagFault("missing", tag[1]) for tag in wanted if tag not in found]
    wrong += [TagFault("added", tag[1]) for tag in found if tag not in wanted]
    wrong += [TagFault("twice", tag[1]) for tag in found if found[tag] > wanted[tag] > 0]
    if not wrong and (crossed := _crossed(pieces(target))):
        wrong.append(TagFault("nesting", crossed))
    return list(dict.fromkeys(wrong))


def _counts(text: str) -> Counter[tuple[PieceKind, int]]:
    return Counter((piece.kind, piece.number) for piece in pieces(text) if piece.kind != "text")


def _crossed(parts: Sequence[Piece]) -> int:
    """The first tag that is closed before it opens, or while a later one is open; 0 for none."""
    opened: list[int] = []
    for piece in parts:
        if piece.kind == "open":
            opened.append(piece.number)
        elif piece.kind == "close" and (not opened or opened.pop() != piece.number):
            return piece.number
    return opened[-1] if opened else 0


def projected(source: str, target: str) -> str:
    """The translation's words with every tag that can be kept: the fallback when tags were lost.

    Pairs that the translation holds whole and properly nested stay. Things that stand in the line are never
    lost: those that it lacks follow at the place that corresponds, by length, to theirs in the source.
    Pairs that it lacks are dropped: their words keep the paragraph's own formatting.
    """
    kept = _sound(pieces(target), set(_counts(source)))
    there = {piece.number for piece in kept if piece.kind == "alone"}
    total, read = len(plain(source)) or 1, 0
    length = sum(len(piece.text) for piece in kept)
    for piece in pieces(source):
        read += len(piece.text)
        if piece.kind == "alone" and piece.number not in there:
            kept = _inserted(kept, piece, round(read / total * length))
    return tagged(kept)


def _sound(parts: Sequence[Piece], allowed: set[tuple[PieceKind, int]]) -> list[Piece]:
    """The pieces without tags that are strange, repeated, half a pair or badly nested."""
    known = [piece for piece in parts if piece.kind == "text" or (piece.kind, piece.number) in allowed]
    drop: set[int] = set()
    opened: list[int] = []
    seen: set[tuple[PieceKind, int]] = set()
    for index, piece in enumerate(known):
        if piece.kind == "text":
            continue
        if (piece.kind, piece.number) in seen:
            drop.add(index)
            continue
        seen.add((piece.kind, piece.number))
        if piece.kind == "open":
            opened.append(index)
        elif piece.kind == "close":
            match = next((i for i in reversed(opened) if known[i].number == piece.number), None)
            if match is None:
                drop.add(index)
            else:
                inner = opened[opened.index(match) + 1 :]
                drop.update(inner)
                del opened[opened.index(match) :]
    drop.update(opened)
    return [piece for index, piece in enumerate(known) if index not in drop]


def _inserted(parts: Sequence[Piece], tag: Piece, place: int) -> list[Piece]:
    """The pieces with a tag after `place` characters of their words, between words where there are spaces."""
    result: list[Piece] = []
    read = 0
    for index, piece in enumerate(parts):
        if piece.kind == "text" and read + len(piece.text) >= place:
            at = _word_end(piece.text, place - read)
            middle = [Piece("text", piece.text[:at]), tag, Piece("text", piece.text[at:])]
            return [
                *result,
                *(part for part in middle if part.kind != "text" or part.text),
                *parts[index + 1 :],
            ]
        result.append(piece)
        read += len(piece.text)
    return [*result, tag]


def _word_end(text: str, place: int) -> int:
    """The end of the word that `place` stands in; the place itself in Chinese."""
    while (
        0 < place < len(text)
        and text[place].isascii()
        and text[place].isalnum()
        and text[place - 1].isalnum()
    ):
        place += 1
    return place


def renumbered(parts: Iterable[Piece]) -> tuple[list[Piece], dict[int, int]]:
    """The pieces with tags counted from 1 as they open, and the old number of each new one."""
    numbers: dict[int, int] = {}
    result = []
    for piece in parts:
        if piece.kind == "text":
            result.append(piece)
            continue
        number = numbers.setdefault(piece.number, len(numbers) + 1)
        result.append(piece._replace(number=number))
    return result, {new: old for old, new in numbers.items()}


def _written(piece: Piece) -> str:
    match piece.kind:
        case "text":
            return piece.text.translate(_ESCAPES)
        case "open":
            return f"<{piece.number}>"
        case "close":
            return f"</{piece.number}>"
        case "alone":
            return f"<{piece.number}/>"


def _unescaped(text: str) -> str:
    return _ENTITY.sub(lambda match: _ENTITIES[match[1]], text)
