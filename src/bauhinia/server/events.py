"""Server-sent events: a task's events as they come, resumable by `Last-Event-ID`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any

import orjson
from starlette.responses import Response, StreamingResponse

from ..errors import BauhiniaError
from ..jobs import Ended, TaskEvent, as_json

KEEP_ALIVE_SECONDS = 15.0
LIVE = {"cache-control": "no-store", "x-accel-buffering": "no"}
"""Proxies must neither keep nor gather a stream."""

Shape = Callable[[TaskEvent], dict[str, Any]]


def encode(name: str, data: dict[str, Any], *, sequence: int | None = None) -> bytes:
    """One event on the wire; with a number where a stream can be taken up again after it."""
    numbered = b"" if sequence is None else b"id: %d\n" % sequence
    return numbered + b"event: %s\ndata: %s\n\n" % (name.encode(), orjson.dumps(data))


def failed(error: BauhiniaError) -> bytes:
    """A failure on the wire, after which nothing comes."""
    told = {"message": error.message, "hint": error.hint, "retry_after": error.retry_after}
    return encode("failed", told)


def stream(
    events: AsyncIterator[tuple[int, TaskEvent]],
    closing: asyncio.Event,
    *,
    after: int = 0,
    shape: Shape = as_json,
) -> Response:
    """The answer that sends the events numbered above `after` until the task has ended, the browser leaves or
    the server closes. `shape` sees every event from the first, so that what it counts stays the same."""
    return StreamingResponse(
        _lines(events, closing, after, shape), media_type="text/event-stream", headers=LIVE
    )


def nothing_more() -> Response:
    """Tells an `EventSource` that has seen the end to stop asking."""
    return Response(status_code=204)


async def _lines(
    events: AsyncIterator[tuple[int, TaskEvent]], closing: asyncio.Event, after: int, shape: Shape
) -> AsyncGenerator[bytes, None]:
    stop = asyncio.create_task(closing.wait())
    upcoming: asyncio.Task[tuple[int, TaskEvent]] | None = None
    try:
        yield b"retry: 1000\n\n"
        while not stop.done():
            upcoming = upcoming or asyncio.ensure_future(anext(events))
            await asyncio.wait(
                {upcoming, stop}, timeout=KEEP_ALIVE_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            if not upcoming.done():
                if not stop.done():
                    yield b": keep-alive\n\n"
                continue
            try:
                sequence, event = upcoming.result()
            except StopAsyncIteration:
                return
            upcoming = None
            data = shape(event)
            if sequence > after:
                yield encode(event.name, data, sequence=sequence)
            if isinstance(event, Ended):
                return
    finally:
        stop.cancel()
        if upcoming is not None:
            upcoming.cancel()
