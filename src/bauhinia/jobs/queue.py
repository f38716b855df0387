"""The table `tasks` as a queue. Every write of a running job shows its lease, or changes nothing."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from ..store import Connection, Database
from .events import Ended, TaskEvent, as_json
from .lease import Claim, LeaseLost
from .notices import CHANNEL

INTERACTIVE = 1
"""Priority of work that somebody waits for."""
BULK = 0
"""Priority of work on many documents in one go."""
_RESERVED_SECONDS = 30
"""How long a task that a process wants to do itself waits for it before any worker may take it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a claimed job is about."""

    kind: str
    order: dict[str, Any]
    acting: dict[str, Any]
    version: int
    tries: int
    told: int
    """Number of its newest event; above 0 somebody has worked on it before."""


_ADD = """
INSERT INTO tasks
    (id, kind, "order", status, version, priority, classification, acting, worker, leased_until)
VALUES (%(id)s, %(kind)s, %(order)s, 'queued', %(version)s, %(priority)s, %(classification)s, %(acting)s,
    %(worker)s, now() + make_interval(secs => %(seconds)s))
"""
_TELL = """
WITH held AS (
    UPDATE tasks SET told = told + %(count)s WHERE id = %(task)s AND lease = %(lease)s
    RETURNING id, told - %(count)s AS before
), written AS (
    INSERT INTO events (task, seq, name, data)
    SELECT held.id, held.before + number, event ->> 0, event -> 1
    FROM held, jsonb_array_elements(%(events)s) WITH ORDINALITY AS listed (event, number)
)
SELECT pg_notify(%(channel)s, 'told ' || id) FROM held
"""
_LEAVE: LiteralString = """
WITH held AS (
    UPDATE tasks SET status = %(status)s, draft = coalesce(%(draft)s, draft), message = %(message)s,
        hint = %(hint)s, ended = CASE WHEN %(over)s THEN now() END, worker = %(worker)s, lease = NULL,
        leased_until = now() + make_interval(secs => %(delay)s + %(reserved)s),
        told = told + %(count)s, tries = tries + %(tries)s,
        not_before = now() + make_interval(secs => %(delay)s),
        seconds = seconds
            + CASE WHEN status = 'running' THEN extract(epoch FROM clock_timestamp() - started) ELSE 0 END
    WHERE id = %(task)s AND {}
    RETURNING id, told - %(count)s AS before
), written AS (
    INSERT INTO events (task, seq, name, data)
    SELECT held.id, held.before + number, event ->> 0, event -> 1
    FROM held, jsonb_array_elements(%(events)s) WITH ORDINALITY AS listed (event, number)
)
SELECT pg_notify(%(channel)s, %(word)s::text || ' ' || id) FROM held
"""
_RESUME = """
WITH taken AS (
    UPDATE tasks SET status = 'queued', message = '', hint = '', ended = NULL, queued = now(),
        not_before = NULL, crashes = 0, tries = 0, version = %(version)s, acting = %(acting)s,
        worker = %(worker)s, leased_until = now() + make_interval(secs => %(seconds)s)
    WHERE id = %(id)s AND status NOT IN ('queued', 'running', 'done') RETURNING id
), forgotten AS (
    DELETE FROM events USING taken WHERE events.task = taken.id
)
SELECT pg_notify(%(channel)s, 'queued ' || id) FROM taken
"""


class Queue:
    """Jobs of one database, as one process deals with them."""

    def __init__(self, database: Database, lease_seconds: float) -> None:
        self._database = database
        self._seconds = lease_seconds
        self.worker = secrets.token_hex(8)
        """The name of this process."""

    async def add(
        self,
        kind: str,
        order: Mapping[str, Any],
        *,
        version: int,
        priority: int,
        classification: str,
        acting: Mapping[str, Any],
        own: bool,
    ) -> str:
        """Queue a task; gives its id. With `own` it is reserved for this process for a while."""
        task = secrets.token_hex(8)
        values = {
            "id": task,
            "kind": kind,
            "order": Jsonb(order),
            "version": version,
            "priority": priority,
            "classification": classification,
            "acting": Jsonb(acting),
        }
        async with self._database.connection() as connection:
            await connection.execute(_ADD, values | self._reservation(own=own))
            await connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, f"queued {task}"))
        return task

    async def claim(self, known: Mapping[str, int], *, own: bool) -> Claim | None:
        """The next job of a known kind that has its turn, leased to this process; with `own` only of those
        that are reserved for it."""
        async with (
            self._database.connection(autocommit=True) as connection,
            connection.cursor(row_factory=class_row(Claim)) as cursor,
        ):
            await cursor.execute(
                "SELECT * FROM claim_job(%s, %s, %s, %s)", (self.worker, Jsonb(known), self._seconds, own)
            )
            return await cursor.fetchone()

    async def keep(self, leases: Sequence[str]) -> set[str]:
        """Make the leases longer; gives those that still hold."""
        async with self._database.connection(autocommit=True) as connection:
            cursor = await connection.execute(
                "SELECT * FROM keep_leases(%s, %s)", (list(leases), self._seconds)
            )
            return {row[0] for row in await cursor.fetchall()}

    async def drop_old_events(self, seconds: float) -> None:
        """Forget what tasks told that have been over for so long."""
        async with self._database.connection(autocommit=True) as connection:
            await connection.execute("SELECT drop_old_events(%s)", (seconds,))

    async def job(self, claim: Claim) -> Job:
        """What it is about, for code within its officer's walls. Raises LeaseLost."""
        async with (
            self._database.connection() as connection,
            connection.cursor(row_factory=class_row(Job)) as cursor,
        ):
            await cursor.execute(
                'SELECT kind, "order", acting, version, tries, told FROM tasks WHERE id = %s AND lease = %s',
                (claim.id, claim.lease),
            )
            job = await cursor.fetchone()
        if job is None:
            raise LeaseLost(claim.id)
        return job

    async def forget_events(self, claim: Claim) -> None:
        """What an earlier worker told is told anew; the numbers go on. Raises LeaseLost."""
        async with self._database.connection() as connection:
            await _held(connection, claim)
            await connection.execute("DELETE FROM events WHERE task = %s", (claim.id,))

    async def tell(self, claim: Claim, events: Sequence[TaskEvent]) -> None:
        """Write events and wake who watches. Raises LeaseLost."""
        values = _events(events) | {"task": claim.id, "lease": claim.lease, "channel": CHANNEL}
        await self._fenced(_TELL, values, claim.id)

    async def finish(self, claim: Claim, ended: Ended, draft: Mapping[str, Any] | None = None) -> None:
        """The job is over, in the same transaction as its last event. Raises LeaseLost, InputError."""
        await self._leave(claim, _over(claim.id, ended, draft))

    async def delay(self, claim: Claim, why: Ended, seconds: float, event: TaskEvent, *, own: bool) -> None:
        """Try the job again later, with `own` here if that is possible. Raises LeaseLost."""
        more = {"delay": seconds, "tries": 1, "word": "queued", "worker": self.worker if own else None}
        await self._leave(claim, _left(claim.id, why, (event,)) | more)

    async def release(self, claim: Claim) -> None:
        """Give the job back at once: another worker goes on with it. Raises LeaseLost."""
        await self._leave(claim, _left(claim.id, Ended(status="queued"), ()) | {"word": "queued"})

    async def stop(self, task: str, ended: Ended) -> bool:
        """End a task that is not over, whoever works on it; whether there was anything to stop."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                _LEAVE.format("status IN ('queued', 'running')"), _over(task, ended) | {"word": "stopped"}
            )
            return cursor.rowcount > 0

    async def resume(self, task: str, *, version: int, acting: Mapping[str, Any], own: bool) -> bool:
        """Queue a task again that stopped; whether it could be."""
        values = {"id": task, "version": version, "acting": Jsonb(acting), "channel": CHANNEL}
        async with self._database.connection() as connection:
            cursor = await connection.execute(_RESUME, values | self._reservation(own=own))
            return cursor.rowcount > 0

    def _reservation(self, *, own: bool) -> dict[str, Any]:
        return {"worker": self.worker if own else None, "seconds": _RESERVED_SECONDS}

    async def _leave(self, claim: Claim, values: Mapping[str, Any]) -> None:
        await self._fenced(_LEAVE.format("lease = %(lease)s"), {**values, "lease": claim.lease}, claim.id)

    async def _fenced(self, statement: LiteralString, values: Mapping[str, Any], task: str) -> None:
        async with self._database.connection() as connection:
            if not (await connection.execute(statement, values)).rowcount:
                raise LeaseLost(task)


async def _held(connection: Connection, claim: Claim) -> None:
    cursor = await connection.execute(
        "SELECT FROM tasks WHERE id = %s AND lease = %s FOR UPDATE", (claim.id, claim.lease)
    )
    if not cursor.rowcount:
        raise LeaseLost(claim.id)


def _events(events: Sequence[TaskEvent]) -> dict[str, Any]:
    return {"count": len(events), "events": Jsonb([[event.name, as_json(event)] for event in events])}


def _over(task: str, ended: Ended, draft: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return _left(task, ended, (ended,)) | {"over": True, "draft": Jsonb(draft) if draft else None}


def _left(task: str, ended: Ended, events: Sequence[TaskEvent]) -> dict[str, Any]:
    """Values of `_LEAVE` for a job that goes on later."""
    return _events(events) | {
        "task": task,
        "status": ended.status,
        "message": ended.message,
        "hint": ended.hint,
        "draft": None,
        "over": False,
        "tries": 0,
        "delay": None,
        "worker": None,
        "reserved": _RESERVED_SECONDS,
        "channel": CHANNEL,
        "word": "told",
    }
