"""Incidents and drills: class, severity, containment, a timeline and a report (D-3.2.1-20, P-14)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal, LiteralString

from pydantic import BaseModel, ConfigDict, Field

from ..errors import Conflict, InputError, NotFound, NotPermitted
from ..ledger import Ledger
from ..people import Officer
from ..people.permissions import Subject, check
from ..store import Connection, Database
from .data_files import data_file
from .worded import Worded

Class = Literal["leak", "unauthorised_input", "unlawful_output", "other"]
Severity = Literal["low", "medium", "high", "critical"]
SEVERITIES: tuple[Severity, ...] = ("low", "medium", "high", "critical")
_LONGEST = 4_000


class Playbook(BaseModel):
    """What is done first in one class of incident."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Worded
    steps: tuple[Worded, ...] = Field(min_length=1)


@lru_cache(maxsize=1)
def playbooks() -> dict[Class, Playbook]:
    """The emergency plan, by class."""
    return data_file("incidents.yaml", dict[Class, Playbook])


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident or drill."""

    id: str
    number: int
    class_: Class
    severity: Severity
    drill: bool
    title: str
    department: str
    officer_name: str
    found: datetime
    state: Literal["open", "contained", "closed"]
    contained: datetime | None
    closed: datetime | None
    lessons: str

    @property
    def name(self) -> str:
        """The number that people are given."""
        return f"{'D' if self.drill else 'I'}-{self.found.year}-{self.number:04d}"

    @property
    def took(self) -> timedelta | None:
        """From its finding until it was contained."""
        return self.contained - self.found if self.contained else None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentEvent:
    """One line of the timeline."""

    at: datetime
    officer_name: str
    what: str
    note: str


class Incidents:
    """The incidents of one database, for whoever handles or audits them."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    async def open(
        self, by: Officer, class_: Class, severity: Severity, title: str, note: str, *, drill: bool = False
    ) -> str:
        """Begin an incident, or a drill of one; gives its id. Raises NotPermitted, InputError."""
        await self._check(by, "open", "", by.department)
        _check_words(title, note)
        key = secrets.token_hex(8)
        async with self._database.connection() as connection:
            await connection.execute(_OPEN, (key, class_, severity, drill, title.strip(), by.name))
            await _note(connection, key, by, "opened", note)
        await self._record(by, "drill" if drill else "open", key)
        return key

    async def get(self, key: str) -> Incident:
        """Raises NotFound."""
        if not (found := await self._read(_SEEN + " WHERE id = %s", (key,))):
            raise NotFound("There is no such incident.", hint="See /incidents.")
        return found[0]

    async def listed(self) -> list[Incident]:
        """Open ones first, then the newest."""
        return await self._read(_SEEN + " ORDER BY state = 'closed', found DESC LIMIT 200", ())

    async def events(self, key: str) -> list[IncidentEvent]:
        """The timeline."""
        return await self._database.rows(IncidentEvent, _EVENTS, (key,))

    async def note(self, by: Officer, key: str, note: str) -> None:
        """Add a line to the timeline. Raises NotPermitted, NotFound, Conflict, InputError."""
        incident = await self._handled(by, "note", key)
        _check_words("x", note)
        if incident.state == "closed":
            raise _closed()
        async with self._database.connection() as connection:
            await _note(connection, key, by, "noted", note)
        await self._record(by, "note", key)

    async def contain(self, by: Officer, key: str, note: str) -> None:
        """Say that it does no more harm, and by what. Raises NotPermitted, NotFound, Conflict, InputError."""
        await self._move(by, key, "contain", "contained", note, _CONTAIN, (key,))

    async def close(self, by: Officer, key: str, lessons: str) -> None:
        """Close it with what was learnt; the report can be had then. Raises NotPermitted, NotFound, Conflict,
        InputError."""
        await self._move(by, key, "close", "closed", lessons, _CLOSE, (lessons.strip(), key))

    async def _move(
        self,
        by: Officer,
        key: str,
        verb: str,
        what: str,
        words: str,
        statement: LiteralString,
        values: tuple[Any, ...],
    ) -> None:
        await self._handled(by, verb, key)
        _check_words("x", words)
        async with self._database.connection() as connection:
            if not (await connection.execute(statement, values)).rowcount:
                raise _closed()
            await _note(connection, key, by, what, words)
        await self._record(by, verb, key)

    async def _handled(self, by: Officer, verb: str, key: str) -> Incident:
        incident = await self.get(key)
        await self._check(by, verb, key, incident.department)
        return incident

    async def _check(self, by: Officer, verb: str, key: str, department: str) -> None:
        try:
            check(by, "cases", Subject(department=department))
        except NotPermitted as error:
            await self._record(by, verb, key, error.why)
            raise

    async def _record(self, by: Officer, verb: str, subject: str, why: str = "") -> None:
        await self._ledger.record(
            f"incident.{verb}",
            officer=by.id,
            department=by.department,
            subject=subject,
            done=not why,
            why=why,
        )

    async def _read(self, query: LiteralString, values: tuple[Any, ...]) -> list[Incident]:
        return await self._database.rows(Incident, query, values)


def _check_words(title: str, note: str) -> None:
    if not title.strip() or not note.strip():
        raise InputError("Say what happened.", hint="A title and a few sentences; they go into the report.")
    if len(title) > 200 or len(note) > _LONGEST:
        raise InputError("This is too long.", hint=f"A title has 200 characters, a note {_LONGEST:,}.")


def _closed() -> Conflict:
    return Conflict("This incident is past that.", hint="Reload the page.")


async def _note(connection: Connection, key: str, by: Officer, what: str, note: str) -> None:
    await connection.execute(_NOTE, (key, by.id, by.name, what, note.strip()))


_OPEN: LiteralString = """
INSERT INTO incidents (id, class, severity, drill, title, officer_name) VALUES (%s, %s, %s, %s, %s, %s)
"""
_SEEN: LiteralString = (
    'SELECT id, number, class AS "class_", severity, drill, title, department, officer_name, found, state,'
    " contained, closed, lessons FROM incidents"
)
_EVENTS: LiteralString = (
    "SELECT at, officer_name, what, note FROM incident_events WHERE incident = %s ORDER BY id"
)
_NOTE: LiteralString = (
    "INSERT INTO incident_events (incident, officer, officer_name, what, note) VALUES (%s, %s, %s, %s, %s)"
)
_CONTAIN: LiteralString = (
    "UPDATE incidents SET state = 'contained', contained = now() WHERE id = %s AND state = 'open'"
)
_CLOSE: LiteralString = """
UPDATE incidents SET state = 'closed', closed = now(), contained = coalesce(contained, now()), lessons = %s
WHERE id = %s AND state <> 'closed'
"""
