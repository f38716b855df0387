"""Subtitles (SRT, WebVTT): a cue is a unit; times, positions and comments stay; lines are wrapped anew."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..collecting import Bounds
from ..normal import is_wide, join_lines
from .inline import Alone, Item, Pair, Text, take
from .spans import Span, SpanLayout, Written
from .tags import Edit, Piece, edited, line, plain, tagged
from .unit import Unit

LATIN_CHARACTERS = 42
HAN_CHARACTERS = 18
"""The most characters of a line, as broadcasters hold it."""
LINES = 2
_BLOCK = re.compile(r"(?:[^\r\n]+(?:\r\n|\n|\r|\Z))+")
_TIMES = re.compile(
    r"^[ \t]*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}[ \t]+-->[ \t]+(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}"
    r"[^\r\n]*(?:\r\n|\n|\r|\Z)",
    re.M,
)
_END = re.compile(r"-->[ \t]+(?:(\d+):)?(\d{1,2}):(\d{2})[.,]\d{1,3}")
_NUMBER = re.compile(r"^(\d{1,7})[ \t]*(?:\r\n|\n|\r)[^\r\n]*-->", re.M)
LABEL_SECONDS = 4
"""How long the label is shown."""
_TAG = re.compile(r"</?(?P<name>[a-zA-Z]+)[^<>]*>|<\d[\d:.]*>|\{\\[^{}]*\}")
_SPEECH = re.compile(r"[-–—‐]\s?\S")
_LONG = "The translation needs more than two lines; shorten it."


class _Cue(NamedTuple):
    start: int
    end: int


def open_layout(data: bytes, _bounds: Bounds) -> SpanLayout:
    """Take a file of subtitles apart. Raises DocumentError."""
    return SpanLayout(data, lambda text: [span for cue in _cues(text) if (span := _span(text, cue))])


def mark(data: bytes, label: str, bounds: Bounds) -> bytes:
    """The subtitles with the label as the last cue, shown for some seconds after the one before."""
    layout = open_layout(data, bounds)
    numbers = [int(number) for number in _NUMBER.findall(layout.text)]
    return layout.with_end(last_cue(layout.text, label, ",", f"{max(numbers, default=0) + 1}\n"))


def last_cue(text: str, label: str, point: str, number: str = "") -> str:
    """A cue that says the label, to follow the text; `point` stands before thousandths of a second."""
    ends = [int(h or 0) * 3600 + int(m) * 60 + int(s) for h, m, s in _END.findall(text)]
    start = max(ends, default=0) + 1
    times = " --> ".join(
        f"{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}{point}000" for at in (start, start + LABEL_SECONDS)
    )
    words, _ = _wrapped(tagged([Piece("text", label)]))
    apart = "\n" if text.endswith(("\n", "\r")) else "\n\n"
    return f"{apart}{number}{times}\n{_rendered([Text(plain(words))])}\n"


def _cues(text: str) -> Iterator[_Cue]:
    """Where the words of each cue stand."""
    for block in _BLOCK.finditer(text):
        times = _TIMES.search(block[0])
        if times is None:
            continue
        words = block[0][times.end() :].rstrip()
        if words:
            start = block.start() + times.end()
            yield _Cue(start, start + len(words))


def _span(text: str, cue: _Cue) -> Span | None:
    raw = text[cue.start : cue.end]
    taken = take(_items(raw))
    if not any(map(str.isalpha, plain(taken.source))):
        return None
    newline = "\r\n" if "\r\n" in text else "\n"

    def write(target: str, _raw: object) -> Written:
        wrapped, lines = _wrapped(target)
        said = _rendered(taken.woven(wrapped)).replace("\n", newline)
        return Written(said, _LONG if lines > max(LINES, raw.count("\n") + 1) else "")

    unit = Unit(id=f"cue#{cue.start}", story="body", source=taken.source)
    return Span(unit=unit, start=cue.start, end=cue.end, write=write)


def _items(raw: str) -> list[Item]:
    """Words and tags of a cue. A line's end is a space, unless another person speaks on the next line."""
    lines = raw.splitlines()
    speech = len(lines) > 1 and all(map(_SPEECH.match, lines))
    root: list[Item] = []
    levels: list[tuple[str, str, list[Item]]] = [("", "", root)]
    for number, text in enumerate(lines):
        if number:
            levels[-1][2].append(Alone(["\n"]) if speech else Text("\n"))
        _parse(text.strip(), levels)
    while len(levels) > 1:
        _, tag, inner = levels.pop()
        levels[-1][2].extend([Alone([tag]), *inner])
    return _joined_lines(root)


def _parse(text: str, levels: list[tuple[str, str, list[Item]]]) -> None:
    at = 0
    for match in _TAG.finditer(text):
        if match.start() > at:
            levels[-1][2].append(Text(html.unescape(text[at : match.start()])))
        at = match.end()
        name = match["name"]
        if not name:
            levels[-1][2].append(Alone([match[0]]))
        elif not match[0].startswith("</"):
            levels.append((name, match[0], []))
        elif levels[-1][0] == name:
            _, tag, inner = levels.pop()
            levels[-1][2].append(Pair((tag, match[0]), inner))
        else:
            levels[-1][2].append(Alone([match[0]]))
    if at < len(text):
        levels[-1][2].append(Text(html.unescape(text[at:])))


def _joined_lines(items: Sequence[Item]) -> list[Item]:
    """Line ends as spaces, or as nothing between Chinese characters."""
    result: list[Item] = []
    for item in items:
        if isinstance(item, Pair):
            item.items = _joined_lines(item.items)
        last = result[-1] if result else None
        if isinstance(item, Text) and isinstance(last, Text):
            joined = (
                join_lines(last.words, item.words) if last.words.endswith("\n") else last.words + item.words
            )
            last.words = joined if item.words != "\n" else f"{last.words}\n"
        else:
            result.append(item)
    for item in result:
        if isinstance(item, Text):
            item.words = item.words.replace("\n", " ")
    return result


def _wrapped(target: str) -> tuple[str, int]:
    """The tagged text with line ends where a line is full, and how many lines that makes."""
    words = line(target)
    most = HAN_CHARACTERS if 3 * sum(map(is_wide, words)) > len(words) else LATIN_CHARACTERS
    needed = max(1, -(-_width(words, most) // most))
    width = min(most, -(-_width(words, most) // needed) + most // 6)
    ends = _line_ends(words, width, most)
    edits = [
        Edit(at, at + 1, "\n") if words[at] == " " else Edit(at, at + 1, f"\n{words[at]}") for at in ends
    ]
    return edited(target, edits), len(ends) + 1


def _width(text: str, most: int) -> int:
    """Characters, a narrow one as half of a wide one where lines are counted in wide ones."""
    if most == LATIN_CHARACTERS:
        return len(text)
    return -(-sum(2 if is_wide(each) else 1 for each in text) // 2)


def _line_ends(words: str, width: int, most: int) -> list[int]:
    """The places of the characters that begin a line, or of the spaces that give way to its end."""
    ends: list[int] = []
    begin = 0
    while _width(words[begin:], most) > width:
        last = begin + 1
        while last < len(words) and _width(words[begin : last + 1], most) <= width:
            last += 1
        at = next((at for at in range(last, begin, -1) if _may_break(words, at)), None)
        if at is None:
            break
        ends.append(at)
        begin = at + (words[at] == " ")
    return ends


def _may_break(words: str, at: int) -> bool:
    """Whether a line may end before this character: not before closing marks or after opening ones."""
    if at >= len(words):
        return False
    if words[at] == " ":
        return True
    if words[at] in "，。、；：！？）」』》…—" or words[at - 1] in "（「『《":
        return False
    return is_wide(words[at]) or is_wide(words[at - 1])


def _rendered(items: Sequence[Item]) -> str:
    written = []
    for item in items:
        if isinstance(item, Text):
            words = item.words.replace("-->", "→")  # an arrow of this kind begins a cue
            written.append(words.replace("&", "&amp;").replace("<", "&lt;") if "<" in words else words)
        elif isinstance(item, Alone):
            written += item.things
        else:
            before, after = item.handle
            written += [before, _rendered(item.items), after]
    return "".join(written)
