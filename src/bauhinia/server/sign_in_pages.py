"""Signing in and out, and the page behind a one-time link."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from ..errors import BauhiniaError
from ..people import SIGNED_IN
from ..people.passwords import totp_address, totp_text
from .pages import own_path, page
from .security import LOOPBACK
from .signed_in import SESSION
from .state import office_of, settings_of

sign_in_router = APIRouter(include_in_schema=False)
SEE_OTHER = 303


@sign_in_router.get("/sign-in")
async def sign_in_page(request: Request, next: str = "/") -> Response:  # noqa: A002
    return page(request, "sign_in.html", next=own_path(next), account="", error=None)


@sign_in_router.post("/sign-in")
async def sign_in(
    request: Request,
    account: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=200)],
    code: Annotated[str, Form(max_length=20)],
    next: Annotated[str, Form(max_length=2_000)] = "/",  # noqa: A002
) -> Response:
    try:
        secret = await office_of(request).accounts.sign_in(account.strip(), password, code)
    except BauhiniaError as error:
        return page(
            request, "sign_in.html", status=error.status, next=own_path(next), account=account, error=error
        )
    return _begun(request, secret, own_path(next))


@sign_in_router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    await office_of(request).accounts.sign_out(request.cookies.get(SESSION, ""))
    answer = RedirectResponse("/sign-in", SEE_OTHER)
    answer.delete_cookie(SESSION)
    return answer


@sign_in_router.get("/welcome/{secret}")
async def welcome(request: Request, secret: str) -> Response:
    return await _welcome(request, secret)


@sign_in_router.post("/welcome/{secret}")
async def take_up(
    request: Request,
    secret: str,
    password: Annotated[str, Form(max_length=200)],
    code: Annotated[str, Form(max_length=20)],
) -> Response:
    try:
        session = await office_of(request).accounts.accept(secret, password, code)
    except BauhiniaError as error:
        return await _welcome(request, secret, error)
    return _begun(request, session, "/")


async def _welcome(request: Request, secret: str, error: BauhiniaError | None = None) -> Response:
    invited = await office_of(request).accounts.invitation(secret)
    return page(
        request,
        "welcome.html",
        status=error.status if error else 200,
        invited=invited,
        key=totp_text(invited.totp),
        address=totp_address(invited.totp, invited.account),
        error=error,
    )


def _begun(request: Request, secret: str, where: str) -> Response:
    """Signed in: the cookie is for this site alone, out of reach of scripts, and of plain HTTP elsewhere than
    on this machine."""
    answer = RedirectResponse(where, SEE_OTHER)
    here = settings_of(request).host in LOOPBACK and request.url.scheme == "http"
    seconds = int(SIGNED_IN.total_seconds())
    answer.set_cookie(SESSION, secret, seconds, httponly=True, samesite="lax", secure=not here)
    return answer
