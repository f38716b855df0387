"""Two versions side by side, as the page shows them: rows with what was deleted and inserted marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from ..documents import Block, Document
from ..documents.comparison import BREAK, Comparison, Edit, Pair, Row, Texts, joined_text, rows_of
from ..pilot.draft import Passage
from .view import text_language


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView:
    """What one side of a row shows: a paragraph, or one cell of a table's row."""

    html: Markup
    language: str
    kind: str
    """The block's kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """One row."""

    id: str
    """`pair-` and the index of its first pair."""
    status: str
    """`same`, `changed`, `split`, `merged`, `renumbered`, `deleted`, `inserted`, `moved_from`, `moved_to`."""
    is_table: bool
    old: tuple[CellView, ...]
    new: tuple[CellView, ...]
    partner: str = ""
    """Of a move, the id of the row with its other half."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """A change of substance in the summary, and the row that it is in."""

    passage: Passage
    row: str = ""


def row_views(comparison: Comparison, old: Document, new: Document) -> list[RowView]:
    """Every row, in order."""
    blocks = {block.id: block for block in old.blocks}, {block.id: block for block in new.blocks}
    texts = Texts.of(old, new)
    rows = list(rows_of(comparison.pairs, *blocks))
    home = {index: f"pair-{row.pairs[0][0]}" for row in rows for index, _ in row.pairs}
    return [_row_view(row, comparison, texts, blocks, home) for row in rows]


def change_views(passages: Sequence[Passage], rows: Sequence[RowView]) -> list[ChangeView]:
    """The summary's passages, each with the row to go to."""
    starts = sorted(int(row.id.removeprefix("pair-")) for row in rows)

    def home(passage: Passage) -> str:
        if "pair" not in passage.columns or not starts:
            return ""
        at = int(passage.columns["pair"])
        return f"pair-{max(start for start in starts if start <= at)}"

    return [ChangeView(passage=passage, row=home(passage)) for passage in passages]


def _row_view(
    row: Row,
    comparison: Comparison,
    texts: Texts,
    blocks: tuple[Mapping[str, Block], Mapping[str, Block]],
    home: Mapping[int, str],
) -> RowView:
    sides: tuple[list[CellView], list[CellView]] = ([], [])
    for _, pair in row.pairs:
        for side, ids in enumerate((pair.old, pair.new)):
            if ids:
                kind = blocks[side][ids[0]].kind
                sides[side].append(_cell(pair, side, kind, comparison, texts))
    first, pair = row.pairs[0]
    partner = home[pair.partner] if pair.partner is not None else ""
    return RowView(
        id=home[first],
        status=_status(row),
        is_table=row.is_table,
        old=tuple(sides[0]),
        new=tuple(sides[1]),
        partner=partner,
    )


def _status(row: Row) -> str:
    kinds = {pair.kind for _, pair in row.pairs}
    if kinds == {"same"}:
        return "same"
    if len(kinds) > 1:
        return "changed"
    _, pair = row.pairs[0]
    if pair.kind != "changed" or row.is_table:
        return pair.kind
    if pair.renumbered:
        return "renumbered"
    if len(pair.old) == len(pair.new):
        return "changed"
    return "split" if len(pair.new) > len(pair.old) else "merged"


def _cell(pair: Pair, side: int, kind: str, comparison: Comparison, texts: Texts) -> CellView:
    text = joined_text(texts.new, pair.new) if side else joined_text(texts.old, pair.old)
    edits = pair.edits if side else _edits_from(pair, comparison)
    whole = {"deleted": "del", "moved_from": "del", "inserted": "ins"}.get(pair.kind, "")
    moved_whole = pair.kind == "moved_to" and not pair.edits
    html = (
        _wrapped(text, "ins" if moved_whole else whole)
        if whole or moved_whole
        else _marked(text, edits, side)
    )
    return CellView(html=html, language=text_language(text), kind=kind)


def _edits_from(pair: Pair, comparison: Comparison) -> Sequence[Edit]:
    return comparison.pairs[pair.partner].edits if pair.partner is not None else pair.edits


def _wrapped(text: str, tag: str) -> Markup:
    return Markup("<{0}>{1}</{0}>").format(Markup(tag), _plain(text)) if tag else _plain(text)  # noqa: S704


def _marked(text: str, edits: Sequence[Edit], side: int) -> Markup:
    """A side's text with the characters marked that the other side does not have."""
    html = Markup("")
    at = 0
    for start, end in _spans(edits, side):
        html += _plain(text[at:start]) + _wrapped(text[start:end], "ins" if side else "del")
        at = end
    return html + _plain(text[at:])


def _spans(edits: Sequence[Edit], side: int) -> Iterator[tuple[int, int]]:
    for edit in edits:
        start, end = (edit.new_start, edit.new_end) if side else (edit.old_start, edit.old_end)
        if end > start:
            yield start, end


def _plain(text: str) -> Markup:
    """Escaped, with a visible sign where one block ends and the next begins."""
    return escape(text).replace(BREAK, Markup('<span class="pilcrow"> ¶</span><br>'))
