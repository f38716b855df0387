"""People who have not signed in, where a setting lets them in: to the assistant's pages and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..chat.guests import guest, new_secret
from ..people import acting_as
from .security import LOOPBACK, host_name

CHAT = "/chat"
COOKIE = "guest"
"""Its secret is all that ties a guest to their conversations."""
DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request of a guest."""

    secret: str
    is_new: bool
    plain: bool
    """Whether the cookie may go over plain HTTP: on this machine alone."""

    def of(self, app: ASGIApp) -> ASGIApp:
        """The application, as this guest meets it."""

        async def visited(scope: Scope, receive: Receive, send: Send) -> None:
            async def send_with_cookie(message: Message) -> None:
                if message["type"] == "http.response.start" and self.is_new:
                    MutableHeaders(scope=message).append("set-cookie", self._cookie())
                await send(message)

            with acting_as(guest(self.secret)):
                await app(scope, receive, send_with_cookie)

        return visited

    def _cookie(self) -> str:
        """Out of reach of scripts, for these pages alone."""
        secure = "" if self.plain else "; Secure"
        return f"{COOKIE}={self.secret}; Path={CHAT}; Max-Age={DAYS * 86_400}; HttpOnly; SameSite=Lax{secure}"


def guest_visit(scope: Scope) -> Visit | None:
    """The visit that a request is; None where guests are not let in."""
    path: str = scope["path"]
    if not scope["app"].state.settings.chat_guests or not (path == CHAT or path.startswith(f"{CHAT}/")):
        return None
    headers = Headers(scope=scope)
    held = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
    plain = scope["scheme"] == "http" and host_name(headers.get("host", "")) in LOOPBACK
    return Visit(secret=held or new_secret(), is_new=not held, plain=plain)
