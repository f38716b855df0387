"""Appending to the ledger: requests that come at once share one transaction."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import orjson

from ..errors import BauhiniaError, InputError, StoreError
from ..settings import Settings
from ..store import Connection, Database
from .anchor import Anchor, FileAnchor
from .chain import Entry, Head, Row, next_row
from .checkpoints import Checkpoints
from .keeper import Keeper
from .stored_tree import read_head
from .verify import Verification, verify

logger = logging.getLogger(__name__)

_LARGEST_BATCH = 500
_TRIES = 3
"""Optimistic tries before the head is locked."""

_PAUSES = (0.3, 0.7, 1.5, 2.5)
"""Seconds before each further try after the database was lost: an answer that was paid for waits here for its
entry, and would be asked for again without one."""

_APPEND = """
WITH incoming AS (
    SELECT (row->>0)::bigint AS seq, row->>1 AS body, decode(row->>2, 'hex') AS hash
    FROM jsonb_array_elements(%(rows)s::jsonb) AS row
), taken AS (
    UPDATE ledger_head SET seq = %(new_seq)s, hash = %(new_hash)s
    WHERE seq = %(old_seq)s AND hash = %(old_hash)s RETURNING seq
), kept AS (
    INSERT INTO ledger (seq, body, hash)
    SELECT seq, body, hash FROM incoming WHERE EXISTS (SELECT FROM taken)
), parsed AS MATERIALIZED (
    SELECT seq, body::jsonb AS body FROM incoming WHERE EXISTS (SELECT FROM taken)
), used AS (
    INSERT INTO usage
    SELECT seq, (body->>'at')::timestamptz, body->>'officer', body->>'department', body->>'use',
        body->>'model', body->>'task', (body->>'prompt_tokens')::int, (body->>'cached_tokens')::int,
        (body->>'completion_tokens')::int, (body->>'seconds')::float8,
        (body->>'cost')::bigint
    FROM parsed WHERE body->>'outcome' <> 'refused' AND body->>'kind' <> 'deed'
)
SELECT seq FROM taken
"""


_Waiting = tuple[Entry, asyncio.Future[int]]


class Ledger:
    """The tamper-evident record. Several processes may append to one database.

    One writer task commits what has gathered while the last commit was under way.
    """

    def __init__(
        self, database: Database, anchor: Anchor | None = None, checkpoints: Checkpoints | None = None
    ) -> None:
        self._database = database
        self._anchor = anchor
        self.checkpoints = checkpoints
        """The signed ones; None for a ledger that is only written to for a moment."""
        self._keepers = [
            *([Keeper(anchor.seconds, self._keep)] if anchor else ()),
            *([Keeper(checkpoints.seconds, _signing(checkpoints))] if checkpoints else ()),
        ]
        self.verified: Verification | None = None
        """What this process found when it last read everything again."""
        self._head: Head | None = None
        self._waiting: list[_Waiting] = []
        self._writer: asyncio.Task[None] | None = None

    async def append(self, entry: Entry) -> int:
        """The entry's number, once it is committed.

        Raises StoreError when it could not be, InputError when it holds what PostgreSQL cannot keep.
        """
        # Whoever stops waiting cancels the future alone: the entry is written all the same.
        return await self.submit(entry)

    def submit(self, entry: Entry) -> asyncio.Future[int]:
        """Append without waiting; the future gives the entry's number, StoreError or InputError."""
        done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write(), name="ledger writer")
        return done

    async def record(
        self, deed: str, *, officer: str, department: str, subject: str = "", done: bool = True, why: str = ""
    ) -> int:
        """The number of the entry for what a person did, or was refused (`done` False, `why` a stable word).

        Raises StoreError.
        """
        entry = Entry(
            kind="deed",
            outcome="answered" if done else "refused",
            officer=officer,
            department=department,
            deed=deed,
            subject=subject,
            decisions=((deed, done, why or "ok"),),
        )
        return await self.append(entry)

    @asynccontextmanager
    async def recorded(
        self, deed: str, *, officer: str, department: str, subject: str = ""
    ) -> AsyncIterator[None]:
        """What is done in the block is recorded at its end, done or refused with the error's name. Raises
        StoreError."""
        why = ""
        try:
            yield
        except BauhiniaError as error:
            why = error.code
            raise
        finally:
            await self.record(
                deed, officer=officer, department=department, subject=subject, done=not why, why=why
            )

    @classmethod
    def open(cls, settings: Settings, database: Database) -> Ledger:
        """The ledger with all that is kept outside, as the settings say. Raises InputError for a name or a
        key that cannot be."""
        anchor = FileAnchor(settings.data_folder / "ledger-head.json")
        return cls(database, anchor, Checkpoints.open(settings, database))

    async def close(self) -> None:
        """Wait until everything is written, and keep the head outside."""
        if self._writer is not None:
            await asyncio.wait([self._writer])
        for keeper in self._keepers:
            await keeper.finish()

    async def head(self) -> Head:
        """Where the chain ends now."""
        async with self._database.connection() as connection:
            return await read_head(connection)

    async def anchored(self) -> Head | None:
        """The head that is kept outside the database; None where none is."""
        return await self._anchor.last() if self._anchor is not None else None

    async def anchor_age(self) -> float | None:
        """Seconds since a head was kept outside; None where none is."""
        return await self._anchor.age() if self._anchor is not None else None

    async def verify(self, *, with_tree: bool = False, processes: int = 0) -> Verification:
        """Read the whole chain and say what, if anything, is wrong with it; see `verify`."""
        kept = await self.anchored()
        self.verified = await verify(
            self._database, kept, self.checkpoints, with_tree=with_tree, processes=processes
        )
        return self.verified

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_LARGEST_BATCH], self._waiting[_LARGEST_BATCH:]
            if not await self._settle(batch):
                # One entry that the database will not take must not cost the others theirs.
                for single in batch:
                    await self._settle([single])
            if self._head is not None:
                for keeper in self._keepers:
                    keeper.grown(self._head)

    async def _settle(self, batch: Sequence[_Waiting]) -> bool:
        """Commit these entries and tell who waits. False: none was written, because of what is in them."""
        try:
            rows = await self._commit([entry for entry, _ in batch])
        except InputError as error:
            if len(batch) > 1:
                return False
            _fail(batch, error)
        except Exception as error:
            _fail(batch, error)
        else:
            for (_, done), row in zip(batch, rows, strict=True):
                if not done.done():
                    done.set_result(row.seq)
        return True

    async def _keep(self, head: Head) -> None:
        """Anchor the head, unless the head kept before is no longer in the chain: that is evidence."""
        assert self._anchor is not None, "it has a keeper"
        kept = await self._anchor.last()
        if kept is not None and kept.seq > 0 and not await self._is_kept(kept):
            logger.critical("the ledger does not hold entry %d as it was anchored: verify it", kept.seq)
        elif kept is None or kept.seq < head.seq:
            await self._anchor.keep(head)

    async def _commit(self, entries: Sequence[Entry]) -> list[Row]:
        tried: list[list[Row]] = []
        for pause in _PAUSES:
            try:
                return await self._commit_once(entries, tried)
            except StoreError:
                logger.warning("the database was lost while the ledger was written; trying again")
            await asyncio.sleep(pause)
        return await self._commit_once(entries, tried)

    async def _commit_once(self, entries: Sequence[Entry], tried: list[list[Row]]) -> list[Row]:
        """Append, unless one of the earlier tries came through after all."""
        for rows in tried:
            if await self._is_kept(rows[-1].head):
                return rows
        return await self._chain_on(entries, tried)

    async def _chain_on(self, entries: Sequence[Entry], tried: list[list[Row]]) -> list[Row]:
        """Append, however many processes do so too. What was sent to the database is noted in `tried`."""
        # Unknown until the commit is confirmed: a lost connection may have committed or not.
        known, self._head = self._head, None
        async with self._database.connection(autocommit=True) as connection:
            for _ in range(_TRIES):
                rows = _chain(known or await read_head(connection), entries, tried)
                if await _append(connection, rows):
                    self._head = rows[-1].head
                    return rows
                known = None
            async with connection.transaction():
                rows = _chain(await read_head(connection, lock=True), entries, tried)
                appended = await _append(connection, rows)
                assert appended, "the head moved under a lock"
        self._head = rows[-1].head
        return rows

    async def _is_kept(self, head: Head) -> bool:
        async with self._database.connection() as connection:
            cursor = await connection.execute("SELECT hash FROM ledger WHERE seq = %s", (head.seq,))
            kept = await cursor.fetchone()
        return kept is not None and bytes(kept[0]) == head.hash


def _chain(head: Head, entries: Sequence[Entry], tried: list[list[Row]]) -> list[Row]:
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    rows: list[Row] = []
    for entry in entries:
        rows.append(next_row(head, entry, at))
        head = rows[-1].head
    tried.append(rows)
    return rows


async def _append(connection: Connection, rows: Sequence[Row]) -> bool:
    """Insert the rows if the chain still ends where they begin: one statement, one round trip."""
    values = {
        "old_seq": rows[0].seq - 1,
        "old_hash": rows[0].previous,
        "new_seq": rows[-1].seq,
        "new_hash": rows[-1].hash,
        # One JSON text: dumping arrays costs this process ten times as much.
        "rows": orjson.dumps([(row.seq, row.body, row.hash.hex()) for row in rows]).decode(),
    }
    return (await connection.execute(_APPEND, values)).rowcount > 0


def _signing(checkpoints: Checkpoints) -> Callable[[Head], Awaitable[None]]:
    async def sign(_: Head) -> None:
        await checkpoints.make()

    return sign


def _fail(batch: Sequence[_Waiting], error: Exception) -> None:
    if not isinstance(error, BauhiniaError):
        logger.error("the ledger could not be written", exc_info=error)
        error = StoreError("The record could not be written.", hint="Look at the server's log.")
    for _, done in batch:
        if not done.done():
            done.set_exception(error)
            # Whoever was to read it may have left.
            done.exception()
