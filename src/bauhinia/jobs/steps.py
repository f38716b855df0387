"""Checkpoints: what a task has already paid for is kept, so that resuming it asks no model twice.

A step is at least once: killed between its effect and its checkpoint, it runs again. A model call's only
effect is its answer (and its row in the ledger), so nothing else can be done twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from psycopg.types.json import Jsonb

from ..store import Database
from ..telemetry import tracing


class Steps:
    """The checkpoints of one task. Keys are stable names such as `map/3`; results are plain JSON."""

    def __init__(self, database: Database, task: str, kept: dict[str, Any]) -> None:
        self._database = database
        self._task = task
        self._kept = kept

    @classmethod
    async def of(cls, database: Database, task: str) -> Steps:
        """The steps that this task has finished so far, in this process or an earlier one."""
        async with database.connection() as connection:
            cursor = await connection.execute("SELECT key, result FROM steps WHERE task = %s", (task,))
            return cls(database, task, dict(await cursor.fetchall()))

    async def run(self, key: str, work: Callable[[], Awaitable[Any]]) -> Any:
        """The kept result of this step, or `work()`'s, which is then kept."""
        if key in self._kept:
            return self._kept[key]
        with tracing.span("task.step", task=self._task, key=key):
            result = await work()
        async with self._database.connection() as connection:
            await connection.execute(
                "INSERT INTO steps (task, key, result) VALUES (%s, %s, %s) "
                "ON CONFLICT (task, key) DO NOTHING",
                (self._task, key, Jsonb(result)),
            )
        self._kept[key] = result
        return result


class UnkeptSteps(Steps):
    """Steps of work that is not worth resuming, such as one segment of a comparison."""

    def __init__(self) -> None:
        """Nothing is kept, so there is no database and no task."""

    async def run(self, key: str, work: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ARG002
        """`work()`'s result."""
        return await work()
