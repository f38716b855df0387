"""Signing keys: made once, kept closed, and what they sign is told from what they did not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from bauhinia.errors import StoreError
from bauhinia.store.archive import Manifest, read, writing
from bauhinia.store.signing import Signer, key_id, raw_public, verify


def test_a_signature_holds_for_its_message_and_key_alone(tmp_path: Path) -> None:
    signer, other = Signer.open(tmp_path, "labels"), Signer.open(tmp_path, "ledger")
    signature = signer.sign(b"message")
    assert verify(signer.public_pem, b"message", signature)
    assert not verify(signer.public_pem, b"messagf", signature)
    assert not verify(other.public_pem, b"message", signature)
    assert not verify(signer.public_pem, b"message", signature[:-1] + bytes([signature[-1] ^ 1]))
    assert not verify(signer.public_pem, b"message", b"")


def test_a_key_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    made = Signer.open(tmp_path, "labels")
    assert Signer.open(tmp_path, "labels").public_pem == made.public_pem
    path = tmp_path / "keys" / "labels.pem"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in path.parent.iterdir()] == ["labels.pem"]


def test_many_that_open_it_at_once_get_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda _: Signer.open(tmp_path, "labels").key_id, range(48)))
    assert len(set(made)) == 1


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    Signer.open(tmp_path, "labels")
    (tmp_path / "keys" / "labels.pem").chmod(0o644)
    with pytest.raises(StoreError, match="other users") as refused:
        Signer.open(tmp_path, "labels")
    assert "chmod 600" in refused.value.hint


def test_what_is_no_key_is_told(tmp_path: Path) -> None:
    Signer.open(tmp_path, "labels")
    path = tmp_path / "keys" / "labels.pem"
    curve = generate_private_key(SECP256R1())
    for data in (b"", b"nonsense", curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())):
        path.write_bytes(data)
        with pytest.raises(StoreError, match="damaged"):
            Signer.open(tmp_path, "labels")
    public = curve.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    with pytest.raises(ValueError):
        verify(public, b"", b"")


def test_the_key_s_name_is_of_its_public_half(tmp_path: Path) -> None:
    signer = Signer.open(tmp_path, "labels")
    assert key_id(signer.public_pem) == signer.key_id
    assert len(raw_public(signer.public_pem)) == 32
    assert len(signer.key_id) == 16 and int(signer.key_id, 16) >= 0


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file where the folder should be")
    with pytest.raises(StoreError, match="cannot be used"):
        Signer.open(tmp_path, "labels")


def test_a_key_that_came_back_from_a_backup_signs_as_before(tmp_path: Path) -> None:
    made = Signer.open(tmp_path / "data", "labels")
    with writing(tmp_path / "backup.tar") as archive:
        archive.add_file("files/keys/labels.pem", tmp_path / "data" / "keys" / "labels.pem")
        manifest = Manifest(
            version="1", schema="1", at="", ledger_seq=0, ledger_hash="", roles=[], members=archive.members
        )
        archive.close(manifest)
    read(tmp_path / "backup.tar", tmp_path / "back")
    assert Signer.open(tmp_path / "back" / "files", "labels").public_pem == made.public_pem
