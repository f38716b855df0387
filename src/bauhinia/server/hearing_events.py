"""Recordings heard one after another: who waits is told, then how far the work is. Leaving ends it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from ..chat.line import Waiting
from ..errors import BauhiniaError
from ..people import Officer

if TYPE_CHECKING:
    from ..chat.reception import Reception
    from ..chat.work import Progress

BEAT_SECONDS = 5.0
"""A silent connection is closed by proxies."""
Result = TypeVar("Result")


async def in_turn(
    reception: Reception, by: Officer, begin: Callable[[Progress], Coroutine[Any, Any, Result]]
) -> AsyncGenerator[Waiting | tuple[str, float] | Result, None]:
    """Where who waits stands; what is being done and how much of it is (below 0: nobody knows); the result
    last. Closing it ends the work. Raises ModelBusy when the line is full, and what the work raises."""
    async with reception.hearing.joined(by.id) as waiting:
        async for standing in waiting:
            yield standing
        told: asyncio.Queue[tuple[str, float]] = asyncio.Queue()
        work = asyncio.create_task(begin(lambda what, share: told.put_nowait((what, share))))
        try:
            while not work.done():
                yield await _next(told, work)
            yield work.result()
        finally:
            work.cancel()
            with suppress(asyncio.CancelledError, BauhiniaError):
                await work


async def _next(told: asyncio.Queue[tuple[str, float]], work: asyncio.Task[Any]) -> tuple[str, float]:
    """What is told next, or that it goes on."""
    upcoming = asyncio.ensure_future(told.get())
    try:
        await asyncio.wait({upcoming, work}, timeout=BEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        return upcoming.result() if upcoming.done() else ("hearing", -1.0)
    finally:
        upcoming.cancel()
