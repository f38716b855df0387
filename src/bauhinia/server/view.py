"""What the templates show, made from documents and drafts: numbered citations, tables, sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from types import MappingProxyType
from typing import Any

from markupsafe import Markup

from ..documents import Block, Document, comparison
from ..pilot.draft import Citation, Finding, Passage, Section
from ..pilot.obligations import COLUMNS
from .markdown import render, render_inline
from .revising import Fix, Revision
from .words import Words

_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_SIMPLIFIED_INTERFACE = "zh-Hans"


_GRID_MOST = 4
"""A table is shown as a grid unless that takes more than this many times as many places as it has cells."""


@dataclass(frozen=True, slots=True)
class Asides:
    """Neighbouring asides of one kind, shown as one note."""

    kind: str
    """`hidden`, `deleted` or `comment`."""
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring blocks that are shown as one thing."""

    kind: str
    """`table`, `list`, `asides`, or a block's kind."""
    blocks: tuple[Block, ...] = ()
    rows: tuple[tuple[tuple[Block, ...], ...], ...] = ()
    """A table's rows; of each row its cells, with those that are empty; of each cell its blocks."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters of a block that are all marked alike."""

    text: str
    mark: str = ""
    """`inserted`, `uncertain` or `equation`; empty for none."""


def groups_of(document: Document) -> list[Group]:
    """A document's blocks in reading order, table cells gathered into tables and items into lists."""

    def together(block: Block) -> tuple[str, int]:
        if block.cell:
            return ("table", block.cell.table)
        return ("list", 0) if block.kind == "list_item" else (block.id, -1)

    groups = []
    for (kind, _), run in groupby(document.blocks, key=together):
        blocks = tuple(run)
        if kind == "table":
            groups.append(Group("table", blocks, rows=tuple(_rows(blocks))))
        else:
            groups.append(Group("list" if kind == "list" else blocks[0].kind, blocks))
    return groups


def asides_of(document: Document) -> dict[str, list[Asides]]:
    """A document's asides by the block that they stand after; those that stand first under an empty id."""
    found: dict[str, list[Asides]] = {}
    for (after, kind), run in groupby(document.asides, key=lambda block: (block.after, block.aside)):
        found.setdefault(after, []).append(Asides(kind, tuple(run)))
    return found


def stretches(block: Block) -> list[Stretch]:
    """A block's text cut where its marks begin and end; of marks that overlap the first holds."""
    pieces: list[Stretch] = []
    place = 0
    for mark in sorted(block.marks, key=lambda each: each.start):
        start = max(place, mark.start)
        if mark.end <= start:
            continue
        pieces += [Stretch(block.text[place:start]), Stretch(block.text[start : mark.end], mark.kind)]
        place = mark.end
    pieces.append(Stretch(block.text[place:]))
    return [piece for piece in pieces if piece.text]


def _rows(blocks: Sequence[Block]) -> Iterator[tuple[tuple[Block, ...], ...]]:
    """The cells of a table, each under its column; a very sparse table without its empty cells."""
    cells = [block.cell for block in blocks if block.cell]
    columns = sorted({cell.column for cell in cells})
    rows = len({cell.row for cell in cells})
    aligned = rows * len(columns) <= _GRID_MOST * len(cells) + 100
    for _, row in groupby(blocks, key=lambda block: block.cell.row if block.cell else 0):
        held: dict[int, list[Block]] = {}
        for block in row:
            held.setdefault(block.cell.column if block.cell else 0, []).append(block)
        yield tuple(tuple(held.get(column, ())) for column in (columns if aligned else sorted(held)))


def text_language(text: str, interface: str = "") -> str:
    """The `lang` of a piece of text, so that it gets the right fonts and the right voice."""
    if not _HAN.search(text):
        return "en"
    return _SIMPLIFIED_INTERFACE if interface == _SIMPLIFIED_INTERFACE else "zh-Hant-HK"


@dataclass(slots=True)
class Numbers:
    """Gives each cited block its number, from 1, in the order of first mention, as the exports do."""

    seen: dict[tuple[str, str], int] = field(default_factory=dict)
    library: bool = False
    """Whether the documents are in the library, each with a page of its own, and not beside the draft."""

    def of(self, citation: Citation) -> int:
        """The same block always has the same number."""
        return self.seen.setdefault((citation.document, citation.anchor.block), len(self.seen) + 1)

    def views(self, citations: Sequence[Citation]) -> tuple[CitationView, ...]:
        """One button a block, with all the places in it."""
        gathered: dict[int, list[Citation]] = {}
        for citation in citations:
            gathered.setdefault(self.of(citation), []).append(citation)
        return tuple(
            CitationView(number=n, citations=tuple(found), library=self.library)
            for n, found in gathered.items()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationView:
    """Citations of one block as a button."""

    number: int
    citations: tuple[Citation, ...]
    library: bool = False

    @property
    def address(self) -> str:
        """The page of the library that opens at the place; empty for a document beside the draft."""
        place = self.first.anchor
        key = self.first.document
        return f"/knowledge/documents/{key}?at={place.block}#d-{key}-{place.block}" if self.library else ""

    @property
    def first(self) -> Citation:
        """The place to jump to."""
        return self.citations[0]

    @property
    def spans(self) -> str:
        """Every place in the block, as `start-end` in characters, with spaces between."""
        return " ".join(f"{c.anchor.start}-{c.anchor.end}" for c in self.citations)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """A finding in the reader's language."""

    severity: str
    sentence: str
    language: str
    """The sentence's own language."""
    fix: Fix | None = None
    """What one click can write instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageView:
    """A passage as it is shown."""

    passage: Passage
    html: Markup
    language: str
    citations: tuple[CitationView, ...]
    findings: tuple[FindingView, ...]
    confirmed: bool | None = None
    """Whether an officer stands by it; None for what is not confirmed."""
    support: str = ""
    """`unverified` or `reworded`, of a statement that no passage of a source supports; else empty."""

    @property
    def edited(self) -> bool:
        """Whether an officer has changed it."""
        return self.passage.original is not None and self.passage.original != self.passage.text

    @property
    def beside(self) -> str:
        """The heading of the column that it stands in, beside the passage before it; empty for the text."""
        return self.passage.columns.get("beside", "")

    @property
    def cells(self) -> list[str]:
        """A row's cells that are not empty, in the pilot's order."""
        return [cell for column in COLUMNS if (cell := self.passage.columns.get(column))]

    @property
    def source_language(self) -> str:
        """The `lang` of the text that it translates."""
        return text_language(self.passage.source_text)


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring passages that are laid out alike."""

    kind: str
    """`rows`, `pairs`, `bullets`, `heading` or `prose`."""
    groups: tuple[tuple[PassageView, ...], ...]
    """Prose: a group is a paragraph. Else each passage is its own group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """A section as it is shown."""

    number: int
    section: Section
    runs: tuple[Run, ...]

    @property
    def columns(self) -> list[str]:
        """The ids of its table's columns, in the pilot's order: the database does not keep that of a row."""
        rows = [passage for passage in self.section.passages if passage.kind == "row"]
        return [column for column in COLUMNS if any(column in row.columns for row in rows)]


def passage_view(
    passage: Passage,
    language: str,
    numbers: Numbers,
    words: Words,
    revision: Revision | None = None,
    support: str = "",
) -> PassageView:
    """One passage, ready for its template."""
    found = revision.fixes(passage) if revision else [(finding, None) for finding in passage.findings]
    learnable = revision is not None and bool(passage.tagged_source.strip() and passage.text.strip())
    return PassageView(
        passage=passage,
        html=_changes(passage) if shows_changes(passage) else _rendered(passage.text),
        language=language,
        citations=numbers.views(passage.citations),
        findings=tuple(finding_view(finding, words, fix) for finding, fix in found),
        confirmed=passage.id in revision.confirmed if revision and learnable else None,
        support=support,
    )


def shows_changes(passage: Passage) -> bool:
    """Whether it is a new wording, to be read against the old one in the same line."""
    return passage.columns.get("shown") == "changes"


def _rendered(text: str) -> Markup:
    return Markup(render(text) if "\n" in text else render_inline(text))  # noqa: S704


def _changes(passage: Passage) -> Markup:
    """What was taken out and what was put in, each named as such; every word is escaped."""
    old, new = passage.source_text, passage.text
    tags = {"same": "{}", "delete": "<del>{}</del>", "insert": "<ins>{}</ins>"}
    pieces = comparison.stretches(old, new, comparison.differences(old, new))
    return Markup("").join(Markup(tags[piece.kind]).format(piece.text) for piece in pieces)  # noqa: S704


def section_view(
    number: int,
    section: Section,
    words: Words,
    revision: Revision | None = None,
    *,
    library: bool = False,
    badges: Mapping[tuple[int, str], str] = MappingProxyType({}),
) -> SectionView:
    """One section, ready for its template; its citations are numbered from 1. `badges` are of the draft's
    statements that stand on no passage, by section and passage."""
    numbers = Numbers(library=library)
    views = [
        passage_view(p, section.language, numbers, words, revision, badges.get((number, p.id), ""))
        for p in section.passages
    ]
    runs = tuple(Run(kind, _groups(list(run))) for kind, run in groupby(views, key=_layout))
    return SectionView(number=number, section=section, runs=runs)


def _layout(view: PassageView) -> str:
    passage = view.passage
    if passage.kind == "row":
        return "rows"
    if passage.source_text and not shows_changes(passage):
        return "pairs"
    return {"bullet": "bullets", "heading": "heading"}.get(passage.kind, "prose")


def _groups(views: Sequence[PassageView]) -> tuple[tuple[PassageView, ...], ...]:
    groups: list[list[PassageView]] = []
    for view in views:
        if view.passage.run_on and groups:
            groups[-1].append(view)
        else:
            groups.append([view])
    return tuple(tuple(group) for group in groups)


class _Values(dict[str, Any]):
    """A finding's values; one that a check did not give is blank."""

    def __missing__(self, key: str) -> str:
        return ""


def finding_view(finding: Finding, words: Words, fix: Fix | None = None) -> FindingView:
    """A finding in the reader's language. One whose check the catalogue does not know keeps its English."""
    key = _finding_key(finding, words)
    if words.language == "en" or not words.has(key):
        return FindingView(severity=finding.severity, sentence=finding.message, language="en", fix=fix)
    sentence = words.entries[key].format_map(_Values(finding.values))
    return FindingView(severity=finding.severity, sentence=sentence, language=words.language, fix=fix)


def _finding_key(finding: Finding, words: Words) -> str:
    """`finding.CHECK.VALUE` where the catalogue tells cases of a check apart by what is given, else
    `finding.CHECK`."""
    for name, value in finding.values.items():
        if value and words.has(key := f"finding.{finding.check}.{name}"):
            return key
    return f"finding.{finding.check}"
