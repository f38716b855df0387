"""Files whose text is replaced and whose looks are kept: units of text out, the same file with other words
in.
"""

from .layouts import LAYOUTS, Layout, LayoutFormat
from .tags import Piece, TagFault, faults, pieces, plain, projected, renumbered, tagged
from .unit import STORIES, LayoutNote, Rewritten, Story, Unit

__all__ = [
    "LAYOUTS",
    "STORIES",
    "Layout",
    "LayoutFormat",
    "LayoutNote",
    "Piece",
    "Rewritten",
    "Story",
    "TagFault",
    "Unit",
    "faults",
    "pieces",
    "plain",
    "projected",
    "renumbered",
    "tagged",
]
