"""Checkpoints: what a task has already paid for is kept, so that taking it up again asks no model twice.

A step is at least once: killed between its effect and the commit of its checkpoint, it runs again. It is
finished once its checkpoint is committed, and then never runs again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, Literal

from psycopg.types.json import Jsonb

from ..store import Database
from ..telemetry import tracing
from .lease import LeaseLost
from .patience import patiently

Point = Literal["before effect", "after effect", "before commit", "after commit"]

_KEEP = """
WITH held AS (
    UPDATE tasks SET crashes = 0, tries = 0 WHERE id = %(task)s AND lease = %(lease)s RETURNING id
), kept AS (
    INSERT INTO steps (task, key, result) SELECT id, %(key)s, %(result)s FROM held
    ON CONFLICT (task, key) DO NOTHING RETURNING 1
)
SELECT count(*) FROM held
"""


class Steps:
    """The checkpoints of one task. Keys are stable names such as `map/3`; results are plain JSON."""

    reached: ClassVar[Callable[[Point, str], None] | None] = None
    """Told where each step stands, by its key: tests and `bench/faults.py` kill the process there."""

    def __init__(self, database: Database, task: str, lease: str, kept: dict[str, Any]) -> None:
        self._database = database
        self._task = task
        self._lease = lease
        self._kept = kept
        self.has_moved = False
        """A checkpoint was kept since the work was taken up."""

    @classmethod
    async def of(cls, database: Database, task: str, lease: str) -> Steps:
        """The steps that this task has finished so far, in this process or an earlier one."""
        async with database.connection() as connection:
            cursor = await connection.execute("SELECT key, result FROM steps WHERE task = %s", (task,))
            return cls(database, task, lease, dict(await cursor.fetchall()))

    async def run(self, key: str, work: Callable[[], Awaitable[Any]]) -> Any:
        """The kept result of this step, or `work()`'s, which is then kept.

        While the database is away it waits: what has been paid for is not thrown away. Raises LeaseLost once
        another worker has taken the task over.
        """
        if key in self._kept:
            return self._kept[key]
        self._reach("before effect", key)
        with tracing.span("task.step", task=self._task, key=key):
            result = await work()
        self._reach("after effect", key)
        await patiently(lambda: self._keep(key, result))
        self._reach("after commit", key)
        self._kept[key] = result
        self.has_moved = True
        return result

    async def _keep(self, key: str, result: Any) -> None:
        """Commit the checkpoint; one that is there already stays as it is. Raises StoreError, LeaseLost."""
        values = {"task": self._task, "lease": self._lease, "key": key, "result": Jsonb(result)}
        async with self._database.connection() as connection:
            cursor = await connection.execute(_KEEP, values)
            if await cursor.fetchone() == (0,):
                raise LeaseLost(self._task)
            self._reach("before commit", key)

    @classmethod
    def _reach(cls, point: Point, key: str) -> None:
        if cls.reached is not None:
            cls.reached(point, key)


class UnkeptSteps(Steps):
    """Steps of work that is not worth resuming, such as one segment of a comparison."""

    def __init__(self) -> None:
        """Nothing is kept, so there is no database and no task."""

    async def run(self, key: str, work: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ARG002
        """`work()`'s result."""
        return await work()
