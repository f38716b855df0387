"""What is remembered for a moment: read once by many, forgotten at once, never older than it may be."""

from __future__ import annotations

import asyncio

import pytest

from bauhinia.errors import StoreError
from bauhinia.store import Remembered


class Source:
    """Counts how often it is read, and takes as long as the test lets it."""

    def __init__(self) -> None:
        self.value = "old"
        self.reads = 0
        self.open = asyncio.Event()
        self.taken = asyncio.Event()

    async def read(self) -> str:
        self.reads += 1
        value = self.value
        self.taken.set()
        await self.open.wait()
        return value

    async def begun(self) -> None:
        """Wait until a reading has taken its value."""
        await self.taken.wait()
        self.taken.clear()


async def test_many_who_ask_at_once_wait_for_one_reading() -> None:
    source, remembered = Source(), Remembered[str, str](60)
    asked = [asyncio.create_task(remembered.get("a", source.read)) for _ in range(30)]
    await asyncio.sleep(0)
    source.open.set()
    assert await asyncio.gather(*asked) == ["old"] * 30
    assert await remembered.get("a", source.read) == "old"
    assert source.reads == 1
    await remembered.get("b", source.read)
    assert source.reads == 2


async def test_what_is_too_old_is_read_again() -> None:
    source, remembered = Source(), Remembered[str, str](0.01)
    source.open.set()
    await remembered.get("a", source.read)
    await asyncio.sleep(0.02)
    source.value = "new"
    assert await remembered.get("a", source.read) == "new"


async def test_a_reading_under_way_when_it_changed_is_not_kept() -> None:
    source, remembered = Source(), Remembered[str, str](60)
    before = asyncio.create_task(remembered.get("a", source.read))
    await source.begun()
    source.value = "new"
    remembered.forget()
    after = asyncio.create_task(remembered.get("a", source.read))
    await source.begun()
    source.open.set()
    assert (await before, await after) == ("old", "new")
    assert await remembered.get("a", source.read) == "new"


async def test_all_share_an_error_and_the_next_reads_again() -> None:
    reads = 0

    async def fails() -> str:
        nonlocal reads
        reads += 1
        await asyncio.sleep(0)
        raise StoreError("The database cannot be reached at the moment.")

    remembered = Remembered[str, str](60)
    ended = await asyncio.gather(*(remembered.get("a", fails) for _ in range(5)), return_exceptions=True)
    assert all(isinstance(error, StoreError) for error in ended) and reads == 1
    with pytest.raises(StoreError):
        await remembered.get("a", fails)
    assert reads == 2


async def test_one_who_leaves_does_not_take_the_reading_from_the_others() -> None:
    source, remembered = Source(), Remembered[str, str](60)
    first = asyncio.create_task(remembered.get("a", source.read))
    second = asyncio.create_task(remembered.get("a", source.read))
    await asyncio.sleep(0)
    first.cancel()
    source.open.set()
    assert await second == "old" and source.reads == 1


async def test_the_memory_stays_small() -> None:
    remembered = Remembered[int, int](60, most=3)
    reads = 0

    async def read() -> int:
        nonlocal reads
        reads += 1
        return reads

    for key in (1, 2, 3, 4, 1):
        await remembered.get(key, read)
    assert reads == 5
