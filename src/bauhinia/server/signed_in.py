"""Whoever asks is known before anything is done: by a session's cookie, or by a program's token.

An answer that takes long, such as a stream, is cut off within a second of the session's or token's end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from functools import partial
from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

from starlette.datastructures import Headers, State
from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .. import telemetry
from ..errors import NotSignedIn
from ..people import Accounts, Officer, acting_as
from ..people import Scope as TokenScope
from ..people.passwords import digest
from ..store import Remembered
from .faults import program_answer
from .guest_visits import guest_visit
from .security import refusal
from .shared_rows import SHARE
from .watched import Ended, unless

if TYPE_CHECKING:
    from ..pilot.office import Office

SESSION = "session"
"""The cookie's name."""
SIGN_OUT = "/sign-out"
OPEN_PATHS = ("/static/", "/words/", "/health", "/metrics", "/sign-in", "/welcome/", "/language")
"""What is answered to everybody."""
PROGRAM_PATHS: dict[str, TokenScope] = {"/api/": "api", "/v1/": "v1", "/mcp": "mcp", "/scim/": "scim"}
TOKEN_ALONE = ("/scim/",)
"""Where a session counts for nothing."""
_HOW = "Sign in, or send a valid token; the command line sends the one in BAUHINIA_TOKEN."
LOOK_AGAIN = 0.5
"""Seconds after which an officer must be proved again, in a request that still runs or by the next one."""
_Shown = tuple[bytes, bytes, TokenScope | None]
"""What a request brings, as it may be remembered: digests of secrets alone."""


class SignedIn:
    """Lets nobody in who has not signed in, and does the work in the officer's name."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._proofs: Remembered[_Shown, Officer | None] = Remembered(LOOK_AGAIN)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(OPEN_PATHS):
            await self.app(scope, receive, send)
            return
        proof = _Proof(scope)
        officer = await self._proofs.get(proof.shown, proof.officer)
        if officer is None:
            visit = guest_visit(scope)
            await (visit.of(self.app) if visit else _unknown(scope))(scope, receive, send)
            return
        if (note := telemetry.current()) is not None:
            note.officer = telemetry.pseudonym(officer.id)
        scope.setdefault("state", {})
        started = False

        async def send_noting(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        with acting_as(officer):
            ended = await _while_proved(self.app(scope, receive, send_noting), proof, officer, scope)
        if not ended and not started:
            await _unknown(scope)(scope, receive, send)
        if scope["path"] == SIGN_OUT:
            self._proofs.forget(proof.shown)


async def _while_proved(work: Awaitable[None], proof: _Proof, officer: Officer, scope: Scope) -> bool:
    """Do the work; end it when its officer is no longer who they were, or its share is over, or nobody can
    tell. Whether it came to its end."""
    try:
        await unless(work, partial(_until_unproved, proof, officer, scope), after=LOOK_AGAIN)
    except Ended:
        return False
    return True


async def _until_unproved(proof: _Proof, officer: Officer, scope: Scope) -> None:
    """Returns once its officer is no longer who they were, or its share is over."""
    while await proof.officer() == officer:
        share = scope["state"].get(SHARE)
        if share and not await proof.stands(share):
            return
        await asyncio.sleep(LOOK_AGAIN)


class _Proof:
    """What a request brings to show whose it is."""

    def __init__(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        kind, _, token = headers.get("authorization", "").partition(" ")
        self._token = token.strip() if kind.lower() == "bearer" else ""
        self._session = cookie_parser(headers.get("cookie", "")).get(SESSION, "")
        path = scope["path"]
        self._scope = next((made for start, made in PROGRAM_PATHS.items() if path.startswith(start)), None)
        if path.startswith(TOKEN_ALONE):
            self._session = ""
        self._state = cast(State, scope["app"].state)
        self.shown: _Shown = (
            digest(self._token) if self._token else b"",
            digest(self._session) if self._session else b"",
            self._scope,
        )

    async def officer(self) -> Officer | None:
        """Whose it is now. A token counts for the paths of its scopes alone, and before a cookie."""
        accounts = self._accounts()
        if self._token:
            return await accounts.of_token(self._token, self._scope) if self._scope else None
        return await accounts.of_session(self._session) if self._session else None

    async def stands(self, share: str) -> bool:
        """Whether who acts may still read by that share."""
        return await cast("Office", self._state.office).sharing.stands(share)

    def _accounts(self) -> Accounts:
        return cast("Office", self._state.office).accounts


def _unknown(scope: Scope) -> ASGIApp:
    """The answer to somebody who is not known: programs are told, people are sent to sign in."""
    error = NotSignedIn("Nobody has signed in.", hint=_HOW)
    if (told := program_answer(scope["path"], error)) is not None:
        return told
    if scope["path"].startswith("/shelf") or scope["method"] not in ("GET", "HEAD"):
        return refusal(error.status, error.code, error.message, error.hint)
    here = scope["path"] + (f"?{scope['query_string'].decode()}" if scope["query_string"] else "")
    return RedirectResponse(f"/sign-in?{urlencode({'next': here})}", 303)
