"""Debian's Chromium, driven against a server in a thread of its own with FakeModel behind its door."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Any, TypeVar

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from bauhinia.cli.serve import listening
from bauhinia.gateway import Gateway
from bauhinia.guideline.acknowledgements import Acknowledgements
from bauhinia.models import FakeEmbedder, FakeModel
from bauhinia.pilot.office import Office, open_office
from bauhinia.pilot.orders import AnyOrder
from bauhinia.server import create_app
from bauhinia.server.one_write import OneWrite
from bauhinia.settings import Settings
from bauhinia.store import Database

CHROMIUM = Path("/usr/bin/chromium")
INSTALL = "apt-get install --yes chromium fonts-noto-cjk"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
]
SOURCE = """# Repair of footbridges

The Highways Department will repair 42 footbridges in Kowloon by 31 March 2027.

Signs with the character 𠮷 mark the works. The cost of the works is estimated at HK$36 million.

{more}
"""
TRUE = "The Highways Department will repair 42 footbridges in Kowloon by 31 March 2027."
ALSO_TRUE = "The cost of the works is estimated at HK$36 million."

expect.set_options(timeout=20_000)
"""Milliseconds; a busy machine is not a failure."""

Result = TypeVar("Result")


class Server:
    """A server in its own thread; `run` works on its loop."""

    def __init__(self, settings: Settings, model: FakeModel, *, asks: bool = False) -> None:
        """With `asks` its visitors have the terms and the briefing to accept first; else they have done so."""
        self.asks = asks
        self.settings = settings
        self.model = model
        self.office: Office
        self.listener = listening("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Server:
        self._thread.start()
        assert self._ready.wait(30), "the server did not start"
        if self._failure:
            raise self._failure
        return self

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self._loop.call_soon_threadsafe(self.app.state.closing.set)
        self._thread.join(20)
        assert not self._thread.is_alive(), "the server did not stop"

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """The result of work on the server's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def document(self, text: str = "", name: str = "repairs.md") -> str:
        """The id of a document put on the shelf."""
        data = (text or SOURCE.format(more="")).encode()
        return self.run(self.office.shelf.add(data, name)).id

    def task(self, order: AnyOrder) -> str:
        """The id of a task done to its end."""

        async def work() -> str:
            task = await self.office.start(order)
            ended = await self.office.tasks.wait(task)
            assert ended.status == "done", ended.message
            return task

        return self.run(work())

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._main())
        except BaseException as failure:
            self._failure = failure
            self._ready.set()
        finally:
            self.listener.close()
            self._loop.close()

    async def _main(self) -> None:
        def door(settings: Settings, database: Database) -> Gateway:
            return Gateway(settings, database, backend=self.model, embedder=FakeEmbedder())

        async with open_office(self.settings, door) as office:
            self.office = office
            if not self.asks:
                office.acknowledgements = Acknowledgements(office.database, office.gateway.ledger, ())
            self.app = create_app(self.settings, office)
            config = uvicorn.Config(self.app, http=OneWrite, log_config=None, timeout_graceful_shutdown=5)
            self.server = uvicorn.Server(config)
            self.server.capture_signals = nullcontext  # type: ignore[method-assign, assignment]
            serving = asyncio.ensure_future(self.server.serve(sockets=[self.listener]))
            while not self.server.started:  # noqa: ASYNC110  # uvicorn has no event for it
                await asyncio.sleep(0.01)
            self._ready.set()
            await serving


Serve = Callable[[FakeModel], Server]


@pytest.fixture
def serve(settings: Settings) -> Iterator[Serve]:
    """Starts a server whose model is the given FakeModel."""
    with ExitStack() as stack:
        yield lambda model: stack.enter_context(Server(settings, model))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium, once for all tests. Without it the tests fail: they are never skipped."""
    if not CHROMIUM.exists():  # noqa: ASYNC240
        pytest.fail(f"Chromium is missing, and the pages cannot be tested. Install it: {INSTALL}")
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        await opened.close()


class Visit:
    """A browser window, and everything that it asked for or complained of."""

    def __init__(self, context: BrowserContext, page: Page, url: str) -> None:
        self.context = context
        self.page = page
        self.url = url
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.dialogs: list[str] = []
        context.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._console)

    def _console(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    async def go(self, path: str) -> Page:
        """The page at that path."""
        answer = await self.page.goto(self.url + path)
        assert answer is not None and answer.ok, path
        return self.page

    def off_origin(self) -> list[str]:
        """Requests that left the server."""
        return [url for url in self.requests if not url.startswith(f"{self.url}/")]


OpenVisit = Callable[..., Coroutine[Any, Any, Visit]]


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser) -> AsyncIterator[OpenVisit]:
    """Opens a window on a server; at the end, nothing may have left the origin or failed."""
    visits: list[Visit] = []

    async def open_one(server: Server, language: str = "en", **options: Any) -> Visit:
        options = {"locale": "en-GB", "reduced_motion": "reduce", **options}
        context = await browser.new_context(**options)
        context.set_default_timeout(15_000)
        await context.add_cookies([{"name": "language", "value": language, "url": server.url}])
        visits.append(Visit(context, await context.new_page(), server.url))
        return visits[-1]

    yield open_one
    for opened in visits:
        await opened.context.close()
        assert opened.off_origin() == []
        assert opened.complaints == []
