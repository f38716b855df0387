"""Settings of signing in that would not protect anything are refused before the server starts."""

from __future__ import annotations

from yarl import URL

from ..errors import InputError
from ..settings import Settings

LEAST = 16
"""Characters of a secret."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_CHECKED = ("openid_client_secret", "metrics_token", "token", "blobs_secret")
"""Every secret that the operator chooses; `model_key` is chosen by whoever serves the model."""
_GUESSED = ("changeme", "password", "secret123", "minioadmin", "12345678", "example")


def check_settings(settings: Settings) -> None:
    """Raises InputError for a weak secret, or for signing in that cannot work."""
    for name in _CHECKED:
        if (secret := getattr(settings, name).get_secret_value()) and is_weak(secret):
            raise InputError(
                f"The secret in BAUHINIA_{name.upper()} is too easy to guess.",
                hint=f"Take {LEAST} random characters or more: `openssl rand -base64 32` makes them.",
            )
    if settings.public_url:
        check_address(settings.public_url, "BAUHINIA_PUBLIC_URL")
    if settings.sign_in == "openid":
        _check_openid(settings)


def is_weak(secret: str) -> bool:
    """Whether a secret is short, repeats itself or is a well-known one."""
    folded = secret.casefold()
    return len(secret) < LEAST or len(set(folded)) < 8 or any(known in folded for known in _GUESSED)


def check_address(text: str, what: str) -> URL:
    """An address that secrets may be sent to: HTTPS, or this machine. Raises InputError."""
    hint = "Write it as https://host/path; plain http is for this machine alone."
    try:
        address = URL(text)
    except ValueError:
        raise InputError(f"{what} is not an address.", hint=hint) from None
    safe = address.scheme == "https" or (address.scheme == "http" and address.host in LOOPBACK)
    if not safe or not address.host or address.user is not None or address.fragment:
        raise InputError(f"{what} is not an address that secrets may be sent to.", hint=hint)
    return address


def _check_openid(settings: Settings) -> None:
    check_address(settings.openid_issuer, "BAUHINIA_OPENID_ISSUER")
    if not settings.openid_client_id:
        raise InputError(
            "BAUHINIA_OPENID_CLIENT_ID is empty.", hint="It is what the provider calls this server."
        )
    if not settings.public_url and settings.host not in LOOPBACK:
        raise InputError(
            "The provider must know where people reach this server.",
            hint="Set BAUHINIA_PUBLIC_URL, such as https://bauhinia.example.gov.hk.",
        )
