"""Documents cut into passages: what a search finds and an answer cites."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..documents import Anchor, Block, Document, split_sections
from ..gateway import estimate_tokens
from ..language import detect

TOKENS = 320
"""Estimated tokens of a passage at most: about 160 English words or 320 Chinese characters. The embedder's
own tokens are fewer, and with the headings stay under the 512 that it reads."""
HEADING_CHARACTERS = 160
"""How much of the headings above a passage goes into its context."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A stretch of a document of the library, as it was written."""

    id: int
    document: str
    """Id of the document in the library."""
    name: str
    """The document's file name."""
    ordinal: int
    """Its place among the document's passages, from 0."""
    page: int | None
    headings: tuple[str, ...]
    """The headings that it stands under, from the highest."""
    anchors: tuple[Anchor, ...]
    text: str
    variety: str
    """A `Variety` value."""
    classification: str
    """Its document's."""

    @property
    def context(self) -> str:
        """The text under its headings, as a `Cut` gives it."""
        return under_headings(self.headings, self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A passage before it is kept."""

    ordinal: int
    page: int | None
    headings: tuple[str, ...]
    anchors: tuple[Anchor, ...]
    text: str
    variety: str

    @property
    def context(self) -> str:
        """The text under its headings: what it is found by."""
        return under_headings(self.headings, self.text)


def under_headings(headings: Sequence[str], text: str) -> str:
    """A text with the headings above it, those that it does not begin with or quote itself."""
    above = " › ".join(heading for heading in headings if heading not in text)
    return f"{above[:HEADING_CHARACTERS]}\n{text}" if above else text


def cut(document: Document) -> list[Cut]:
    """The document's passages in order. None goes across a heading, and none is over `TOKENS`.

    Running headers and footers are in none of them.
    """
    cuts: list[Cut] = []
    for headings, blocks in _runs(document):
        if document.title and document.title not in headings:
            headings = (document.title, *headings)  # noqa: PLW2901  # the same path, from the title
        for part in split_sections(replace(document, blocks=blocks), estimate_tokens, TOKENS):
            if part.text.strip():
                cuts.append(
                    Cut(
                        ordinal=len(cuts),
                        page=part.first_page,
                        headings=headings,
                        anchors=part.slices,
                        text=part.text,
                        variety=detect(part.text).variety.value,
                    )
                )
    return cuts


def _runs(document: Document) -> Iterator[tuple[tuple[str, ...], tuple[Block, ...]]]:
    """Blocks between headings, with the headings that they stand under; headings that follow each other
    directly open one run."""
    path: list[tuple[int, str]] = []
    run: list[Block] = []
    opening = True
    for block in document.blocks:
        level = 1 if block.kind == "title" else block.level if block.kind == "heading" else 0
        if level and not opening:
            yield tuple(text for _, text in path), tuple(run)
            run = []
        if level:
            path = [*((depth, text) for depth, text in path if depth < level), (level, block.text)]
        opening = bool(level)
        run.append(block)
    if run:
        yield tuple(text for _, text in path), tuple(run)
