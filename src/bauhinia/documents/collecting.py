"""Where readers put what they read: ids, normal form, and the limits that hold for every format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from ..errors import DocumentTooLarge
from ..language import spelt
from .document import Aside, Block, BlockKind, Cell, Mark, MarkKind
from .normal import tidy

_SPLIT = "Split it into smaller files and upload the parts that you need."
Span = tuple[MarkKind, int, int]
"""A mark while text is gathered: what it is, where it begins and ends in the text as it is given."""


class Place(NamedTuple):
    """What its surroundings make of a piece of text."""

    kind: BlockKind | None = None
    """Overrides the text's own kind: everything in a footnote is a footnote."""
    cell: Cell | None = None
    page: int | None = None
    aside: Aside = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """`settings.Limits` as the reading process carries them (it does not load pydantic)."""

    file_bytes: int
    unpacked_bytes: int
    pages: int
    nesting: int
    blocks: int
    characters: int
    seconds: float
    memory_bytes: int
    page_pixels: int = 40_000_000

    def check_nesting(self, depth: int) -> None:
        """Raises DocumentTooLarge when `depth` is over the limit."""
        if depth > self.nesting:
            raise DocumentTooLarge(
                f"The file nests tables, lists or other parts more than {self.nesting} deep, the limit.",
                hint="Copy its text into a new, plain document and upload that.",
            )

    def check_pages(self, pages: int) -> None:
        """Raises DocumentTooLarge when there are more than the limit."""
        if pages > self.pages:
            raise DocumentTooLarge(
                f"The file has {pages:,} pages; the limit is {self.pages:,}.",
                hint=_SPLIT,
            )

    def check_characters(self, count: int) -> None:
        """Raises DocumentTooLarge when there are more than the limit."""
        if count > self.characters:
            raise DocumentTooLarge(
                f"The file has more than {self.characters:,} characters of text, which is the limit.",
                hint=_SPLIT,
            )


@dataclass(slots=True)
class Opened:
    """The files inside the file that were opened so far, at any depth."""

    files: int = 0
    size: int = 0
    """Their bytes together."""
    paths: Counter[str] = field(default_factory=Counter)
    over: DocumentTooLarge | None = None
    """The limit of the whole that they broke."""
    converted: dict[str, bytes] = field(default_factory=dict)
    """What LibreOffice made of files in old formats, by the SHA-256 of the file."""
    wanted: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """Files in old formats, and which, that would have to be converted to be read."""


@dataclass(slots=True)
class Reading:
    """What a reader gathers from one file."""

    bounds: Bounds
    blocks: list[Block] = field(default_factory=list)
    asides: list[Block] = field(default_factory=list)
    pages: int | None = None
    title: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    scanned: list[int] = field(default_factory=list)
    """Pages whose text is in pictures."""
    unread: Counter[str] = field(default_factory=Counter)
    """How many of each kind of thing were not read: `picture`, `chart`, `comment`, ... in the singular."""
    characters: int = 0
    tables: int = 0
    """Tables begun so far; a new one takes this number."""
    part: str = ""
    """Path of the file inside the file that is being read; empty for the file itself."""
    depth: int = 0
    """How many files that file is inside of."""
    opened: Opened = field(default_factory=Opened)
    """Shared by all readings of one upload."""

    def add(
        self,
        kind: BlockKind,
        text: str,
        *,
        page: int | None = None,
        level: int = 0,
        cell: Cell | None = None,
        marks: Sequence[Span] = (),
    ) -> None:
        """Put a block last, its text in normal form; text without a character is left out.

        `marks` name characters of `text` as it is given. Raises DocumentTooLarge over the limits of blocks
        and characters.
        """
        words = self._counted(text)
        if words:
            self.blocks.append(
                Block(
                    id=f"b{len(self.blocks)}",
                    kind=kind,
                    text=words,
                    page=page,
                    level=level,
                    cell=cell,
                    part=self.part,
                    marks=tuple(_marks(text, marks)),
                )
            )
        if not text.isascii() and (spelt_out := spelt(text)):
            self.add_aside("hidden", "paragraph", spelt_out, page=page)

    def add_aside(
        self, aside: Aside, kind: BlockKind, text: str, *, page: int | None = None, cell: Cell | None = None
    ) -> None:
        """Keep what the file holds beside its text, after the last block. Raises DocumentTooLarge."""
        words = self._counted(text)
        if words:
            self.asides.append(
                Block(
                    id=f"a{len(self.asides)}",
                    kind=kind,
                    text=words,
                    page=page,
                    cell=cell,
                    part=self.part,
                    aside=aside,
                    after=self.blocks[-1].id if self.blocks else "",
                )
            )

    def inside(self, part: str) -> Reading:
        """A reading for a file inside this one, to be taken in by `absorb`."""
        return Reading(self.bounds, part=part, depth=self.depth + 1, opened=self.opened)

    def absorb(self, inside: Reading, name: str) -> None:
        """Take in what was read of a file inside, under a heading with its name.

        Raises DocumentTooLarge over the limits of blocks and characters.
        """
        part, self.part = self.part, inside.part
        self.add("heading", name, level=1)
        self.part = part
        ids = {"": self.blocks[-1].id}
        for block in inside.blocks:
            ids[block.id] = f"b{len(self.blocks)}"
            level = min(block.level + 1, 6) if block.kind == "heading" else block.level
            self.blocks.append(replace(block, id=ids[block.id], level=level, cell=self._moved(block.cell)))
        for aside in inside.asides:
            moved = replace(aside, id=f"a{len(self.asides)}", after=ids[aside.after])
            self.asides.append(replace(moved, cell=self._moved(aside.cell)))
        self.tables += inside.tables
        self.characters += inside.characters
        try:
            self._check_size()
        except DocumentTooLarge as error:
            self.opened.over = error
            raise

    def _moved(self, cell: Cell | None) -> Cell | None:
        return cell and replace(cell, table=cell.table + self.tables)

    def put(
        self, place: Place, kind: BlockKind, text: str, *, level: int = 0, marks: Sequence[Span] = ()
    ) -> None:
        """A block or an aside, whichever its place makes of the text. Raises DocumentTooLarge."""
        if place.kind or place.cell:
            kind, level = place.kind or "table_cell", 0
        if place.aside:
            self.add_aside(place.aside, kind, text, page=place.page, cell=place.cell)
        else:
            self.add(kind, text, page=place.page, level=level, cell=place.cell, marks=marks)

    def begin_table(self) -> int:
        """The number of a table that begins here."""
        self.tables += 1
        return self.tables - 1

    def warn(self, sentence: str) -> None:
        """Say once that something was in the file but not read."""
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    def all_warnings(self) -> tuple[str, ...]:
        """The warnings, with a sentence for each kind of unread thing."""
        counted = [
            f"{count:,} {kind}{'s were' if count > 1 else ' was'} not read."
            for kind, count in self.unread.items()
        ]
        return (*self.warnings, *counted)

    def _counted(self, text: str) -> str:
        """The text in normal form, within the limits."""
        text = tidy(text)
        self.characters += len(text)
        self._check_size()
        return text

    def _check_size(self) -> None:
        bounds = self.bounds
        if len(self.blocks) + len(self.asides) >= bounds.blocks:
            raise DocumentTooLarge(
                f"The file has more than {bounds.blocks:,} paragraphs and table cells, which is the limit.",
                hint=_SPLIT,
            )
        bounds.check_characters(self.characters)


def _marks(text: str, marks: Sequence[Span]) -> list[Mark]:
    """The marks at their places in the normal form; those that hold no character of it are dropped."""
    placed = [Mark(kind=kind, start=_place(text, start), end=_place(text, end)) for kind, start, end in marks]
    return [mark for mark in placed if mark.start < mark.end]


def _place(text: str, place: int) -> int:
    """Where a place of `text` stands in its normal form."""
    return min(len(tidy(f"{text[:place]}x")) - 1, len(tidy(text)))


def divide_marks(text: str, lines: Sequence[str], marks: Sequence[Span]) -> list[list[Span]]:
    """The marks of each of the lines that `text` was parted into: they differ from it in white space only."""
    solid = [(kind, _solid(text[:start]), _solid(text[:end])) for kind, start, end in marks]
    divided: list[list[Span]] = []
    begun = 0
    for line in lines:
        places = [index for index, character in enumerate(line) if not character.isspace()] if marks else []
        last = len(places)
        divided.append(
            [
                (kind, places[max(0, start - begun)], places[min(last, end - begun) - 1] + 1)
                for kind, start, end in solid
                if start < begun + last and end > max(begun, start)
            ]
        )
        begun += last
    return divided


def _solid(text: str) -> int:
    """How many of its characters are not white space."""
    return len("".join(text.split()))
