"""What an officer may do at the address of something that another shares: read it, and copy a document."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from ..errors import BauhiniaError, Refused
from ..people import signed_in
from . import faults
from .state import office_of

_THING = re.compile(r"(?:/api)?/(?P<kind>document|task)s/(?P<key>[^/]+)(?P<rest>/.*)?")
_NOT_READING = re.compile("/editor|/segments(?:/.*)?")
"""Addresses that are read in order to write."""
SHARE = "share"
"""Where the request keeps the share that it reads by: its answer is cut off when that ends."""


class OnlyReading:
    """Lets others only read what is shared with them.

    One rule for every address, so that a new one cannot forget it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer: Response | None = None
        if scope["type"] == "http" and (named := _THING.fullmatch(scope["path"])):
            request = Request(scope, receive)
            try:
                await _only_reading(request, named)
            except BauhiniaError as error:
                answer = await faults.answer(request, error)
                scope["endpoint"] = _endpoint(scope)
        await (answer or self.app)(scope, receive, send)


def _endpoint(scope: Scope) -> object:
    """What would have answered: the log and the metrics name its address. None where there is nothing."""
    matched = (route.matches(scope) for route in scope["app"].routes)
    return next((found["endpoint"] for match, found in matched if match is Match.FULL), None)


async def _only_reading(request: Request, named: re.Match[str]) -> None:
    """Raises Refused where more is done with what another shares than reading it; NotFound, StoreError."""
    kind, key, rest = named["kind"], named["key"], named["rest"] or ""
    officer = signed_in()
    if officer is None:
        return
    share = await office_of(request).sharing.read_by(officer, "task" if kind == "task" else "document", key)
    if share is None:
        return
    reads = request.method in ("GET", "HEAD") and not _NOT_READING.fullmatch(rest)
    lowers = rest == "/classification" and "department_administrator" in officer.roles
    reviews = kind == "task" and rest == "/review" and request.method == "POST"
    if not (reads or lowers or reviews or rest == "/copy"):
        raise Refused(
            "This is shared with you to be read.", stage="share", hint="Copy a document to your own shelf."
        )
    request.scope["state"][SHARE] = share.id
