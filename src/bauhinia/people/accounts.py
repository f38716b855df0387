"""Departments, officers and their accounts: invited, signed in, signed out, with tokens for programs.

What proves who somebody is lies where no officer's transaction can see it: it is kept and asked as the
database's owner, and by digests of secrets alone.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, LiteralString

from psycopg import errors as postgres_errors
from psycopg.rows import dict_row

from ..errors import InputError, NotFound, NotSignedIn
from ..store import Connection, Database
from .officer import ROLES, Officer
from .passwords import NOBODY, check_strength, digest, is_right, kept, new_secret, new_totp, step_of
from .permissions import check
from .proofs import Record, unrecorded
from .resting import MOST_FAILURES, Resting
from .sessions import Origin, Sessions

Scope = Literal["api", "v1", "mcp", "scim"]
SCOPES: tuple[Scope, ...] = ("api", "v1", "mcp", "scim")
INVITED = timedelta(hours=72)
MOST_DAYS = 366
MARK = "bauhinia_"
"""What a token begins with, so that a leaked one is known for what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What the holder of a one-time link is shown."""

    officer: str
    account: str
    name: str
    totp: bytes


class Accounts:
    """The accounts of one database."""

    def __init__(self, database: Database, record: Record = unrecorded) -> None:
        self._database = database
        self._record = record
        self._resting = Resting(database)
        self.sessions = Sessions(database, record)

    async def add_department(self, key: str, name_en: str, name_zh: str = "") -> None:
        """Add a department, or rename the one of that key."""
        await self._do(
            "INSERT INTO departments VALUES (%s, %s, %s) ON CONFLICT (id) DO UPDATE"
            " SET name_en = excluded.name_en, name_zh = excluded.name_zh",
            (key, name_en, name_zh),
        )

    async def department_names(self) -> dict[str, tuple[str, str]]:
        """The names of all departments, in English and (or empty) in Chinese, by their short names."""
        async with self._database.connection() as connection:
            cursor = await connection.execute("SELECT id, name_en, name_zh FROM departments")
            return {key: (en, zh) for key, en, zh in await cursor.fetchall()}

    async def add_officer(self, account: str, name: str, department: str, roles: Sequence[str] = ()) -> str:
        """Add an officer; gives the secret of a one-time link. Raises InputError, NotFound."""
        if unknown := [role for role in roles if role not in ROLES]:
            raise InputError(f"There is no role {unknown[0]}.", hint=f"Roles: {', '.join(ROLES)}.")
        key = secrets.token_hex(8)
        try:
            await self._do(
                "INSERT INTO officers (id, department, account, name, roles) VALUES (%s, %s, %s, %s, %s)",
                (key, department, account.casefold(), name, list(roles)),
            )
        except postgres_errors.UniqueViolation:
            raise InputError(f"{account} has an account already.", hint="Invite again instead.") from None
        except postgres_errors.ForeignKeyViolation:
            raise NotFound("There is no such department.", hint="Add the department first.") from None
        return await self.invite(account)

    async def invite(self, account: str) -> str:
        """A new one-time link for an officer, whose older ones and sessions end. Raises NotFound."""
        officer = await self._id_of(account)
        await self.sign_out_everywhere(officer)
        async with self._database.maintenance() as connection:
            (secret,) = await invitations_for(connection, [officer])
        return secret

    async def invitation(self, secret: str) -> Invitation:
        """What a one-time link is for. Raises NotFound for one that was used, has expired, or never was."""
        found = await self._one(_INVITED, (digest(secret),))
        if found is None:
            raise _used()
        return Invitation(**found)

    async def accept(self, secret: str, password: str, code: str, origin: Origin = Origin()) -> str:  # noqa: B008
        """Set the password, once a code shows that the authenticator has the key; gives a session's secret.
        Passkeys of before end. Raises NotFound, InputError."""
        invited = await self.invitation(secret)
        check_strength(password, invited.account)
        step = step_of(code, invited.totp, time.time(), 0)
        if step is None:
            raise InputError("That code is not right.", hint="Take the newest code of the authenticator.")
        stored = await asyncio.to_thread(kept, password)
        if not await self._do("DELETE FROM invitations WHERE digest = %s", (digest(secret),)):
            raise _used()
        await self._do(_ACCEPT, (invited.officer, stored, invited.totp, step))
        await self._do("DELETE FROM passkeys WHERE officer = %s", (invited.officer,))
        await self._resting.succeeded(invited.officer, origin.address)
        return await self.sessions.begin(invited.officer, "link", origin)

    async def sign_in(self, account: str, password: str, code: str, origin: Origin = Origin()) -> str:  # noqa: B008
        """A session's secret. Raises NotSignedIn, with the same words whatever was wrong."""
        found = await self._one(_CREDENTIAL, (account.casefold(),))
        stored = found["password"] if found else NOBODY
        right = await asyncio.to_thread(is_right, password, stored)
        if found is None:
            raise await self._refused("", "", "unknown_account")
        officer, department = found["officer"], found["department"]
        if await self._resting.rests(officer, origin.address):
            raise await self._refused(officer, department, "resting")
        step = step_of(code, found["totp"], time.time(), found["last_code"])
        # Taken in one statement, so that two who send one code at once do not both come in.
        if not right or step is None or not await self._do(_SUCCEEDED, (step, officer, step)):
            await self._resting.failed(officer, origin.address)
            raise await self._refused(officer, department, "wrong_proof")
        await self._resting.succeeded(officer, origin.address)
        return await self.sessions.begin(officer, "password", origin)

    async def _refused(self, officer: str, department: str, why: str) -> NotSignedIn:
        await self._record("people.sign_in", officer=officer, department=department, done=False, why=why)
        return NotSignedIn(
            "That account, password and code do not belong together.",
            hint="Try again with a new code. "
            f"After {MOST_FAILURES} failures from one place, the account rests towards it for 15 minutes.",
        )

    async def _begin(self, officer: str) -> str:
        """A session for a test that needs no proof."""
        return await self.sessions.begin(officer, "link", Origin())

    async def of_session(self, secret: str) -> Officer | None:
        """Whose session that is; None when it has ended."""
        return await self._officer(_BY_SESSION, (digest(secret),))

    async def of_token(self, secret: str, scope: Scope) -> Officer | None:
        """Whose token that is, if it is for this; None otherwise."""
        return await self._officer(_BY_MARK, (digest(secret), scope))

    async def sign_out(self, secret: str) -> None:
        """End a session."""
        await self.sessions.end(secret)

    async def sign_out_everywhere(self, officer: str) -> None:
        """End all sessions and tokens of an officer."""
        await self._do("DELETE FROM sessions WHERE officer = %s", (officer,))
        await self._do("DELETE FROM tokens WHERE officer = %s", (officer,))

    async def close(self, account: str) -> None:
        """Close an account and end its sessions and tokens; what the officer made stays. Raises NotFound."""
        found = await self._one(
            "UPDATE officers SET active = false WHERE account = %s RETURNING id", (account.casefold(),)
        )
        if found is None:
            raise _no_account()
        await self.sign_out_everywhere(found["id"])

    async def make_token_for(self, account: str, name: str, scopes: Sequence[str], days: int) -> str:
        """A program's token for the officer of that account. Raises NotFound, InputError."""
        return await self.make_token(await self._id_of(account), name, scopes, days)

    async def make_token(self, officer: str, name: str, scopes: Sequence[str], days: int) -> str:
        """A program's token, shown this once. Raises InputError, and NotPermitted for a directory's token of
        somebody who may not provision."""
        if not scopes or any(scope not in SCOPES for scope in scopes) or not 1 <= days <= MOST_DAYS:
            raise InputError(
                "A token is for some of the scopes, and for 1 to 366 days.",
                hint=f"Scopes: {', '.join(SCOPES)}.",
            )
        if "scim" in scopes:
            await self._check_provisions(officer)
        key, secret = secrets.token_hex(8), MARK + new_secret()
        await self._do(
            "INSERT INTO tokens (id, digest, officer, name, scopes, expires) VALUES (%s, %s, %s, %s, %s, %s)",
            (
                key, digest(secret), officer, name, list(scopes),
                datetime.now(UTC) + timedelta(days=days),
            ),
        )  # fmt: skip
        await self._noted("people.token_made", officer, key)
        return secret

    async def _check_provisions(self, officer: str) -> None:
        query: LiteralString = "SELECT id, department, name, roles FROM officers WHERE id = %s"
        found = await self._one(query, (officer,))
        check(Officer(**{**found, "roles": frozenset(found["roles"])}) if found else _NOBODY, "provision")

    async def tokens_of(self, officer: str) -> list[dict[str, Any]]:
        """An officer's tokens that still count: id, name, scopes, created, expires."""
        async with self._database.maintenance() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(_TOKENS, (officer,))
            return await cursor.fetchall()

    async def revoke_token(self, officer: str, key: str) -> None:
        """End one of an officer's own tokens at once. Raises NotFound."""
        if not await self._do("DELETE FROM tokens WHERE officer = %s AND id = %s", (officer, key)):
            raise NotFound("There is no such token.", hint="It may have been revoked already.")
        await self._noted("people.token_revoked", officer, key)

    async def _noted(self, deed: str, officer: str, subject: str) -> None:
        found = await self._one("SELECT department FROM officers WHERE id = %s", (officer,))
        department = found["department"] if found else ""
        await self._record(deed, officer=officer, department=department, subject=subject)

    async def listed(self) -> list[dict[str, Any]]:
        """Every officer, with whether the account is open and was taken up."""
        async with self._database.maintenance() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(_LIST)
            return await cursor.fetchall()

    async def _id_of(self, account: str) -> str:
        """The officer of an open account. Raises NotFound."""
        query: LiteralString = "SELECT id FROM officers WHERE account = %s AND active"
        if (found := await self._one(query, (account.casefold(),))) is None:
            raise _no_account()
        return str(found["id"])

    async def _officer(self, query: LiteralString, values: tuple[Any, ...]) -> Officer | None:
        async with self._database.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(query, values)
            found = await cursor.fetchone()
        if found is None:
            return None
        return Officer(
            id=found["id"],
            department=found["department"],
            name=found["name"],
            roles=frozenset(found["roles"]),
        )

    async def _one(self, query: LiteralString, values: tuple[Any, ...]) -> dict[str, Any] | None:
        async with self._database.maintenance() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(query, values)
            return await cursor.fetchone()

    async def _do(self, statement: LiteralString, values: tuple[Any, ...]) -> int:
        async with self._database.maintenance() as connection:
            return (await connection.execute(statement, values)).rowcount


async def invitations_for(connection: Connection, officers: Sequence[str]) -> list[str]:
    """The secrets of new one-time links for officers, whose older ones end."""
    made = [new_secret() for _ in officers]
    until = datetime.now(UTC) + INVITED
    rows = [
        (digest(secret), officer, new_totp(), until) for secret, officer in zip(made, officers, strict=True)
    ]
    await connection.execute("DELETE FROM invitations WHERE officer = ANY (%s)", (list(officers),))
    await connection.cursor().executemany("INSERT INTO invitations VALUES (%s, %s, %s, %s)", rows)
    return made


def _no_account() -> NotFound:
    return NotFound("There is no such account.", hint="See `bauhinia people list`; add the officer first.")


def _used() -> NotFound:
    return NotFound("This link is no longer valid.", hint="Ask for a new one.")


_NOBODY = Officer(id="", department="", name="")
_INVITED = """
SELECT officers.id AS officer, account, name, totp FROM invitations JOIN officers ON officers.id = officer
WHERE digest = %s AND expires > now() AND active
"""
_ACCEPT = """
INSERT INTO credentials (officer, password, totp, last_code) VALUES (%s, %s, %s, %s)
ON CONFLICT (officer) DO UPDATE SET password = excluded.password, totp = excluded.totp,
    last_code = excluded.last_code
"""
_CREDENTIAL = """
SELECT officer, department, password, totp, last_code
FROM credentials JOIN officers ON officers.id = officer WHERE account = %s AND active
"""
_SUCCEEDED = "UPDATE credentials SET last_code = %s WHERE officer = %s AND last_code < %s"
_BY_SESSION = "SELECT id, department, name, roles FROM officer_of_session(%s)"
_BY_MARK = "SELECT id, department, name, roles FROM officer_of_token(%s, %s)"
_TOKENS = """
SELECT id, name, scopes, created, expires FROM tokens
WHERE officer = %s AND expires > now() ORDER BY created DESC
"""
_LIST = """
SELECT account, name, department, roles, active,
    is_taken_up(officers.id) AS taken_up
FROM officers ORDER BY department, account
"""
