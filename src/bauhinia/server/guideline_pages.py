"""Pages: the guideline's duties and how each is met, and answers that wait for a person."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ..errors import BauhiniaError, Conflict, InputError
from ..gateway.held import Held, Waiting
from ..guideline.coverage import Line, coverage
from ..guideline.duties import edition
from ..store import LOCAL
from .pages import SEE_OTHER, page
from .state import office_of

guideline_router = APIRouter(include_in_schema=False)
PAGES = (
    ("/register", "guideline.page.register"),
    ("/register/calendar", "guideline.page.calendar"),
    ("/held", "guideline.page.held"),
    ("/risks", "guideline.page.risks"),
    ("/privacy", "guideline.page.privacy"),
    ("/boundary", "guideline.page.boundary"),
    ("/consents", "guideline.page.consents"),
    ("/cases", "guideline.page.cases"),
    ("/incidents", "guideline.page.incidents"),
    ("/switch", "guideline.page.switch"),
    ("/label", "guideline.page.label"),
    ("/evidence", "guideline.page.evidence"),
    ("/policy", "guideline.page.policy"),
    ("/audit", "guideline.page.audit"),
    ("/ledger", "guideline.page.ledger"),
)
"""Where people find what the guideline asks for."""
SHOWN = ("all", "met", "not met", "organisational")


@guideline_router.get("/guideline")
async def guideline(request: Request, dimension: str = "", status: str = "all") -> HTMLResponse:
    found = coverage()
    lines = [line for line in found.lines if _shown(line, dimension, status)]
    return page(
        request,
        "guideline.html",
        coverage=found,
        lines=lines,
        dimension=dimension,
        chosen=status if status in SHOWN else "all",
        statuses=SHOWN,
        pages=PAGES,
    )


def _shown(line: Line, dimension: str, status: str) -> bool:
    right = status not in SHOWN or status == "all" or line.status == status
    return right and dimension in ("", line.duty.dimension)


@guideline_router.get("/guideline/{duty}")
async def duty(request: Request, duty: str) -> HTMLResponse:
    found = edition().duty(duty)
    line = next(line for line in coverage().lines if line.duty is found)
    return page(request, "duty.html", line=line, edition=edition())


@guideline_router.get("/held")
async def held(request: Request) -> HTMLResponse:
    answers = office_of(request).gateway.held
    own = await answers.own()
    mine = {each.id for each in own}
    return page(
        request,
        "held.html",
        waiting=[each for each in await answers.listed() if each.id not in mine or each.officer == LOCAL],
        own=own,
    )


@guideline_router.get("/held/{answer}")
async def held_answer(request: Request, answer: str) -> HTMLResponse:
    answers = office_of(request).gateway.held
    own = next((each for each in await answers.own() if each.id == answer), None)
    alone = office_of(request).officer.id == LOCAL
    shown = await answers.get(answer) if own is None or alone or own.outcome == "released" else None
    may_decide = own is None or alone
    return page(
        request, "held_answer.html", each=shown or own, shown=shown, may_decide=may_decide, error=None
    )


def _held_page(
    request: Request,
    each: Waiting | None,
    shown: Held | None,
    *,
    may_decide: bool,
    error: BauhiniaError | None = None,
) -> HTMLResponse:
    return page(
        request,
        "held_answer.html",
        status=error.status if error else 200,
        each=each,
        shown=shown,
        may_decide=may_decide,
        error=error,
    )


@guideline_router.post("/held/{answer}")
async def decide(
    request: Request,
    answer: str,
    decision: Annotated[str, Form(max_length=20)],
    note: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    office = office_of(request)
    try:
        release = decision == "release"
        await office.gateway.held.decide(office.officer, answer, release=release, note=note)
    except (InputError, Conflict) as error:
        shown = await office.gateway.held.get(answer)
        return page(
            request,
            "held_answer.html",
            status=error.status,
            each=shown,
            shown=shown,
            may_decide=True,
            error=error,
        )
    return RedirectResponse("/held", SEE_OTHER)
