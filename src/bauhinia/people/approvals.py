"""What nobody does alone: one administrator asks, another approves or refuses, either ends it at once.

The database holds to it as well: a row's asker cannot approve it, and only those who answer for the service
of all departments write any (`acting_administrator` in migration 0010).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, LiteralString

from psycopg.types.json import Jsonb

from ..errors import Conflict, InputError, NotFound, Refused
from ..ledger import Ledger
from ..store import Database
from .officer import Officer

APPROVERS = frozenset({"service_operator", "programme_owner"})
"""Roles that ask and approve: they answer for the service of all departments."""
LONGEST = timedelta(days=180)
WAITS = timedelta(days=7)
"""How long a question waits for its answer."""
_LONGEST_REASON = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What was asked for, and what became of it."""

    id: str
    deed: str
    subject: dict[str, Any]
    why: str
    asked_by: str
    asked_name: str
    asked: datetime
    expires: datetime
    outcome: Literal["approved", "refused"] | None
    decided_by: str | None
    decided_name: str | None
    decided: datetime | None
    closed: datetime | None

    @property
    def state(self) -> Literal["asked", "approved", "refused", "closed", "expired"]:
        """Where it stands now."""
        now = datetime.now(UTC)
        if self.closed is not None:
            return "closed"
        if self.outcome == "refused":
            return "refused"
        if self.expires <= now or (self.outcome is None and self.asked + WAITS <= now):
            return "expired"
        return self.outcome or "asked"


class Approvals:
    """The approvals of one kind of deed."""

    def __init__(self, database: Database, ledger: Ledger, deed: str) -> None:
        self._database = database
        self._ledger = ledger
        self._deed = deed

    async def ask(self, by: Officer, subject: dict[str, Any], *, why: str, days: int) -> str:
        """Ask for it to hold for some days from now; gives the question's id. Raises Refused, InputError."""
        await self._check_may(by, "ask", "")
        if not why.strip() or len(why) > _LONGEST_REASON:
            raise InputError("A reason is needed.", hint="Say in a few sentences what it is for.")
        if not 1 <= days <= LONGEST.days:
            raise InputError(
                "It must end.", hint=f"Choose a number of days from 1 to {LONGEST.days}; ask again then."
            )
        key = secrets.token_hex(8)
        values = (key, self._deed, Jsonb(subject), why.strip(), by.name, datetime.now(UTC) + timedelta(days))
        await self._database.write(_ASK, values)
        await self._record("ask", by, key)
        return key

    async def approve(self, by: Officer, key: str) -> None:
        """Approve what another asked for: it holds at once. Raises Refused, NotFound, Conflict."""
        await self._check_may(by, "approve", key)
        if (asked := await self.get(key)).asked_by == by.id:
            await self._record("approve", by, key, "asked_it_oneself")
            raise Refused(
                "You asked for this yourself.",
                stage="approve",
                hint="Another service operator or programme owner has to approve it.",
            )
        await self._decide(by, asked, "approved")
        await self._record("approve", by, key)

    async def refuse(self, by: Officer, key: str) -> None:
        """Say no to what was asked, or take back what one asked. Raises Refused, NotFound, Conflict."""
        await self._check_may(by, "refuse", key)
        await self._decide(by, await self.get(key), "refused")
        await self._record("refuse", by, key)

    async def close(self, by: Officer, key: str) -> None:
        """End what was approved, at once. Raises Refused, NotFound, Conflict."""
        await self._check_may(by, "close", key)
        await self.get(key)
        if not await self._database.write(_CLOSE, (by.id, key)):
            raise _decided_already()
        await self._record("close", by, key)

    async def get(self, key: str) -> Approval:
        """Raises NotFound."""
        if not (found := await self._read(_SEEN + " AND id = %s", (self._deed, key))):
            raise NotFound("Nothing of that id was asked for.", hint="See the list.")
        return found[0]

    async def listed(self, limit: int = 100) -> list[Approval]:
        """The newest first."""
        return await self._read(_SEEN + " ORDER BY asked DESC LIMIT %s", (self._deed, limit))

    async def standing(self) -> list[Approval]:
        """What is approved now, and still by two who may."""
        return await self._read(_SEEN + _STANDING, (self._deed,))

    async def _decide(self, by: Officer, asked: Approval, outcome: str) -> None:
        if asked.state != "asked":
            raise _decided_already()
        values = (outcome, by.id, by.name, asked.id, datetime.now(UTC) - WAITS)
        if not await self._database.write(_DECIDE, values):
            raise _decided_already()

    async def _check_may(self, by: Officer, verb: str, key: str) -> None:
        if not by.roles & APPROVERS:
            await self._record(verb, by, key, "no_such_role")
            raise Refused(
                "This is for service operators and programme owners.",
                stage="approve",
                hint="Ask one of them; where nobody signs in there are none, and it stays closed.",
            )

    async def _record(self, verb: str, by: Officer, key: str, why: str = "") -> None:
        await self._ledger.record(
            f"{self._deed}.{verb}",
            officer=by.id,
            department=by.department,
            subject=key,
            done=not why,
            why=why,
        )

    async def _read(self, query: LiteralString, values: tuple[Any, ...]) -> list[Approval]:
        return await self._database.rows(Approval, query, values)


def _decided_already() -> Conflict:
    return Conflict("This has been decided or has expired.", hint="Reload the list; ask anew if need be.")


_ASK: LiteralString = (
    "INSERT INTO approvals (id, deed, subject, why, asked_name, expires) VALUES (%s, %s, %s, %s, %s, %s)"
)
_DECIDE: LiteralString = (
    "UPDATE approvals SET outcome = %s, decided_by = %s, decided_name = %s, decided = now()"
    " WHERE id = %s AND outcome IS NULL AND closed IS NULL AND expires > now() AND asked > %s"
)
_CLOSE: LiteralString = (
    "UPDATE approvals SET closed_by = %s, closed = now()"
    " WHERE id = %s AND outcome = 'approved' AND closed IS NULL"
)
_SEEN: LiteralString = (
    "SELECT id, deed, subject, why, asked_by, asked_name, asked, expires, outcome, decided_by, decided_name,"
    " decided, closed FROM approvals WHERE deed = %s"
)
_STANDING: LiteralString = (
    " AND outcome = 'approved' AND closed IS NULL AND expires > now()"
    " AND is_administrator(asked_by) AND is_administrator(decided_by)"
)
