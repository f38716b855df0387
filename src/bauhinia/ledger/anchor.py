"""The ledger's newest head, kept beside the database within seconds: cutting off the chain's end shows.

A chain alone cannot tell. The file is for this machine; what others are to hold are signed checkpoints.
"""

from __future__ import annotations

import asyncio
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import orjson

from .chain import Head


class Anchor(Protocol):
    """A place outside the database that remembers the newest head."""

    @property
    def seconds(self) -> float:
        """How long after an entry its head may be kept."""

    async def keep(self, head: Head) -> None:
        """Remember this head."""

    async def last(self) -> Head | None:
        """The newest head that is remembered."""

    async def age(self) -> float | None:
        """Seconds since a head was last kept; None when none ever was."""


class FileAnchor:
    """A head in a small file, replaced whole at most every `seconds` while the ledger grows."""

    def __init__(self, path: Path, seconds: float = 5.0) -> None:
        self._path = path
        self.seconds = seconds

    async def keep(self, head: Head) -> None:
        """Write the file."""
        await asyncio.to_thread(self._write, head)

    async def last(self) -> Head | None:
        """The head in the file; None when there is none yet."""
        try:
            kept = orjson.loads(await asyncio.to_thread(self._path.read_bytes))
        except FileNotFoundError:
            return None
        return Head(kept["seq"], bytes.fromhex(kept["hash"]))

    async def age(self) -> float | None:
        """Seconds since the file was written."""
        try:
            status = await asyncio.to_thread(self._path.stat)
        except FileNotFoundError:
            return None
        return max(0.0, time.time() - status.st_mtime)

    def _write(self, head: Head) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        body = {"seq": head.seq, "hash": head.hash.hex(), "at": datetime.now(UTC).isoformat()}
        beside = self._path.with_suffix(f".{os.getpid()}.part")
        beside.write_bytes(orjson.dumps(body))
        beside.replace(self._path)
