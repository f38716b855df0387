"""Blobs in an S3-compatible store: moto's server on loopback, real HTTP."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from bauhinia.errors import NotFound, StoreError
from bauhinia.settings import Settings
from bauhinia.store import Blobs


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A store that has the bucket `files`."""
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host}:{port}"
    moto.stop()


async def told(server: str, method: str, path: str, data: str = "") -> None:
    async with aiohttp.ClientSession() as client, client.request(method, server + path, data=data) as answer:
        await answer.read()


@pytest.fixture
async def settings(server: str, tmp_path: Path) -> Settings:
    await told(server, "POST", "/moto-api/reset")
    await told(server, "PUT", "/files")
    return Settings(
        data_folder=tmp_path,
        blobs_url="s3://files/bauhinia",
        blobs_endpoint=server,
        blobs_region="us-east-1",
        blobs_key=SecretStr("an-access-key"),
        blobs_secret=SecretStr("a-secret-key"),
    )


async def test_bytes_come_back_as_they_were_and_lie_under_the_prefix(settings: Settings) -> None:
    data = bytes(range(256)) * 1_000
    await Blobs.open(settings).put("ab/abcdef", data)
    assert await Blobs.open(settings).get("ab/abcdef") == data
    whole = Blobs.open(settings.model_copy(update={"blobs_url": "s3://files"}))
    assert [key async for key in whole.listed()] == ["bauhinia/ab/abcdef"]


async def test_a_large_file_comes_back_whole(settings: Settings) -> None:
    """Over the size at which obstore sends parts."""
    data = b"0123456789abcdef" * (2 * 1024 * 1024)
    blobs = Blobs.open(settings)
    await blobs.put("large", data)
    assert await blobs.get("large") == data


async def test_what_is_deleted_is_gone_and_what_never_was_is_not_found(settings: Settings) -> None:
    blobs = Blobs.open(settings)
    await blobs.put("a", b"1")
    assert await blobs.exists("a")
    await blobs.delete("a")
    await blobs.delete("a")
    assert not await blobs.exists("a")
    with pytest.raises(NotFound):
        await blobs.get("a")


async def test_every_key_is_listed_but_the_probe(settings: Settings) -> None:
    blobs = Blobs.open(settings)
    await blobs.probe()
    for number in range(12):
        await blobs.put(f"k{number}", b"x")
    assert sorted([key async for key in blobs.listed()]) == sorted(f"k{number}" for number in range(12))


async def test_a_bucket_that_is_not_there_is_a_sentence(settings: Settings) -> None:
    blobs = Blobs.open(settings.model_copy(update={"blobs_url": "s3://elsewhere"}))
    with pytest.raises(StoreError, match="no such bucket"):
        await blobs.put("a", b"1")
    with pytest.raises(StoreError, match="no such bucket"):
        await blobs.get("a")


async def test_a_server_that_is_down_is_a_sentence(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    blobs = Blobs.open(settings.model_copy(update={"blobs_endpoint": f"http://127.0.0.1:{port}"}))
    with pytest.raises(StoreError, match="cannot be used at the moment"):
        await blobs.put("a", b"1")


async def test_a_wrong_key_is_a_sentence_that_does_not_name_it(settings: Settings, server: str) -> None:
    """moto takes any key until it is told to look."""
    await told(server, "POST", "/moto-api/reset-auth", data="0")
    try:
        with pytest.raises(StoreError, match="refused our key") as refused:
            await Blobs.open(settings).put("a", b"1")
    finally:
        await told(server, "POST", "/moto-api/reset-auth", data="inf")
    assert refused.value.__cause__ is None
    assert "an-access-key" not in f"{refused.value} {refused.value.hint}"
