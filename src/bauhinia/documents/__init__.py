"""Read files into blocks with anchors; write them again. Limits on everything that comes in."""

from .document import Anchor, Block, BlockKind, Cell, Document

__all__ = ["Anchor", "Block", "BlockKind", "Cell", "Document"]
