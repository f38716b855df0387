"""A small pool of PostgreSQL connections.

psycopg's own pool reconnects in the background with growing pauses, so that after a restart of the
database requests wait for up to minutes. This one connects when it is asked, and never gives out a
connection whose other end has gone.
"""

from __future__ import annotations

import asyncio
import select
from collections.abc import Awaitable, Callable

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

Connection = AsyncConnection[TupleRow]


class Pool:
    """At most `size` connections, made by `connect` when needed and kept when given back healthy."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]], size: int) -> None:
        self._connect = connect
        self._idle: list[Connection] = []
        self._room = asyncio.Semaphore(size)
        self._closed = False
        self._taken = 0

    @property
    def idle(self) -> int:
        """Connections that nobody uses."""
        return len(self._idle)

    @property
    def in_use(self) -> int:
        """Connections that somebody uses, or is making."""
        return self._taken

    async def take(self, *, autocommit: bool = False) -> Connection:
        """A live connection, one that already commits as is wanted where there is one. Waits while all are in
        use; raises what `connect` raises."""
        assert not self._closed, "the database is closed"
        await self._room.acquire()
        self._taken += 1
        try:
            while self._idle:
                connection = self._idle.pop(self._place(autocommit))
                if _alive(connection):
                    return connection
                await connection.close()
            return await self._connect()
        except BaseException:
            self._taken -= 1
            self._room.release()
            raise

    def _place(self, autocommit: bool) -> int:
        """Where the idle connection is that was used last in that way, or else last of all."""
        places = range(len(self._idle) - 1, -1, -1)
        return next((place for place in places if self._idle[place].autocommit == autocommit), -1)

    async def give_back(self, connection: Connection) -> None:
        """End of use; a connection in a doubtful state is closed."""
        self._taken -= 1
        self._room.release()
        idle = connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        if idle and not connection.closed and not self._closed:
            self._idle.append(connection)
        else:
            await connection.close()

    async def close(self) -> None:
        """Close what is idle now, and the rest as it is given back."""
        self._closed = True
        while self._idle:
            await self._idle.pop().close()


def _alive(connection: Connection) -> bool:
    """Nothing is to be read from an idle connection, except the news that the server has gone."""
    if connection.closed:
        return False
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN | select.POLLHUP)
    return not waiting.poll(0)
