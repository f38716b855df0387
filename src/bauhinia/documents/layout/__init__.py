"""Files whose text is replaced and whose looks are kept: units of text out, the same file with other words
in.
"""

from .layouts import LAYOUTS, Layout, LayoutFormat
from .tags import (
    Edit,
    Piece,
    TagFault,
    edited,
    faults,
    line,
    pieces,
    plain,
    projected,
    renumbered,
    reworded,
    tagged,
)
from .unit import STORIES, LayoutNote, Rewritten, Story, Unit

__all__ = [
    "LAYOUTS",
    "STORIES",
    "Edit",
    "Layout",
    "LayoutFormat",
    "LayoutNote",
    "Piece",
    "Rewritten",
    "Story",
    "TagFault",
    "Unit",
    "edited",
    "faults",
    "line",
    "pieces",
    "plain",
    "projected",
    "renumbered",
    "reworded",
    "tagged",
]
