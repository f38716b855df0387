"""Blobs: kept, given back, forgotten."""

from __future__ import annotations

import pytest

from bauhinia.errors import NotFound, StoreError
from bauhinia.settings import Settings
from bauhinia.store import Blobs


@pytest.fixture
def blobs(settings: Settings) -> Blobs:
    return Blobs.open(settings)


async def test_bytes_come_back_as_they_were(blobs: Blobs, settings: Settings) -> None:
    data = bytes(range(256)) * 1_000
    await blobs.put("ab/abcdef", data)
    assert await blobs.get("ab/abcdef") == data
    assert await Blobs.open(settings).get("ab/abcdef") == data
    assert (settings.data_folder / "blobs" / "ab" / "abcdef").read_bytes() == data


async def test_putting_again_replaces(blobs: Blobs) -> None:
    await blobs.put("a", b"1")
    await blobs.put("a", b"22")
    assert await blobs.get("a") == b"22"


async def test_what_is_deleted_is_gone(blobs: Blobs) -> None:
    await blobs.put("a", b"1")
    assert await blobs.exists("a")
    await blobs.delete("a")
    await blobs.delete("a")
    assert not await blobs.exists("a")
    with pytest.raises(NotFound):
        await blobs.get("a")


@pytest.mark.parametrize("key", ["", "../a", "a/../b", "/a", "a//b", "a b", ".hidden", "a\x00", "a/b/c/d/e"])
async def test_a_path_is_not_a_key(blobs: Blobs, key: str) -> None:
    with pytest.raises(AssertionError):
        await blobs.put(key, b"")


def test_a_store_that_cannot_be_opened_is_told(settings: Settings) -> None:
    with pytest.raises(StoreError):
        Blobs.open(settings.model_copy(update={"blobs_url": "nonsense://x"}))
