"""When something is kept outside the database: soon after an entry, and not for every one."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from ..errors import BauhiniaError
from .chain import Head

logger = logging.getLogger(__name__)


class Keeper:
    """Keeps a head within `seconds` of its entry, and at most that often. Never makes an entry wait."""

    def __init__(self, seconds: float, keep: Callable[[Head], Awaitable[None]]) -> None:
        self._seconds = seconds
        self._keep = keep
        self._head: Head | None = None
        """The newest that is not kept yet."""
        self._kept_at = -seconds
        self._task: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()
        """Set while nothing is to be waited for."""

    def grown(self, head: Head) -> None:
        """There are new entries, up to this head."""
        self._head = head
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._when_due(), name="keep the ledger's head")

    async def finish(self) -> None:
        """Keep now what is not kept yet."""
        self._hurry.set()
        if self._task is not None:
            # Not cancelled: what is being kept at this moment is kept whole.
            await asyncio.gather(self._task, return_exceptions=True)
        await self._keep_newest()
        self._hurry.clear()

    async def _when_due(self) -> None:
        while self._head is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, self._kept_at + self._seconds - time.monotonic())):
                    await self._hurry.wait()
            if not await self._keep_newest():
                return

    async def _keep_newest(self) -> bool:
        """False where it failed: the next entry tries again."""
        head = self._head
        if head is None:
            return True
        self._kept_at = time.monotonic()
        try:
            await self._keep(head)
        except (BauhiniaError, OSError):
            logger.exception("the ledger's head could not be kept outside the database")
            return False
        if self._head == head:
            self._head = None
        return True
