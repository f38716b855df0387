"""Connections: transactions, errors, no leak."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from bauhinia.errors import StoreError
from bauhinia.store import Database


async def ids(database: Database) -> list[str]:
    async with database.connection() as connection:
        return [row[0] for row in await (await connection.execute("SELECT id FROM tasks")).fetchall()]


INSERT = "INSERT INTO tasks (id, kind, \"order\", status) VALUES (%s, 'k', '{}', 'done')"


async def test_a_transaction_commits_at_the_end(database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute(INSERT, ("a",))
    assert await ids(database) == ["a"]


async def test_an_error_rolls_back(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.connection() as connection:
            await connection.execute(INSERT, ("a",))
            raise ZeroDivisionError
    assert await ids(database) == []


async def test_a_wrong_statement_is_not_taken_for_a_lost_database(database: Database) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable):
        async with database.connection() as connection:
            await connection.execute("SELECT * FROM nothing")
    assert await ids(database) == []


async def test_autocommit_does_not_stick_to_a_connection(database: Database) -> None:
    insert = "INSERT INTO usage VALUES (%s, now(), 'o', 'Pilot Department', 'u', 'm', NULL, 1, 0, 1, 1)"
    async with database.connection(autocommit=True) as connection:
        await connection.execute(insert, (1,))
    with pytest.raises(ZeroDivisionError):
        async with database.connection() as connection:
            await connection.execute(insert, (2,))
            raise ZeroDivisionError
    async with database.connection() as connection:
        assert await (await connection.execute("SELECT entry FROM usage")).fetchall() == [(1,)]


async def test_more_users_than_connections_wait_their_turn(database: Database) -> None:
    async def use() -> int:
        async with database.connection() as connection:
            cursor = await connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            )
            row = await cursor.fetchone()
            await asyncio.sleep(0.002)
        assert row is not None
        return int(row[0])

    assert max(await asyncio.gather(*(use() for _ in range(100)))) <= 10


async def test_cancelled_users_leave_no_hole_in_the_pool(database: Database) -> None:
    async def use() -> None:
        async with database.connection() as connection:
            await connection.execute("SELECT pg_sleep(5)")

    for _ in range(3):
        users = [asyncio.create_task(use()) for _ in range(12)]
        await asyncio.sleep(0.05)
        for user in users:
            user.cancel()
        await asyncio.gather(*users, return_exceptions=True)
    assert await asyncio.wait_for(ids(database), 2) == []


async def test_a_connection_lost_in_use_is_a_store_error(database: Database) -> None:
    with pytest.raises(StoreError) as raised:
        async with database.connection() as connection, database.maintenance() as owner:
            await owner.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))
            await connection.execute("SELECT 1")
    assert raised.value.status == 503 and "postgres" not in raised.value.message
    assert await ids(database) == []
