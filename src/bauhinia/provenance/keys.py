"""Whose labels are believed: our own key's, and those of keys that an operator has put into a folder."""

from __future__ import annotations

from pathlib import Path

from ..errors import StoreError
from ..store.signing import FOLDER, Signer, key_id
from .seal import PURPOSE

TRUSTED = "trusted"
"""Folder beside our keys: public keys (PEM) of other systems of the service, or of this one before."""


def own_key(data_folder: Path) -> str:
    """The key that proves our labels to others, as PEM. Raises StoreError."""
    return Signer.open(data_folder, PURPOSE).public_pem


def trusted_keys(data_folder: Path) -> dict[str, str]:
    """Public keys as PEM, by `key_id`. Raises StoreError for a file that is no such key."""
    own = Signer.open(data_folder, PURPOSE)
    keys = {own.key_id: own.public_pem}
    for path in sorted((data_folder / FOLDER / TRUSTED).glob("*.pem")):
        try:
            pem = path.read_text("ascii")
            keys[key_id(pem)] = pem
        except (ValueError, OSError) as error:
            raise StoreError(
                f"{path.name} among the trusted keys is no Ed25519 public key.",
                hint="Ask the other system for the answer of /api/label/key, or take the file away.",
            ) from error
    return keys
