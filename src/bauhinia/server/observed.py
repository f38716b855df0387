"""The outermost middleware: a request gets an id, is counted, timed, traced; at a stop none begins."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..telemetry import RequestNote, logs, metrics, tracing, within_request
from .faults import Stopping, answer

REQUEST_ID = "x-request-id"
UNMATCHED = "unmatched"
"""The route of what is at no address of ours, whatever was asked for, or was refused before it was sought."""
OPERATION_PATHS = ("/health", "/metrics")
"""What is answered to the end."""


@dataclass(slots=True)
class Traffic:
    """How many requests are being answered, and whether new ones are."""

    in_flight: int = 0
    stopping: bool = False
    _idle: asyncio.Event = field(default_factory=asyncio.Event)

    def began(self) -> None:
        """A request came."""
        self.in_flight += 1

    def ended(self) -> None:
        """It was answered."""
        self.in_flight -= 1
        if not self.in_flight:
            self._idle.set()

    async def drained(self, seconds: float, hurried: asyncio.Event) -> None:
        """Begin nothing new, and wait until what was begun is answered: for so long at most, and no longer
        once `hurried` is set."""
        self.stopping = True
        waits = [asyncio.create_task(self._none_left()), asyncio.create_task(hurried.wait())]
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def _none_left(self) -> None:
        while self.in_flight:
            self._idle.clear()
            await self._idle.wait()


def templates(routes: Iterable[Any]) -> dict[object, str]:
    """The path of each endpoint: FastAPI names the route itself only where it made it."""
    return {route.endpoint: route.path for route in routes if hasattr(route, "endpoint")}


class Observed:
    """Tells of each request what the log, the metrics and the traces may know."""

    def __init__(self, app: ASGIApp, *, traffic: Traffic) -> None:
        self.app = app
        self.traffic = traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        told = _Told(scope, send)
        self.traffic.began()
        if (series := metrics.active()) is not None:
            series.request_began()
        with within_request(told.note):
            try:
                with _traced(scope, told):
                    app = self._stopping if self._refuses(scope["path"]) else self.app
                    await app(scope, receive, told.send)
            finally:
                self.traffic.ended()
                told.end()

    def _refuses(self, path: str) -> bool:
        return self.traffic.stopping and not path.startswith(OPERATION_PATHS)

    async def _stopping(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = Stopping("This server is being stopped.", hint="Try again in a few seconds.")
        response = await answer(Request(scope, receive), fault)
        response.headers["retry-after"] = str(Stopping.retry_after)
        response.headers["connection"] = "close"
        await response(scope, receive, send)


class _Told:
    """What is known of one request."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.note = RequestNote()
        self.status = 499
        """Of an answer that nobody waited for; else the answer's own."""
        self._scope = scope
        self._send = send
        self._began = time.perf_counter()

    @property
    def route(self) -> str:
        """The template of the route that took the request."""
        path = getattr(self._scope.get("route"), "path", None)
        return str(path or self._scope["app"].state.templates.get(self._scope.get("endpoint"), UNMATCHED))

    async def send(self, message: Message) -> None:
        """Note the status, and give the id back."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            MutableHeaders(scope=message)[REQUEST_ID] = self.note.id
        await self._send(message)

    def end(self) -> None:
        """Count it and log it."""
        seconds = time.perf_counter() - self._began
        method = self._scope["method"]
        if (series := metrics.active()) is not None:
            series.request_ended(self.route, method, self.status, seconds)
        logs.access(
            {"route": self.route, "method": method, "status": self.status, "ms": round(seconds * 1e3, 1)}
        )


class _traced:  # noqa: N801  # a context manager
    """The request's span, where traces are kept."""

    def __init__(self, scope: Scope, told: _Told) -> None:
        self._told = told
        came = Headers(scope=scope).get("traceparent", "") if tracing.is_on() else ""
        self._context = tracing.request_span(scope["method"], came)
        self._span: Any = None

    def __enter__(self) -> None:
        self._span = self._context.__enter__()
        if self._span is not None:
            self._told.note.trace = tracing.trace_id(self._span)

    def __exit__(self, *error: Any) -> None:
        if self._span is not None:
            told = self._told
            self._span.update_name(f"{told._scope['method']} {told.route}")
            self._span.set_attributes(
                {
                    "http.route": told.route,
                    "http.response.status_code": told.status,
                    "bauhinia.request": told.note.id,
                }
            )
        self._context.__exit__(*error)
