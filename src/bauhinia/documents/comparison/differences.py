"""What changed between two texts: by word in English, by character in Chinese, numbers whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Indel

EditKind = Literal["delete", "insert", "replace"]

BREAK = "\u2029"
"""Stands between the texts of blocks that are compared as one; no reader gives it inside a block."""
_NUMERALS = "〇○零一二三四五六七八九十百千萬億"
_TOKEN = re.compile(
    r"[0-9０-９]+(?:[,.，．:：/][0-9０-９]+|[ \u2009\u202f][0-9]{3}(?![0-9]))*"
    r"|[A-Za-zÀ-ɏ]+(?:['’][A-Za-zÀ-ɏ]+)*"
    rf"|[{_NUMERALS}]{{2,}}"
    rf"|{BREAK}|\s"
    r"|.",
    re.DOTALL,
)
_SAYS_SOMETHING = re.compile(r"\w")
SHORT = 3
"""An unchanged stretch of fewer characters between two changes, without a letter in it, joins them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Characters of the old text that give way to characters of the new one."""

    kind: EditKind
    old_start: int
    old_end: int
    new_start: int
    new_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A piece of either text, in order: the same in both, only in the old one, or only in the new one."""

    kind: Literal["same", "delete", "insert"]
    text: str


def tokens(text: str) -> list[str]:
    """The text cut into what may change alone; joined they give it back.

    A number is whole with its separators, so are two or more Chinese numerals; any other Chinese character,
    mark or space stands alone.
    """
    return _TOKEN.findall(text)


def differences(old: str, new: str) -> tuple[Edit, ...]:
    """The edits that turn `old` into `new`, in order; none for the same text."""
    if old == new:
        return ()
    before, after = tokens(old), tokens(new)
    starts_before, starts_after = _starts(before), _starts(after)
    found = [
        (
            starts_before[code.src_start],
            starts_before[code.src_end],
            starts_after[code.dest_start],
            starts_after[code.dest_end],
        )
        for code in Indel.opcodes(before, after)
        if code.tag != "equal"
    ]
    return tuple(_edit(*span) for span in _joined(found, old))


def stretches(old: str, new: str, edits: Sequence[Edit]) -> Iterator[Stretch]:
    """Both texts as one: what is kept, deleted and inserted, in order, without empty pieces."""
    at = 0
    for edit in edits:
        if edit.old_start > at:
            yield Stretch(kind="same", text=old[at : edit.old_start])
        if edit.old_end > edit.old_start:
            yield Stretch(kind="delete", text=old[edit.old_start : edit.old_end])
        if edit.new_end > edit.new_start:
            yield Stretch(kind="insert", text=new[edit.new_start : edit.new_end])
        at = edit.old_end
    if at < len(old):
        yield Stretch(kind="same", text=old[at:])


def _starts(pieces: Sequence[str]) -> list[int]:
    """Where each piece starts, and where the last one ends."""
    starts = [0]
    for piece in pieces:
        starts.append(starts[-1] + len(piece))
    return starts


_Span = tuple[int, int, int, int]


def _joined(spans: Sequence[_Span], old: str) -> list[_Span]:
    """Changes that only a space or a mark parts are one change: nobody reads dates by word."""
    joined: list[_Span] = []
    for span in spans:
        if joined:
            first = joined[-1]
            between = old[first[1] : span[0]]
            quiet = len(between) < SHORT and BREAK not in between and not _SAYS_SOMETHING.search(between)
            if quiet:
                joined[-1] = (first[0], span[1], first[2], span[3])
                continue
        joined.append(span)
    return joined


def _edit(old_start: int, old_end: int, new_start: int, new_end: int) -> Edit:
    kind: EditKind = "insert" if old_start == old_end else "delete" if new_start == new_end else "replace"
    return Edit(kind=kind, old_start=old_start, old_end=old_end, new_start=new_start, new_end=new_end)
