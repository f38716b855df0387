"""Work that something else may end: whoever waits for it has left, or is no longer who they were."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from ..errors import Cancelled

_Result = TypeVar("_Result")


class Ended(Cancelled):
    """The watch came to its end before the work did."""


async def unless(
    work: Awaitable[_Result], watch: Callable[[], Coroutine[Any, Any, None]], *, after: float
) -> _Result:
    """The work's result. Once the watch comes to its end, or fails, the work is cancelled.

    The watch begins when the work has taken `after` seconds: most work is over by then, and need not be
    watched at all. Raises Ended, or what the watch raised.
    """
    ending = asyncio.timeout(None)
    watching: list[asyncio.Task[None]] = []

    def begin() -> None:
        watching.append(asyncio.create_task(watch()))
        watching[0].add_done_callback(partial(_end, ending))

    beginning = asyncio.get_running_loop().call_later(after, begin)
    try:
        async with ending:
            return await work
    except TimeoutError:
        if not ending.expired():
            raise
        watching[0].result()
        raise Ended("The work was ended.") from None
    finally:
        beginning.cancel()
        for task in watching:
            task.cancel()


def _end(ending: asyncio.Timeout, watching: asyncio.Task[None]) -> None:
    """End the block of a watch that came to its end, or failed."""
    if watching.cancelled():
        return
    with suppress(RuntimeError):  # the work was over first
        ending.reschedule(0)
