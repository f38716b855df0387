"""Markdown: paragraphs, headings, list items and table cells; code, addresses, front matter and HTML stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from ..collecting import Bounds
from ..markdown import FRONT_MATTER, parse_markdown
from ..normal import join_lines
from ..output import escape
from .inline import Alone, Item, Pair, Text, take
from .spans import Span, SpanLayout, Written
from .tags import plain
from .unit import Unit

_SPECIAL = re.compile(r"[\\`*\[\]<>|]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)")
_LEADING = re.compile(r"^(\s*\d{0,9})(?=[#>+-]+\s|[.)]\s|={2,}|-{2,})")
"""What would begin a heading, a quotation or a list: the mark after it is escaped."""

_STOPS = re.compile("[。，、；：！？.,;:!?]+$")


@dataclass(frozen=True, slots=True)
class _Ends:
    """The marks round a pair."""

    before: str
    after: str


def open_layout(data: bytes, bounds: Bounds) -> SpanLayout:
    """Take a Markdown file apart. Raises DocumentError."""
    return SpanLayout(data, lambda text: _spans(text, bounds))


def mark(data: bytes, label: str, bounds: Bounds) -> bytes:
    """The file with the label as its last line, and in a comment after it: a front matter is not ours to
    change."""
    layout = open_layout(data, bounds)
    apart = "" if layout.text.endswith(("\n", "\r")) else "\n"
    comment = f"<!-- ai-label: {label.replace('--', '–')} -->"
    return layout.with_end(f"{apart}\n*{escape(label)}*\n\n{comment}\n")


def _spans(text: str, bounds: Bounds) -> list[Span]:
    starts = _line_starts(text)
    body = 0
    if front := FRONT_MATTER.match(text.replace("\r\n", "\n")):
        body = front[0].count("\n")
    tokens = parse_markdown("\n" * body + text[starts[body] :], bounds)
    finder = _Finder(text, starts)
    spans: list[Span] = []
    for token in tokens:
        bounds.check_nesting(token.level)
        if token.type == "inline" and token.map and (place := finder.place(token)):
            spans += _span(text, token, *place)
    return spans


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", text)), len(text)]


class _Finder:
    """Finds where a token's content stands in the file; cells of one row follow each other."""

    def __init__(self, text: str, starts: Sequence[int]) -> None:
        self._text = text
        self._starts = starts
        self._at = 0

    def place(self, token: Token) -> tuple[int, int, str] | None:
        """Its start, its end, and what stands before its second line; None where it is written otherwise than
        the parser gives it (a cell with an escaped bar)."""
        assert token.map is not None
        first, lines = token.map[0], token.content.split("\n")
        start = end = -1
        before = ""
        for number, line in enumerate(lines):
            begin = max(self._starts[first + number], self._at)
            found = self._text.find(line, begin, self._starts[first + number + 1])
            if found < 0:
                return None
            if number == 1:
                before = self._text[begin:found]
            start = found if start < 0 else start
            end = self._at = found + len(line)
        return start, end, before


def _span(text: str, token: Token, start: int, end: int, before: str) -> Iterator[Span]:
    items, _ = _items(token.children or [], 0)
    taken = take(items)
    if not any(map(str.isalpha, plain(taken.source))):
        return
    newline = "\r\n" if "\r\n" in text else "\n"

    def write(target: str, _raw: object) -> Written:
        words = _rendered(taken.woven(target), f"{newline}{before}")
        return Written(_LEADING.sub(r"\1\\", words))

    unit = Unit(id=f"md#{start}", story="body", source=taken.source)
    yield Span(unit=unit, start=start, end=end, write=write)


def _items(children: Sequence[Token], at: int) -> tuple[list[Item], int]:
    """The items from a place on, up to the end of the pair that is open there, and the place after it."""
    items: list[Item] = []
    while at < len(children):
        token = children[at]
        at += 1
        if token.type.endswith("_close"):
            break
        if token.type == "link_open" and token.markup == "autolink":
            items.append(Alone([f"<{children[at].content}>"]))
            at += 2
        elif token.type.endswith("_open"):
            inner, at = _items(children, at)
            items.append(Pair(_ends(token), inner))
        elif token.type == "image":
            inner, _ = _items(token.children or [], 0)
            items.append(Pair(_Ends("![", f"]{_target(str(token.attrs.get('src', '')), token)}"), inner))
        else:
            _add(items, token)
    return items, at


def _add(items: list[Item], token: Token) -> None:
    if token.type in ("text", "text_special", "softbreak"):
        words = "\n" if token.type == "softbreak" else token.content
        last = items[-1] if items else None
        if not isinstance(last, Text):
            items.append(Text(words))
        elif last.words.endswith("\n"):
            last.words = join_lines(last.words, words)
        else:
            last.words += words
    elif token.type == "hardbreak":
        items.append(Alone([None]))
    elif token.type == "code_inline":
        items.append(Alone([f"{token.markup}{_padded(token.content)}{token.markup}"]))
    else:
        items.append(Alone([token.content]))


def _padded(code: str) -> str:
    return f" {code} " if code.startswith("`") or code.endswith("`") else code


def _ends(token: Token) -> _Ends:
    if token.type == "link_open":
        return _Ends("[", f"]{_target(str(token.attrs.get('href', '')), token)}")
    return _Ends(token.markup, token.markup)


def _target(address: str, token: Token) -> str:
    """A link's address and title as they are written."""
    address = f"<{address}>" if re.search(r"[\s()]", address) or not address else address
    title = str(token.attrs.get("title", ""))
    quoted = title.replace('"', '\\"')
    return f'({address} "{quoted}")' if title else f"({address})"


def _rendered(items: Sequence[Item], newline: str) -> str:
    """The items as Markdown."""
    parts = [_part(item, newline) for item in items]
    written = ""
    for at, part in enumerate(parts):
        if isinstance(part, str):
            written += part
        else:
            following = next((_opening(each) for each in parts[at + 1 :] if _opening(each)), "")
            written += _marked(part[0], part[1], written[-1:], following)
    return written


def _part(item: Item, newline: str) -> str | tuple[str, _Ends]:
    """A part as it is written; of a pair its words and its marks, whose neighbours are not known yet."""
    if isinstance(item, Text):
        return _SPECIAL.sub(r"\\\g<0>", " ".join(item.words.split("\n")))
    if isinstance(item, Alone):
        return "".join(f"\\{newline}" if each is None else each for each in item.things)
    return _rendered(item.items, newline), item.handle


def _opening(part: str | tuple[str, _Ends]) -> str:
    """The first character of what is written."""
    return part[:1] if isinstance(part, str) else (part[1].before if part[0].strip(" ") else part[0])[:1]


def _marked(inner: str, ends: _Ends, before: str, after: str) -> str:
    """The words of a pair between its marks. Emphasis may not begin or end with a space: it goes outside."""
    words = inner.strip(" ")
    if not words:
        return inner
    lead, trail = inner[: len(inner) - len(inner.lstrip(" "))], inner[len(inner.rstrip(" ")) :]
    if ends.before.startswith(("*", "_", "~")):
        return lead + _emphasised(words, ends.before, (lead or before)[-1:], (trail or after)[:1]) + trail
    return f"{lead}{ends.before}{words}{ends.after}{trail}"


def _emphasised(words: str, mark: str, before: str, after: str) -> str:
    """Emphasis between two characters that parsers see as such. Where a letter follows or precedes without
    a space, as in Chinese, a mark must have a letter inside: a stop goes outside, a bracket gets a space."""
    if before.isalnum() or after.isalnum():
        mark = mark.replace("_", "*")
    stops = _STOPS.search(words) if after.isalnum() else None
    outside = stops[0] if stops and stops.start() else ""
    words = words.removesuffix(outside)
    lead = " " if before.isalnum() and not words[0].isalnum() else ""
    trail = " " if after.isalnum() and not outside and not words[-1].isalnum() else ""
    return f"{lead}{mark}{words}{mark}{outside}{trail}"
