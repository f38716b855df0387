"""Whoever opens a page has accepted the terms, the rules and the briefing on the risks first (D-3.3-10).

Pages alone ask: a program was given its token by somebody who has accepted, and reads no page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ..errors import BauhiniaError
from . import faults
from .security import SAFE_METHODS
from .signed_in import OPEN_PATHS, SIGN_OUT

if TYPE_CHECKING:
    from ..pilot.office import Office

AGREE = "/agree"
"""Where it is asked."""
READABLE = (*OPEN_PATHS, *faults.PROGRAM_PATHS, AGREE, "/chat", "/risks", "/about", SIGN_OUT)
"""What may be read before."""


class Agreed:
    """Sends who asks for a page to what they have yet to accept."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_page(scope):
            return await self.app(scope, receive, send)
        answer = await self._asked_first(scope, receive)
        return await (answer or self.app)(scope, receive, send)

    async def _asked_first(self, scope: Scope, receive: Receive) -> Response | None:
        """The way to what is due; None where everything was accepted."""
        office = cast("Office", scope["app"].state.office)
        try:
            if not await office.acknowledgements.due(office.officer):
                return None
        except BauhiniaError as error:
            return await faults.answer(Request(scope, receive), error)
        query = scope["query_string"].decode("latin-1")
        here = scope["path"] + (f"?{query}" if query else "")
        return RedirectResponse(f"{AGREE}?{urlencode({'next': here})}", 303)


def _is_page(scope: Scope) -> bool:
    """Whether somebody opens a page, and not a part of one: browsers say that they want HTML."""
    if scope["type"] != "http" or scope["method"] not in SAFE_METHODS:
        return False
    return not scope["path"].startswith(READABLE) and "text/html" in Headers(scope=scope).get("accept", "")
