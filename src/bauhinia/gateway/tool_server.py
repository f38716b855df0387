"""One MCP server, asked what it offers and to do it: within its time, and no more than so many bytes.

Each question has a connection of its own, so that nothing a server says outlives it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import httpx2

from .tool_list import ToolServer, digest_of

if TYPE_CHECKING:
    from mcp import Client

logger = logging.getLogger(__name__)

ANSWER_BYTES = 4_000_000
"""What a server may send in one connection."""
MOST_PAGES = 20
"""Pages of a list of tools that are read."""
Given = TypeVar("Given")


class ToolFailed(Exception):  # a result for the model, not a fault that is raised to anybody
    """Why a tool gave nothing: `tool_slow`, `tool_failed`, `tool_changed`."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A tool as its server describes it now."""

    name: str
    description: str
    schema: dict[str, Any]
    twice: bool
    """The server lists two tools of this name: nobody knows which would be used."""

    @property
    def digest(self) -> str:
        """To be compared with what was approved."""
        return digest_of(self.name, self.description, self.schema)


async def offered(server: ToolServer) -> dict[str, Offered]:
    """Every tool that the server lists, by its name. Raises ToolFailed."""
    return await _asked(server, _listed)


async def use(server: ToolServer, tool: str, arguments: dict[str, Any]) -> str:
    """The text of a tool's result, no longer than the server's limit, if it still is as it was approved.
    Raises ToolFailed."""

    async def work(client: Client) -> str:
        now = (await _listed(client)).get(tool)
        if now is None or now.twice or now.digest != server.digest_of(tool):
            raise ToolFailed("tool_changed", "The tool is not as it was approved.")
        return _text(await client.call_tool(tool, arguments))

    return _cut(await _asked(server, work), server.characters)


async def _listed(client: Client) -> dict[str, Offered]:
    found: dict[str, Offered] = {}
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page = await client.list_tools(cursor=cursor)
        for tool in page.tools:
            found[tool.name] = Offered(
                name=tool.name,
                description=tool.description or "",
                schema=dict(tool.input_schema),
                twice=tool.name in found,
            )
        if not (cursor := page.next_cursor):
            return found
    raise ToolFailed("tool_failed", "The server's list of tools does not end.")


async def _asked(server: ToolServer, work: Callable[[Client], Awaitable[Given]]) -> Given:
    """What comes of a connection to the server. Raises ToolFailed, whatever goes wrong there."""
    headers = server.headers()
    try:
        async with asyncio.timeout(server.seconds), _connected(server.url, headers) as client:
            return await work(client)
    except TimeoutError as error:
        raise ToolFailed("tool_slow", f"It took longer than {server.seconds:g} seconds.") from error
    except Exception as error:
        if (failed := _within(error)) is not None:
            raise failed from error
        # Its words may be anything: they go to the log, shortened, and not to the model.
        logger.warning("the tool server %s failed: %r", server.server, str(error)[:200])
        raise ToolFailed("tool_failed", "The tool could not be used.") from error


def _within(error: BaseException) -> ToolFailed | None:
    """Our own reason, also where the connection's task group wraps it."""
    if isinstance(error, ToolFailed):
        return error
    parts = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return next((failed for part in parts if (failed := _within(part)) is not None), None)


@asynccontextmanager
async def _connected(url: str, headers: dict[str, str]) -> AsyncIterator[Client]:
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client

    plain = headers | {"accept-encoding": "identity"}
    transport = _Bounded(httpx2.AsyncHTTPTransport())
    async with (
        httpx2.AsyncClient(headers=plain, transport=transport, timeout=120) as http,
        Client(streamable_http_client(url, http_client=http), cache=None) as client,
    ):
        yield client


class _Bounded(httpx2.AsyncBaseTransport):
    """Lets a server send so many bytes in all, and none that unfold into more."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner
        self._left = ANSWER_BYTES

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.aclose()
            raise ToolFailed("tool_failed", "The server packs its answers, which is not wanted.")
        stream = _Counted(response.stream, self._take)
        return httpx2.Response(response.status_code, headers=response.headers, stream=stream)

    def _take(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise ToolFailed("tool_failed", "The server's answer was too long.")

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Counted(httpx2.AsyncByteStream):
    def __init__(self, inner: Any, take: Callable[[int], None]) -> None:
        self._inner = inner
        self._take = take

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._inner:
            self._take(len(chunk))
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


def _text(result: Any) -> str:
    """The texts of a result, without pictures and links. Raises ToolFailed where it says that it failed."""
    text = "\n".join(part.text for part in result.content if part.type == "text")
    if result.is_error:
        raise ToolFailed("tool_failed", text or "The tool says that it failed.")
    return text


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}\n[cut: {len(text) - longest} characters more]"
