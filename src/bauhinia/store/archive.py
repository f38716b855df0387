"""A backup's file: a plain tar whose last member is a manifest with the digest of every other.

`database.dump` (pg_dump's custom format) · `blobs/KEY` · `files/PATH` (the data folder's other files) ·
`manifest.json`. A file without its manifest is not a backup; one that is being written has another name.
"""

from __future__ import annotations

import io
import os
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

import orjson

from ..errors import Conflict, InputError

FORMAT = 1
DUMP = "database.dump"
MANIFEST = "manifest.json"
_NAME = re.compile(
    r"database\.dump|manifest\.json|(blobs|files)(/(?!\.{0,2}(/|$))[^/\x00-\x1f\\]{1,255}){1,9}"
)
"""Names that stay in the folder that they are unpacked into."""
_PIECE = 1 << 20


class BrokenBackup(InputError):
    """The file is no backup, or not the one that was made."""

    status = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds."""

    version: str
    """Of Bauhinia, when it was made."""
    schema: str
    """The database's revision."""
    at: str
    """When the database was as it is here, ISO 8601."""
    ledger_seq: int
    ledger_hash: str
    """Where the ledger ended."""
    roles: list[str]
    """The database's roles that its grants name."""
    members: dict[str, str] = field(default_factory=dict)
    """SHA-256 by name."""
    format: int = FORMAT


class Writer:
    """Adds members, one after the other."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.members: dict[str, str] = {}

    def add(self, name: str, data: bytes) -> None:
        """A member of these bytes."""
        self._add(name, io.BytesIO(data), len(data))
        self.members[name] = sha256(data).hexdigest()

    def add_file(self, name: str, path: Path) -> int:
        """A member that is a file's content; gives its size."""
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            digest = _digest(file)
            file.seek(0)
            self._add(name, file, size)
        self.members[name] = digest
        return size

    def close(self, manifest: Manifest) -> None:
        """The manifest, last."""
        data = orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
        self._add(MANIFEST, io.BytesIO(data), len(data))

    def _add(self, name: str, data: IO[bytes], size: int) -> None:
        assert _NAME.fullmatch(name), f"not a name of a member: {name!r}"
        entry = tarfile.TarInfo(name)
        entry.size = size
        entry.mode = 0o600
        self._tar.addfile(entry, data)


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """A backup that is there under its name once the block has ended well, and not at all otherwise.

    Raises Conflict where something is there already.
    """
    if path.exists():
        raise Conflict(f"{path} exists already.", hint="Choose another name; a backup is never written over.")
    part = path.with_name(f"{path.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                yield Writer(tar)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)


def read(path: Path, into: Path | None = None) -> Manifest:
    """Check every member against the manifest, on the way writing each to its place in the folder `into`.

    Raises BrokenBackup, naming the first thing that is wrong.
    """
    found: dict[str, str] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(path, "r:") as tar:
            for entry in tar:
                if manifest is not None or not entry.isfile() or not _NAME.fullmatch(entry.name):
                    raise _broken(path, f"it holds {entry.name!r}, which does not belong there")
                data = tar.extractfile(entry)
                assert data is not None, "a file has content"
                if entry.name == MANIFEST:
                    manifest = _manifest(data.read())
                else:
                    found[entry.name] = _copy(data, into / entry.name) if into else _digest(data)
    except (tarfile.TarError, EOFError, TypeError, orjson.JSONDecodeError) as error:
        raise _broken(path, "it is damaged or cut off") from error
    if manifest is None:
        raise _broken(path, "it has no manifest: the backup was not finished")
    _compare(path, manifest.members, found)
    return manifest


def _manifest(data: bytes) -> Manifest:
    kept: dict[str, Any] = orjson.loads(data)
    if kept.get("format") != FORMAT:
        raise InputError(
            f"This backup has the format {kept.get('format')!r}, which this version does not read.",
            hint="Restore it with the version that made it, or a newer one.",
        )
    return Manifest(**kept)


def _compare(path: Path, wanted: dict[str, str], found: dict[str, str]) -> None:
    if missing := sorted(wanted.keys() - found.keys()):
        raise _broken(path, f"{missing[0]} is missing")
    for name, digest in found.items():
        if wanted.get(name) != digest:
            raise _broken(path, f"{name} is not what was saved")


def _broken(path: Path, why: str) -> BrokenBackup:
    return BrokenBackup(f"{path} cannot be used: {why}.", hint="Take another backup, or copy this one again.")


def _digest(data: IO[bytes]) -> str:
    digest = sha256()
    while piece := data.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _copy(data: IO[bytes], to: Path) -> str:
    """Closed to other users, as keys have to be."""
    digest = sha256()
    to.parent.mkdir(parents=True, exist_ok=True)
    # Signing keys are among them, which no other user may read.
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while piece := data.read(_PIECE):
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest()
