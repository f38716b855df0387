"""Passkeys (WebAuthn level 2): an officer with an account of this server signs in with one alone.

The device proves that it is there and who holds it (user verification), which is two factors.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from psycopg import errors as postgres_errors
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from yarl import URL

from ..errors import InputError, NotFound, NotSignedIn
from ..store import Database
from .officer import Officer
from .passwords import digest, new_secret
from .proofs import Proofs, Record, unrecorded
from .sessions import Origin, Sessions

COUNTS = timedelta(minutes=5)
"""How long a challenge may be answered."""
MOST = 10
"""Passkeys of one officer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """A passkey as its officer sees it."""

    id: bytes
    name: str
    created: datetime
    used: datetime | None


class Passkeys:
    """The passkeys of one database, for a site that people reach at one address."""

    def __init__(self, database: Database, site: str, record: Record = unrecorded) -> None:
        address = URL(site)
        self._domain = address.host or ""
        self._origin = str(address.origin())
        self._proofs = Proofs(database)
        self._record = record
        self._sessions = Sessions(database, record)

    async def of(self, officer: str) -> list[Passkey]:
        """An officer's passkeys, the oldest first."""
        return [Passkey(**row) for row in await self._proofs.all(_LIST, (officer,))]

    async def to_add(self, officer: Officer) -> str:
        """What the browser needs to make one, as JSON. Raises InputError for an officer without an account
        of this server: who signs in with a provider is let in and locked out there."""
        found = await self._proofs.one(_ACCOUNT, (officer.id,))
        there = await self.of(officer.id)
        if found is None or len(there) >= MOST:
            raise InputError(
                "No passkey can be added to this account.",
                hint=f"At most {MOST}, and for accounts with a password of this server.",
            )
        options = generate_registration_options(
            rp_id=self._domain,
            rp_name="Bauhinia",
            user_id=officer.id.encode(),
            user_name=found["account"],
            user_display_name=officer.name,
            challenge=await self._challenge(officer.id),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=each.id) for each in there],
        )
        return options_to_json(options)

    async def add(self, officer: Officer, credential: dict[str, Any], name: str) -> None:
        """Keep what the browser made. Raises InputError."""
        try:
            challenge = await self._answered(credential, officer.id)
            made = verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self._domain,
                expected_origin=self._origin,
                require_user_verification=True,
            )
            key = (made.credential_id, officer.id, made.credential_public_key, made.sign_count)
            await self._proofs.do(_ADD, (*key, name.strip()[:100] or "Passkey"))
        except (NotSignedIn, WebAuthnException, postgres_errors.UniqueViolation) as error:
            raise InputError("The passkey could not be added.", hint="Try again.") from error
        await self._noted("people.passkey_added", officer.id)

    async def remove(self, officer: str, key: str) -> None:
        """Remove one of an officer's own, named by its id in hexadecimal. Raises NotFound."""
        statement = "DELETE FROM passkeys WHERE officer = %s AND encode(id, 'hex') = %s"
        if not await self._proofs.do(statement, (officer, key)):
            raise NotFound("There is no such passkey.", hint="It may have been removed already.")
        await self._noted("people.passkey_removed", officer)

    async def to_sign_in(self) -> str:
        """What the browser needs to sign in with any passkey of this site, as JSON."""
        options = generate_authentication_options(
            rp_id=self._domain,
            challenge=await self._challenge(None),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json(options)

    async def sign_in(self, credential: dict[str, Any], origin: Origin) -> str:
        """A session's secret. Raises NotSignedIn."""
        found = await self._found(credential)
        try:
            challenge = await self._answered(credential, None)
            if found is None:
                raise _refused()
            proved = verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self._domain,
                expected_origin=self._origin,
                credential_public_key=found["public_key"],
                credential_current_sign_count=found["counter"],
                require_user_verification=True,
            )
            await self._count(found, proved.new_sign_count)
        except (NotSignedIn, WebAuthnException) as error:
            known = (found["officer"], found["department"]) if found else ("", "")
            await self._record(
                "people.sign_in", officer=known[0], department=known[1], done=False, why="wrong_passkey"
            )
            raise _refused() from error
        return await self._sessions.begin(found["officer"], "passkey", origin)

    async def _found(self, credential: dict[str, Any]) -> dict[str, Any] | None:
        """The passkey that the browser names, of an open account."""
        try:
            key = base64url_to_bytes(str(credential.get("id", ""))[:2_000])
        except ValueError:
            return None
        return await self._proofs.one(_FIND, (key,))

    async def _count(self, found: dict[str, Any], counter: int) -> None:
        """Taken in one statement: of two that show one counter, one comes in. Passkeys without a counter
        always show 0."""
        if not await self._proofs.do(_USED, (counter, found["id"], counter, counter)):
            raise _refused()

    async def _challenge(self, officer: str | None) -> bytes:
        challenge = new_secret()
        await self._proofs.do("DELETE FROM passkey_challenges WHERE expires < now()")
        values = (digest(challenge), officer, datetime.now(UTC) + COUNTS)
        await self._proofs.do("INSERT INTO passkey_challenges VALUES (%s, %s, %s)", values)
        return challenge.encode()

    async def _answered(self, credential: dict[str, Any], officer: str | None) -> bytes:
        """The challenge that is answered; each once, and for what it was made for. Raises NotSignedIn."""
        try:
            told = orjson.loads(base64url_to_bytes(credential["response"]["clientDataJSON"]))
            challenge = base64url_to_bytes(told["challenge"])
            values = (digest(challenge.decode()), officer)
        except (ValueError, KeyError, TypeError) as error:
            raise _refused() from error
        if not await self._proofs.do(_TAKE, values):
            raise _refused()
        return challenge

    async def _noted(self, deed: str, officer: str) -> None:
        department = await self._proofs.department_of(officer)
        await self._record(deed, officer=officer, department=department)


def _refused() -> NotSignedIn:
    return NotSignedIn(
        "The passkey was not taken.", hint="Try again, or sign in with your password.", why="passkey"
    )


_LIST = "SELECT id, name, created, used FROM passkeys WHERE officer = %s ORDER BY created"
_ACCOUNT = """
SELECT account FROM officers JOIN credentials ON officer = id WHERE id = %s AND active
"""
_ADD = "INSERT INTO passkeys (id, officer, public_key, counter, name) VALUES (%s, %s, %s, %s, %s)"
_FIND = """
SELECT passkeys.id, officer, department, public_key, counter
FROM passkeys JOIN officers ON officers.id = officer WHERE passkeys.id = %s AND active
"""
_USED = """
UPDATE passkeys SET counter = %s, used = now() WHERE id = %s AND (counter < %s OR (counter = 0 AND %s = 0))
"""
_TAKE = """
DELETE FROM passkey_challenges
WHERE digest = %s AND officer IS NOT DISTINCT FROM %s::text AND expires > now()
"""
