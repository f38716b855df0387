"""Tasks: ordered, watched, stopped, resumed, from any process. Work goes on when the browser leaves."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from ..errors import InputError, NotFound
from ..store import Database
from ..telemetry import tracing
from .events import OPEN, Ended, TaskEvent, TaskStatus, from_json
from .lease import LEASE_SECONDS
from .notices import Notices
from .patience import heard, patiently
from .queue import INTERACTIVE, Queue
from .worker import TRACE, Trade, Worker

_BEATS = 4
"""A lease is made longer so many times in its length."""
_LOOK_SECONDS = 3.0
"""How long a watcher waits without a notice before it looks by itself."""
_CANCELLED = Ended(status="cancelled", message="Stopped.", hint="Resume it to go on from where it stopped.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One row: what was asked, where it stands, what came back."""

    id: str
    kind: str
    order: dict[str, Any]
    status: TaskStatus
    draft: dict[str, Any] | None
    message: str
    """Why it failed, was set aside or is tried again later, a sentence for the officer."""
    hint: str
    created: datetime
    ended: datetime | None
    seconds: float
    """Time worked so far, over all resumptions."""
    classification: str
    """The highest of what it works on."""
    own: bool
    """Whether it is of whoever asks, and not shared with them."""
    not_before: datetime | None = None
    """When it is tried again, after an error that may pass."""

    told: int = 0
    """Number of its newest event."""

    @property
    def is_open(self) -> bool:
        """It goes on by itself."""
        return self.status in OPEN


LOWEST = "unclassified"
"""Of work on nothing that was classified."""
_SELECT: LiteralString = (
    'SELECT id, kind, "order", status, {}, message, hint, created, ended, seconds, not_before, told,'
    " classification, officer = acting_officer() AND department = acting_department() AS own FROM tasks"
)


class Tasks:
    """The tasks of one database, and this process's work on them.

    A process works on what it ordered itself; after `work_for_all` on every job that has its turn.
    """

    def __init__(
        self,
        database: Database,
        trade: Trade,
        *,
        acting: Callable[[], Mapping[str, Any]] = dict,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        """`acting` gives what `trade.acting_for` needs to work for whoever orders."""
        self._database = database
        self.trade = trade
        self._acting = acting
        self._queue = Queue(database, lease_seconds)
        self._notices = Notices(database)
        self._worker = Worker(database, self._queue, self._notices, trade, lease_seconds / _BEATS)

    def work_for_all(self, at_once: int) -> None:
        """From now on do whatever job has its turn, whoever ordered it, so many at once; with 0 none at all:
        they are left to other processes."""
        self._worker.own_only = False
        self._worker.at_once = at_once
        self._worker.begin()

    async def start(
        self, kind: str, order: dict[str, Any], *, priority: int = INTERACTIVE, classification: str = LOWEST
    ) -> str:
        """Queue a task; gives its id once it is committed."""
        assert kind in self.trade.functions, kind
        version, own = self.trade.version(kind).now, self._worker.own_only
        task = await self._queue.add(
            kind,
            order,
            version=version,
            priority=priority,
            classification=classification,
            acting=self._kept(),
            own=own,
        )
        self._look()
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
        """The officer's own of these trades, the newest first, without their drafts."""
        return await self._database.rows(
            Task,
            _SELECT.format("NULL::jsonb AS draft")
            + " WHERE officer = acting_officer() AND department = acting_department() AND kind = ANY (%s)"
            " ORDER BY created DESC LIMIT %s",
            (list(self.trade.functions), limit),
        )

    async def events(self, task: str, after: int = 0) -> AsyncGenerator[tuple[int, TaskEvent], None]:
        """Numbered events, those after `after` first, then each as it comes, up to `Ended`; whichever process
        works on it. What a task told is forgotten an hour after its end: then there is its `Ended` alone.

        Raises NotFound.
        """
        with self._notices.of(task) as changed:
            while True:
                changed.clear()
                row = await patiently(lambda: self.get(task, draft=False))
                for number, event in await self._events_after(task, after):
                    after = number
                    yield number, event
                    if isinstance(event, Ended):
                        return
                if not row.is_open:
                    ended = Ended(status=row.status, message=row.message, hint=row.hint)
                    yield max(row.told, after + 1), ended
                    return
                await heard(changed, _LOOK_SECONDS)

    async def cancel(self, task: str) -> None:
        """Stop the work, wherever it is done; what is over stays as it is. Raises NotFound."""
        await self.get(task, draft=False)
        if await self._queue.stop(task, _CANCELLED):
            await self._worker.drop(task)

    async def resume(self, task: str) -> None:
        """Queue a task that failed, was cancelled or set aside; finished steps are not done again. Raises
        NotFound, InputError for one that is not over or is done."""
        row = await self.get(task, draft=False)
        version, own = self.trade.version(row.kind).now, self._worker.own_only
        if not await self._queue.resume(task, version=version, acting=self._kept(), own=own):
            status = (await self.get(task, draft=False)).status
            raise InputError(f"This task is {status}; there is nothing to resume.")
        self._look()

    async def save_draft(self, task: str, draft: dict[str, Any]) -> None:
        """Replace the draft of a finished task, after an officer's edit."""
        async with self._database.connection() as connection:
            await connection.execute("UPDATE tasks SET draft = %s WHERE id = %s", (Jsonb(draft), task))

    async def counts(self) -> dict[tuple[str, str], int]:
        """How many tasks of each kind have each status, whoever's they are."""
        async with self._database.maintenance() as connection:
            cursor = await connection.execute("SELECT kind, status, count(*) FROM tasks GROUP BY 1, 2")
            return {(kind, status): count for kind, status, count in await cursor.fetchall()}

    async def wait(self, task: str) -> Task:
        """The task once it is over. Raises NotFound."""
        with self._notices.of(task) as changed:
            while True:
                changed.clear()
                if not (await patiently(lambda: self.get(task, draft=False))).is_open:
                    return await self.get(task)
                await heard(changed, _LOOK_SECONDS)

    async def close(self) -> None:
        """Give all work of this process back; another goes on with it."""
        await self._worker.close()
        await self._notices.close()

    def _kept(self) -> dict[str, Any]:
        """What a worker needs to work for whoever orders, and as a part of what they do."""
        trace = tracing.traceparent()
        return {**self._acting(), **({TRACE: trace} if trace else {})}

    def _look(self) -> None:
        self._worker.begin()
        self._worker.look()

    async def _events_after(self, task: str, after: int) -> Sequence[tuple[int, TaskEvent]]:
        async def read() -> Sequence[Any]:
            async with self._database.connection() as connection:
                cursor = await connection.execute(
                    "SELECT seq, name, data FROM events WHERE task = %s AND seq > %s ORDER BY seq",
                    (task, after),
                )
                return await cursor.fetchall()

        return [(seq, from_json(name, data)) for seq, name, data in await patiently(read)]
