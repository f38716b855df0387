"""What the servers of sound and film share: forms and files out, bytes in, errors in our own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp
import orjson

from ..errors import BauhiniaError, MalformedAnswer, ModelError
from ._http import CONNECT_SECONDS, ERROR_BYTES, _proxy_for, lost, said_error

MEDIA_BYTES = 300_000_000
"""The longest file that is taken from a server."""


class MediaConnection:
    """One server. Requests are tried once: what a second try would cost is minutes of a model's work."""

    def __init__(self, root: str, key: str, silence: float, *, setting: str) -> None:
        self.root = root.rstrip("/")
        self.hint = f"Look at the server that {setting} names."
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=silence)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections. Safe to call twice."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def form(
        self, path: str, fields: Mapping[str, str], file: tuple[str, str, bytes] | None = None
    ) -> Any:
        """The JSON that answers a form; `file`: field, name and bytes."""
        data = aiohttp.FormData()
        for name, value in fields.items():
            data.add_field(name, value)
        if file is not None:
            data.add_field(file[0], file[2], filename=file[1], content_type="application/octet-stream")
        else:
            # Without a file a form would go out URL-encoded, which some servers do not read.
            data._is_multipart = True
        return self._json(await self._ask("POST", path, data=data))

    async def ask(self, path: str, body: Mapping[str, Any]) -> Any:
        """The JSON that answers a JSON request."""
        return self._json(await self.ask_bytes(path, body))

    async def ask_bytes(self, path: str, body: Mapping[str, Any]) -> bytes:
        """The file that answers a JSON request."""
        headers = {"Content-Type": "application/json"}
        return await self._ask("POST", path, data=orjson.dumps(body), headers=headers)

    async def look(self, path: str) -> Any:
        """The JSON of a GET."""
        return self._json(await self._ask("GET", path))

    async def take(self, path: str) -> bytes:
        """The file of a GET."""
        return await self._ask("GET", path)

    async def _ask(self, method: str, path: str, **given: Any) -> bytes:
        given["headers"] = self._headers | given.get("headers", {})
        try:
            async with self._pool().request(method, self.root + path, **given) as response:
                if response.status not in (200, 201, 202):
                    body = await response.content.read(ERROR_BYTES)
                    raise self._ours(said_error(response.status, body, self.root))
                return await self._read(response)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise self._ours(lost(error, self.root)) from error

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        data = bytearray()
        async for piece in response.content.iter_any():
            data += piece
            if len(data) > MEDIA_BYTES:
                raise MalformedAnswer("The server's answer was too long to read.", hint=self.hint)
        return bytes(data)

    def _ours(self, error: BauhiniaError) -> BauhiniaError:
        """The same error, whose next step is about this server."""
        return type(error)(error.message, hint=self.hint) if isinstance(error, ModelError) else error

    def _json(self, data: bytes) -> Any:
        try:
            return orjson.loads(data)
        except orjson.JSONDecodeError as error:
            raise MalformedAnswer("The server's answer was not JSON.", hint=self.hint) from error

    def _pool(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout, proxy=_proxy_for(self.root))
        return self._session
