"""Work for a client that may leave: it ends with the client, and says so."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message

from bauhinia.errors import Cancelled
from bauhinia.server.v1.streaming import unless_left


async def _stays() -> Message:
    await asyncio.Event().wait()
    raise AssertionError("unreachable")


async def _leaves() -> Message:
    return {"type": "http.disconnect"}


async def test_work_is_given_to_a_client_that_stays() -> None:
    async def work() -> int:
        await asyncio.sleep(0)
        return 7

    assert await unless_left(_stays, work()) == 7
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}, "nothing waits for the client any longer"


async def test_work_is_cancelled_when_the_client_leaves() -> None:
    ended = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    with pytest.raises(Cancelled):
        await unless_left(_leaves, work())
    assert ended.is_set()


async def test_a_time_out_of_the_work_itself_is_its_own() -> None:
    async def work() -> None:
        raise TimeoutError("the work's")

    with pytest.raises(TimeoutError, match="the work's"):
        await unless_left(_stays, work())
