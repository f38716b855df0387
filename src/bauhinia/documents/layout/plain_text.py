"""Plain text: paragraphs, whether wrapped or one a line; wrapped ones are wrapped again at the same width."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..collecting import Bounds
from ..normal import BULLET, NUMBER_LABEL, is_wide, join_lines
from ..text import begins, line_width, wrap_width
from .spans import Span, SpanLayout, Written
from .tags import Piece, plain, tagged
from .unit import Unit

_QUOTED = re.compile(r"(?:> ?)*")
_LINE = re.compile(r"[^\r\n]+")
_TOKEN = re.compile(r"[\x21-\x7e\u00c0-\u024f]+|\s+|.", re.S)
_CLOSING = "，。、；：！？）」』》…—,.;:!?)]”’"


class _Line(NamedTuple):
    start: int
    end: int
    prefix: str
    """Quotation marks and indentation before its words."""
    words: str


def open_layout(data: bytes, _bounds: Bounds) -> SpanLayout:
    """Take a text file apart. Raises DocumentError."""
    return SpanLayout(data, text_spans)


def mark(data: bytes, label: str, bounds: Bounds) -> bytes:
    """The text with the label as its last paragraph."""
    layout = open_layout(data, bounds)
    apart = "\n" if layout.text.endswith(("\n", "\r")) else "\n\n"
    return layout.with_end(f"{apart}{label}\n")


def text_spans(text: str, prefix: str = "txt") -> list[Span]:
    """The units of a text, a paragraph each; the number or the bullet before it is not in it."""
    lines = [_line(match) for match in _LINE.finditer(text)]
    width = wrap_width([line.words for line in lines])
    newline = "\r\n" if "\r\n" in text else "\n"
    return [
        span for group in _paragraphs(text, lines, width) if (span := _span(group, width, newline, prefix))
    ]


def _line(match: re.Match[str]) -> _Line:
    quoted = _QUOTED.match(match[0])
    prefix = quoted[0] if quoted else ""
    prefix += match[0][len(prefix) : len(match[0]) - len(match[0][len(prefix) :].lstrip())]
    return _Line(match.start(), match.end(), prefix, match[0][len(prefix) :].rstrip())


def _paragraphs(text: str, lines: Sequence[_Line], width: int) -> Iterator[list[_Line]]:
    group: list[_Line] = []
    for line in lines:
        last = group[-1] if group else None
        goes_on = (
            last is not None
            and width
            and line_width(last.words) >= 0.7 * width
            and line.words
            and not begins(line.words)
            and line.prefix.count(">") == last.prefix.count(">")
            and len(text[last.end : line.start].replace("\r\n", "\n")) == 1
        )
        if not goes_on and group:
            yield group
            group = []
        if line.words:
            group.append(line)
    if group:
        yield group


def _span(group: Sequence[_Line], width: int, newline: str, prefix: str) -> Span | None:
    first, last = group[0], group[-1]
    label = BULLET.match(first.words) or NUMBER_LABEL.match(first.words)
    lead = label[0] if label else ""
    lead += " " * (len(first.words[len(lead) :]) - len(first.words[len(lead) :].lstrip()))
    words = first.words[len(lead) :]
    for line in group[1:]:
        words = join_lines(words, line.words)
    if not any(map(str.isalpha, words)):
        return None
    start = first.start + len(first.prefix) + len(lead)
    hang = group[1].prefix if len(group) > 1 else ""
    room = width if len(group) > 1 else 0

    def write(target: str, _raw: object) -> Written:
        said = plain(target)
        if not room:
            return Written(said)
        lines = wrapped(said, max(20, room - len(hang)), line_width(first.prefix + lead))
        return Written(f"{newline}{hang}".join(lines))

    return Span(
        unit=Unit(id=f"{prefix}#{start}", story="body", source=tagged([Piece("text", words)])),
        start=start,
        end=last.start + len(last.prefix) + len(last.words),
        write=write,
    )


def wrapped(text: str, width: int, first: int = 0) -> list[str]:
    """The text in lines of at most `width` Latin letters (a Chinese character is two); the first has `first`
    less."""
    lines = [""]
    used = first
    for token in _TOKEN.findall(text):
        size = line_width(token)
        full = used + size > width and lines[-1].strip()
        if full and not token.isspace() and token not in _CLOSING and _may_break(lines[-1], token):
            lines[-1] = lines[-1].rstrip()
            lines.append("")
            used = 0
        lines[-1] += token
        used += size
    return [line.rstrip() for line in lines]


def _may_break(before: str, token: str) -> bool:
    return before.endswith(" ") or is_wide(before[-1]) or is_wide(token[0])
