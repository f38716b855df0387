"""A comparison as a Word file with tracked changes: accept all and it is the new text, reject all the old.

Insertions and deletions are `w:ins` and `w:del`, of paragraphs with their marks and of rows as rows;
paragraphs that moved are `w:moveFrom` and `w:moveTo`, moved rows a deletion and an insertion. A cell of a
column that came or went is emptied or filled; the column itself stays: LibreOffice tracks no columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from .comparison import BREAK, Comparison, Pair, Row, Stretch, Texts, cells_of, rows_of, stretches
from .document import Block, Document
from .normal import NUMBER_LABEL, without_illegal
from .output import OutputMeta
from .word_output import blank, finished

AUTHOR = "Bauhinia"
_Tracking = Literal["same", "delete", "insert", "moved_from", "moved_to"]
_TAGS: dict[_Tracking, str] = {
    "delete": "w:del",
    "insert": "w:ins",
    "moved_from": "w:moveFrom",
    "moved_to": "w:moveTo",
}


def write_redline(old: Document, new: Document, comparison: Comparison, meta: OutputMeta) -> bytes:
    """The file's bytes. The comparison must be of these two documents, in one language."""
    assert not comparison.across, "a translation is no revision of its original"
    document = blank(meta)
    writer = _Redliner(
        document=document,
        pairs=comparison.pairs,
        texts=Texts.of(old, new),
        old={block.id: block for block in old.blocks},
        new={block.id: block for block in new.blocks},
    )
    writer.write()
    return finished(document, meta)


@dataclass(slots=True, kw_only=True)
class _Redliner:
    """Writes the pairs one after the other."""

    document: Any
    pairs: Sequence[Pair]
    texts: Texts
    old: dict[str, Block]
    new: dict[str, Block]
    date: str = field(default_factory=lambda: datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    number: int = 0
    """Of the last tracked change: Word wants each to have its own."""

    def write(self) -> None:
        """All pairs; tables are gathered row by row."""
        rows: list[Row] = []
        for row in rows_of(self.pairs, self.old, self.new):
            if rows and not rows[-1].in_table_of(row):
                self._table(rows)
                rows = []
            if row.is_table:
                rows.append(row)
            else:
                self._paragraphs(*row.pairs[0])
        if rows:
            self._table(rows)
        self.document.add_paragraph()  # a deleted last paragraph needs one to merge into

    def _paragraphs(self, index: int, pair: Pair) -> None:
        blocks = [self.new[one] for one in pair.new] or [self.old[one] for one in pair.old]
        styles = (_style(block) for block in blocks)
        last = _style(blocks[-1])
        self._written(index, pair, lambda: self.document.add_paragraph(style=next(styles, last)))

    def _written(self, index: int, pair: Pair, begin: Any, *, moves: bool = True) -> None:
        """The text of a pair, in as many paragraphs as it has in either document."""
        whole = self._tracking(pair, moves=moves)
        paragraph = begin()
        if whole in ("moved_from", "moved_to"):
            self._move_ends(paragraph, whole, index, pair)
        for stretch in self._stretches(pair, whole):
            kind = whole if whole != "same" else stretch.kind
            for n, part in enumerate(stretch.text.split(BREAK)):
                if n:
                    self._mark(paragraph, kind)
                    paragraph = begin()
                self._run(paragraph, part, kind)
        self._mark(paragraph, whole)
        if whole in ("moved_from", "moved_to"):
            self._close_move(paragraph, whole)

    def _tracking(self, pair: Pair, *, moves: bool) -> _Tracking:
        if pair.kind in ("same", "changed"):
            return "same"
        if moves and pair.kind == "moved_from":
            return "moved_from"
        if moves and pair.kind == "moved_to":
            return "moved_to"
        return "delete" if pair.old else "insert"

    def _stretches(self, pair: Pair, whole: _Tracking) -> Iterable[Stretch]:
        before, after = self.texts.before(self.pairs, pair), self.texts.after(pair)
        if whole == "same":
            return stretches(before, after, pair.edits)
        kept = before if pair.old else after
        return [Stretch(kind="same", text=kept)]

    def _run(self, paragraph: Any, text: str, kind: _Tracking) -> None:
        if not text:
            return
        run = paragraph.add_run(without_illegal(text))
        if not text.isascii():
            run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:hint"), "eastAsia")
        if kind == "same":
            return
        wrapper = self._element(kind)
        run._r.addprevious(wrapper)
        wrapper.append(run._r)
        if kind == "delete":
            for piece in run._r.findall(qn("w:t")):
                piece.tag = qn("w:delText")

    def _mark(self, paragraph: Any, kind: _Tracking) -> None:
        """Track the paragraph's mark: what comes or goes with the line end."""
        if kind == "same":
            return
        properties = paragraph._p.get_or_add_pPr()
        marks = properties.find(qn("w:rPr"))
        if marks is None:
            marks = OxmlElement("w:rPr")
            properties.append(marks)
        marks.append(self._element(kind))

    def _element(self, kind: _Tracking) -> Any:
        return self._tracked(_TAGS[kind])

    def _tracked(self, tag: str) -> Any:
        self.number += 1
        element = OxmlElement(tag)
        element.set(qn("w:id"), str(self.number))
        element.set(qn("w:author"), AUTHOR)
        element.set(qn("w:date"), self.date)
        return element

    def _move_ends(self, paragraph: Any, kind: _Tracking, index: int, pair: Pair) -> None:
        """Both halves of a move have one name, after the half that it moved from."""
        element = self._tracked(f"{_TAGS[kind]}RangeStart")
        origin = index if kind == "moved_from" else pair.partner
        element.set(qn("w:name"), f"move{origin}")
        paragraph._p.append(element)

    def _close_move(self, paragraph: Any, kind: _Tracking) -> None:
        element = OxmlElement(f"{_TAGS[kind]}RangeEnd")
        start = paragraph._p.find(qn(f"{_TAGS[kind]}RangeStart"))
        element.set(qn("w:id"), start.get(qn("w:id")) if start is not None else str(self.number))
        paragraph._p.append(element)

    def _table(self, rows: Sequence[Row]) -> None:
        cells = [list(self._by_cell(row)) for row in rows]
        table = self.document.add_table(rows=0, cols=max(map(len, cells)), style="Table Grid")
        for row, in_row in zip(rows, cells, strict=True):
            self._row(table.add_row(), row, in_row)
        self.document.add_paragraph()

    def _by_cell(self, row: Row) -> Iterator[list[tuple[int, Pair]]]:
        """The pairs of each cell of a row."""
        some: list[tuple[int, Pair]] = []
        columns: list[int | None] = [None, None]
        for index, pair in row.pairs:
            here = [cell.column if cell else None for cell in cells_of(pair, self.old, self.new)]
            known = [
                one == other for one, other in zip(columns, here, strict=True) if None not in (one, other)
            ]
            if some and not (known and all(known)):
                yield some
                some, columns = [], [None, None]
            some.append((index, pair))
            columns = [one if one is not None else other for one, other in zip(here, columns, strict=True)]
        yield some

    def _row(self, written: Any, row: Row, cells: Sequence[Sequence[tuple[int, Pair]]]) -> None:
        sides = {bool(pair.old) + 2 * bool(pair.new) for _, pair in row.pairs}
        if sides in ({1}, {2}):
            properties = written._tr.get_or_add_trPr()
            properties.append(self._element("delete" if sides == {1} else "insert"))
        for cell, pairs in zip(written.cells, cells, strict=False):
            first = [cell.paragraphs[0]]
            for index, pair in pairs:
                self._written(
                    index,
                    pair,
                    lambda cell=cell, first=first: first.pop() if first else cell.add_paragraph(),
                    moves=False,
                )


def _style(block: Block) -> str | None:
    if block.kind == "title":
        return "Title"
    if block.kind == "heading":
        return f"Heading {min(max(block.level, 1), 9)}"
    if block.kind == "list_item":
        return "List Paragraph" if NUMBER_LABEL.match(block.text) else "List Bullet"
    return None
