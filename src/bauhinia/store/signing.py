"""The product's own signing keys: Ed25519, one file a purpose, in the data folder.

A key is made when it is first needed and never changed. Whoever holds its file can sign in this system's
name: it is readable by the server's own user alone, and travels in a backup.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from ..errors import StoreError

FOLDER = "keys"
"""Where keys lie in the data folder."""
_PURPOSE = re.compile(r"[a-z][a-z-]{0,31}")


class Signer:
    """One key of ours, for one purpose: `labels`, `ledger`, ..."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_pem = _pem_of(key.public_key())
        """The public half, as PEM (SubjectPublicKeyInfo)."""
        self.key_id = key_id(self.public_pem)
        """What signatures name the key by."""

    @classmethod
    def open(cls, data_folder: Path, purpose: str) -> Signer:
        """The key of this purpose; made where there is none. Processes that open it at once get the same one.

        Raises StoreError where the folder cannot be written, the file is open to other users, or is no key.
        """
        assert _PURPOSE.fullmatch(purpose), f"not a purpose: {purpose!r}"
        path = data_folder / FOLDER / f"{purpose}.pem"
        return cls(_load(private_file(path, _new_key)))

    def sign(self, message: bytes) -> bytes:
        """64 bytes over the message."""
        return self._key.sign(message)


def public_keys(folder: Path, among: str, hint: str) -> dict[str, str]:
    """The public keys that an operator put into a folder, as PEM, by `key_id`; none where it is not there.

    Raises StoreError for a file that is no such key: `among` says among which, `hint` what to do.
    """
    keys: dict[str, str] = {}
    for path in sorted(folder.glob("*.pem")):
        try:
            pem = path.read_text("ascii")
            keys[key_id(pem)] = pem
        except (ValueError, OSError) as error:
            raise StoreError(f"{path.name} among the {among} is no Ed25519 public key.", hint=hint) from error
    return keys


def verify(public_pem: str, message: bytes, signature: bytes) -> bool:
    """Whether the key of `public_pem` signed exactly this message. Raises ValueError for no such key."""
    key = _public(public_pem)
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def key_id(public_pem: str) -> str:
    """The first 16 hex digits of the SHA-256 of the raw public key. Raises ValueError for no such key."""
    return hashlib.sha256(raw_public(public_pem)).hexdigest()[:16]


def raw_public(public_pem: str) -> bytes:
    """The key's 32 bytes. Raises ValueError for what is no such key."""
    return _public(public_pem).public_bytes(Encoding.Raw, PublicFormat.Raw)


def private_file(path: Path, make: Callable[[], bytes]) -> bytes:
    """The bytes of a file that only its owner may read; made by `make` where there is none.

    Of several processes that make it at once, one wins and all get its bytes. Raises StoreError.
    """
    try:
        if not path.exists():
            _put(path, make())
        _refuse_open(path)
        return path.read_bytes()
    except OSError as error:
        raise StoreError(
            f"The key {path} cannot be used ({error.strerror}).",
            hint="Give the data folder to the user that the server runs as.",
        ) from error


def _put(path: Path, data: bytes) -> None:
    """Write whole, then link: a name that is taken by then keeps what it has."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(file, "wb") as writing:
            writing.write(data)
            writing.flush()
            os.fsync(writing.fileno())
        with suppress(FileExistsError):
            os.link(beside, path)
    finally:
        beside.unlink()


def _refuse_open(path: Path) -> None:
    """A key that others could read may be known to them."""
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        raise StoreError(
            f"The key {path} can be read by other users (mode {mode:o}).",
            hint="Run chmod 600 on it; if somebody may have copied it, move it away and a new one is made.",
        )


def _new_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _load(pem: bytes) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise _not_a_key() from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _not_a_key()
    return key


def _not_a_key() -> StoreError:
    return StoreError(
        "A signing key in the data folder is damaged.",
        hint="Restore the folder keys from a backup, or move the damaged file away and a new key is made.",
    )


def _public(pem: str) -> Ed25519PublicKey:
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("not an Ed25519 key")
    return key


def _pem_of(key: Ed25519PublicKey) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
