"""The server on loopback, answering real HTTP, with FakeModel behind its door."""

from __future__ import annotations

import asyncio
import io
import json
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiohttp
import pytest
import uvicorn
from fastapi import FastAPI

from bauhinia.cli.serve import listening
from bauhinia.gateway import Gateway
from bauhinia.models import FakeEmbedder, FakeModel
from bauhinia.pilot.office import Office, open_office
from bauhinia.server import create_app
from bauhinia.server.one_write import OneWrite
from bauhinia.settings import Settings
from bauhinia.store import Database

from ..models.media_server import MediaServer, media_server

SOURCE = """# Repair of footbridges

The Highways Department will repair 42 footbridges in Kowloon by 31 March 2027.

The cost of the works is estimated at HK$36 million. Lifts will be out of service for about six weeks.
"""
TRUE = "The Highways Department will repair 42 footbridges in Kowloon by 31 March 2027."


@dataclass(slots=True)
class Site:
    """A running server, and how to talk to it."""

    url: str
    office: Office
    client: aiohttp.ClientSession
    stop: Callable[[], Awaitable[None]]
    """Ends the server as a signal would."""
    app: FastAPI
    documents: list[str] = field(default_factory=list)

    async def json(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        """Status and JSON of an answer."""
        async with self.client.request(method, self.url + path, **more) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text else None

    async def upload(self, data: bytes, name: str) -> tuple[int, Any]:
        """Put a file on the shelf."""
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("file", io.BytesIO(data), filename=name)
        return await self.json("POST", "/api/documents", data=form)

    async def document(self) -> str:
        """The id of a short document, put on the shelf for this test."""
        status, card = await self.upload(SOURCE.encode(), "repairs.md")
        assert status == 201, card
        return str(card["id"])

    async def finished(self, kind: str = "summarise", **order: Any) -> str:
        """The id of a task that was done to its end."""
        if "documents" not in order and "document" not in order:
            order["documents"] = [await self.document()]
        status, begun = await self.json("POST", f"/api/{kind}", json=order)
        assert status == 202, begun
        task = await self.office.tasks.wait(begun["id"])
        assert task.status == "done", task.message
        return str(begun["id"])


class OpenSite(Protocol):
    """Starts a server whose model is the given FakeModel, with other settings where some are given."""

    def __call__(self, model: FakeModel, settings: Settings | None = None, /) -> Awaitable[Site]: ...


@asynccontextmanager
async def _running(settings: Settings, model: FakeModel) -> AsyncIterator[Site]:
    def door(settings: Settings, database: Database) -> Gateway:
        return Gateway(settings, database, backend=model, embedder=FakeEmbedder())

    async with AsyncExitStack() as stack:
        office = await stack.enter_async_context(open_office(settings, door))
        app = create_app(settings, office)
        listener = stack.enter_context(listening("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(app, http=OneWrite, log_config=None, timeout_graceful_shutdown=5)
        )
        server.capture_signals = nullcontext  # type: ignore[method-assign, assignment]
        serving = asyncio.create_task(server.serve(sockets=[listener]))

        async def stop() -> None:
            app.state.closing.set()
            server.should_exit = True
            await serving

        while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
            await asyncio.sleep(0.01)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as client:
            yield Site(f"http://127.0.0.1:{listener.getsockname()[1]}", office, client, stop, app)
        await stop()


@pytest.fixture
async def open_site(settings: Settings) -> AsyncIterator[OpenSite]:
    """Starts a server whose model is the given FakeModel."""
    async with AsyncExitStack() as stack:

        async def open_one(model: FakeModel, other: Settings | None = None, /) -> Site:
            return await stack.enter_async_context(_running(other or settings, model))

        yield open_one


@pytest.fixture
async def site(open_site: OpenSite) -> Site:
    """A server whose model says one true thing of `SOURCE`."""
    return await open_site(FakeModel(lambda _: TRUE))


@pytest.fixture
async def listener() -> AsyncIterator[MediaServer]:
    """A recogniser that hears the same in every recording."""
    async with media_server() as server:
        yield server


def recording(seconds: int = 1) -> bytes:
    """Silence as WAV."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(32_000 * seconds))
    return out.getvalue()
