"""Markdown: blocks from markdown-it's tokens; inline marks give way to their text."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from .collecting import Bounds, Reading
from .decoding import decode
from .document import BlockKind, Cell
from .normal import join_lines, split_breaks, unwrap

FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_TITLE = re.compile(r"^title:[ \t]*(.+?)[ \t]*$", re.M)
MARKS_MOST = 5_000
"""Of one paragraph."""
_MARK = re.compile(r"[\[\]*_`~!<&\\]")
_INLINE_NESTING = 20
_DENSE = f"A paragraph of more than {MARKS_MOST:,} marks was read as plain text: its marks stay in it."
_TAG = re.compile(r"<(?:!--.*?--|/?[a-zA-Z][^<>]*)>", re.S)


def read(data: bytes, reading: Reading) -> None:
    """Put the blocks of a Markdown file into `reading`."""
    text, encoding = decode(data)
    reading.metadata["encoding"] = encoding
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if front := FRONT_MATTER.match(text):
        found = _TITLE.search(front[1])
        reading.title = _unquoted(found[1]) if found else ""
        text = text[front.end() :]
    _Walk(reading).tokens(parse_markdown(text, reading.bounds))
    if not reading.title:
        reading.title = next((block.text for block in reading.blocks if block.kind == "heading"), "")


def parse_markdown(text: str, bounds: Bounds) -> list[Token]:
    """The tokens of a Markdown text; a paragraph of too many marks has no children (`is_dense`)."""
    parser = MarkdownIt("commonmark", {"maxNesting": bounds.nesting * 2 + 10})
    parser.core.ruler.at("inline", _parse_inline)
    return parser.enable(["table", "strikethrough"]).parse(text)


def is_dense(content: str) -> bool:
    """Whether it holds more marks than any paragraph that a person wrote: each costs the parser."""
    return len(_MARK.findall(content)) > MARKS_MOST


def _parse_inline(state: StateCore) -> None:
    """As markdown-it does it, but for paragraphs of too many marks, and with its own limit of nesting: the
    time that it takes grows with the square of that."""
    state.md.options["maxNesting"] = _INLINE_NESTING
    for token in state.tokens:
        if token.type == "inline":
            token.children = []
            if not is_dense(token.content):
                state.md.inline.parse(token.content, state.md, state.env, token.children)


def _unquoted(value: str) -> str:
    if value.startswith('"'):
        try:
            return str(json.loads(value))
        except ValueError:
            return value.strip('"')
    return value[1:-1].replace("''", "'") if len(value) > 1 and value[0] == value[-1] == "'" else value


class _Walk:
    """Goes through the tokens once, knowing which lists and table it is in."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.lists: list[int | None] = []
        """The number of the next item of each open list; None for bullets."""
        self.label = ""
        """The number of the item that has begun and has no text yet."""
        self.heading = 0
        self.table = self.row = self.column = -1
        self.in_cell = False

    def tokens(self, tokens: Sequence[Token]) -> None:
        """Every token in order."""
        for token in tokens:
            self.reading.bounds.check_nesting(token.level)
            if token.type == "inline" and is_dense(token.content):
                self.reading.warn(_DENSE)
                self._text(unwrap(token.content))
            elif token.type == "inline":
                self._text(_plain(token.children or []))
            elif token.type in ("fence", "code_block"):
                for line in token.content.splitlines():
                    self._text(line)
            elif token.type == "html_block":
                self._text(unwrap(_TAG.sub(" ", token.content)))
            else:
                self._structure(token)

    def _structure(self, token: Token) -> None:
        kind = token.type
        if kind in ("bullet_list_open", "ordered_list_open"):
            start = token.attrGet("start")
            self.lists.append(None if kind[0] == "b" else int(start) if start is not None else 1)
        elif kind in ("bullet_list_close", "ordered_list_close"):
            self.lists.pop()
        elif kind == "list_item_open":
            number = self.lists[-1]
            self.label = "" if number is None else f"{number}{token.markup or '.'} "
            if number is not None:
                self.lists[-1] = number + 1
        elif kind in ("heading_open", "heading_close"):
            self.heading = int(token.tag[1]) if kind == "heading_open" else 0
        else:
            self._table(kind)

    def _table(self, kind: str) -> None:
        if kind == "table_open":
            self.table, self.row = self.reading.begin_table(), -1
        elif kind == "tr_open":
            self.row, self.column = self.row + 1, -1
        elif kind in ("th_open", "td_open"):
            self.column, self.in_cell = self.column + 1, True
        elif kind in ("th_close", "td_close"):
            self.in_cell = False

    def _text(self, text: str) -> None:
        if self.in_cell:
            text = text.replace("\n", " ")
            cell = Cell(table=self.table, row=self.row, column=self.column)
            self.reading.add("table_cell", text, cell=cell)
            return
        kind: BlockKind = "heading" if self.heading else "list_item" if self.lists else "paragraph"
        level = self.heading or max(0, len(self.lists) - 1)
        lines = split_breaks(text)
        for line in lines if kind == "paragraph" else [" ".join(lines)]:
            self.reading.add(kind, self.label + line, level=level)
        self.label = ""


def _plain(children: Sequence[Token]) -> str:
    """The text of inline tokens: marks dropped, a soft line end joined as the language wants."""
    lines = [""]
    for token in children:
        if token.type == "softbreak":
            lines.append("")
        elif token.type == "hardbreak":
            lines[-1] += "\n"
            lines.append("")
        elif token.type == "image":
            lines[-1] += _plain(token.children or [])
        elif token.type in ("text", "code_inline", "text_special"):
            lines[-1] += token.content
    text = lines[0]
    for line in lines[1:]:
        text = text + line if text.endswith("\n") else join_lines(text, line)
    return text
