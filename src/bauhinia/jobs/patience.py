"""Waiting for a database that is away: what a job has to write is not thrown away for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
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
