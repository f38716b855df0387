"""Bring a database's schema up to this version's. Alembic is imported only when there is work to do."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import psycopg
from psycopg import AsyncConnection, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from ..errors import StoreError
from .pool import Connection
from .walls import APPLICATION

MIGRATIONS = Path(__file__).parent / "migrations"

OLDEST = 15
"""Major version of PostgreSQL."""

_ALEMBIC = threading.Lock()
"""Alembic keeps what it works on in globals."""


def newest() -> str:
    """The revision that this version needs: the last file of `migrations/versions`, named by its number."""
    return max(path.name.split("_", 1)[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


async def bring_up_to_date(url: str, *, create: bool = False) -> None:
    """Apply the migrations that `url` lacks; one query when it lacks none.

    `create` makes the database itself where it does not exist yet. Raises StoreError.
    """
    try:
        revision = await _revision(url, create=create)
    except psycopg.OperationalError as error:
        raise StoreError(
            "The database cannot be reached.",
            hint="Check that BAUHINIA_DATABASE_URL is right and that the PostgreSQL it names is running.",
        ) from error
    if revision == newest():
        return
    if revision is not None and revision > newest():
        raise StoreError(
            "This database was made by a newer version of Bauhinia.",
            hint="Run that version or a newer one on it, or restore a backup made by this version.",
        )
    await asyncio.to_thread(upgrade, url)


def upgrade(url: str) -> None:
    """Apply all migrations; processes that do so at once take turns. Blocks for about a second."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["url"] = url
    try:
        with _ALEMBIC:
            command.upgrade(config, "head")
    except StoreError:
        raise
    except Exception as error:
        if isinstance(getattr(error, "orig", None), psycopg.errors.InsufficientPrivilege):
            raise _not_allowed() from error
        raise StoreError(
            "The database could not be brought up to date; nothing was changed in it.",
            hint=f"Report this with the database's log: {type(error).__name__}.",
        ) from error


def _not_allowed() -> StoreError:
    return StoreError(
        "The database's user may not make what Bauhinia needs there.",
        hint=f"As its administrator, once: CREATE ROLE {APPLICATION} LOGIN; GRANT {APPLICATION} TO the user "
        "of BAUHINIA_DATABASE_URL; make that user the database's owner. Then start Bauhinia again.",
    )


async def _revision(url: str, *, create: bool) -> str | None:
    async with await _connect(url, create=create) as connection:
        if connection.info.server_version < OLDEST * 10_000:
            raise StoreError(
                f"The database is PostgreSQL {connection.info.server_version // 10_000}; "
                f"Bauhinia needs {OLDEST} or newer.",
                hint="Upgrade it, or point BAUHINIA_DATABASE_URL at a newer one.",
            )
        try:
            cursor = await connection.execute("SELECT version_num FROM alembic_version")
        except psycopg.errors.UndefinedTable:
            return None
        row = await cursor.fetchone()
        return row[0] if row else None


async def _connect(url: str, *, create: bool) -> Connection:
    try:
        return await AsyncConnection.connect(url, autocommit=True)
    except psycopg.OperationalError as error:
        # libpq gives no error code for a failed connection, so the message is all there is to tell by.
        if not create or "does not exist" not in str(error):
            raise
    await _create_database(url)
    return await AsyncConnection.connect(url, autocommit=True)


async def _create_database(url: str) -> None:
    name = conninfo_to_dict(url)["dbname"]
    async with await AsyncConnection.connect(make_conninfo(url, dbname="postgres"), autocommit=True) as admin:
        try:
            await admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(str(name))))
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            return
