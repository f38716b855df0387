"""Signing in with an OpenID Connect provider: begun and finished in one browser, ended by either side."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from psycopg import errors as postgres_errors

from ..errors import NotSignedIn
from ..settings import Settings
from ..store import Database
from .officer import ROLES
from .openid_presets import claims_for
from .openid_provider import Provider, Request
from .passwords import digest, new_secret
from .proofs import Proofs, Record, unrecorded
from .sessions import Origin, ProviderSession, Sessions

BEGUN = timedelta(minutes=10)
"""How long a sign-in may take at the provider."""


class Finished(NamedTuple):
    """A sign-in that is done."""

    session: str
    next: str


class OpenId:
    """Signing in with the provider of the settings, for one process."""

    def __init__(self, settings: Settings, database: Database, record: Record = unrecorded) -> None:
        self.provider = Provider(settings)
        self._settings = settings
        self._claims = claims_for(settings)
        self._proofs = Proofs(database)
        self._record = record
        self._sessions = Sessions(database, record)

    async def begin(self, browser: str, redirect: str, next_page: str) -> str:
        """Where to send the browser, which holds the secret `browser`. Raises ProviderError."""
        request = Request(
            state=new_secret(), nonce=new_secret(), verifier=secrets.token_urlsafe(48), redirect=redirect
        )
        address = await self.provider.address(request)
        await self._proofs.do("DELETE FROM openid_requests WHERE expires < now()")
        expires = datetime.now(UTC) + BEGUN
        values = (digest(request.state), digest(browser), request.nonce, request.verifier, redirect)
        await self._proofs.do(_BEGIN, (*values, next_page, expires))
        return address

    async def finish(self, browser: str, answer: Mapping[str, str], origin: Origin) -> Finished:
        """A session, for what the provider sent the browser back with. Raises NotSignedIn, ProviderError."""
        try:
            begun = await self._begun(browser, answer)
            request = Request(
                state="", nonce=begun["nonce"], verifier=begun["verifier"], redirect=begun["redirect"]
            )
            claims = await self.provider.exchange(answer["code"], request)
            officer = await self._officer_of(claims)
        except NotSignedIn as error:
            await self._record("people.sign_in", officer="", department="", done=False, why=error.why)
            raise
        known = ProviderSession(
            issuer=self.provider.issuer, subject=claims["sub"], session=_text(claims, "sid") or None
        )
        return Finished(await self._sessions.begin(officer, "openid", origin, known), begun["next"])

    async def ended(self, token: str) -> int:
        """End the sessions that a logout token names; gives how many. Raises NotSignedIn, ProviderError."""
        claims = await self.provider.ended(token)
        subject, session = _text(claims, "sub"), _text(claims, "sid") or None
        ended = ProviderSession(issuer=self.provider.issuer, subject=subject, session=session)
        return await self._sessions.end_at_provider(ended)

    async def _begun(self, browser: str, answer: Mapping[str, str]) -> dict[str, Any]:
        """What was begun in this browser; once."""
        found = await self._proofs.one(_TAKE, (digest(answer.get("state", "")), digest(browser)))
        if found is None:
            raise _refused("expired", "This sign-in was not begun here, or it took too long.")
        if not answer.get("code") or answer.get("iss", self.provider.issuer) != self.provider.issuer:
            raise _refused("provider_refused", "The sign-in provider did not let you in.")
        return found

    async def _officer_of(self, claims: Mapping[str, Any]) -> str:
        """The officer that the claims are of: known by the provider's subject from the first time on."""
        values = (self.provider.issuer, claims["sub"])
        found = await self._proofs.one(_BY_IDENTITY, values) or await self._first_time(claims)
        if not found["active"]:
            raise _refused("officer_closed", "Your account here is closed.")
        await self._give_roles(found["id"], claims)
        return str(found["id"])

    async def _first_time(self, claims: Mapping[str, Any]) -> dict[str, Any]:
        account = _text(claims, self._claims.account).casefold()
        if not account or (self._claims.account == "email" and claims.get("email_verified") is not True):
            raise _refused("no_account", "The sign-in provider does not say which account is yours.")
        found = await self._proofs.one("SELECT id, active FROM officers WHERE account = %s", (account,))
        if found is None:
            found = await self._create(account, claims)
        try:
            await self._proofs.do(
                "INSERT INTO identities VALUES (%s, %s, %s)",
                (self.provider.issuer, claims["sub"], found["id"]),
            )
        except postgres_errors.UniqueViolation:
            raise _refused("account_taken", "That account belongs to somebody else.") from None
        return found

    async def _create(self, account: str, claims: Mapping[str, Any]) -> dict[str, Any]:
        if self._settings.openid_new_officers != "created":
            raise _refused("not_provisioned", "You have no account here yet.")
        department = _text(claims, self._claims.department)
        name = _text(claims, self._claims.name) or account
        key = secrets.token_hex(8)
        try:
            await self._proofs.do(_CREATE, (key, department, account, name[:200]))
        except postgres_errors.ForeignKeyViolation:
            raise _refused("department_unknown", "Your department is not known here.") from None
        await self._record("people.create", officer=key, department=department, subject=key, why="openid")
        return {"id": key, "active": True}

    async def _give_roles(self, officer: str, claims: Mapping[str, Any]) -> None:
        """Where groups give roles, the provider alone decides them, anew at each sign-in."""
        if not (given := self._settings.openid_roles):
            return
        told = _at(claims, self._claims.roles)
        groups = told if isinstance(told, list) else [told]
        roles = sorted({given[group] for group in groups if isinstance(group, str) and group in given})
        known = [role for role in roles if role in ROLES]
        statement = "UPDATE officers SET roles = %s WHERE id = %s AND roles IS DISTINCT FROM %s"
        if await self._proofs.do(statement, (known, officer, known)):
            department = await self._proofs.department_of(officer)
            await self._record("people.roles", officer=officer, department=department, subject=officer)


def _at(claims: Mapping[str, Any], path: str) -> Any:
    """A claim; its name itself, which may have dots, counts before the nested one."""
    if path in claims:
        return claims[path]
    here: Any = claims
    for name in path.split("."):
        here = here.get(name) if isinstance(here, Mapping) else None
    return here


def _text(claims: Mapping[str, Any], path: str) -> str:
    found = _at(claims, path) if path else None
    return found.strip()[:200] if isinstance(found, str) else ""


def _refused(why: str, sentence: str) -> NotSignedIn:
    hint = "Begin again from the sign-in page; if it goes on, ask your department's administrator."
    return NotSignedIn(sentence, hint=hint, why=why)


_BEGIN = "INSERT INTO openid_requests VALUES (%s, %s, %s, %s, %s, %s, %s)"
_TAKE = """
DELETE FROM openid_requests WHERE state = %s AND browser = %s AND expires > now()
RETURNING nonce, verifier, redirect, next
"""
_BY_IDENTITY = """
SELECT id, active FROM identities JOIN officers ON officers.id = officer WHERE issuer = %s AND subject = %s
"""
_CREATE = "INSERT INTO officers (id, department, account, name) VALUES (%s, %s, %s, %s)"
