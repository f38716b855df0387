"""`/mcp`, made ready by the first request: what speaks the protocol takes as long to load as a third of the
server, and most servers are never asked."""

from __future__ import annotations

import asyncio
import contextvars
import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.types import Receive, Scope, Send

if TYPE_CHECKING:
    from ..pilot.office import Office


class McpEndpoint:
    """The MCP server at an address; `close` it with the application."""

    def __init__(self, office: Callable[[], Office]) -> None:
        self._office = office
        self._ready: asyncio.Future[Any] | None = None
        self._running: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._ready is None:
            self._ready = asyncio.get_running_loop().create_future()
            # In nobody's name: it goes on after the request that began it.
            self._running = asyncio.create_task(self._run(self._ready), context=contextvars.Context())
        manager = await asyncio.shield(self._ready)
        await manager.handle_request(scope, receive, send)

    async def close(self) -> None:
        """End what is being answered."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait({self._running})

    async def _run(self, ready: asyncio.Future[Any]) -> None:
        module = await asyncio.to_thread(importlib.import_module, ".mcp_server", __package__)
        manager = module.session_manager(self._office)
        async with manager.run():
            ready.set_result(manager)
            await asyncio.Event().wait()
