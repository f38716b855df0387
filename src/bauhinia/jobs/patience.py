"""Waiting: for a database that is away, and for news."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from ..errors import StoreError

PAUSE = 0.5
"""Seconds before a database that is away is tried again."""
Result = TypeVar("Result")


async def patiently(work: Callable[[], Awaitable[Result]]) -> Result:
    """`work()`, again and again while the database is away. It must do no harm twice: whether a commit that
    was under way came through is not known."""
    while True:
        try:
            return await work()
        except StoreError:
            await asyncio.sleep(PAUSE)


async def heard(event: asyncio.Event, seconds: float) -> None:
    """Wait until the event is set, for so long at most.

    Not by `asyncio.wait_for`: in Python 3.11 it swallows a cancellation that comes together with the event.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
