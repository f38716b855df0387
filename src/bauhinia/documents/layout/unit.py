"""A unit: one paragraph, cell or label of a file, to be replaced by its translation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Story = Literal[
    "body",
    "header",
    "footer",
    "footnote",
    "endnote",
    "comment",
    "text_box",
    "speaker_note",
    "chart",
    "sheet_name",
    "alt_text",
    "title",
    "hidden",
]
STORIES: tuple[Story, ...] = get_args(Story)
"""Where a unit's text runs; each can be left as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One paragraph, cell or label, as tagged text (see `tags`)."""

    id: str
    """Stable for the same file: the part's name and the paragraph's place in it, `word/document.xml#12`."""
    story: Story
    source: str
    """Tagged text; never without a letter."""
    page: int | None = None
    """A slide or a sheet counts as a page; None where the format does not say."""
    most_characters: int | None = None
    """What the place can hold at the most, where the format has a limit (a sheet's name: 31)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutNote:
    """Something that a person should look at in the written file."""

    unit: str
    """The unit's id; empty for the whole file."""
    check: str
    """`tags`, `fit`, `font`, `limit`, `unsupported`, ..."""
    message: str
    """A sentence."""
    too_long: bool = False
    """Of a `fit` note: whether the words still do not fit, so that some may not be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """A file with its words replaced."""

    data: bytes
    notes: tuple[LayoutNote, ...] = ()
