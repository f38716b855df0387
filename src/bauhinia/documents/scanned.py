"""Pages that were read from pictures, put into the document that waited for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .document import Block, Cell, Document, Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedPage:
    """What was read in one page's picture."""

    blocks: tuple[Block, ...]
    warnings: tuple[str, ...] = ()

    @classmethod
    def of(cls, said: dict[str, Any]) -> ScannedPage:
        """From JSON."""
        return cls(blocks=tuple(map(block_of, said["blocks"])), warnings=tuple(said["warnings"]))


def block_of(said: dict[str, Any]) -> Block:
    """A block from JSON."""
    cell = Cell(**said["cell"]) if said["cell"] else None
    return Block(**{**said, "cell": cell, "marks": tuple(Mark(**mark) for mark in said["marks"])})


def with_pages(document: Document, pages: Mapping[int, ScannedPage]) -> Document:
    """The document with these pages' blocks where they belong; ids follow the new order.

    A page of `scanned` that is not among `pages` stays in `scanned`.
    """
    read = [block for number in sorted(pages) for block in pages[number].blocks]
    if any(block.page is None for block in document.blocks):
        merged = [*document.blocks, *read]
    else:
        merged = sorted([*document.blocks, *read], key=lambda block: block.page or 0)
    ids = {id(block): f"b{index}" for index, block in enumerate(merged)}
    moved = {block.id: ids[id(block)] for block in document.blocks}
    told = [sentence for number in sorted(pages) for sentence in pages[number].warnings]
    return replace(
        document,
        blocks=tuple(replace(block, id=ids[id(block)]) for block in merged),
        asides=tuple(replace(aside, after=moved.get(aside.after, "")) for aside in document.asides),
        scanned=tuple(number for number in document.scanned if number not in pages),
        warnings=tuple(dict.fromkeys([*document.warnings, *told])),
        title=document.title or _title(read),
    )


def _title(blocks: list[Block]) -> str:
    return next((block.text for block in blocks if block.kind in ("title", "heading")), "")
