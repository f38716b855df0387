"""One server to a data folder, and one process to whatever else has a lock file."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import BauhiniaError, DataFolderInUse, StoreError


@contextmanager
def hold_data_folder(folder: Path) -> Iterator[None]:
    """Be the only server on this data folder until the context ends, however the process ends.

    Only servers hold it: a command-line verb on the folder of a running server shares its database.
    Raises DataFolderInUse, naming the holder's process.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = open_lock(folder / "server.lock")
    except OSError as error:
        raise StoreError(
            f"The data folder {folder} cannot be written ({error.strerror}).",
            hint="Set BAUHINIA_DATA_FOLDER to a folder of your own.",
        ) from error

    def in_use(holder: str) -> DataFolderInUse:
        return DataFolderInUse(
            f"Another server (process {holder}) is running on the data folder {folder}.",
            hint="Stop it first, or give this one its own BAUHINIA_DATA_FOLDER and BAUHINIA_PORT.",
        )

    with only_process(lock, in_use):
        yield


def open_lock(path: Path) -> int:
    """The lock file, made where there is none; for `only_process`, which closes it. Raises OSError."""
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


@contextmanager
def only_process(lock: int, in_use: Callable[[str], BauhiniaError]) -> Iterator[None]:
    """Be the only process that holds an open lock file until the context ends, however the process ends.

    Raises what `in_use` makes of the holder's process number.
    """
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(lock, 20, 0).decode(errors="replace").strip()
            raise in_use(holder or "unknown") from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(lock)
