"""One server to a data folder."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import DataFolderInUse, StoreError


@contextmanager
def hold_data_folder(folder: Path) -> Iterator[None]:
    """Be the only server on this data folder until the context ends, however the process ends.

    Only servers hold it: a command-line verb on the folder of a running server shares its database.
    Raises DataFolderInUse, naming the holder's process.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(
            f"The data folder {folder} cannot be written ({error.strerror}).",
            hint="Set BAUHINIA_DATA_FOLDER to a folder of your own.",
        ) from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(lock, 20, 0).decode(errors="replace").strip()
            raise DataFolderInUse(
                f"Another server (process {holder or 'unknown'}) is running on the data folder {folder}.",
                hint="Stop it first, or give this one its own BAUHINIA_DATA_FOLDER and BAUHINIA_PORT.",
            ) from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(lock)
