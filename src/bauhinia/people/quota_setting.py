"""Setting quotas: who may, and which.

A service operator or the programme owner sets those of departments, uses and everybody; a department's
administrator those of its officers and of uses within it.
"""

from __future__ import annotations

from psycopg.rows import class_row

from ..errors import InputError, NotFound, Refused
from ..store import LOCAL, Connection, Database
from .officer import Officer
from .quotas import MEASURES, PERIODS, SCOPES, Limit, Measure, Period, Scope

FOR_ALL = frozenset({"service_operator", "programme_owner"})
"""Roles that set quotas of every department."""
_LARGEST = 10**15


def may_set(officer: Officer, scope: Scope, department: str) -> bool:
    """Whether that officer sets such quotas; the one officer of a machine that nobody signs in to does."""
    if officer.id == LOCAL or officer.roles & FOR_ALL:
        return True
    own = bool(department) and department == officer.department
    return own and scope != "department" and "department_administrator" in officer.roles


class QuotaSetting:
    """Sets and removes quotas, after asking who does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def seen(self) -> list[Limit]:
        """The quotas of the acting officer's department, and of all."""
        async with self._database.connection() as connection:
            return await _limits(connection)

    async def every(self) -> list[Limit]:
        """The quotas of every department, for whoever runs the machine."""
        async with self._database.maintenance() as connection:
            return await _limits(connection)

    async def put(
        self,
        by: Officer,
        *,
        scope: Scope,
        department: str,
        subject: str,
        measure: Measure,
        period: Period,
        most: int,
        warn_at: int = 80,
    ) -> int:
        """Set a quota, in place of the one for the same; gives its id. Raises Refused, InputError."""
        _check_who(by, scope, department)
        _check_what(scope, department, subject, measure, period, most, warn_at)
        async with self._database.maintenance() as connection:
            cursor = await connection.execute(
                "INSERT INTO quotas (scope, department, subject, measure, period, most, warn_at, set_by)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
                " ON CONFLICT (scope, department, subject, measure, period) DO UPDATE SET"
                " most = excluded.most, warn_at = excluded.warn_at, set_by = excluded.set_by, set_at = now()"
                " RETURNING id",
                (scope, department, subject, measure, period, most, warn_at, by.id),
            )
            row = await cursor.fetchone()
        assert row is not None
        return int(row[0])

    async def remove(self, by: Officer, key: int) -> None:
        """Remove a quota. Raises NotFound, Refused."""
        async with self._database.maintenance() as connection:
            cursor = await connection.execute("SELECT scope, department FROM quotas WHERE id = %s", (key,))
            if (row := await cursor.fetchone()) is None:
                raise NotFound("There is no such quota.", hint="See the list of quotas.")
            _check_who(by, row[0], row[1])
            await connection.execute("DELETE FROM quotas WHERE id = %s", (key,))


async def _limits(connection: Connection) -> list[Limit]:
    async with connection.cursor(row_factory=class_row(Limit)) as cursor:
        await cursor.execute(
            "SELECT id, scope, department, subject, measure, period, most, warn_at FROM quotas"
            " ORDER BY scope, department, subject, measure, period"
        )
        return await cursor.fetchall()


def _check_who(by: Officer, scope: Scope, department: str) -> None:
    if not may_set(by, scope, department):
        raise Refused(
            "You may not set this quota.",
            stage="admit",
            hint="A department's administrator sets its officers', a service operator departments'.",
        )


def _check_what(
    scope: Scope, department: str, subject: str, measure: Measure, period: Period, most: int, warn_at: int
) -> None:
    known = scope in SCOPES and measure in MEASURES and period in PERIODS
    if not known or not 0 <= most <= _LARGEST or not 1 <= warn_at <= 100:
        raise InputError(
            "This is no quota.",
            hint=f"It is of {', '.join(SCOPES)}; in {', '.join(MEASURES)}; for a {' or '.join(PERIODS)}.",
        )
    nobody = scope in ("officer", "department") and not department
    if nobody or (scope in ("officer", "use")) != bool(subject):
        raise InputError(
            "The quota does not say whose it is.",
            hint="Name the officer and department, the department, or the AI use that it is for.",
        )
