"""Pages and forms: complaints, and incidents with what the ledger shows of attacks."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ..errors import BauhiniaError, InputError, Refused
from ..guideline.case_kinds import case_kinds
from ..guideline.complaints import FAULTY, OUTCOMES, Decision, Outcome
from ..guideline.incidents import SEVERITIES, Class, Severity, playbooks
from ..guideline.security_events import security_events
from ..people.permissions import check, reach
from .cases_api import handles, incidents_of, timeline
from .pages import SEE_OTHER, own_path, page
from .state import office_of

cases_pages_router = APIRouter(include_in_schema=False)
Words = Annotated[str, Form(max_length=4_000)]


@cases_pages_router.get("/cases")
async def cases(request: Request) -> HTMLResponse:
    return await _cases(request)


async def _cases(
    request: Request, error: BauhiniaError | None = None, kind: str = "", words: str = ""
) -> HTMLResponse:
    office, complaints = office_of(request), office_of(request).complaints
    by = office.officer
    return page(
        request,
        "cases.html",
        status=error.status if error else 200,
        kinds=case_kinds(),
        mine=await complaints.mine(by),
        of_answers=await complaints.of_answers(by),
        queue=await complaints.queue(by),
        log=await complaints.misinformation(by),
        oversees=reach(by, "cases") is not None or reach(by, "audit") is not None,
        kind=kind or request.query_params.get("kind", ""),
        written=words,
        error=error,
    )


@cases_pages_router.post("/cases")
async def file_case(
    request: Request,
    kind: Annotated[str, Form(max_length=40)],
    words: Words = "",
    task: Annotated[str, Form(max_length=100)] = "",
    good: Annotated[bool | None, Form()] = None,
    next: Annotated[str, Form(max_length=500)] = "",  # noqa: A002
) -> Response:
    office = office_of(request)
    try:
        case = await office.complaints.file(office.officer, kind, words, task=task, good=good)
    except InputError as error:
        if task:
            raise
        return await _cases(request, error, kind, words)
    return RedirectResponse(own_path(next) if next else f"/cases/{case.id}", SEE_OTHER)


@cases_pages_router.get("/cases/{complaint}")
async def one_case(request: Request, complaint: str) -> HTMLResponse:
    return await _case(request, complaint)


async def _case(request: Request, complaint: str, error: BauhiniaError | None = None) -> HTMLResponse:
    office = office_of(request)
    case = await office.complaints.get(complaint)
    by = office.officer
    return page(
        request,
        "case.html",
        status=error.status if error else 200,
        case=case,
        events=await timeline(request, case),
        kind=case_kinds()[case.kind],
        mine=case.complainant == by.id,
        own_answer=case.answered_by == by.id,
        handles=handles(by, case),
        outcomes=OUTCOMES,
        faulty=case.outcome in FAULTY,
        error=error,
    )


@cases_pages_router.post("/cases/{complaint}/take")
async def take_case(request: Request, complaint: str) -> Response:
    office = office_of(request)
    try:
        await office.complaints.take(office.officer, complaint)
    except Refused as error:
        return await _case(request, complaint, error)
    return RedirectResponse(f"/cases/{complaint}", SEE_OTHER)


@cases_pages_router.post("/cases/{complaint}/decide")
async def decide_case(
    request: Request,
    complaint: str,
    outcome: Annotated[Outcome, Form()],
    reply: Words = "",
    cause: Words = "",
    correction: Words = "",
    remove: Annotated[bool, Form()] = False,
) -> Response:
    office = office_of(request)
    decision = Decision(outcome=outcome, reply=reply, cause=cause, correction=correction, remove=remove)
    try:
        await office.complaints.decide(office.officer, complaint, decision)
    except (InputError, Refused) as error:
        return await _case(request, complaint, error)
    return RedirectResponse(f"/cases/{complaint}", SEE_OTHER)


@cases_pages_router.post("/cases/{complaint}/reinstate")
async def reinstate(request: Request, complaint: str, correction: Words = "") -> Response:
    office = office_of(request)
    try:
        await office.complaints.reinstate(office.officer, complaint, correction)
    except (InputError, Refused) as error:
        return await _case(request, complaint, error)
    return RedirectResponse(f"/cases/{complaint}", SEE_OTHER)


@cases_pages_router.get("/incidents")
async def incidents(request: Request) -> HTMLResponse:
    return await _incidents(request)


async def _incidents(request: Request, error: BauhiniaError | None = None) -> HTMLResponse:
    office = office_of(request)
    by = office.officer
    if reach(by, "audit") is None:
        check(by, "cases")
    return page(
        request,
        "incidents.html",
        status=error.status if error else 200,
        incidents=await incidents_of(request).listed(),
        events=await security_events(office.database, by),
        plans=playbooks(),
        severities=SEVERITIES,
        handles=reach(by, "cases") is not None,
        error=error,
    )


@cases_pages_router.post("/incidents")
async def open_incident(
    request: Request,
    kind: Annotated[Class, Form()],
    severity: Annotated[Severity, Form()],
    title: Annotated[str, Form(max_length=200)] = "",
    note: Words = "",
    drill: Annotated[bool, Form()] = False,
) -> Response:
    by = office_of(request).officer
    try:
        key = await incidents_of(request).open(by, kind, severity, title, note, drill=drill)
    except InputError as error:
        return await _incidents(request, error)
    return RedirectResponse(f"/incidents/{key}", SEE_OTHER)


@cases_pages_router.get("/incidents/{incident}")
async def one_incident(request: Request, incident: str) -> HTMLResponse:
    return await _incident(request, incident)


async def _incident(request: Request, incident: str, error: BauhiniaError | None = None) -> HTMLResponse:
    found = await incidents_of(request).get(incident)
    return page(
        request,
        "incident.html",
        status=error.status if error else 200,
        incident=found,
        plan=playbooks()[found.class_],
        events=await incidents_of(request).events(incident),
        handles=handles(office_of(request).officer, found),
        error=error,
    )


@cases_pages_router.post("/incidents/{incident}/{verb}")
async def go_on(
    request: Request, incident: str, verb: Literal["note", "contain", "close"], note: Words = ""
) -> Response:
    by, deeds = office_of(request).officer, incidents_of(request)
    try:
        await {"note": deeds.note, "contain": deeds.contain, "close": deeds.close}[verb](by, incident, note)
    except (InputError, Refused) as error:
        return await _incident(request, incident, error)
    return RedirectResponse(f"/incidents/{incident}", SEE_OTHER)
