"""Read files into blocks with anchors; write them again. Limits on everything that comes in."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .document import Anchor, Aside, Block, BlockKind, Cell, Document, Mark, MarkKind

if TYPE_CHECKING:
    from .output import OutputBlock, OutputKind, OutputMeta, write_csv, write_docx, write_markdown
    from .paging import with_page_numbers
    from .reading import read_document, read_page, read_units, rewrite, side_by_side, unlock
    from .scanned import ScannedPage, with_pages
    from .sections import Part, split_sections

__all__ = [
    "Anchor",
    "Aside",
    "Block",
    "BlockKind",
    "Cell",
    "Document",
    "Mark",
    "MarkKind",
    "OutputBlock",
    "OutputKind",
    "OutputMeta",
    "Part",
    "ScannedPage",
    "read_document",
    "read_page",
    "read_units",
    "rewrite",
    "side_by_side",
    "split_sections",
    "unlock",
    "with_page_numbers",
    "with_pages",
    "write_csv",
    "write_docx",
    "write_markdown",
]

_HOMES = {
    "OutputBlock": "output",
    "OutputKind": "output",
    "OutputMeta": "output",
    "Part": "sections",
    "ScannedPage": "scanned",
    "read_document": "reading",
    "read_page": "reading",
    "read_units": "reading",
    "rewrite": "reading",
    "side_by_side": "reading",
    "split_sections": "sections",
    "unlock": "reading",
    "with_page_numbers": "paging",
    "with_pages": "scanned",
    "write_csv": "output",
    "write_docx": "output",
    "write_markdown": "output",
}


def __getattr__(name: str) -> object:
    """Loaded on first use: the reading process imports this package for every file, and must start fast."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
