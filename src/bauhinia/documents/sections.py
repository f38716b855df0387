"""A document in parts that fit a model: split at headings first, then paragraphs, then sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ..language.sentences import clauses, split_sentences
from .document import Anchor, Block, Document

_FURNITURE = ("header", "footer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A run of a document, in order."""

    slices: tuple[Anchor, ...]
    """The characters that it is made of, block by block."""
    text: str
    """The slices, a block a line; the cells of a table's row are on one line, with ` | ` between them."""
    headings: tuple[str, ...] = ()
    """The headings in force where it begins, from the highest."""
    first_page: int | None = None
    last_page: int | None = None
    cut: bool = False
    """It begins or ends inside a sentence, because that sentence alone is over the budget."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """What stays together while it fits: a paragraph, a table's row, and in the last resort a sentence."""

    slices: tuple[Anchor, ...]
    text: str
    size: int
    heading: int = 0
    """A heading's level, from 1; a title's is 1."""
    path: tuple[str, ...] = ()
    cut: bool = False
    glued: bool = False
    """Goes on in the same block as the unit before it."""


def split_sections(document: Document, count: Callable[[str], int], budget: int) -> list[Part]:
    """The document's parts in order; the `count` of each part's text is at most `budget`.

    Running headers and footers are left out. No sentence is cut, except one that is over the budget by
    itself: that is cut at clauses, or in the last resort between characters, and the part says so in `cut`.
    """
    if budget < 1:
        raise ValueError("The budget must be at least 1.")
    units = [piece for unit in _units(document, count) for piece in _cut_down(unit, document, count, budget)]
    return [_part(group) for run in _by_headings(units, budget) for group in _fitting(run, count, budget)]


def _units(document: Document, count: Callable[[str], int]) -> Iterator[_Unit]:
    path: list[tuple[int, str]] = []
    row: list[Block] = []
    for block in document.blocks:
        if row and (block.cell is None or row[0].cell is None or _row(block) != _row(row[0])):
            yield _unit(row, path, count)
            row = []
        if block.kind in _FURNITURE:
            continue
        if block.kind == "table_cell" and block.cell is not None:
            row.append(block)
            continue
        level = 1 if block.kind == "title" else block.level if block.kind == "heading" else 0
        if level:
            path = [*((depth, text) for depth, text in path if depth < level), (level, block.text)]
        yield _unit([block], path, count, level)
    if row:
        yield _unit(row, path, count)


def _row(block: Block) -> tuple[int, int]:
    assert block.cell is not None
    return block.cell.table, block.cell.row


def _unit(
    blocks: Sequence[Block], path: Sequence[tuple[int, str]], count: Callable[[str], int], level: int = 0
) -> _Unit:
    text = " | ".join(block.text for block in blocks)
    slices = tuple(Anchor(block=each.id, start=0, end=len(each.text), page=each.page) for each in blocks)
    return _Unit(slices, text, count(text + "\n"), level, tuple(heading for _, heading in path))


def _cut_down(unit: _Unit, document: Document, count: Callable[[str], int], budget: int) -> Iterator[_Unit]:
    """The unit itself when it fits; else its cells, sentences, clauses or pieces."""
    if unit.size <= budget:
        yield unit
        return
    for anchor in unit.slices:
        text = document.quote(anchor) if len(unit.slices) > 1 else unit.text
        begun = False
        for start, end, cut in _spans(text, count, budget):
            piece = text[start:end]
            place = Anchor(block=anchor.block, start=start, end=end, page=anchor.page)
            heading = 0 if begun else unit.heading
            size = count(piece if begun else piece + "\n")
            yield _Unit((place,), piece, size, heading, unit.path, cut, glued=begun)
            begun = True


def _spans(text: str, count: Callable[[str], int], budget: int) -> Iterator[tuple[int, int, bool]]:
    """Sentences; of a sentence over the budget its clauses; of such a clause pieces that fit."""
    for start, end in split_sentences(text):
        if count(text[start:end] + "\n") <= budget:
            yield start, end, False
            continue
        for first, last in clauses(text[start:end]):
            yield from _pieces(text, start + first, start + last, count, budget)


def _pieces(
    text: str, start: int, end: int, count: Callable[[str], int], budget: int
) -> Iterator[tuple[int, int, bool]]:
    while start < end:
        stop = end
        while stop - start > 1 and count(text[start:stop] + "\n") > budget:
            stop = start + (stop - start) // 2
        if stop < end and (space := text.rfind(" ", start + 1, stop)) > start:
            stop = space + 1
        yield start, stop, True
        start = stop


def _by_headings(units: list[_Unit], budget: int) -> list[list[_Unit]]:
    """Runs of units to be packed: what fits whole stays whole; the rest is split at its highest headings, and
    neighbouring sections are put together again while they fit."""
    if sum(unit.size for unit in units) <= budget:
        return [units] if units else []
    sections = _sections(units)
    if len(sections) == 1:
        return [units]
    runs: list[list[_Unit]] = []
    room = 0
    for section in sections:
        size = sum(unit.size for unit in section)
        if size > budget:
            runs += _by_headings(section, budget)
            room = 0
        elif size <= room:
            runs[-1] += section
            room -= size
        else:
            runs.append(list(section))
            room = budget - size
    return runs


def _sections(units: list[_Unit]) -> list[list[_Unit]]:
    """Split before each heading of the highest level there is, beyond the headings that open the run."""
    opening = 0
    while opening < len(units) and units[opening].heading:
        opening += 1
    levels = {unit.heading for unit in units[opening:] if unit.heading}
    if not levels:
        return [units]
    highest = min(levels)
    sections: list[list[_Unit]] = [[]]
    previous = 0
    for index, unit in enumerate(units):
        # Headings that follow each other directly belong together.
        if index >= opening and unit.heading == highest and not previous:
            sections.append([])
        sections[-1].append(unit)
        previous = unit.heading
    return [section for section in sections if section]


def _fitting(run: list[_Unit], count: Callable[[str], int], budget: int) -> Iterator[list[_Unit]]:
    """The run in groups within the budget; a heading is not left alone at a group's end."""
    group: list[_Unit] = []
    size = 0
    for unit in run:
        if group and size + unit.size > budget:
            keep = len(group)
            while keep > 0 and group[keep - 1].heading:
                keep -= 1
            left = group[keep:] if keep else []
            if sum(each.size for each in left) + unit.size > budget:
                left = []
            yield from _halved(group[: len(group) - len(left)], count, budget)
            group = left
            size = sum(each.size for each in group)
        group.append(unit)
        size += unit.size
    if group:
        yield from _halved(group, count, budget)


def _halved(group: list[_Unit], count: Callable[[str], int], budget: int) -> Iterator[list[_Unit]]:
    """The group itself, unless joining its units made it longer than their sum said."""
    if len(group) == 1 or count(_text(group)) <= budget:
        yield group
        return
    half = len(group) // 2
    yield from _halved(group[:half], count, budget)
    yield from _halved(group[half:], count, budget)


def _text(units: Sequence[_Unit]) -> str:
    text = ""
    for unit in units:
        text += unit.text if unit.glued or not text else f"\n{unit.text}"
    return text


def _part(units: Sequence[_Unit]) -> Part:
    slices: list[Anchor] = []
    for anchor in (anchor for unit in units for anchor in unit.slices):
        last = slices[-1] if slices else None
        if last is not None and last.block == anchor.block and last.end == anchor.start:
            slices[-1] = Anchor(block=last.block, start=last.start, end=anchor.end, page=last.page)
        else:
            slices.append(anchor)
    pages = [anchor.page for anchor in slices if anchor.page is not None]
    return Part(
        slices=tuple(slices),
        text=_text(units),
        headings=units[0].path,
        first_page=min(pages, default=None),
        last_page=max(pages, default=None),
        cut=any(unit.cut for unit in units),
    )
