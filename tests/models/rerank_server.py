"""A reranking server on loopback, in both shapes, that goes wrong on demand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

HANG = 60


@dataclass(slots=True)
class RerankServer:
    """What it was asked, and how it answers."""

    url: str = ""
    likes: str = ""
    """Texts with these words come first."""
    fault: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    """The `Authorization` of each request."""
    answer: Any = None
    """What it answers in place of scores, once set."""

    async def rerank(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.bodies.append(body)
        self.keys.append(request.headers.get("Authorization", ""))
        if self.fault == "hangs":
            await asyncio.sleep(HANG)
        if self.fault:
            return web.Response(status=int(self.fault))
        return web.json_response(self.answer if self.answer is not None else self._scored(body))

    def _scored(self, body: dict[str, Any]) -> Any:
        tei = "texts" in body
        rows = [
            {"index": index, "score" if tei else "relevance_score": float(self.likes in text) - index / 1000}
            for index, text in enumerate(body["texts" if tei else "documents"])
        ]
        rows.sort(key=lambda row: -max(value for name, value in row.items() if name != "index"))
        return rows if tei else {"results": rows, "usage": {"total_tokens": 7}}


@asynccontextmanager
async def rerank_server() -> AsyncIterator[RerankServer]:
    """A running one."""
    server = RerankServer()
    app = web.Application()
    app.router.add_post("/rerank", server.rerank)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await runner.cleanup()
