"""The privacy page: what is kept and what leaves, and what becomes of personal data in each AI use."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ..errors import BauhiniaError
from ..guideline import is_an_id
from ..people.permissions import reach
from ..privacy.policy import ACTIONS, policies
from .faults import reading_input
from .pages import SEE_OTHER, page
from .privacy_api import RuleBody
from .privacy_facts import kept, leaving
from .state import office_of, settings_of

privacy_pages_router = APIRouter(include_in_schema=False)
USUAL_USE = "pilot.summarise"


@privacy_pages_router.get("/privacy")
async def privacy(request: Request, use: Annotated[str, Query(max_length=100)] = USUAL_USE) -> HTMLResponse:
    return await _privacy(request, use if is_an_id(use) else USUAL_USE, {})


async def _privacy(
    request: Request, use: str, values: dict[str, str], error: BauhiniaError | None = None
) -> HTMLResponse:
    office = office_of(request)
    gateway, officer = office.gateway, office.officer
    how_far = reach(officer, "govern")
    return page(
        request,
        "privacy.html",
        status=error.status if error else 200,
        kept=kept(settings_of(request)),
        leaving=leaving(settings_of(request), gateway.boundary),
        use=use,
        uses=[each.id for each in await gateway.register.listed(officer)],
        model_is=gateway.boundary.limits["model"].endpoint,
        local=await gateway.personal.in_force(use, "local", officer.department),
        remote=await gateway.personal.in_force(use, "remote", officer.department),
        kinds=policies().kinds,
        answers=policies().answers["identifier"],
        edition=policies().edition,
        actions=ACTIONS,
        were_set=[
            (rule, how_far == "all" or (how_far == "own" and rule.department == officer.department))
            for rule in await gateway.personal.listed()
        ],
        how_far=how_far,
        department=officer.department,
        values=values,
        error=error,
    )


@privacy_pages_router.post("/privacy/rules")
async def set_rule(request: Request) -> Response:
    office = office_of(request)
    values = {key: str(value) for key, value in (await request.form()).items()}
    names = ("use", "kind", "place", "action", "why")
    department = "" if values.get("department") == "all" else office.officer.department
    try:
        with reading_input():
            body = RuleBody.model_validate(
                {"department": department, **{name: values.get(name, "") for name in names}}
            )
        await office.gateway.personal.put(office.officer, **body.model_dump())
    except BauhiniaError as error:
        return await _privacy(request, USUAL_USE, values, error)
    return RedirectResponse(f"/privacy?use={body.use or USUAL_USE}#rules", SEE_OTHER)


@privacy_pages_router.post("/privacy/rules/{rule}/remove")
async def remove_rule(request: Request, rule: int) -> Response:
    office = office_of(request)
    await office.gateway.personal.remove(office.officer, rule)
    return RedirectResponse("/privacy#set", SEE_OTHER)
