"""The database: embedded or external by one setting, brought up to date, alive again after a crash."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from psycopg import AsyncConnection

from ..errors import InputError, StoreError
from ..settings import Settings
from .migrate import bring_up_to_date
from .pool import Connection, Pool
from .postgres import EmbeddedPostgres

logger = logging.getLogger(__name__)

_CONNECTIONS = 10
_CONNECT_SECONDS = 10


class Database:
    """Connections to one PostgreSQL whose schema is this version's. Made by `Database.open`."""

    def __init__(self, url: str, postgres: EmbeddedPostgres | None = None) -> None:
        self.url = url
        self.postgres = postgres
        """The embedded cluster, or None for an external database."""
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
        database = cls(postgres.url() if postgres is not None else settings.database_url, postgres)
        try:
            await bring_up_to_date(database.url, create=postgres is not None)
            yield database
        finally:
            await database._pool.close()
            if postgres is not None:
                await asyncio.to_thread(postgres.stop)

    @asynccontextmanager
    async def connection(self, *, autocommit: bool = False) -> AsyncIterator[Connection]:
        """A connection in a transaction that commits at the end, or rolls back on an error.

        With `autocommit` every statement commits by itself. Raises StoreError when the database is lost,
        InputError for a value that PostgreSQL cannot keep.
        """
        connection = await self._pool.take()
        try:
            if autocommit:
                await connection.set_autocommit(True)
                yield connection
                await connection.set_autocommit(False)
            else:
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

    async def connect(self) -> Connection:
        """A connection of the caller's own, outside the pool. Raises StoreError."""
        return await self._connect_or_revive()

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
        return await AsyncConnection.connect(self.url, connect_timeout=_CONNECT_SECONDS)


async def _roll_back(connection: Connection) -> None:
    try:
        await connection.rollback()
        await connection.set_autocommit(False)
    except psycopg.Error:
        await connection.close()


def _lost() -> StoreError:
    return StoreError(
        "The database cannot be reached at the moment.",
        hint="Try again in a few seconds; if it goes on, look at the database's log.",
    )
