"""News between processes, by PostgreSQL's LISTEN and NOTIFY: one listening connection a process.

A notice only says where to look; what is so stands in the tables. One that is lost while the database is away
costs a few seconds: whoever waits looks again by itself, and at once when the connection is back.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..errors import StoreError
from ..store import Database
from .patience import PAUSE

logger = logging.getLogger(__name__)

CHANNEL = "bauhinia_jobs"
"""A notice is a word and a task's id: `queued`, `told` or `stopped`."""

Heard = Callable[[str, str], None]


class Notices:
    """Wakes those of this process who wait for a task, and passes every notice to who asked for all."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._heard: list[Heard] = []
        self._listener: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Listen, in the background, until `close`."""
        if self._listener is None:
            # Not in the name of whoever happens to ask first.
            self._listener = asyncio.create_task(
                self._listen(), name="listen for jobs", context=contextvars.Context()
            )

    async def close(self) -> None:
        """Stop listening."""
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)

    def tell_all(self, heard: Heard) -> None:
        """Call `heard` with the word and the task of every notice; both are empty when some may be lost."""
        self._heard.append(heard)

    @contextmanager
    def of(self, task: str) -> Iterator[asyncio.Event]:
        """An event that is set at each notice of this task, and when some may be lost."""
        self.begin()
        changed = asyncio.Event()
        self._waiting.setdefault(task, set()).add(changed)
        try:
            yield changed
        finally:
            self._waiting[task].discard(changed)
            if not self._waiting[task]:
                del self._waiting[task]

    async def _listen(self) -> None:
        while True:
            try:
                async with self._database.listening(CHANNEL) as payloads:
                    self._wake("", "")
                    async for payload in payloads:
                        word, _, task = payload.partition(" ")
                        self._wake(word, task)
            except StoreError:
                logger.info("the database is away; listening again when it is back")
            except Exception:
                logger.exception("could not listen for notices; trying again")
            await asyncio.sleep(PAUSE)

    def _wake(self, word: str, task: str) -> None:
        for one in [task] if task else list(self._waiting):
            for changed in self._waiting.get(one, ()):
                changed.set()
        for heard in self._heard:
            heard(word, task)
