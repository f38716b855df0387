"""The page of the department's termbase: found, taken in, had out, and added to from officers' own work."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ..errors import BauhiniaError, InputError
from ..pilot.corrections import candidates
from ..translation.term_files import FORMATS
from ..translation.termbases import ImportReport, Termbases, holding
from .faults import reading_input
from .pages import SEE_OTHER, page
from .state import office_of
from .translation_api import Verdict, judged, taken_over

terms_router = APIRouter(include_in_schema=False)
MOST = 100
"""Terms on a page; more are found by their words."""


@terms_router.get("/terms")
async def terms(request: Request) -> HTMLResponse:
    return await _terms(request)


async def _terms(
    request: Request, *, report: ImportReport | None = None, error: BauhiniaError | None = None
) -> HTMLResponse:
    office, words = office_of(request), request.query_params.get("words", "")
    termbases, own = Termbases(office.database), office.officer.department
    found = holding((await termbases.merged(own)).terms, words)
    return page(
        request,
        "terms.html",
        status=error.status if error else 200,
        terms=found[:MOST],
        count=len(found),
        own={term.id for term in await termbases.terms(own)},
        formats=FORMATS,
        asked=words,
        report=report,
        error=error,
    )


@terms_router.post("/terms/import")
async def take_over(request: Request) -> HTMLResponse:
    try:
        return await _terms(request, report=await taken_over(request))
    except InputError as error:
        return await _terms(request, error=error)


@terms_router.get("/terms/candidates")
async def proposed(request: Request) -> HTMLResponse:
    """On a page of its own, since mining takes a moment."""
    office = office_of(request)
    found = await candidates(office.database, office.officer.department)
    return page(request, "candidates.html", candidates=found)


@terms_router.post("/terms/candidates")
async def judge(request: Request) -> Response:
    form = await request.form()
    with reading_input():
        verdict = Verdict.model_validate(dict(form))
    await judged(office_of(request), verdict)
    return RedirectResponse("/terms/candidates", SEE_OTHER)


@terms_router.post("/terms/remove")
async def remove(request: Request) -> Response:
    office, form = office_of(request), await request.form()
    key, by = str(form.get("id", "")), office.officer.name
    await Termbases(office.database).remove(office.officer.department, key, by=by)
    return RedirectResponse("/terms", SEE_OTHER)
