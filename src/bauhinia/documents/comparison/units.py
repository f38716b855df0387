"""What is aligned: paragraphs one by one, tables row by row; and how alike two of them are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from rapidfuzz.distance import Indel

from ..document import Block, Document
from ..normal import NUMBER_LABEL
from .differences import BREAK, tokens

_LETTER = re.compile(r"\w")
_TIME = re.compile(r"\s*[ap]\.?m\b")
"""After `2.30` it says that this is no number of a paragraph."""
_SURROGATES = range(0xD800, 0xE000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A paragraph, or a row of a table."""

    ids: tuple[str, ...]
    """Its blocks, in reading order."""
    key: str
    """Equal for units that say the same, white space and numbering aside."""
    code: str
    """A character a word, to measure likeness by words at the speed of characters."""
    table: int | None = None
    cells: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """Of a row: the blocks of each column."""
    head: str = ""
    """Of a row: its first cell's key."""


@dataclass(slots=True)
class Vocabulary:
    """Gives each word one character, the same in all texts that are compared."""

    _codes: dict[str, str] = field(default_factory=dict)

    def code(self, text: str) -> str:
        """The words of a text as characters; its marks too where it has nothing else."""
        pieces = [piece.casefold() for piece in tokens(text)]
        words = [piece for piece in pieces if _LETTER.match(piece)] or [p for p in pieces if p.strip()]
        return "".join(self._codes.setdefault(word, self._next()) for word in words)

    def _next(self) -> str:
        number = 0x100 + len(self._codes)
        if number >= _SURROGATES.start:
            number += len(_SURROGATES)
        return chr(min(number, 0x10FFFF))


def units_of(document: Document, vocabulary: Vocabulary) -> list[Unit]:
    """The units of a document, in order; together they hold every block of its text once."""

    def together(block: Block) -> tuple[str, int]:
        return (f"t{block.part}{block.cell.table}", block.cell.row) if block.cell else (block.id, -1)

    return [_unit(list(run), vocabulary) for _, run in groupby(document.blocks, key=together)]


def joined_text(texts: dict[str, str], ids: Sequence[str]) -> str:
    """The text of several blocks as one, with `BREAK` between."""
    return BREAK.join(texts[each] for each in ids)


def same_key(text: str) -> str:
    """What is left of a text when white space and the number of a paragraph do not count."""
    label = NUMBER_LABEL.match(text)
    rest = text[label.end() :] if label and not _TIME.match(text, label.end()) else text
    return " ".join((rest if rest.strip() else text).split())


def likeness(left: str, right: str) -> float:
    """Of two codes: 0 for nothing in common, 1 for the same words in the same order."""
    return Indel.normalized_similarity(left, right)


def _unit(blocks: Sequence[Block], vocabulary: Vocabulary) -> Unit:
    first = blocks[0]
    if first.cell is None:
        key = same_key(first.text)
        return Unit(ids=(first.id,), key=key, code=vocabulary.code(key))
    cells: dict[int, tuple[str, ...]] = {}
    said: dict[int, str] = {}
    for block in blocks:
        assert block.cell is not None
        cells[block.cell.column] = (*cells.get(block.cell.column, ()), block.id)
        said[block.cell.column] = f"{said.get(block.cell.column, '')} {block.text}".strip()
    keys = [" ".join(said[column].split()) for column in sorted(said)]
    return Unit(
        ids=tuple(block.id for block in blocks),
        key="\t".join(keys),
        code=vocabulary.code("\t".join(keys)),
        table=first.cell.table,
        cells=cells,
        head=keys[0],
    )
