"""Guests: people who have not signed in. They are held to a rate without being followed.

A guest has a random name in a cookie of their own, under which their conversations are kept until they delete
them or the cookie goes. The rate is counted by network address under a key that lives in memory and is thrown
away each day: nothing of it is written anywhere.
"""

from __future__ import annotations

import ipaddress
import secrets
import time
from hashlib import blake2b, sha256

from ..errors import OverQuota
from ..people import Officer

DEPARTMENT = "public"
"""Whose library guests are answered from."""
PREFIX = "guest:"
BURST, PER_MINUTE = 12, 6
"""Questions at once, and how fast these come back, for one network."""
_DAY = 86_400
_MOST = 100_000


def new_secret() -> str:
    """A new guest's secret, for their cookie alone."""
    return secrets.token_urlsafe(24)


def guest(secret: str) -> Officer:
    """Who that is. What is kept bears a digest of the secret, from which it cannot be found."""
    mark = sha256(f"guest:{secret}".encode()).hexdigest()[:32]
    return Officer(id=f"{PREFIX}{mark}", department=DEPARTMENT, name="")


def is_guest(officer: Officer) -> bool:
    """Whether that is a guest."""
    return officer.id.startswith(PREFIX)


class Rate:
    """How fast each network may ask."""

    def __init__(self, burst: int = BURST, per_minute: float = PER_MINUTE) -> None:
        self._burst = float(burst)
        self._per_second = per_minute / 60
        self._left: dict[bytes, tuple[float, float]] = {}
        self._key, self._key_until = b"", 0.0

    def take(self, address: str, now: float | None = None) -> None:
        """Count a question. Raises OverQuota, with the seconds after which it may go."""
        now = time.monotonic() if now is None else now
        mark = self.mark(address, now)
        left, at = self._left.get(mark, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._per_second)
        if left < 1:
            raise _too_fast(round((1 - left) / self._per_second) + 1)
        if len(self._left) >= _MOST:
            self._left.clear()
        self._left[mark] = (left - 1, now)

    def mark(self, address: str, now: float | None = None) -> bytes:
        """What a network is told from others by for a day, and known by to nobody."""
        now = time.monotonic() if now is None else now
        if now >= self._key_until:
            self._key, self._key_until = secrets.token_bytes(32), now + _DAY
            self._left.clear()
        return blake2b(_network(address).encode(), key=self._key, digest_size=16).digest()


def _network(address: str) -> str:
    """A household's network: one IPv4 address, or an IPv6 prefix of 64 bits."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)))


def _too_fast(seconds: int) -> OverQuota:
    return OverQuota(
        "So many questions at once are more than this service can answer from one place.",
        stage="admit",
        hint=f"Go on in {seconds} seconds. Nothing that you wrote is lost.",
        retry_after=seconds,
    )
