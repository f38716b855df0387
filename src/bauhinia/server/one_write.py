"""uvicorn's HTTP, with an answer's head and body in one write.

uvicorn writes the head by itself, so that an answer costs two calls of the system, two packets, and two
wakings of whoever reads it.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class OneWrite(HttpToolsProtocol):
    """The protocol of one connection; give it to `uvicorn.Config` as `http`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Called by the event loop."""
        super().connection_made(cast(asyncio.Transport, Joining(transport)))


class Joining:
    """A transport that keeps a first piece until the next comes, or the event loop comes round again."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._kept = b""

    def write(self, data: bytes) -> None:
        """Write now together with what is kept, or keep it for a moment."""
        if self._kept:
            data, self._kept = self._kept + data, b""
            self._transport.write(data)
        else:
            self._kept = data
            asyncio.get_running_loop().call_soon(self._release)

    def close(self) -> None:
        """Write what is kept, and close."""
        self._release()
        self._transport.close()

    def _release(self) -> None:
        if self._kept:
            data, self._kept = self._kept, b""
            self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
