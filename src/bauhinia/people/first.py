"""The first administrator: made by a one-time link that the server prints while there is none."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from ..errors import InputError, NotFound
from ..store import Database
from .accounts import Accounts
from .passwords import digest, new_secret
from .proofs import Proofs, Record, unrecorded

COUNTS = timedelta(hours=24)


class FirstAdministrator:
    """Whether somebody administers the service, and how the first one comes in."""

    def __init__(self, database: Database, record: Record = unrecorded) -> None:
        self._proofs = Proofs(database)
        self._accounts = Accounts(database, record)
        self._record = record

    async def link(self) -> str | None:
        """The secret of a new link, which ends the older one; None where an administrator can sign in."""
        await self._proofs.do("DELETE FROM first_link")
        if await self._proofs.one(_ADMINISTRATOR):
            return None
        secret = new_secret()
        await self._proofs.do(
            "INSERT INTO first_link VALUES (%s, %s)", (digest(secret), datetime.now(UTC) + COUNTS)
        )
        return secret

    async def check(self, secret: str) -> None:
        """Raises NotFound for a link that was used, has expired, or never was."""
        query = "SELECT digest FROM first_link WHERE digest = %s AND expires > now()"
        if await self._proofs.one(query, (digest(secret),)) is None:
            raise _gone()

    async def make(self, secret: str, account: str, name: str, department: str, department_name: str) -> str:
        """Make the account and its department; gives the secret of the link to set it up. Raises NotFound,
        InputError."""
        await self.check(secret)
        given = [text.strip() for text in (account, name, department, department_name)]
        if not all(given) or not given[2].isascii() or not given[2].replace("-", "").isalnum():
            raise InputError(
                "Something is empty, or the department's short name has other characters than letters.",
                hint="Take a short name such as hyd.",
            )
        account, name, department, department_name = given
        taken = "DELETE FROM first_link WHERE digest = %s AND expires > now()"
        if not await self._proofs.do(taken, (digest(secret),)):
            raise _gone()
        await self._proofs.do(_DEPARTMENT, (department, department_name))
        key = await self._proofs.one(_OFFICER, (secrets.token_hex(8), department, account.casefold(), name))
        assert key is not None
        await self._record(
            "people.first_administrator", officer=key["id"], department=department, subject=key["id"]
        )
        return await self._accounts.invite(account)


def _gone() -> NotFound:
    return NotFound(
        "This link is no longer valid.",
        hint="Start the server again: it prints a new one while it needs one.",
    )


_ADMINISTRATOR = """
SELECT id FROM officers WHERE active AND 'service_operator' = ANY (roles) AND (
    EXISTS (SELECT FROM credentials WHERE officer = officers.id)
    OR EXISTS (SELECT FROM identities WHERE officer = officers.id)
) LIMIT 1
"""
_DEPARTMENT = "INSERT INTO departments (id, name_en) VALUES (%s, %s) ON CONFLICT (id) DO NOTHING"
_OFFICER = """
INSERT INTO officers (id, department, account, name, roles) VALUES (%s, %s, %s, %s, '{service_operator}')
ON CONFLICT (account) DO UPDATE SET active = true, roles = excluded.roles, department = excluded.department
RETURNING id
"""
