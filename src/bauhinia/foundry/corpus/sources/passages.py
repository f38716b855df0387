"""Long documents cut into rows between paragraphs, else lines, else sentences, else anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....language import split_sentences

_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")


def passages(text: str, most: int) -> Iterator[str]:
    """The text in order, in pieces of at most `most` characters; nothing but white space is lost."""
    gathered = ""
    for piece, joint in _pieces(text, most):
        if gathered and len(gathered) + len(joint) + len(piece) > most:
            yield gathered
            gathered = piece
        else:
            gathered = f"{gathered}{joint}{piece}" if gathered else piece
    if gathered:
        yield gathered


def _pieces(text: str, most: int) -> Iterator[tuple[str, str]]:
    """Pieces that fit, each with what joins it to the one before."""
    for paragraph in _PARAGRAPH.split(text):
        joint = "\n\n"
        for part in [paragraph] if len(paragraph) <= most else paragraph.split("\n"):
            if part.strip():
                yield from _fitting(part.strip("\n"), joint, most)
            joint = "\n"


def _fitting(part: str, joint: str, most: int) -> Iterator[tuple[str, str]]:
    if len(part) <= most:
        yield part, joint
        return
    for start, end in split_sentences(part):
        for at in range(start, end, most):
            yield part[at : min(at + most, end)], joint
            joint = ""
