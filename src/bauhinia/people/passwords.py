"""Passwords, one-time codes and secrets: made, kept as digests, proved."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import unicodedata
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from ..errors import InputError

LEAST = 12
"""Characters of a password."""
MOST = 200
STEP = 30
"""Seconds that a code holds."""
_SCRYPT = {"n": 2**15, "r": 8, "p": 1, "maxmem": 2**26, "dklen": 32}
"""About 0.1 s and 32 MB for each attempt."""


def kept(password: str) -> str:
    """A password as it is stored."""
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}:{_key(password, salt).hex()}"


def is_right(password: str, stored: str) -> bool:
    """Whether that is the stored password. Takes as long for a wrong one."""
    salt, _, key = stored.partition(":")
    return hmac.compare_digest(_key(password, bytes.fromhex(salt)), bytes.fromhex(key))


def _key(password: str, salt: bytes) -> bytes:
    normal = unicodedata.normalize("NFKC", password).encode()
    return hashlib.scrypt(normal, salt=salt, **_SCRYPT)


NOBODY = f"{secrets.token_hex(16)}:{secrets.token_hex(_SCRYPT['dklen'])}"
"""Compared with where there is no such account, so that time does not tell. No password is kept as this."""


def check_strength(password: str, account: str) -> None:
    """Raises InputError for a password that is guessed soon."""
    if not LEAST <= len(password) <= MOST:
        raise InputError(f"The password has less than {LEAST} characters.", hint="Take four or five words.")
    folded = password.casefold()
    if len(set(folded)) < 6 or account.split("@")[0].casefold() in folded:
        raise InputError(
            "The password is too easy to guess.", hint="Take four or five words that do not belong together."
        )


def new_secret() -> str:
    """256 random bits, to be put in an address or a cookie."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """What is stored of a secret: nobody who reads the database can use it."""
    return hashlib.sha256(secret.encode()).digest()


def new_totp() -> bytes:
    """The key of an authenticator program."""
    return secrets.token_bytes(20)


def totp_text(key: bytes) -> str:
    """The key as it is typed into an authenticator program, in groups of four."""
    text = base64.b32encode(key).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def totp_address(key: bytes, account: str) -> str:
    """The key as an address that an authenticator program opens."""
    return f"otpauth://totp/Bauhinia:{quote(account)}?secret={base64.b32encode(key).decode()}&issuer=Bauhinia"


def step_of(code: str, key: bytes, now: float, last: int) -> int | None:
    """The time step of a code (RFC 6238; one step before and after now is taken), later than `last`; None for
    a wrong code, or one that was used."""
    made = TOTP(key, 6, SHA1(), STEP)  # noqa: S303  # what authenticator programs have in common
    present = int(now) // STEP
    given = "".join(code.split()).encode()
    for step in (present, present - 1, present + 1):
        if step > last and hmac.compare_digest(made.generate(step * STEP), given):
            return step
    return None
