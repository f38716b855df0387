"""Pages and forms: sharing, classifying, and the boundary."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ..errors import BauhiniaError, InputError, Refused
from ..people import APPROVERS
from ..pilot.releasing import share_draft
from .boundary_api import VERBS, part_of
from .pages import SEE_OTHER, own_path, page
from .sharing_api import sharer
from .state import office_of

sharing_pages_router = APIRouter(include_in_schema=False)


@sharing_pages_router.post("/documents/{document}/share")
async def share_document(
    request: Request,
    document: str,
    receiver: Annotated[str, Form()],
    days: Annotated[int, Form()],
) -> Response:
    await office_of(request).sharing.share(sharer(), "document", document, receiver, days)
    return RedirectResponse(f"/documents/{document}#sharing", SEE_OTHER)


@sharing_pages_router.post("/tasks/{task}/share")
async def share_task(
    request: Request,
    task: str,
    receiver: Annotated[str, Form()],
    days: Annotated[int, Form()],
    unverified: Annotated[str, Form()] = "",
) -> Response:
    await share_draft(office_of(request), sharer(), task, receiver, days, unverified=unverified == "yes")
    return RedirectResponse(f"/tasks/{task}#sharing", SEE_OTHER)


@sharing_pages_router.post("/shares/{share}/withdraw")
async def withdraw(
    request: Request,
    share: str,
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:
    await office_of(request).sharing.withdraw(sharer(), share)
    return RedirectResponse(own_path(next), SEE_OTHER)


@sharing_pages_router.post("/documents/{document}/copy")
async def copy_document(request: Request, document: str) -> Response:
    card = await office_of(request).sharing.copy(sharer(), document)
    return RedirectResponse(f"/?document={card.id}", SEE_OTHER)


@sharing_pages_router.post("/documents/{document}/classification")
async def classify(request: Request, document: str, classification: Annotated[str, Form()]) -> Response:
    office = office_of(request)
    await office.sharing.classify(office.officer, document, classification)
    return RedirectResponse(f"/documents/{document}", SEE_OTHER)


@sharing_pages_router.get("/boundary")
async def boundary(request: Request) -> HTMLResponse:
    return await _boundary(request, {})


async def _boundary(
    request: Request, values: dict[str, str], *, error: BauhiniaError | None = None
) -> HTMLResponse:
    office = office_of(request)
    gate = office.gateway.boundary
    return page(
        request,
        "boundary.html",
        status=error.status if error else 200,
        limits=[(gate.limits[part], await gate.highest(part)) for part in gate.parts],
        asked=await gate.asked(),
        me=office.officer.id,
        may_open=bool(office.officer.roles & APPROVERS),
        signs_in=office.settings.sign_in != "none",
        values=values,
        error=error,
    )


@sharing_pages_router.post("/boundary")
async def ask(request: Request) -> Response:
    form: dict[str, Any] = dict(await request.form())
    values = {key: str(value) for key, value in form.items()}
    office = office_of(request)
    try:
        await office.gateway.boundary.ask(
            office.officer,
            part_of(values.get("part", "")),
            values.get("highest", ""),
            why=values.get("why", ""),
            days=int(days) if (days := values.get("days", "")).isdecimal() else 0,
        )
    except (InputError, Refused) as error:
        return await _boundary(request, values, error=error)
    return RedirectResponse("/boundary", SEE_OTHER)


@sharing_pages_router.post("/boundary/{approval}/{verb}")
async def decide(request: Request, approval: str, verb: str) -> Response:
    if verb not in VERBS:
        raise InputError("There is no such decision.", hint=f"There are: {', '.join(VERBS)}.")
    office = office_of(request)
    try:
        await VERBS[verb](office.gateway.boundary, office.officer, approval)
    except (InputError, Refused) as error:
        return await _boundary(request, {}, error=error)
    return RedirectResponse("/boundary", SEE_OTHER)
