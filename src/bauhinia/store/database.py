"""The database: embedded or external by one setting, brought up to date, alive again after a crash."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any, LiteralString, TypeVar

import psycopg
from psycopg import AsyncConnection, sql
from psycopg.conninfo import make_conninfo
from psycopg.rows import class_row

from ..errors import InputError, StoreError
from ..settings import Settings
from .migrate import bring_up_to_date
from .pool import Connection, Pool
from .postgres import EmbeddedPostgres
from .walls import APPLICATION, LOCAL, Walls, current

logger = logging.getLogger(__name__)

_CONNECTIONS = 10
_CONNECT_SECONDS = 10
_Row = TypeVar("_Row")


class Database:
    """Connections to one PostgreSQL whose schema is this version's. Made by `Database.open`."""

    def __init__(
        self, url: str, postgres: EmbeddedPostgres | None = None, *, walls: Walls | None = None
    ) -> None:
        self.url = url
        """The owner's: migrations and `maintenance` connect with it."""
        self.postgres = postgres
        """The embedded cluster, or None for an external database."""
        self._walls = walls
        """Whom work is for that names nobody: the one officer of a machine that nobody signs in to."""
        self._pool = Pool(self._connect_or_revive, _CONNECTIONS)
        self._reviving = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings) -> AsyncIterator[Database]:
        """Start or join the embedded cluster, or reach the external one; apply migrations.

        Several processes may open the same database. Raises StoreError.
        """
        postgres = None if settings.database_url else EmbeddedPostgres(settings.data_folder / "postgres")
        if postgres is not None:
            await asyncio.to_thread(postgres.start)
        url = postgres.url() if postgres is not None else settings.database_url
        local = Walls(officer=LOCAL, department=settings.department, shared=True)
        database = cls(url, postgres, walls=local if settings.sign_in == "none" else None)
        try:
            await bring_up_to_date(database.url, create=postgres is not None)
            yield database
        finally:
            await database._pool.close()
            if postgres is not None:
                await asyncio.to_thread(postgres.stop)

    @property
    def connections(self) -> tuple[int, int]:
        """How many of the pool are in use, and how many idle."""
        return self._pool.in_use, self._pool.idle

    @asynccontextmanager
    async def connection(
        self, *, autocommit: bool = False, snapshot: bool = False
    ) -> AsyncIterator[Connection]:
        """A connection in a transaction that commits at the end, or rolls back on an error. It sees the rows
        of whom `walls.within` names.

        With `autocommit` every statement commits by itself, and sees nobody's rows. With `snapshot` all see
        the database as it is at the first, and none writes. Raises StoreError when
        the database is lost, InputError for a value that PostgreSQL cannot keep.
        """
        connection = await self._pool.take(autocommit=autocommit)
        try:
            if connection.autocommit != autocommit:
                await connection.set_autocommit(autocommit)
            if autocommit:
                yield connection
            else:
                if snapshot:
                    await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                await self._stay_within(connection)
                yield connection
                await connection.commit()
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            await connection.close()
            raise _lost() from error
        except psycopg.DataError as error:
            await _roll_back(connection)
            raise InputError(
                "The request holds something that cannot be kept, such as a character that is no text.",
                hint="Take unusual characters out and try again.",
            ) from error
        except Exception:
            await _roll_back(connection)
            raise
        except BaseException:
            # Cancelled in the middle of a statement: nobody is left to wait for its end.
            await connection.close()
            raise
        finally:
            await self._pool.give_back(connection)

    async def write(self, statement: LiteralString, values: Sequence[Any] | Mapping[str, Any]) -> int:
        """How many rows a statement wrote, in a transaction of its own; see `connection`."""
        async with self.connection() as connection:
            return (await connection.execute(statement, values)).rowcount

    async def rows(
        self, row: type[_Row], query: LiteralString, values: Sequence[Any] | Mapping[str, Any] | None = None
    ) -> list[_Row]:
        """What a query finds, a record each, in a transaction of its own; see `connection`."""
        async with (
            self.connection() as connection,
            connection.cursor(row_factory=class_row(row)) as cursor,
        ):
            await cursor.execute(query, values)
            return await cursor.fetchall()

    async def _stay_within(self, connection: Connection) -> None:
        if (walls := current() or self._walls) is not None:
            values = (walls.officer, walls.department, "on" if walls.shared else "")
            await connection.execute(_WITHIN, values)

    @asynccontextmanager
    async def maintenance(self) -> AsyncIterator[Connection]:
        """A connection of the owner's, in a transaction, that sees every row: for work of the whole system
        that no officer asks for. Raises StoreError."""
        try:
            async with await AsyncConnection.connect(
                self.url, connect_timeout=_CONNECT_SECONDS
            ) as connection:
                yield connection
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise _lost() from error

    @asynccontextmanager
    async def listening(self, channel: str) -> AsyncIterator[AsyncGenerator[str, None]]:
        """The payloads that are notified on a channel from now on, as they come, on a connection of its own.

        Raises StoreError when the database is lost, while they are read too.
        """
        connection = await self._connect_or_revive()
        try:
            await connection.set_autocommit(True)
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            async with aclosing(_payloads(connection)) as payloads:
                yield payloads
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise _lost() from error
        finally:
            await connection.close()

    async def _connect_or_revive(self) -> Connection:
        try:
            return await self._connect()
        except psycopg.OperationalError as error:
            if self.postgres is None:
                raise _lost() from error
        async with self._reviving:
            try:
                return await self._connect()
            except psycopg.OperationalError:
                logger.warning("the embedded database is not running; starting it again")
            await asyncio.to_thread(self.postgres.ensure_running)
            try:
                return await self._connect()
            except psycopg.OperationalError as error:
                raise _lost() from error

    async def _connect(self) -> Connection:
        # The embedded cluster knows the application's role and asks for no password. Elsewhere the owner's
        # session takes the role: a statement could give it up, so statements are never made of input.
        role = {"user": APPLICATION} if self.postgres else {"options": f"-c role={APPLICATION}"}
        return await AsyncConnection.connect(
            make_conninfo(self.url, connect_timeout=_CONNECT_SECONDS, **role)
        )


_WITHIN = """
SELECT set_config('bauhinia.officer', %s, true), set_config('bauhinia.department', %s, true),
    set_config('bauhinia.shared', %s, true)
"""


async def _payloads(connection: Connection) -> AsyncGenerator[str, None]:
    async with aclosing(connection.notifies()) as notices:
        async for notice in notices:
            yield notice.payload


async def _roll_back(connection: Connection) -> None:
    try:
        await connection.rollback()
    except psycopg.Error:
        await connection.close()


def _lost() -> StoreError:
    return StoreError(
        "The database cannot be reached at the moment.",
        hint="Try again in a few seconds; if it goes on, look at the database's log.",
    )
