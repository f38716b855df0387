"""Read files into blocks with anchors; write them again. Limits on everything that comes in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..first_use import on_first_use
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

__getattr__ = on_first_use(__name__, _HOMES)
"""The reading process imports this package for every file, and must start fast."""
