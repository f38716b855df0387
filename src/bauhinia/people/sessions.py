"""Sessions: begun in some way from somewhere, listed for their officer, ended at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from ..errors import NotFound
from ..store import Database
from .passwords import digest, new_secret
from .proofs import Proofs, Record, unrecorded

How = Literal["password", "passkey", "openid", "link"]
SIGNED_IN = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a request to sign in comes from."""

    address: str = ""
    agent: str = ""
    """What the browser calls itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSession:
    """The session at the provider that one of ours began with."""

    issuer: str
    subject: str
    session: str | None = None
    """Its `sid`, where the provider has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session as its officer sees it."""

    id: str
    how: How
    address: str
    agent: str
    begun: datetime
    expires: datetime
    current: bool
    """Whether the page is shown in it."""


class Sessions:
    """The sessions of one database."""

    def __init__(self, database: Database, record: Record = unrecorded) -> None:
        self._proofs = Proofs(database)
        self._record = record

    async def begin(
        self, officer: str, how: How, origin: Origin, provider: ProviderSession | None = None
    ) -> str:
        """A new session's secret."""
        secret = new_secret()
        known = (provider.issuer, provider.subject, provider.session) if provider else (None, None, None)
        await self._proofs.do("DELETE FROM sessions WHERE expires < now()")
        expires = datetime.now(UTC) + SIGNED_IN
        values = (digest(secret), officer, expires, how, origin.address[:100], origin.agent[:300], *known)
        await self._proofs.do(_BEGIN, values)
        await self._record(
            "people.sign_in", officer=officer, department=await self._proofs.department_of(officer), why=how
        )
        return secret

    async def of(self, officer: str, present: str) -> list[Session]:
        """An officer's sessions, the newest first; `present` is the secret of the one that asks."""
        rows = await self._proofs.all(_LIST, (digest(present), officer))
        return [Session(**row) for row in rows]

    async def end(self, secret: str) -> Any | None:
        """End the session of that secret; gives the issuer that it began with."""
        found = await self._proofs.one(
            "DELETE FROM sessions WHERE digest = %s RETURNING officer, issuer", (digest(secret),)
        )
        if found is None:
            return None
        await self._ended(found["officer"])
        return found["issuer"]

    async def end_one(self, officer: str, key: str) -> None:
        """End one of an officer's own sessions. Raises NotFound."""
        if not await self._proofs.do("DELETE FROM sessions WHERE officer = %s AND id = %s", (officer, key)):
            raise NotFound("There is no such session.", hint="It may have ended already.")
        await self._ended(officer)

    async def end_others(self, officer: str, present: str) -> None:
        """End all of an officer's sessions but the one of that secret."""
        statement = "DELETE FROM sessions WHERE officer = %s AND digest <> %s"
        if await self._proofs.do(statement, (officer, digest(present))):
            await self._ended(officer)

    async def end_at_provider(self, ended: ProviderSession) -> int:
        """End what began with that session at the provider, or with any of that subject's; gives how many."""
        values = (ended.issuer, ended.subject, ended.subject, ended.session, ended.session)
        rows = await self._proofs.all(_END_AT_PROVIDER, values)
        for officer in {row["officer"] for row in rows}:
            await self._ended(officer, why="provider")
        return len(rows)

    async def _ended(self, officer: str, why: str = "") -> None:
        department = await self._proofs.department_of(officer)
        await self._record("people.sign_out", officer=officer, department=department, why=why)


_BEGIN = """
INSERT INTO sessions (digest, officer, expires, how, address, agent, issuer, subject, provider_session)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_LIST = """
SELECT id, how, address, agent, begun, expires, digest = %s AS current
FROM sessions WHERE officer = %s AND expires > now() ORDER BY begun DESC
"""
_END_AT_PROVIDER = """
DELETE FROM sessions WHERE issuer = %s AND (%s = '' OR subject = %s)
    AND (%s::text IS NULL OR provider_session = %s) RETURNING officer
"""
