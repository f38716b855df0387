"""Work that something else may end: by the watch's end, by its failure, or not at all."""

from __future__ import annotations

import asyncio

import pytest

from bauhinia.errors import StoreError
from bauhinia.server.watched import Ended, unless


async def _forever() -> None:
    await asyncio.Event().wait()


async def test_work_that_is_over_soon_is_not_watched() -> None:
    watched: list[str] = []

    async def watch() -> None:
        watched.append("begun")

    async def work() -> str:
        await asyncio.sleep(0)
        return "done"

    assert await unless(work(), watch, after=0.01) == "done"
    await asyncio.sleep(0.03)
    assert watched == []


async def test_the_end_of_the_watch_ends_the_work() -> None:
    tidied = asyncio.Event()

    async def watch() -> None:
        await asyncio.sleep(0)

    async def work() -> None:
        try:
            await _forever()
        finally:
            tidied.set()

    with pytest.raises(Ended):
        await unless(work(), watch, after=0)
    assert tidied.is_set()


async def test_a_watch_that_fails_ends_the_work_with_its_error() -> None:
    async def watch() -> None:
        raise StoreError("nobody can tell")

    with pytest.raises(StoreError, match="nobody can tell"):
        await unless(_forever(), watch, after=0)


async def test_what_the_work_raises_is_its_own_and_the_watch_ends() -> None:
    async def work() -> None:
        await asyncio.sleep(0.02)
        raise TimeoutError("the work's")

    with pytest.raises(TimeoutError, match="the work's"):
        await unless(work(), _forever, after=0)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_whoever_cancels_the_work_is_not_taken_for_the_watch() -> None:
    task = asyncio.create_task(unless(_forever(), _forever, after=0))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
