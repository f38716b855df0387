"""What an officer may do at the address of something that another shares: read it, and copy a document."""

from __future__ import annotations

import re

from fastapi import Request

from ..errors import Refused
from ..people import signed_in
from .state import office_of

_THING = re.compile(r"(?:/api)?/(?P<kind>document|task)s/(?P<key>[^/]+)(?P<rest>/.*)?")
_NOT_READING = re.compile("/editor|/segments(?:/.*)?")
"""Addresses that are read in order to write."""
SHARE = "share"
"""Where the request keeps the share that it reads by: its answer is cut off when that ends."""


async def only_reading(request: Request) -> None:
    """Let others only read what is shared with them. Raises NotFound, Refused.

    One rule for every route, so that a new one cannot forget it. Where nobody signs in, there are no others.
    """
    named, officer = _THING.fullmatch(request.scope["path"]), signed_in()
    if named is None or officer is None:
        return
    kind, key, rest = named["kind"], named["key"], named["rest"] or ""
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
