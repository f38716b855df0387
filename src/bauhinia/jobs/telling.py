"""What a running job tells, gathered for a moment and written for every process to read."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from ..errors import InputError, StoreError
from .events import PieceWritten, TaskEvent
from .lease import Claim, LeaseLost
from .patience import PAUSE
from .queue import Queue

logger = logging.getLogger(__name__)

GATHER_SECONDS = 0.1
"""Pieces of an answer come far faster than anybody reads: those of so long share a transaction."""


class Teller:
    """Writes the events of one job, in order, while the job goes on."""

    def __init__(self, queue: Queue, claim: Claim) -> None:
        self._queue = queue
        self._claim = claim
        self._waiting: list[TaskEvent] = []
        self._more = asyncio.Event()
        self._writing = asyncio.Lock()

    def tell(self, event: TaskEvent) -> None:
        """Take an event to be written soon."""
        last = self._waiting[-1] if self._waiting else None
        match last, event:
            case PieceWritten(passage=before), PieceWritten(passage=now) if before == now:
                self._waiting[-1] = replace(last, text=last.text + event.text)
            case _:
                self._waiting.append(event)
        self._more.set()

    async def run(self) -> None:
        """Write until cancelled. Ends when the lease is lost: what another worker tells is told instead."""
        while True:
            await self._more.wait()
            self._more.clear()
            try:
                await self.flush()
            except LeaseLost:
                return
            except StoreError:
                self._more.set()
                await asyncio.sleep(PAUSE)
            await asyncio.sleep(GATHER_SECONDS)

    async def flush(self) -> None:
        """Write what waits. Raises StoreError, and then it still waits; LeaseLost."""
        async with self._writing:
            batch, self._waiting = self._waiting, []
            if not batch:
                return
            try:
                await self._queue.tell(self._claim, batch)
            except InputError:
                logger.warning("events of task %s hold what cannot be kept", self._claim.id)
            except BaseException:
                self._waiting[:0] = batch
                raise
