"""What is kept here of every file that was issued: its signed record, who issued it, of what it was made.

Duties D-3.2.1-04 (a trace id on each output, tied to model, sources, user role and time) and D-2.2.4-01 (who
answers for an output). No text of the file is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ..people import Officer
from ..store import Database
from .record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """One file that left the office."""

    id: str
    """The trace id."""
    task: str | None
    officer: str
    department: str
    roles: Sequence[str]
    form: str
    sources: Sequence[str]
    token: str
    entry: int
    """The ledger's entry of the issue."""
    issued: datetime


_INSERT = """
INSERT INTO labels (id, task, officer, department, roles, form, sources, token, entry)
VALUES (%(id)s, %(task)s, %(officer)s, %(department)s, %(roles)s, %(form)s, %(sources)s, %(token)s, %(entry)s)
"""
_OF_TASK = """
SELECT id, task, officer, department, roles, form, sources, token, entry, issued FROM labels
 WHERE task = %s ORDER BY issued DESC, id LIMIT 100
"""


class Labels:
    """The records of a department's files."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(
        self, record: Record, token: str, *, officer: Officer, form: str, sources: Sequence[str], entry: int
    ) -> None:
        """Keep the record of a file before it is given out. Raises StoreError."""
        values = {
            "id": record.id,
            "task": record.task,
            "officer": officer.id,
            "department": officer.department,
            "roles": sorted(officer.roles),
            "form": form,
            "sources": list(sources),
            "token": token,
            "entry": entry,
        }
        async with self._database.connection() as connection:
            await connection.execute(_INSERT, values)

    async def token(self, key: str) -> str | None:
        """The record of a trace id, of whatever department; None where none was issued."""
        async with self._database.connection() as connection:
            found = await (await connection.execute("SELECT label_named(%s)", (key,))).fetchone()
        return None if found is None or found[0] is None else str(found[0])

    async def of(self, task: str) -> list[Issued]:
        """The files that were made of a task in the acting officer's department, newest first."""
        return await self._database.rows(Issued, _OF_TASK, (task,))
