"""A department's consent that its work is used for training, beside each officer's own."""

from __future__ import annotations

from datetime import UTC
from typing import Any, LiteralString

from psycopg.rows import dict_row

from ..errors import Conflict, InputError
from ..ledger import Ledger
from ..people import Officer
from ..people.permissions import Subject, check
from ..store import Database
from .consent import PurposeTexts, Standing, Verdict, consent_texts, holding

_PURPOSE = "training"


def department_text() -> PurposeTexts:
    """What departments are asked, in all its versions."""
    return consent_texts().departments["training"]


class DepartmentConsents:
    """The departments' consents of one database."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    async def may_use(self, department: str) -> Verdict:
        """Whether that department consents now. It may be asked of any, in whoever's name. Raises StoreError;
        then nothing may be used."""
        values = (department, _PURPOSE, list(holding(department_text().versions)))
        async with self._database.connection() as connection:
            cursor = await connection.execute("SELECT department_consent_stands(%s, %s, %s)", values)
            row = await cursor.fetchone()
        allowed = row is not None and row[0] is True
        return Verdict(allowed, "consented" if allowed else "no_consent")

    async def standing(self, by: Officer) -> Standing:
        """Where the department of whoever acts stands."""
        rows = await self.history(by)
        if not rows:
            return Standing(purpose="training", given=False)
        newest = rows[0]
        counts = newest["version"] in holding(department_text().versions)
        return Standing(
            purpose="training",
            given=newest["given"] and counts,
            version=newest["version"],
            at=newest["at"].astimezone(UTC),
            stale=newest["given"] and not counts,
        )

    async def history(self, by: Officer) -> list[dict[str, Any]]:
        """Every yes and no of the department of whoever acts, with who said it, the newest first."""
        async with (
            self._database.connection() as connection,
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            await cursor.execute(_HISTORY, (by.department, _PURPOSE))
            return await cursor.fetchall()

    async def give(self, by: Officer, version: str, language: str) -> None:
        """Consent for one's own department to the text of that version. Raises NotPermitted, Conflict."""
        check(by, "govern", Subject(department=by.department))
        if version != department_text().newest.id:
            raise Conflict(
                "The text has changed since you opened the page.", hint="Read it again, then decide."
            )
        await self._add(by, version, language, given=True)

    async def withdraw(self, by: Officer, language: str) -> None:
        """Withdraw one's own department's consent, from this moment. Raises NotPermitted, InputError."""
        check(by, "govern", Subject(department=by.department))
        standing = await self.standing(by)
        if not standing.version:
            raise InputError(
                "Your department has not consented to this.", hint="There is nothing to withdraw."
            )
        await self._add(by, standing.version, language, given=False)

    async def _add(self, by: Officer, version: str, language: str, *, given: bool) -> None:
        async with self._database.connection() as connection:
            await connection.execute(_ADD, (_PURPOSE, version, language, given, by.name))
        await self._ledger.record(
            f"consent.department.{'give' if given else 'withdraw'}",
            officer=by.id,
            department=by.department,
            subject=version,
        )


_HISTORY: LiteralString = """
SELECT version, language, given, at, officer_name FROM department_consents
WHERE department = %s AND purpose = %s ORDER BY id DESC
"""
_ADD: LiteralString = """
INSERT INTO department_consents (purpose, version, language, given, officer_name) VALUES (%s, %s, %s, %s, %s)
"""
