"""What the HTTP backends share: a connection pool, tries with back-off, and errors in our own words."""

from __future__ import annotations

import asyncio
import logging
import random
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import orjson

from ..errors import (
    BauhiniaError,
    MalformedAnswer,
    ModelBusy,
    ModelError,
    ModelTimeout,
    ModelUnavailable,
    TooLong,
)

log = logging.getLogger(__name__)

TRIES = 4
FIRST_WAIT = 0.25
"""Seconds before the second try; doubled for each further one, less a random part."""
LONGEST_WAIT = 10.0
"""A server that asks for a longer wait than this is reported as busy at once, seconds."""
ERROR_BYTES = 16_384
"""How much of an error's body is read."""
ANSWER_BYTES = 64_000_000
"""The longest whole (not streamed) answer that is read."""
CONNECT_SECONDS = 10.0
LOOPBACK = ("127.0.0.1", "localhost", "::1")

_TOO_LONG = re.compile(
    r"exceed_context_size|context_length_exceeded|context (size|length|window)|too many tokens|"
    r"maximum context|longer than the maximum",
    re.IGNORECASE,
)


class _Again(Exception):
    """This try failed in a way that another may mend. `after` is the server's own wish, seconds."""

    def __init__(self, error: BauhiniaError, after: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.after = after


class Connection:
    """One server and the pool of connections to it. Made inside a running loop by `open`."""

    def __init__(self, root: str, key: str, silence: float, *, tries: int = TRIES) -> None:
        self.root = root.rstrip("/")
        self._headers = {"Content-Type": "application/json"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        self._timeout = aiohttp.ClientTimeout(
            total=None, connect=None, sock_connect=CONNECT_SECONDS, sock_read=silence
        )
        self._tries = tries
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the pool. Safe to call twice."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    @asynccontextmanager
    async def post(
        self, path: str, body: Mapping[str, Any], *, traceparent: str = ""
    ) -> AsyncGenerator[aiohttp.ClientResponse, None]:
        """A 200 response to a JSON request, its body not yet read.

        Tries again, before the first byte of an answer only, when the server cannot be reached, is loading
        or asks to wait. Raises the errors of `Backend.chat`; inside the block, wrap reads in `reading`.
        """
        data = orjson.dumps(body)
        headers = self._headers | {"traceparent": traceparent} if traceparent else self._headers
        response = await self._tried(path, data, headers)
        try:
            yield response
        finally:
            # A response that was read to its end has given its connection back already; another is closed,
            # which tells the server to stop.
            response.close()

    async def ask(self, path: str, body: Mapping[str, Any]) -> Any:
        """The JSON that the server answers a JSON request with. Raises as `post`, and MalformedAnswer."""
        async with self.post(path, body) as response:
            return await self._whole(response)

    async def look(self, path: str, body: Mapping[str, Any] | None = None) -> tuple[int, Any]:
        """Status and JSON of a GET, or of a POST of `body`, tried once; no JSON unless the status is 200.

        Raises ModelUnavailable, ModelTimeout, MalformedAnswer.
        """
        method, data = ("GET", None) if body is None else ("POST", orjson.dumps(body))
        url = self.root + path
        try:
            async with self._pool().request(method, url, data=data, headers=self._headers) as response:
                return response.status, await self._whole(response) if response.status == 200 else None
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise lost(error, self.root) from error

    async def _tried(self, path: str, data: bytes, headers: dict[str, str]) -> aiohttp.ClientResponse:
        for attempt in range(1, self._tries + 1):
            try:
                return await self._once(path, data, headers)
            except _Again as again:
                wait = again.after
                if wait is None:
                    wait = FIRST_WAIT * 2 ** (attempt - 1) * random.uniform(0.5, 1)  # noqa: S311
                if attempt == self._tries or wait > LONGEST_WAIT:
                    raise again.error from again
                log.info("%s; trying again in %.1f s", again.error.code, wait)
                await asyncio.sleep(wait)
        raise AssertionError("unreachable: the last try raises")

    async def _once(self, path: str, data: bytes, headers: dict[str, str]) -> aiohttp.ClientResponse:
        try:
            response = await self._pool().post(self.root + path, data=data, headers=headers)
        except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
            # A server may close a kept connection just as it is used again (llama.cpp does so after each
            # stream, without a word), so the second try follows at once on a fresh one.
            kept = not isinstance(error, aiohttp.ClientConnectorError)
            raise _Again(lost(error, self.root), 0.0 if kept else None) from error
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise lost(error, self.root) from error
        if response.status == 200:
            return response
        try:
            body = await response.content.read(ERROR_BYTES)
        except (TimeoutError, aiohttp.ClientError, OSError):
            body = b""
        finally:
            response.close()
        raise _refusal(response, body, self.root)

    async def _whole(self, response: aiohttp.ClientResponse) -> Any:
        data = bytearray()
        async for piece in response.content.iter_any():
            data += piece
            if len(data) > ANSWER_BYTES:
                raise MalformedAnswer("The model server's answer was too long to read.", hint=_check_url())
        try:
            return orjson.loads(data)
        except orjson.JSONDecodeError as error:
            raise MalformedAnswer("The model server's answer was not JSON.", hint=_check_url()) from error

    def _pool(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=30)
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=self._timeout,
                proxy=_proxy_for(self.root),
                cookie_jar=aiohttp.DummyCookieJar(),  # a model server has nothing to remember of us
            )
        return self._session


def _proxy_for(root: str) -> str | None:
    """The proxy that the environment names for this server. Looked up once; `trust_env` would every time."""
    address = urlsplit(root)
    if not address.hostname or address.hostname in LOOPBACK or proxy_bypass(address.hostname):
        return None
    return getproxies().get(address.scheme)


def lost(error: Exception, root: str) -> ModelError:
    """Our words for a connection that failed."""
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return ModelUnavailable(
            f"The model server at {root} cannot be reached.",
            hint="Start it, or correct BAUHINIA_MODEL_URL.",
        )
    if isinstance(error, TimeoutError):
        return ModelTimeout(
            "The model took too long to answer.",
            hint="Try again with less text, or raise BAUHINIA_MODEL_TIMEOUT.",
        )
    return ModelUnavailable(
        "The connection to the model was lost before the answer ended.", hint="Ask again in a moment."
    )


def _refusal(response: aiohttp.ClientResponse, body: bytes, root: str) -> Exception:
    """The error, or the wish to try again, for a response other than 200."""
    after = _retry_after(response.headers.get("Retry-After"))
    error = said_error(response.status, body, root, after)
    return _Again(error, after) if response.status in (429, 503) else error


def said_error(status: int, body: bytes, root: str, after: float | None = None) -> BauhiniaError:
    """Our words for what a server said was wrong. Its own may quote the request, so no log has them."""
    log.info("the model server answered HTTP %d with %d bytes", status, len(body))
    if status in (400, 413, 422) and _TOO_LONG.search(body.decode(errors="replace")):
        return TooLong("The text is longer than the model can read.", hint="Use a shorter text.")
    match status:
        case 429:
            wait = f"in {after:.0f} seconds" if after else "in a moment"
            return ModelBusy("The model server is busy.", hint=f"Try again {wait}.")
        case 503:
            return ModelUnavailable("The model server is not ready.", hint="Try again in a moment.")
        case 401 | 403:
            return ModelUnavailable("The model server refused our key.", hint="Correct BAUHINIA_MODEL_KEY.")
        case 404 | 405:
            return ModelUnavailable(f"There is no such model or service at {root}.", hint=_check_url())
        case 408 | 504:
            return ModelTimeout("The model server took too long.", hint="Try again with less text.")
        case _:
            return ModelError(
                f"The model server failed (HTTP {status}).", hint="Try again; its log says what went wrong."
            )


def _retry_after(value: str | None) -> float | None:
    """Seconds of a Retry-After header; None when it is absent or a date."""
    try:
        return max(0.0, float(value)) if value else None
    except ValueError:
        return None


def _check_url() -> str:
    return "Correct BAUHINIA_MODEL_URL (it ends in `/v1`) and BAUHINIA_MODEL."
