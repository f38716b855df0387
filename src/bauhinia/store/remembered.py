"""What was read from the database a moment ago, so that a busy second reads it once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class Remembered(Generic[_Key, _Value]):
    """Values by key, none given out that was asked for longer than so many seconds ago.

    Many who ask at once wait for one reading, and share its error. What depends on who asks belongs into the
    key: the reading is done in the name of the first.
    """

    def __init__(self, seconds: float, *, most: int = 10_000) -> None:
        self._seconds = seconds
        self._most = most
        self._kept: dict[_Key, tuple[float, _Value]] = {}
        self._reading: dict[_Key, asyncio.Task[_Value]] = {}

    async def get(self, key: _Key, read: Callable[[], Awaitable[_Value]]) -> _Value:
        """The value; read where there is none that is new enough. Raises what `read` raises."""
        asked, value = self._kept.get(key, (float("-inf"), None))
        if value is not None and time.monotonic() - asked <= self._seconds:
            return value
        reading = self._reading.get(key)
        if reading is None:
            reading = self._reading[key] = asyncio.create_task(self._read(key, read))
            reading.add_done_callback(lambda done: self._done(key, done))
        return await asyncio.shield(reading)

    def forget(self, key: _Key | None = None) -> None:
        """Read that, or everything, anew: it was changed. A reading under way is not waited for by others."""
        for kept in (self._kept, self._reading):
            if key is None:
                kept.clear()
            else:
                kept.pop(key, None)

    async def _read(self, key: _Key, read: Callable[[], Awaitable[_Value]]) -> _Value:
        asked = time.monotonic()
        value = await read()
        # Forgotten meanwhile, what was read may be what stood before the change.
        if self._reading.get(key) is asyncio.current_task():
            if len(self._kept) >= self._most:
                self._kept.clear()
            self._kept[key] = asked, value
        return value

    def _done(self, key: _Key, reading: asyncio.Task[_Value]) -> None:
        if self._reading.get(key) is reading:
            del self._reading[key]
        if not reading.cancelled():
            reading.exception()  # Whoever waited has it; nobody may be left who does.
