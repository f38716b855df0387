"""Where a request comes from, and where people reach this server."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from ..people import SIGNED_IN, Origin
from .security import LOOPBACK
from .signed_in import SESSION
from .state import settings_of

SEE_OTHER = 303


def origin_of(request: Request) -> Origin:
    """Whence somebody signs in."""
    address = request.client.host if request.client else ""
    return Origin(address=address, agent=request.headers.get("user-agent", ""))


def site_of(request: Request) -> str:
    """The address that people reach this server by, without a slash at its end. What a request names was
    checked to be ours."""
    return (settings_of(request).public_url or str(request.base_url)).rstrip("/")


def is_plain(request: Request) -> bool:
    """Whether cookies must go over plain HTTP: on this machine alone."""
    settings = settings_of(request)
    if settings.public_url:
        return settings.public_url.startswith("http:")
    return settings.host in LOOPBACK and request.url.scheme == "http"


def begun(request: Request, secret: str, where: str) -> Response:
    """Signed in: the cookie is for this site alone, out of reach of scripts, and of plain HTTP elsewhere than
    on this machine."""
    return with_session(request, RedirectResponse(where, SEE_OTHER), secret)


def with_session(request: Request, answer: Response, secret: str) -> Response:
    """The answer, with the session's cookie."""
    seconds = int(SIGNED_IN.total_seconds())
    secure = not is_plain(request)
    answer.set_cookie(SESSION, secret, seconds, httponly=True, samesite="lax", secure=secure)
    return answer
