"""Whose labels are believed: our own key's, and those of keys that an operator has put into a folder."""

from __future__ import annotations

from pathlib import Path

from ..store.signing import FOLDER, Signer, public_keys
from .seal import PURPOSE

TRUSTED = "trusted"
"""Folder beside our keys: public keys (PEM) of other systems of the service, or of this one before."""


def own_key(data_folder: Path) -> str:
    """The key that proves our labels to others, as PEM. Raises StoreError."""
    return Signer.open(data_folder, PURPOSE).public_pem


def trusted_keys(data_folder: Path) -> dict[str, str]:
    """Public keys as PEM, by `key_id`. Raises StoreError for a file that is no such key."""
    own = Signer.open(data_folder, PURPOSE)
    hint = "Ask the other system for the answer of /api/label/key, or take the file away."
    others = public_keys(data_folder / FOLDER / TRUSTED, "trusted keys", hint)
    return {own.key_id: own.public_pem} | others
