"""An officer's own account: sessions, passkeys and tokens; and signing in with a passkey."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Form, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from ..errors import BauhiniaError, NotSignedIn
from ..people import SCOPES, Passkeys
from .origin import SEE_OTHER, origin_of, site_of, with_session
from .pages import page
from .security import refusal
from .signed_in import SESSION
from .state import office_of

account_router = APIRouter(include_in_schema=False)
HERE = "/account"
JSON = "application/json"


@account_router.get(HERE)
async def account(request: Request) -> Response:
    return await _account(request)


async def _account(request: Request, *, made: str = "", error: BauhiniaError | None = None) -> Response:
    """The page; `made` is a new token, shown this once."""
    office = office_of(request)
    accounts, officer = office.accounts, office.officer
    return page(
        request,
        "account.html",
        status=error.status if error else 200,
        me=officer,
        sessions=await accounts.sessions.of(officer.id, request.cookies.get(SESSION, "")),
        passkeys=await _passkeys(request).of(officer.id),
        tokens=await accounts.tokens_of(officer.id),
        scopes=SCOPES,
        made=made,
        departments=await accounts.department_names(),
        error=error,
    )


@account_router.post("/account/sessions/others/end")
async def end_others(request: Request) -> Response:
    office = office_of(request)
    await office.accounts.sessions.end_others(office.officer.id, request.cookies.get(SESSION, ""))
    return RedirectResponse(f"{HERE}#sessions", SEE_OTHER)


@account_router.post("/account/sessions/{session}/end")
async def end_session(request: Request, session: str) -> Response:
    office = office_of(request)
    await office.accounts.sessions.end_one(office.officer.id, session)
    return RedirectResponse(f"{HERE}#sessions", SEE_OTHER)


@account_router.post("/account/tokens")
async def make_token(
    request: Request,
    name: Annotated[str, Form(min_length=1, max_length=100)],
    days: Annotated[int, Form()],
    scope: Annotated[list[str], Form()] = [],  # noqa: B006  # FastAPI copies it
) -> Response:
    office = office_of(request)
    try:
        made = await office.accounts.make_token(office.officer.id, name.strip(), scope, days)
    except BauhiniaError as error:
        return await _account(request, error=error)
    return await _account(request, made=made)


@account_router.post("/account/tokens/{token}/revoke")
async def revoke_token(request: Request, token: str) -> Response:
    office = office_of(request)
    await office.accounts.revoke_token(office.officer.id, token)
    return RedirectResponse(f"{HERE}#tokens", SEE_OTHER)


@account_router.post("/account/passkeys/options")
async def passkey_options(request: Request) -> Response:
    try:
        return Response(await _passkeys(request).to_add(office_of(request).officer), media_type=JSON)
    except BauhiniaError as error:
        return _told(error)


@account_router.post("/account/passkeys")
async def add_passkey(
    request: Request, credential: Annotated[dict[str, Any], Body()], name: Annotated[str, Body()] = ""
) -> Response:
    try:
        await _passkeys(request).add(office_of(request).officer, credential, name)
    except BauhiniaError as error:
        return _told(error)
    return JSONResponse({"next": f"{HERE}#passkeys"}, 201)


@account_router.post("/account/passkeys/{passkey}/remove")
async def remove_passkey(request: Request, passkey: str) -> Response:
    await _passkeys(request).remove(office_of(request).officer.id, passkey)
    return RedirectResponse(f"{HERE}#passkeys", SEE_OTHER)


@account_router.post("/sign-in/passkey/options")
async def sign_in_options(request: Request) -> Response:
    return Response(await _passkeys(request).to_sign_in(), media_type=JSON)


@account_router.post("/sign-in/passkey")
async def sign_in_with_passkey(
    request: Request, credential: Annotated[dict[str, Any], Body(embed=True)]
) -> Response:
    try:
        secret = await _passkeys(request).sign_in(credential, origin_of(request))
    except NotSignedIn as error:
        return _told(error)
    return with_session(request, JSONResponse({"next": "/"}), secret)


def _passkeys(request: Request) -> Passkeys:
    office = office_of(request)
    return Passkeys(office.database, site_of(request), office.gateway.ledger.record)


def _told(error: BauhiniaError) -> Response:
    return refusal(error.status, error.code, error.message, error.hint)
