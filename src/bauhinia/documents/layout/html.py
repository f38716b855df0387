"""Web pages: the text between the tags and a few attributes; every other character of the file stays."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ...language import Variety
from ..collecting import Bounds
from ..normal import join_lines
from .inline import Alone, Item, Pair, Text, take
from .spans import Raw, Span, SpanLayout, Written
from .tags import Piece, plain, tagged
from .typography import language_tag
from .unit import Story, Unit

_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<[!?][^>]*(?:>|\Z)|<(?P<close>/)?(?P<name>[a-zA-Z][\w:-]*+)"
    r"(?:[^>=]|=\s*(?:\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z))?)*+(?:>|\Z)",
    re.S,
)
"""As browsers take it: what is not closed runs to the end, so no place is looked at twice."""
_SKIPPED = frozenset({
    "script", "style", "template", "svg", "math", "code", "pre", "kbd", "samp", "var", "object", "iframe",
    "noscript", "textarea", "canvas", "audio", "video",
})  # fmt: skip
_VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
})  # fmt: skip
_INLINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "data", "del", "dfn", "em", "font", "i", "ins", "label",
    "mark", "q", "s", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "br", "img",
    "wbr", "input",
})  # fmt: skip
_ATTRIBUTE = re.compile(
    r"\s(alt|title|placeholder|aria-label|content)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.I
)
_LANGUAGE = re.compile(r"\slang\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+)", re.I)
_DESCRIBES = re.compile(
    r"\s(?:name|property)\s*=\s*[\"']?(?:description|keywords|og:(?:title|description))\b", re.I
)
_NOT_TRANSLATED = re.compile(r"\stranslate\s*=\s*[\"']?no\b|\sclass\s*=\s*[\"'][^\"']*\bnotranslate\b", re.I)
_HIDDEN = re.compile(
    r"\shidden(?=[\s>=/])|\sstyle\s*=\s*[\"'][^\"']*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I
)
_HEAD = re.compile(r"<html\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", re.I)
_SPACES = " \t\r\n\f"
_SPACE = re.compile(r"[ \t\r\n\f]+")


class _Token(NamedTuple):
    kind: str
    """`text`, `open`, `close`, `alone` (a void or closed tag, a comment) or `skip`."""
    start: int
    end: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Raw:
    """Characters of the file that are kept."""

    start: int
    end: int


def open_layout(data: bytes, bounds: Bounds) -> SpanLayout:
    """Take a web page apart. Raises DocumentError."""
    return SpanLayout(data, lambda text: html_spans(text, bounds), html=True, whole=_language)


def mark(data: bytes, label: str, _bounds: Bounds) -> bytes:
    """The page with the label as a `meta` of its head, and as its last paragraph; a page without a head gets
    the former in front."""
    meta = f'<meta name="ai-label" content="{html.escape(label)}">'.encode("ascii", "xmlcharrefreplace")
    head = re.search(rb"<head\b[^>]*>", data, re.I)
    at = head.end() if head else 0
    data = data[:at] + meta + (b"" if head else b"\n") + data[at:]
    said = f'<p class="ai-label"><small>{html.escape(label)}</small></p>'.encode("ascii", "xmlcharrefreplace")
    ends = list(re.finditer(rb"</(?:body|html)\s*>", data, re.I))
    end = next((each.start() for each in ends), len(data))
    return data[:end] + said + data[end:]


def html_spans(text: str, bounds: Bounds, prefix: str = "html") -> list[Span]:
    """The units of a page: text of each block, the title, alternative texts and other words in attributes."""
    tokens = list(_tokens(text))
    spans: list[Span] = []
    for token in tokens:
        if token.kind in ("open", "alone") and token.name:
            spans += _attributes(text, token, prefix)
    for story, line in _lines(text, tokens, bounds):
        if span := _span(text, line, story, prefix):
            spans.append(span)
    return sorted(spans, key=lambda span: span.start)


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while match := _TOKEN.search(text, at):
        if match.start() > at:
            yield _Token("text", at, match.start())
        name = (match["name"] or "").lower()
        at = match.end()
        if not name or match["close"]:
            yield _Token("close" if name else "alone", match.start(), at, name)
        elif name in _VOID or match[0].endswith("/>"):
            yield _Token("alone", match.start(), at, name)
        elif name in _SKIPPED or _NOT_TRANSLATED.search(match[0]):
            at = _element_end(text, name, at)
            yield _Token("skip", match.start(), at, name)
        else:
            yield _Token("open", match.start(), at, name)
    if at < len(text):
        yield _Token("text", at, len(text))


def _element_end(text: str, name: str, at: int) -> int:
    """The end of the element that is open at a place, elements of its name inside it counted."""
    depth = 1
    for match in re.finditer(rf"<(/?){name}\b[^>]*>", text[at:], re.I):
        depth += -1 if match[1] else 1
        if depth == 0:
            return at + match.end()
    return len(text)


def _lines(text: str, tokens: Sequence[_Token], bounds: Bounds) -> Iterator[tuple[Story, list[_Token]]]:
    """Runs of text and inline tags between the tags of blocks, with the story that they belong to."""
    line: list[_Token] = []
    opened: list[tuple[str, bool]] = []
    for token in tokens:
        if token.kind in ("text", "skip") or token.name in _INLINE or not token.name:
            line.append(token)
            continue
        yield _story(opened), line
        line = []
        if token.kind == "open":
            bounds.check_nesting(len(opened))
            opened.append((token.name, _HIDDEN.search(text[token.start : token.end]) is not None))
        elif token.kind == "close":
            names = [name for name, _ in opened]
            if token.name in names:
                del opened[len(names) - 1 - names[::-1].index(token.name) :]
    yield _story(opened), line


def _story(opened: Sequence[tuple[str, bool]]) -> Story:
    if any(hidden for _, hidden in opened):
        return "hidden"
    return "title" if opened and opened[-1][0] == "title" else "body"


def _span(text: str, line: Sequence[_Token], story: Story, prefix: str) -> Span | None:
    taken = take(_items(text, line))
    if not any(map(str.isalpha, plain(taken.source))):
        return None
    unit = Unit(id=f"{prefix}#{line[0].start}", story=story, source=taken.source)
    return Span(
        unit=unit,
        start=line[0].start,
        end=line[-1].end,
        write=lambda target, raw: Written(_rendered(taken.woven(target), raw)),
    )


def _items(text: str, line: Sequence[_Token]) -> list[Item]:
    """The tokens as items. White space at the line's ends stays as it is written."""
    levels: list[tuple[_Token | None, list[Item]]] = [(None, [])]
    for token in line:
        items = levels[-1][1]
        if token.kind == "text":
            items += _words(text, token, line)
        elif token.kind == "open":
            levels.append((token, []))
        elif token.kind == "close" and any(each and each.name == token.name for each, _ in levels):
            while levels[-1][0] and levels[-1][0].name != token.name:
                _unclosed(levels)
            opening, inner = levels.pop()
            assert opening is not None
            levels[-1][1].append(Pair((_Raw(*opening[1:3]), _Raw(*token[1:3])), inner))
        else:
            items.append(Alone([_Raw(token.start, token.end)]))
    while len(levels) > 1:
        _unclosed(levels)
    return levels[0][1]


def _unclosed(levels: list[tuple[_Token | None, list[Item]]]) -> None:
    """A tag that is not closed in its line stands by itself."""
    token, inner = levels.pop()
    assert token is not None
    levels[-1][1].extend([Alone([_Raw(token.start, token.end)]), *inner])


def _words(text: str, token: _Token, line: Sequence[_Token]) -> list[Item]:
    """A token's words; white space at an end of the line is kept as it is, elsewhere it is a space."""
    raw = text[token.start : token.end]
    words = raw.strip(_SPACES)
    start = token.start + len(raw) - len(raw.lstrip(_SPACES))
    end = start + len(words)
    before = _edge(token.start, start, keep=token is line[0])
    if not words:
        return before if before or token is not line[-1] else _edge(token.start, token.end, keep=True)
    inner = ""
    for piece in re.split(r"[ \t\r\f]*\n\s*", words):
        inner = join_lines(inner, piece) if inner else piece
    said = Text(html.unescape(_SPACE.sub(" ", inner)))
    return [*before, said, *_edge(end, token.end, keep=token is line[-1])]


def _edge(start: int, end: int, *, keep: bool) -> list[Item]:
    if start == end:
        return []
    return [Alone([_Raw(start, end)])] if keep else [Text(" ")]


def _rendered(items: Sequence[Item], raw: Raw) -> str:
    written = []
    for item in items:
        if isinstance(item, Text):
            written.append(html.escape(item.words, quote=False).replace("\xa0", "&nbsp;"))
        elif isinstance(item, Alone):
            written += [raw(each.start, each.end) for each in item.things]
        else:
            first, last = item.handle
            written += [raw(first.start, first.end), _rendered(item.items, raw), raw(last.start, last.end)]
    return "".join(written)


def _attributes(text: str, token: _Token, prefix: str) -> Iterator[Span]:
    tag = text[token.start : token.end]
    for match in _ATTRIBUTE.finditer(tag):
        name = match[1].lower()
        group = 2 if match[2] is not None else 3
        words = html.unescape(match[group])
        if not any(map(str.isalpha, words)) or (name == "content" and not _DESCRIBES.search(tag)):
            continue
        start = token.start + match.start(group)
        yield Span(
            unit=Unit(id=f"{prefix}#{start}", story="alt_text", source=tagged([Piece("text", words)])),
            start=start,
            end=start + len(match[group]),
            write=lambda target, _raw: Written(html.escape(plain(target))),
            inner=True,
        )


def _language(text: str, to: Variety) -> list[tuple[int, int, str]]:
    """The page says what language it is in."""
    head = _HEAD.search(text)
    if head is None:
        return []
    said = f' lang="{language_tag(to)}"'
    there = _LANGUAGE.search(head[0])
    if there is None:
        return [(head.start() + 5, head.start() + 5, said)]
    return [(head.start() + there.start(), head.start() + there.end(), said)]
