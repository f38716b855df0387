"""Tasks: started, watched, cancelled, resumed. Work goes on when the browser leaves."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
import traceback
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, LiteralString

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from ..errors import BauhiniaError, InputError, NotFound
from ..store import Database
from .events import Ended, TaskEvent, TaskStatus
from .steps import Steps

logger = logging.getLogger(__name__)

_CANCELLED = Ended(status="cancelled", message="Stopped.", hint="Resume it to go on from where it stopped.")
_INTERRUPTED = Ended(
    status="interrupted",
    message="The server stopped while this was running.",
    hint="Resume it: finished sections are kept.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One row: what was asked, where it stands, what came back."""

    id: str
    kind: str
    order: dict[str, Any]
    status: TaskStatus
    draft: dict[str, Any] | None
    message: str
    """Why it failed, a sentence for the officer."""
    hint: str
    created: datetime
    ended: datetime | None
    seconds: float
    """Time worked so far, over all resumptions."""
    classification: str
    """The highest of what it works on."""
    own: bool
    """Whether it is of whoever asks, and not shared with them."""


Report = Callable[[TaskEvent], None]
TaskFunction = Callable[[dict[str, Any], Report, Steps, str], Awaitable[dict[str, Any]]]
"""Takes the order, a place to report to, the checkpoints and the task's id; gives the draft, all as JSON."""

_SELECT: LiteralString = (
    'SELECT id, kind, "order", status, {}, message, hint, created, ended, seconds, classification,'
    " officer = acting_officer() AND department = acting_department() AS own FROM tasks"
)


@dataclass(slots=True)
class _Run:
    """A task that this process is working on, with every event so far, for those who come late."""

    events: list[TaskEvent] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    worker: asyncio.Task[None] | None = None

    def report(self, event: TaskEvent) -> None:
        self.events.append(event)
        self.changed.set()
        self.changed = asyncio.Event()


class Tasks:
    """The tasks of one database, and the work of this process on them."""

    def __init__(self, database: Database, functions: dict[str, TaskFunction]) -> None:
        self._database = database
        self._functions = functions
        self._runs: dict[str, _Run] = {}
        self._closing = False

    async def start(self, kind: str, order: dict[str, Any], classification: str = "unclassified") -> str:
        """Begin a task; gives its id. The work goes on in the background."""
        assert kind in self._functions, kind
        task = secrets.token_hex(8)
        await self._execute(
            'INSERT INTO tasks (id, kind, "order", status, classification)'
            " VALUES (%s, %s, %s, 'running', %s)",
            (task, kind, Jsonb(order), classification),
        )
        self._launch(task, kind, order)
        return task

    async def get(self, task: str, *, draft: bool = True) -> Task:
        """The task, on request without its draft, which may be long. Raises NotFound."""
        columns = "draft" if draft else "NULL::jsonb AS draft"
        async with (
            self._database.connection() as connection,
            connection.cursor(row_factory=class_row(Task)) as cursor,
        ):
            await cursor.execute(_SELECT.format(columns) + " WHERE id = %s", (task,))
            row = await cursor.fetchone()
        if row is None:
            raise NotFound("There is no such task.", hint="It may have been deleted; see the list of tasks.")
        return row

    async def list(self, limit: int = 100) -> list[Task]:
        """The officer's own, the newest first, without their drafts."""
        async with (
            self._database.connection() as connection,
            connection.cursor(row_factory=class_row(Task)) as cursor,
        ):
            await cursor.execute(
                _SELECT.format("NULL::jsonb AS draft")
                + " WHERE officer = acting_officer() AND department = acting_department()"
                " ORDER BY created DESC LIMIT %s",
                (limit,),
            )
            return await cursor.fetchall()

    async def events(self, task: str, after: int = 0) -> AsyncGenerator[tuple[int, TaskEvent], None]:
        """Events numbered from 1, those after `after` first, then each as it comes, up to `Ended`.

        A task that this process is not working on gives one `Ended` with its status.
        """
        run = self._runs.get(task)
        if run is None:
            row = await self.get(task)
            yield after + 1, Ended(status=row.status, message=row.message, hint=row.hint)
            return
        seen = after
        while True:
            changed = run.changed
            for event in run.events[seen:]:
                seen += 1
                yield seen, event
                if isinstance(event, Ended):
                    return
            if seen >= len(run.events):
                await changed.wait()

    async def cancel(self, task: str) -> None:
        """Stop the work and wait until it has stopped; what is over stays as it is. Raises NotFound."""
        await self.get(task, draft=False)
        run = self._runs.get(task)
        if run is None or run.worker is None:
            await self._execute(
                "UPDATE tasks SET status = 'cancelled', ended = now() "
                "WHERE id = %s AND status = 'interrupted'",
                (task,),
            )
            return
        run.worker.cancel()
        await asyncio.wait([run.worker])

    async def resume(self, task: str) -> None:
        """Take up a task that failed, was cancelled or was interrupted; finished steps are not done again."""
        row = await self.get(task)
        if row.status in ("running", "done"):
            raise InputError(f"This task is {row.status}; there is nothing to resume.")
        await self._execute(
            "UPDATE tasks SET status = 'running', message = '', hint = '', ended = NULL WHERE id = %s",
            (task,),
        )
        self._launch(task, row.kind, row.order)

    async def save_draft(self, task: str, draft: dict[str, Any]) -> None:
        """Replace the draft of a finished task, after an officer's edit."""
        await self._execute("UPDATE tasks SET draft = %s WHERE id = %s", (Jsonb(draft), task))

    async def mark_interrupted(self) -> int:
        """At a server's start: what an earlier process left running, whoever's it is, can be resumed. Gives
        its number."""
        async with self._database.maintenance() as connection:
            cursor = await connection.execute(
                "UPDATE tasks SET status = 'interrupted', message = %s, hint = %s WHERE status = 'running'",
                (_INTERRUPTED.message, _INTERRUPTED.hint),
            )
            return cursor.rowcount

    async def wait(self, task: str) -> Task:
        """The task once it is over."""
        run = self._runs.get(task)
        if run is not None and run.worker is not None:
            await asyncio.wait([run.worker])
        return await self.get(task)

    async def close(self) -> None:
        """Stop all work of this process; what was running can be resumed."""
        self._closing = True
        workers = [run.worker for run in self._runs.values() if run.worker is not None]
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    def _launch(self, task: str, kind: str, order: dict[str, Any]) -> None:
        run = self._runs[task] = _Run()
        run.worker = asyncio.create_task(self._work(run, task, kind, order), name=f"task {task}")

    async def _work(self, run: _Run, task: str, kind: str, order: dict[str, Any]) -> None:
        began = time.monotonic()
        draft: dict[str, Any] | None = None
        try:
            steps = await Steps.of(self._database, task)
            draft = await self._functions[kind](order, run.report, steps, task)
            ended = Ended(status="done")
        except asyncio.CancelledError:
            ended = _INTERRUPTED if self._closing else _CANCELLED
        except BauhiniaError as error:
            ended = Ended(status="failed", message=error.message, hint=error.hint)
        except Exception as error:
            _log_defect(task, kind, error)
            ended = Ended(
                status="failed", message="Something went wrong on our side.", hint=f"Quote task {task}."
            )
        try:
            await self._finish(task, ended, draft, time.monotonic() - began)
        except BauhiniaError as error:
            ended = Ended(status="failed", message=error.message, hint=error.hint)
        run.report(ended)

    async def _finish(self, task: str, ended: Ended, draft: dict[str, Any] | None, seconds: float) -> None:
        await self._execute(
            "UPDATE tasks SET status = %s, draft = coalesce(%s, draft), message = %s, hint = %s, "
            "ended = now(), seconds = seconds + %s WHERE id = %s",
            (ended.status, Jsonb(draft) if draft else None, ended.message, ended.hint, seconds, task),
        )

    async def _execute(self, statement: LiteralString, values: tuple[Any, ...]) -> int:
        async with self._database.connection() as connection:
            return (await connection.execute(statement, values)).rowcount


def _log_defect(task: str, kind: str, error: Exception) -> None:
    """Where it happened, without the error's own words: they may quote a document."""
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-6:]))
    logger.error("task %s (%s): %s at %s", task, kind, type(error).__name__, where)
