"""Guessing made slow: an account rests towards the address that failed, and not for everybody.

A stranger who fails on purpose keeps away the stranger. From many addresses at once, an account rests towards
addresses that its officer never signed in from; where the officer usually works, nothing is noticed.
"""

from __future__ import annotations

from datetime import timedelta

from ..store import Database
from .proofs import Proofs

MOST_FAILURES = 5
"""From one address, before the account rests towards it."""
RESTS = timedelta(minutes=15)
MOST_FROM_STRANGERS = 50
"""From all addresses within an hour, before the account rests towards those it does not know."""


class Resting:
    """Failed attempts on the accounts of one database."""

    def __init__(self, database: Database) -> None:
        self._proofs = Proofs(database)

    async def rests(self, officer: str, address: str) -> bool:
        """Whether the account takes no attempt from that address now."""
        found = await self._proofs.one(_STANDING, (address, address, officer))
        assert found is not None
        return found["rests"] or (not found["known"] and found["failures"] >= MOST_FROM_STRANGERS)

    async def failed(self, officer: str, address: str) -> None:
        """Count a failure."""
        await self._proofs.do(_FAILED, (officer, address, MOST_FAILURES, RESTS))

    async def succeeded(self, officer: str, address: str) -> None:
        """Remember where the officer signs in from, and forget failures there."""
        await self._proofs.do("DELETE FROM sign_in_addresses WHERE last < now() - interval '180 days'")
        await self._proofs.do(_SUCCEEDED, (officer, address))


_STANDING = """
SELECT coalesce(bool_or(address = %s AND rests_until > now()), false) AS rests,
    coalesce(bool_or(address = %s AND known), false) AS known,
    coalesce(sum(failures) FILTER (WHERE last > now() - interval '1 hour'), 0) AS failures
FROM sign_in_addresses WHERE officer = %s
"""
_FAILED = """
INSERT INTO sign_in_addresses AS there (officer, address, failures) VALUES (%s, %s, 1)
ON CONFLICT (officer, address) DO UPDATE SET last = now(),
    failures = CASE WHEN there.last < now() - interval '1 hour' THEN 1 ELSE there.failures + 1 END,
    rests_until = CASE WHEN there.last > now() - interval '1 hour' AND (there.failures + 1) %% %s = 0
        THEN now() + %s ELSE there.rests_until END
"""
_SUCCEEDED = """
INSERT INTO sign_in_addresses (officer, address, known) VALUES (%s, %s, true)
ON CONFLICT (officer, address) DO UPDATE SET known = true, failures = 0, rests_until = NULL, last = now()
"""
