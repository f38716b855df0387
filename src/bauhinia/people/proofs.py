"""What proves who somebody is, read and written as the database's owner, and what is noted of it."""

from __future__ import annotations

from typing import Any, LiteralString, Protocol

from psycopg.rows import dict_row

from ..store import Database


class Record(Protocol):
    """Notes what a person did or was refused; the ledger does."""

    async def __call__(
        self, deed: str, *, officer: str, department: str, subject: str = "", done: bool = True, why: str = ""
    ) -> int: ...


async def unrecorded(*_: object, **__: object) -> int:
    """For a process without a ledger."""
    return 0


class Proofs:
    """Statements on the tables that no officer's transaction can read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def one(self, query: LiteralString, values: tuple[Any, ...] = ()) -> dict[str, Any] | None:
        """The first row, if there is one."""
        async with self._database.maintenance() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(query, values)
            return await cursor.fetchone()

    async def all(self, query: LiteralString, values: tuple[Any, ...] = ()) -> list[dict[str, Any]]:
        """Every row."""
        async with self._database.maintenance() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(query, values)
            return await cursor.fetchall()

    async def do(self, statement: LiteralString, values: tuple[Any, ...] = ()) -> int:
        """How many rows it changed."""
        async with self._database.maintenance() as connection:
            return (await connection.execute(statement, values)).rowcount

    async def department_of(self, officer: str) -> str:
        """The officer's department; empty for none."""
        found = await self.one("SELECT department FROM officers WHERE id = %s", (officer,))
        return str(found["department"]) if found else ""
