"""The pairs of a comparison as they are shown: a paragraph's alone, those of a table's row together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..document import Block, Cell
from .comparison import Pair


@dataclass(slots=True, kw_only=True)
class Row:
    """One paragraph's pair, or the pairs of the cells that stand in one row of a table."""

    pairs: list[tuple[int, Pair]] = field(default_factory=list)
    """With their indices in the comparison."""
    old: Cell | None = None
    new: Cell | None = None
    """A cell of the row on each side; both None for a paragraph."""

    @property
    def is_table(self) -> bool:
        """Whether it is a row of a table."""
        return self.old is not None or self.new is not None

    def takes(self, old: Cell | None, new: Cell | None) -> bool:
        """Whether a pair of these cells belongs to it; a row that went and one that came are two."""
        if not self.is_table or (old is None and new is None):
            return False
        apart = (self.new is None and old is None) or (self.old is None and new is None)
        return not apart and _same_row(self.old, old) and _same_row(self.new, new)

    def in_table_of(self, other: Row) -> bool:
        """Whether both are rows of one table."""
        known = [(a, b) for a, b in ((self.old, other.old), (self.new, other.new)) if a and b]
        return self.is_table and other.is_table and all(a.table == b.table for a, b in known)


def rows_of(pairs: Sequence[Pair], old: Mapping[str, Block], new: Mapping[str, Block]) -> Iterator[Row]:
    """All pairs in order. `old` and `new` give the blocks of each document by id."""
    row: Row | None = None
    for index, pair in enumerate(pairs):
        left, right = cells_of(pair, old, new)
        if row is None or not row.takes(left, right):
            if row is not None:
                yield row
            row = Row(old=left, new=right)
        row.old, row.new = row.old or left, row.new or right
        row.pairs.append((index, pair))
    if row is not None:
        yield row


def cells_of(
    pair: Pair, old: Mapping[str, Block], new: Mapping[str, Block]
) -> tuple[Cell | None, Cell | None]:
    """The cells that the two sides of a pair stand in."""
    return old[pair.old[0]].cell if pair.old else None, new[pair.new[0]].cell if pair.new else None


def _same_row(ours: Cell | None, theirs: Cell | None) -> bool:
    return ours is None or theirs is None or (ours.table, ours.row) == (theirs.table, theirs.row)
