"""What every request must pass and every answer carries: host, origin, size, headers.

One ASGI middleware each, outermost first: `SecurityHeaders`, `HostCheck`, `OriginCheck`, `BodyLimit`.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

import orjson
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "media-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    # Not `no-referrer`: a browser would then send our own forms with `Origin: null`, like a stranger's.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # A browser looks up the names of a page's links before anybody follows one, and a name can carry words
    # out.
    "x-dns-prefetch-control": "off",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_RAW = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
_NAMES = frozenset(name for name, _ in _RAW)
SPOKEN_TO = re.compile(r"/chat(?:/c/[A-Za-z0-9_-]+)?")
"""Pages that a person may speak to."""
MAY_LISTEN = HEADERS["permissions-policy"].replace("microphone=()", "microphone=(self)")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def refusal(status: int, code: str, message: str, hint: str = "", retry_after: int | None = None) -> Response:
    """An error in the API's shape."""
    body = orjson.dumps({"error": {"code": code, "message": message, "hint": hint}})
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}
    return Response(body, status, headers, media_type="application/json")


class SecurityHeaders:
    """Adds the headers to every answer, `no-store` to those that say nothing of caching, and an id that names
    the request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*(pair for pair in message["headers"] if pair[0] not in _NAMES), *_RAW]
                headers = MutableHeaders(scope=message)
                if SPOKEN_TO.fullmatch(scope["path"]):
                    headers["permissions-policy"] = MAY_LISTEN
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class HostCheck:
    """Refuses a `Host` that is not ours, so that a hostile name that resolves to this machine gets nothing.

    Loopback names, the address the server listens on and the names in `allowed_hosts` are ours. A server
    that listens on every address also takes any literal address: rebinding needs a name.
    """

    def __init__(self, app: ASGIApp, *, host: str, allowed_hosts: Iterable[str]) -> None:
        self.app = app
        self.every_address = host in ("", "0.0.0.0", "::")  # noqa: S104
        self.names = LOOPBACK | {host.lower()} | {name.lower() for name in allowed_hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self.ours(Headers(scope=scope).get("host", "")):
            answer = refusal(
                421,
                "UnknownHost",
                "This server does not answer to that host name.",
                "Open the address that the server printed, or add the name to BAUHINIA_ALLOWED_HOSTS.",
            )
            return await answer(scope, receive, send)
        return await self.app(scope, receive, send)

    def ours(self, host: str) -> bool:
        """Whether a `Host` header names this server."""
        name = host_name(host)
        return name in self.names or (self.every_address and _is_address(name))


def host_name(host: str) -> str:
    """The name or address of a `Host` header, without its port; empty when it cannot be understood."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class OriginCheck:
    """Refuses a request that changes something when a page of another origin sent it.

    Browsers say where a request comes from in `Origin` and `Sec-Fetch-Site`. A program that sends neither
    (curl, the CLI) is not steered by a hostile page and passes.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        unsafe = scope["type"] == "http" and scope["method"] not in SAFE_METHODS
        if unsafe and not same_origin(Headers(scope=scope)):
            answer = refusal(
                403,
                "CrossOrigin",
                "This request came from another site and was refused.",
                "Use the pages of this server.",
            )
            return await answer(scope, receive, send)
        return await self.app(scope, receive, send)


def same_origin(headers: Headers) -> bool:
    """Whether the browser says that one of our own pages sent this, or no browser sent it."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    if origin is None:
        return True
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.netloc.lower() == headers.get("host", "").lower()


class BodyLimit:
    """Refuses a body over `limit_for(path)` bytes with 413: at once where its length is announced, else as
    soon as that many bytes have come in. Nothing is kept."""

    def __init__(self, app: ASGIApp, *, limit_for: Callable[[str], int]) -> None:
        self.app = app
        self.limit_for = limit_for

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        limit = self.limit_for(scope["path"])
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdecimal() and int(announced) > limit:
            return await too_large(limit)(scope, receive, send)
        came = 0

        async def receive_counted() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > limit:
                raise HTTPException(413, too_large_message(limit))
            return message

        return await self.app(scope, receive_counted, send)


def too_large_message(limit: int) -> str:
    """The sentence for a body over `limit` bytes."""
    return f"This is larger than the {limit // 1_000_000} MB that this server takes at once."


def too_large(limit: int) -> Response:
    """The answer to a body over `limit` bytes."""
    hint = "Split it into smaller files and try again."
    return refusal(413, "DocumentTooLarge", too_large_message(limit), hint)
