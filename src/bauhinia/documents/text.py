"""Plain text: paragraphs from lines, whether wrapped or one a line."""

from __future__ import annotations

import re
import unicodedata

from .collecting import Reading
from .decoding import decode
from .normal import BULLET, NUMBER_LABEL, join_lines

_WRAP_MOST = 130
"""Widest line, in Latin letters, that a file wrapped by hand or by a mail program has."""
_RULE = re.compile(r"^[\s=\-_*~#─━]{3,}$")


def read(data: bytes, reading: Reading) -> None:
    """Put the paragraphs of a text file into `reading`."""
    text, encoding = decode(data)
    reading.metadata["encoding"] = encoding
    lines = text.replace("\f", "\n\n").splitlines()
    wrap = wrap_width(lines)
    gathered = ""
    last_width = 0
    for line in lines:
        stripped = line.strip()
        continues = gathered and wrap and last_width >= 0.7 * wrap and not begins(line)
        if not stripped or _RULE.match(line) or not continues:
            _add(reading, gathered)
            gathered = "" if _RULE.match(line) else stripped
        else:
            gathered = join_lines(gathered, stripped)
        last_width = line_width(line.rstrip())
    _add(reading, gathered)


def _add(reading: Reading, text: str) -> None:
    if bullet := BULLET.match(text):
        reading.add("list_item", text[bullet.end() :])
    elif NUMBER_LABEL.match(text):
        reading.add("list_item", text)
    else:
        reading.add("paragraph", text)


def begins(line: str) -> bool:
    """Whether a line begins a paragraph by its look: indented or numbered."""
    stripped = line.lstrip()
    return line[:1] in " \t\u3000" or bool(BULLET.match(stripped) or NUMBER_LABEL.match(stripped))


def wrap_width(lines: list[str]) -> int:
    """The width that the file's lines are wrapped at; 0 when they are not: a paragraph a line."""
    widths = sorted(line_width(line.rstrip()) for line in lines if line.strip())
    if len(widths) < 3 or widths[-1] > _WRAP_MOST:
        return 0
    widest = widths[int(len(widths) * 0.95)]
    near = sum(width >= 0.8 * widest for width in widths)
    return widest if widest >= 40 and near >= 0.4 * len(widths) else 0


def line_width(line: str) -> int:
    """In Latin letters; an East Asian character is two."""
    if line.isascii():
        return len(line)
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)
