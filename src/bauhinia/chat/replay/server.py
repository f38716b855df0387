"""The replay server: every host of the allow list under one address on this machine, with faults on demand.

`http://127.0.0.1:PORT/<host>/<path>` answers as `https://<host>/<path>` does, in its published shape, with
synthetic values. For tests, benches and demonstrations; it never stands in for a source that is down.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Literal

import orjson
from aiohttp import web

from . import government, transport, weather
from .clock import REPLAY_NOW

Fault = Literal[
    "none",
    "timeout",
    "status",
    "busy_once",
    "not_json",
    "empty",
    "shape",
    "stale",
    "too_big",
    "redirect",
    "drop",
]
Answer = Callable[[str, Mapping[str, str], datetime], Any]
ANSWERS: dict[str, Answer] = {
    "data.weather.gov.hk": weather.weather,
    "data.etabus.gov.hk": transport.kmb,
    "rt.data.gov.hk": transport.real_time,
    "data.etagmb.gov.hk": transport.minibus,
    "www.sunferry.com.hk": transport.sun_ferry,
    "www.hkkfeta.com": transport.hkkf,
    "www.1823.gov.hk": government.calendar,
    "dashboard.data.gov.hk": government.air,
    "tel.directory.gov.hk": government.directory,
    "www.als.gov.hk": government.address,
    "geodata.gov.hk": government.gazetteer,
    "api.hkma.gov.hk": government.rates,
}
_STALE = timedelta(days=100)


class Replay:
    """The server; `async with Replay() as replay:` runs it on a free port."""

    def __init__(self, now: Callable[[], datetime] = lambda: REPLAY_NOW, *, port: int = 0) -> None:
        self.now = now
        self.asked: Counter[str] = Counter()
        """How often each host was asked."""
        self._port = port
        self._faults: dict[str, Fault] = {}
        self._runner: web.AppRunner | None = None
        self._stopping = asyncio.Event()

    @property
    def base(self) -> str:
        """What `BAUHINIA_CHAT_SOURCES` is set to."""
        return f"http://127.0.0.1:{self._port}"

    def fault(self, host: str, fault: Fault) -> None:
        """From now on the host answers with a fault, or as it should with `none`."""
        self._faults[host] = fault

    async def start(self) -> None:
        """Listens on loopback."""
        app = web.Application()
        app.router.add_get("/{host}/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Ends it, with whatever still waits."""
        self._stopping.set()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Replay:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        host, path = request.match_info["host"], "/" + request.match_info["path"]
        self.asked[host] += 1
        fault = self._faults.get(host, "none")
        if fault not in ("none", "stale"):
            return await self._faulty(host, fault, request)
        answer = ANSWERS.get(host)
        now = self.now() - _STALE if fault == "stale" else self.now()
        data = answer(path, request.query, now) if answer else None
        if data is None:
            return web.Response(status=404, text="not found")
        if isinstance(data, str):
            return web.Response(text=data, content_type="text/html")
        body = orjson.dumps(data)
        if host == "www.1823.gov.hk":
            body = b"\xef\xbb\xbf" + body  # as the real one begins
        return web.Response(body=body, content_type="application/json")

    async def _faulty(self, host: str, fault: Fault, request: web.Request) -> web.StreamResponse:
        match fault:
            case "timeout":
                await self._stopping.wait()
            case "busy_once":
                self._faults[host] = "none"
                return web.Response(status=503)
            case "not_json":
                return web.Response(
                    text="<html>Service temporarily unavailable</html>", content_type="text/html"
                )
            case "empty":
                return web.Response(body=b"")
            case "shape":
                return web.Response(body=b'{"result": [1, 2, {"a": null}]}', content_type="application/json")
            case "too_big":
                return await _endless(request)
            case "redirect":
                return web.Response(status=302, headers={"location": "http://127.0.0.1:1/elsewhere"})
            case "drop":
                assert request.transport is not None
                request.transport.close()
        return web.Response(status=500, text="Internal Server Error")


async def _endless(request: web.Request) -> web.StreamResponse:
    """More than any host may send, without saying so beforehand."""
    response = web.StreamResponse()
    await response.prepare(request)
    try:
        for _ in range(200):
            await response.write(b" " * 100_000)
    except (ConnectionError, asyncio.CancelledError):
        return response
    return response


async def serve_replay(port: int, *, frozen: bool = True) -> None:
    """Runs until it is cancelled; times stand at REPLAY_NOW, or go with the clock."""
    from ..tools.result import HONG_KONG

    clock: Callable[[], datetime] = (lambda: REPLAY_NOW) if frozen else (lambda: datetime.now(HONG_KONG))
    async with Replay(clock, port=port):
        await asyncio.Event().wait()
