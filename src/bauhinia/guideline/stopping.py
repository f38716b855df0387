"""The switch: who may stops a model, an AI use, or all of them, and lets them go on (D-3.1-11, D-3.2.1-20).

What is written here every gateway reads (`gateway/stops.py`).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, LiteralString

import psycopg

from ..errors import Conflict, InputError, NotFound, NotPermitted
from ..ledger import Ledger
from ..people import Officer
from ..people.permissions import check
from ..store import Database

Scope = Literal["all", "use", "model"]
_LONGEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One stop, standing or lifted."""

    id: str
    scope: Scope
    subject: str
    why: str
    officer_name: str
    at: datetime
    lifted: datetime | None
    lifted_name: str | None


class Stopping:
    """The stops of one database."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    async def stop(self, by: Officer, scope: Scope, subject: str, why: str) -> str:
        """Stop it everywhere within a second; gives the stop's id. Raises NotPermitted, InputError,
        Conflict."""
        await self._check(by, "stop", subject or scope)
        subject, why = subject.strip(), why.strip()
        if (scope == "all") == bool(subject):
            raise InputError("Name a use or a model, or stop all.", hint="/switch lists them.")
        if not why or len(why) > _LONGEST:
            raise InputError("A reason is needed.", hint="Say in a sentence why; officers are told it.")
        key = secrets.token_hex(8)
        try:
            await self._database.write(_STOP, (key, scope, subject, why, by.id, by.name))
        except psycopg.errors.UniqueViolation as error:
            raise Conflict("This is stopped already.", hint="See the list on /switch.") from error
        await self._record("stop", by, subject or scope)
        return key

    async def resume(self, by: Officer, key: str) -> None:
        """Let it go on. Raises NotPermitted, NotFound."""
        await self._check(by, "resume", key)
        found = next((each for each in await self.listed() if each.id == key and each.lifted is None), None)
        if found is None or not await self._database.write(_RESUME, (by.id, by.name, key)):
            raise NotFound("Nothing is stopped by that id.", hint="It may go on already; see /switch.")
        await self._record("resume", by, found.subject or found.scope)

    async def listed(self, limit: int = 100) -> list[Stop]:
        """What stands first, then what was lifted, the newest first."""
        return await self._database.rows(Stop, _LISTED, (limit,))

    async def _check(self, by: Officer, verb: str, subject: str) -> None:
        try:
            check(by, "stop")
        except NotPermitted as error:
            await self._record(verb, by, subject, error.why)
            raise

    async def _record(self, verb: str, by: Officer, subject: str, why: str = "") -> None:
        await self._ledger.record(
            f"switch.{verb}",
            officer=by.id,
            department=by.department,
            subject=subject,
            done=not why,
            why=why,
        )


_STOP: LiteralString = """
INSERT INTO stops (id, scope, subject, why, officer, officer_name) VALUES (%s, %s, %s, %s, %s, %s)
"""
_RESUME: LiteralString = """
UPDATE stops SET lifted = now(), lifted_by = %s, lifted_name = %s WHERE id = %s AND lifted IS NULL
"""
_LISTED: LiteralString = """
SELECT id, scope, subject, why, officer_name, at, lifted, lifted_name FROM stops
ORDER BY lifted IS NOT NULL, at DESC LIMIT %s
"""
