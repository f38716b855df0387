"""What an auditor counts: figures of a period by dimension, each with the ledger's rows behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from psycopg.rows import class_row
from pydantic import BaseModel, ConfigDict

from ..people.quotas import HONG_KONG
from ..store import Database
from .data_files import data_file
from .tiers import Named


class FigureKind(Named):
    """Which rows of the ledger count."""

    id: str
    deeds: tuple[str, ...] = ()
    """Beginnings of deeds' names."""
    reasons: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    """Of calls."""
    kind: str = ""
    """Of calls, only these: `chat`, `embed`; empty for all."""


class _Figures(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    figures: Mapping[str, tuple[FigureKind, ...]]


@lru_cache(maxsize=1)
def figure_kinds() -> Mapping[str, tuple[FigureKind, ...]]:
    """Those of each dimension."""
    return data_file("figures.yaml", _Figures).figures


@dataclass(frozen=True, slots=True)
class Figure:
    """A count, and the first and last of the ledger's rows behind it (0 where there are none)."""

    kind: FigureKind
    count: int
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows of the ledger that are alike."""

    kind: str
    outcome: str
    deed: str
    """Empty for a call."""
    reasons: list[str] | None
    rows: int
    first: int
    last: int


async def figures(database: Database, begins: date, ends: date) -> dict[str, list[Figure]]:
    """Every figure from the first to the last day, both of Hong Kong; the whole ledger is read once.

    Who acts must be one who may `audit`: for others the database counts nothing. Raises StoreError.
    """
    start = datetime.combine(begins, time(), HONG_KONG)
    end = datetime.combine(ends + timedelta(days=1), time(), HONG_KONG)
    async with database.connection() as connection:
        cursor = connection.cursor(row_factory=class_row(Group))
        await cursor.execute("SELECT * FROM ledger_groups(%s, %s)", (start, end))
        groups = await cursor.fetchall()
    return {
        dimension: [counted(kind, groups) for kind in kinds] for dimension, kinds in figure_kinds().items()
    }


def counted(kind: FigureKind, groups: Sequence[Group]) -> Figure:
    """The figure of these groups of rows; each row counts once."""
    chosen = [group for group in groups if _counts(kind, group)]
    return Figure(
        kind,
        sum(group.rows for group in chosen),
        min((group.first for group in chosen), default=0),
        max((group.last for group in chosen), default=0),
    )


def _counts(kind: FigureKind, group: Group) -> bool:
    by_deed = bool(kind.deeds) and group.deed.startswith(kind.deeds)
    by_outcome = not group.deed and group.outcome in kind.outcomes and kind.kind in ("", group.kind)
    return by_deed or by_outcome or not set(kind.reasons).isdisjoint(group.reasons or ())
