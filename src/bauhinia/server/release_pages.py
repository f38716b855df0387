"""The page on which a draft is checked and accepted, and on which a second officer reviews it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, cast

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ..errors import BauhiniaError, InputError, Refused
from ..guideline.checklists import Audience, checklists
from ..pilot.releasing import OpenPoints, accept_draft, finished, open_points, review_draft
from .ordering import documents_of
from .pages import SEE_OTHER, page
from .release_view import release_view
from .state import office_of
from .view import finding_view
from .words import words_for

if TYPE_CHECKING:
    pass

if TYPE_CHECKING:
    from ..pilot.office import Office

release_router = APIRouter(include_in_schema=False)
MOST_CLAIMS = 500
"""Statements on the page; those without a source come first."""


@release_router.get("/tasks/{task}/accept")
async def accept_page(request: Request, task: str) -> HTMLResponse:
    return await _page(request, task, {})


async def _page(
    request: Request, key: str, ticked: dict[str, str], error: BauhiniaError | None = None
) -> HTMLResponse:
    office, words = office_of(request), words_for(request)
    task = await office.task(key)
    draft = finished(task)
    points = await open_points(office, task, draft)
    findings = [(at, passage, finding_view(found, words)) for at, passage, found in points.findings]
    return page(
        request,
        "accept.html",
        status=error.status if error else 200,
        task=task,
        title=draft.title,
        points=points,
        claims=points.claims[:MOST_CLAIMS],
        findings=findings,
        names=await _names(office, points, task.order),
        items=checklists().of(draft.kind),
        release=await release_view(request, task, draft, words),
        me=office.officer,
        ticked=ticked,
        error=error,
    )


async def _names(office: Office, points: OpenPoints, order: dict[str, Any]) -> dict[str, str]:
    """Names of the documents that the statements cite."""
    cited = {citation.document for claim in points.claims for citation in claim.passage.citations}
    cards = await office.shelf.cards_of(documents_of(order))
    kept = await office.library.kept_of([key for key in cited if key not in cards])
    names = {key: card.title or card.name for key, card in cards.items()}
    return {**names, **{each.id: each.title or each.name for each in kept}}


@release_router.post("/tasks/{task}/accept")
async def accept(request: Request, task: str) -> Response:
    office, form = office_of(request), await request.form(max_fields=60)
    values = {key: str(value) for key, value in form.items()}
    ticked = [str(value) for value in form.getlist("checked")]
    try:
        audience = values.get("audience", "")
        if audience not in ("internal", "public"):
            raise InputError("Say what the text is for.", hint="Choose internal use, or the public.")
        await accept_draft(
            office,
            await office.task(task),
            audience=cast(Audience, audience),
            ticked=ticked,
            digest=values.get("digest", ""),
            language=words_for(request).language,
            reviewer=values.get("reviewer", ""),
        )
    except (InputError, Refused) as error:
        return await _page(request, task, {**values, **dict.fromkeys(ticked, "on")}, error)
    return RedirectResponse(f"/tasks/{task}", SEE_OTHER)


@release_router.post("/tasks/{task}/review")
async def review(
    request: Request,
    task: str,
    outcome: Annotated[str, Form()] = "",
    confirmed: Annotated[str, Form()] = "",
    why: Annotated[str, Form()] = "",
) -> Response:
    office = office_of(request)
    row = await office.task(task)
    try:
        await office.release.waiting(office.officer, task, finished(row))
        if outcome not in ("approve", "return") or (outcome == "approve" and confirmed != "yes"):
            raise InputError(
                "Say whether you approve it, and confirm that you have read it.",
                hint="Tick the box to approve, or give it back with a reason.",
            )
        await review_draft(office, row, approve=outcome == "approve", why=why)
    except (InputError, Refused) as error:
        return await _page(request, task, {"why": why}, error)
    return RedirectResponse(f"/tasks/{task}", SEE_OTHER)
