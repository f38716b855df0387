"""Answers to clients that may leave: the work behind them ends with them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine
from contextlib import aclosing, suppress
from functools import partial
from typing import Any, TypeVar

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ...errors import Cancelled
from ..watched import Ended, unless

LISTEN_AFTER = 0.1
"""Seconds before it is listened for a client that leaves."""
Result = TypeVar("Result")


async def unless_left(receive: Receive, work: Coroutine[Any, Any, Result]) -> Result:
    """The work's result; when the client hangs up first the work is cancelled. Raises Cancelled then."""
    try:
        return await unless(work, partial(_left, receive), after=LISTEN_AFTER)
    except Ended:
        raise Cancelled("The client left before the answer was ready.") from None


async def _left(receive: Receive) -> None:
    """Returns once the client has hung up."""
    while (await receive())["type"] != "http.disconnect":
        pass


class EventStream(Response):
    """Server-sent events; the work behind them stops as soon as the client hangs up."""

    def __init__(self, chunks: AsyncIterator[bytes], headers: dict[str, str]) -> None:
        super().__init__(
            headers={"cache-control": "no-store", "x-accel-buffering": "no", **headers},
            media_type="text/event-stream",
        )
        del self.headers["content-length"]
        self._chunks = chunks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        with suppress(Cancelled):
            await unless_left(receive, self._send_all(send))

    async def _send_all(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        async with aclosing(self._chunks) as chunks:  # type: ignore[type-var]
            async for chunk in chunks:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
