"""How a draft came about, from the record of its decisions: which stage decided what, and how often.

The ledger holds no words of a document; nor does this (D-3.2.2-14, D-2.3.2-03).
"""

from __future__ import annotations

from typing import NamedTuple

from ..store import Database


class Step(NamedTuple):
    """A decision, and how often it was taken for this draft."""

    stage: str
    """A stage of the gateway: `admit`, `redact`, `route`, ..."""
    allowed: bool
    reason: str
    """A stable word; pages have a sentence for each."""
    times: int


class Account(NamedTuple):
    """What was decided while a draft was made."""

    models: tuple[str, ...]
    calls: int
    """Questions to a model."""
    steps: tuple[Step, ...]
    """In the order of the stages."""


async def account_of(database: Database, task: str) -> Account | None:
    """The account of a task that whoever acts may see; None where nothing was asked of a model, or of another
    department's task, whose use is its own."""
    async with database.connection() as connection:
        cursor = await connection.execute(_STEPS, (task,))
        steps = tuple(Step(*row) for row in await cursor.fetchall())
        cursor = await connection.execute(_CALLS, (task,))
        row = await cursor.fetchone()
    if row is None or not steps:
        return None
    return Account(models=tuple(row[0]), calls=row[1], steps=steps)


_STEPS = "SELECT stage, allowed, reason, times FROM decisions_of(%s)"
_CALLS = "SELECT coalesce(array_agg(DISTINCT model), '{}'), count(*)::int FROM usage WHERE task = %s"
