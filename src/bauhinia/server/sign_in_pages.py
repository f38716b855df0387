"""Signing in and out, and the pages behind one-time links."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from ..errors import BauhiniaError, ProviderError
from ..people import FirstAdministrator
from ..people.passwords import totp_address, totp_text
from .origin import SEE_OTHER, begun, origin_of, site_of
from .pages import own_path, page
from .signed_in import SESSION
from .state import office_of

sign_in_router = APIRouter(include_in_schema=False)


@sign_in_router.get("/sign-in")
async def sign_in_page(request: Request, next: str = "/") -> Response:  # noqa: A002
    return sign_in_form(request, own_path(next))


def sign_in_form(
    request: Request, next_page: str, account: str = "", error: BauhiniaError | None = None
) -> Response:
    """The page that signs in, with what went wrong."""
    return page(
        request,
        "sign_in.html",
        status=error.status if error else 200,
        next=next_page,
        account=account,
        error=error,
        openid=office_of(request).openid is not None,
        preset=office_of(request).settings.openid_preset,
    )


@sign_in_router.post("/sign-in")
async def sign_in(
    request: Request,
    account: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=200)],
    code: Annotated[str, Form(max_length=20)],
    next: Annotated[str, Form(max_length=2_000)] = "/",  # noqa: A002
) -> Response:
    accounts = office_of(request).accounts
    try:
        secret = await accounts.sign_in(account.strip(), password, code, origin_of(request))
    except BauhiniaError as error:
        return sign_in_form(request, own_path(next), account, error)
    return begun(request, secret, own_path(next))


@sign_in_router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    issuer = await office_of(request).accounts.sessions.end(request.cookies.get(SESSION, ""))
    answer = await _signed_out(request, issuer)
    answer.delete_cookie(SESSION)
    return answer


async def _signed_out(request: Request, issuer: str | None) -> Response:
    """To the sign-in page; through the provider, where that is where the session began.

    By a page that goes on by itself: a form may not be redirected to another site.
    """
    openid = office_of(request).openid
    if openid is not None and issuer == openid.provider.issuer:
        try:
            where = await openid.provider.sign_out_address(f"{site_of(request)}/sign-in")
        except ProviderError as error:
            return sign_in_form(request, "/", error=error)
        if where is not None:
            return page(request, "signed_out.html", where=where)
    return RedirectResponse("/sign-in", SEE_OTHER)


@sign_in_router.get("/welcome/first/{secret}")
async def first_page(request: Request, secret: str) -> Response:
    await _first(request).check(secret)
    return page(request, "first.html", given={}, error=None)


@sign_in_router.post("/welcome/first/{secret}")
async def make_first(
    request: Request,
    secret: str,
    account: Annotated[str, Form(max_length=200)],
    name: Annotated[str, Form(max_length=200)],
    department: Annotated[str, Form(max_length=40)],
    department_name: Annotated[str, Form(max_length=200)],
) -> Response:
    given: dict[str, Any] = {
        "account": account, "name": name, "department": department, "department_name": department_name,
    }  # fmt: skip
    first = _first(request)
    await first.check(secret)
    try:
        link = await first.make(secret, **given)
    except BauhiniaError as error:
        return page(request, "first.html", status=error.status, given=given, error=error)
    return RedirectResponse(f"/welcome/{link}", SEE_OTHER)


def _first(request: Request) -> FirstAdministrator:
    office = office_of(request)
    return FirstAdministrator(office.database, office.gateway.ledger.record)


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
        session = await office_of(request).accounts.accept(secret, password, code, origin_of(request))
    except BauhiniaError as error:
        return await _welcome(request, secret, error)
    return begun(request, session, "/")


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
