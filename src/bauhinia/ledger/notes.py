"""Signed checkpoints: what the ledger was at a moment, as a note that anybody can check with the public key.

The text has the shape of C2SP's tlog-checkpoint in a signed-note: the ledger's name, how many entries it has,
the root of the tree over them, then lines of ours; an empty line; a line for each signature.

    hyd.example/ledger
    1284
    <root, base64>
    chain <hash of entry 1284, base64>
    at 2026-11-27T09:00:00+00:00

    — hyd.example/ledger <base64 of 4 bytes that name the key, and Ed25519's 64>
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ..errors import InputError
from ..store.signing import Signer, raw_public

_ED25519 = b"\x01"
"""What signed-note calls this kind of key."""
_NAME = re.compile(r"[^\s+\u2028\u2029]{1,200}")
_SIGNATURE = re.compile("— ([^ +]+) ([A-Za-z0-9+/=]+)")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that checkpoints are checked with, and the name that it signs in."""

    name: str
    raw: bytes
    """32 bytes."""

    @classmethod
    def of(cls, text: str) -> PublicKey:
        """Read `NAME+KEYID+BASE64`, as `bauhinia ledger key` prints it. Raises InputError."""
        try:
            name, key_id, encoded = text.strip().split("+", 2)
            data = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error):
            raise _no_key() from None
        key = cls(name, data[1:])
        if data[:1] != _ED25519 or len(data) != 33 or key_id != key.id.hex() or not _NAME.fullmatch(name):
            raise _no_key()
        return key

    @property
    def id(self) -> bytes:
        """The four bytes that signatures name it by."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.raw).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(_ED25519 + self.raw).decode()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What the ledger was at a moment."""

    origin: str
    """The ledger's name."""
    size: int
    """Entries."""
    root: bytes
    """Of the tree over their hashes."""
    chain: bytes
    """The hash of the last of them."""
    at: str
    """ISO 8601, UTC; by the clock of who signed."""

    @property
    def text(self) -> bytes:
        """What is signed."""
        root, chain = (base64.b64encode(each).decode() for each in (self.root, self.chain))
        return f"{self.origin}\n{self.size}\n{root}\nchain {chain}\nat {self.at}\n".encode()


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint as it was read, with whatever signatures it has."""

    checkpoint: Checkpoint
    note: bytes

    @property
    def size(self) -> int:
        """Entries."""
        return self.checkpoint.size

    def is_by(self, keys: Sequence[PublicKey]) -> bool:
        """Whether one of these keys signed it; signatures of others are passed over, as the format asks."""
        text, _, signatures = self.note.partition(b"\n\n")
        found = [_SIGNATURE.fullmatch(line) for line in signatures.decode(errors="replace").splitlines()]
        return any(
            match[1] == key.name and _is_signed(key, text + b"\n", match[2])
            for match in found
            if match
            for key in keys
        )


def check_name(name: str) -> str:
    """A name that a note can carry. Raises InputError."""
    if not _NAME.fullmatch(name):
        raise InputError(
            f"The ledger cannot be called {name!r}.",
            hint="BAUHINIA_LEDGER_NAME is such as hyd.example/ledger: no spaces and no plus sign.",
        )
    return name


def key_of(signer: Signer, name: str) -> PublicKey:
    """The public half of the ledger's own key."""
    return PublicKey(name, raw_public(signer.public_pem))


def signed(checkpoint: Checkpoint, signer: Signer) -> Signed:
    """The checkpoint as a note, signed."""
    key = key_of(signer, checkpoint.origin)
    signature = base64.b64encode(key.id + signer.sign(checkpoint.text)).decode()
    return Signed(checkpoint, checkpoint.text + f"\n— {checkpoint.origin} {signature}\n".encode())


def read(note: bytes) -> Signed:
    """A note as it was written; looks at no signature. Raises InputError for what is no checkpoint."""
    try:
        text = note.partition(b"\n\n")[0].decode()
        origin, size, root, chain, at = text.split("\n")
        checkpoint = Checkpoint(
            origin=origin,
            size=int(size),
            root=base64.b64decode(root, validate=True),
            chain=base64.b64decode(chain.removeprefix("chain "), validate=True),
            at=at.removeprefix("at "),
        )
    except (ValueError, binascii.Error):
        raise InputError("This is no checkpoint of a ledger.", hint="Give a note as it was signed.") from None
    if checkpoint.text != text.encode() + b"\n" or len(checkpoint.root) != 32 or len(checkpoint.chain) != 32:
        raise InputError("This checkpoint is damaged.", hint="Give a note as it was signed.")
    return Signed(checkpoint, note)


def _is_signed(key: PublicKey, text: bytes, encoded: str) -> bool:
    try:
        data = base64.b64decode(encoded, validate=True)
        if data[:4] != key.id:
            return False
        Ed25519PublicKey.from_public_bytes(key.raw).verify(data[4:], text)
    except (binascii.Error, InvalidSignature, ValueError):
        return False
    return True


def _no_key() -> InputError:
    return InputError(
        "This is no public key of a ledger.", hint="It is such as NAME+KEYID+BASE64: `bauhinia ledger key`."
    )
