"""The page on which terms, rules, limits and risks are accepted, and the one on which they always stand."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ..errors import BauhiniaError, InputError
from ..guideline.notice_texts import Notice
from .agreed import AGREE
from .pages import SEE_OTHER, own_path, page
from .state import office_of
from .words import words_for

agreement_router = APIRouter(include_in_schema=False)
Next = Annotated[str, Query(max_length=2_000)]


@agreement_router.get(AGREE)
async def agree_page(request: Request, next: Next = "/") -> HTMLResponse:  # noqa: A002
    return await _agree(request, own_path(next))


async def _agree(request: Request, where: str, error: BauhiniaError | None = None) -> HTMLResponse:
    office = office_of(request)
    return page(
        request,
        "agree.html",
        status=error.status if error else 200,
        notices=await office.acknowledgements.due(office.officer),
        again=await office.acknowledgements.has_accepted(office.officer),
        where=where,
        error=error,
    )


@agreement_router.post(AGREE)
async def agree(request: Request) -> Response:
    office, form = office_of(request), await request.form(max_fields=20)
    where = own_path(str(form.get("next", "/")))
    try:
        if form.get("agree") != "yes":
            raise InputError("The box is not ticked.", hint="Read the texts, tick the box and accept.")
        shown = [str(value) for value in form.getlist("notice")]
        await office.acknowledgements.accept(office.officer, shown, words_for(request).language)
    except InputError as error:
        return await _agree(request, where, error)
    return RedirectResponse(where, SEE_OTHER)


@agreement_router.get("/risks")
async def risks(request: Request) -> HTMLResponse:
    """Always to be reached: each named risk, and every text that was accepted."""
    return page(request, "risks.html", notices=_in_force(request))


def _in_force(request: Request) -> tuple[Notice, ...]:
    return office_of(request).notices
