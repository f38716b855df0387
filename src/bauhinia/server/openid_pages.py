"""Signing in with the OpenID Connect provider, and the provider's word that a session there has ended."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from ..errors import BauhiniaError, NotFound, NotSignedIn
from ..people import OpenId
from ..people.passwords import new_secret
from .origin import SEE_OTHER, begun, is_plain, origin_of, site_of
from .pages import own_path
from .sign_in_pages import sign_in_form
from .state import office_of

openid_router = APIRouter(include_in_schema=False, prefix="/sign-in/openid")
BROWSER = "signing_in"
"""The cookie's name: an answer of the provider counts in the browser that began."""
SECONDS = 600


@openid_router.get("")
async def begin(request: Request, next: str = "/") -> Response:  # noqa: A002
    browser = request.cookies.get(BROWSER) or new_secret()
    try:
        address = await _openid(request).begin(browser, f"{site_of(request)}{_CALLBACK}", own_path(next))
    except BauhiniaError as error:
        return sign_in_form(request, own_path(next), error=error)
    answer = RedirectResponse(address, SEE_OTHER)
    answer.set_cookie(
        BROWSER, browser, SECONDS, path=_HERE, httponly=True, samesite="lax", secure=not is_plain(request)
    )
    return answer


@openid_router.get("/callback")
async def callback(request: Request) -> Response:
    browser = request.cookies.get(BROWSER, "")
    try:
        done = await _openid(request).finish(browser, dict(request.query_params), origin_of(request))
    except BauhiniaError as error:
        return sign_in_form(request, "/", error=error)
    return begun(request, done.session, done.next)


@openid_router.post("/logout")
async def back_channel_logout(
    request: Request, logout_token: Annotated[str, Form(max_length=20_000)]
) -> Response:
    """The provider ends sessions here: OpenID Connect Back-Channel Logout 1.0."""
    try:
        await _openid(request).ended(logout_token)
    except NotSignedIn as error:
        return JSONResponse({"error": "invalid_request", "error_description": error.message}, 400)
    return Response(status_code=200)


def _openid(request: Request) -> OpenId:
    if (openid := office_of(request).openid) is None:
        raise NotFound("There is nothing at this address.", hint="Start from the workspace page.")
    return openid


_HERE = "/sign-in/openid"
_CALLBACK = f"{_HERE}/callback"
