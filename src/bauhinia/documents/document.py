"""A document: blocks of text in reading order, and anchors that name a place in one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

BlockKind = Literal[
    "title",
    "heading",
    "paragraph",
    "list_item",
    "table_cell",
    "header",
    "footer",
    "footnote",
    "speaker_note",
    "chart",
    "alt_text",
    "comment",
]
Aside = Literal["", "hidden", "deleted", "comment"]
MarkKind = Literal["inserted", "uncertain", "equation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Where a table cell stands. Tables, rows and columns count from 0."""

    table: int
    row: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Characters `start` up to `end` of a block's text that are not like the others."""

    kind: MarkKind
    """`inserted` by a tracked change; `uncertain`: read from a picture with doubt; `equation`: a
    placeholder.
    """
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph, heading, list item or table cell."""

    id: str
    """Stable within the document: `b0`, `b1`, ... in reading order; of an aside `a0`, `a1`, ..."""
    kind: BlockKind
    text: str
    page: int | None = None
    """From 1; a slide or a sheet counts as a page. None where the format has no pages."""
    level: int = 0
    """Depth of a heading (1 to 6) or of a list item (from 0)."""
    cell: Cell | None = None
    part: str = ""
    """Of a file inside a file (an archive, an e-mail's attachment), its path; empty for the file itself."""
    aside: Aside = ""
    """Why the block is no part of the text: hidden, deleted with tracked changes, somebody's comment."""
    after: str = ""
    """Of an aside, the id of the block that it stands after; empty where it stands first."""
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A place in a document: characters `start` up to `end` of one block's text."""

    block: str
    start: int
    end: int
    page: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file that was read."""

    name: str
    """The file's name, without folders."""
    format: str
    """A key of `formats.READERS`: `docx`, `pdf`, ..."""
    blocks: tuple[Block, ...]
    """The text, as the reader of the page sees it."""
    asides: tuple[Block, ...] = ()
    """What the file holds beside its text, read and kept apart: no task takes it for the document's words."""
    pages: int | None = None
    title: str = ""
    scanned: tuple[int, ...] = ()
    """Pages, from 1, whose text is in pictures that are yet to be read (OCR)."""
    warnings: tuple[str, ...] = ()
    """What was in the file but not read, each a sentence."""
    metadata: dict[str, Any] = field(default_factory=dict)

    def block(self, block_id: str) -> Block:
        """The block or aside of that id. Raises KeyError."""
        for block in (*self.blocks, *self.asides):
            if block.id == block_id:
                return block
        raise KeyError(block_id)

    def quote(self, anchor: Anchor) -> str:
        """The characters that an anchor names. Raises KeyError when the block does not exist."""
        return self.block(anchor.block).text[anchor.start : anchor.end]

    @property
    def text(self) -> str:
        """All text, a block a line."""
        return "\n".join(block.text for block in self.blocks)
