"""The page on which anybody who works here finds out where a file came from."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from ..errors import BauhiniaError, InputError
from ..pilot.provenance import provenance_of
from ..provenance import Verdict, percent
from .label_api import checked
from .pages import moment, page
from .state import office_of

label_pages_router = APIRouter(include_in_schema=False)


@label_pages_router.get("/label")
async def ask(request: Request) -> HTMLResponse:
    return _page(request)


@label_pages_router.post("/label")
async def answer(request: Request) -> HTMLResponse:
    try:
        return _page(request, verdict=await checked(request))
    except InputError as error:
        return _page(request, error=error)


@label_pages_router.get("/tasks/{task}/provenance")
async def provenance(request: Request, task: str) -> HTMLResponse:
    made = await provenance_of(office_of(request), task)
    return page(request, "provenance.html", task=task, made=made, percent=percent, when=when)


def _page(
    request: Request, *, verdict: Verdict | None = None, error: BauhiniaError | None = None
) -> HTMLResponse:
    status = error.status if error else 200
    return page(
        request, "label.html", status=status, verdict=verdict, error=error, percent=percent, when=when
    )


def when(at: str) -> str:
    """A record's time as clocks in Hong Kong show it."""
    return moment(datetime.fromisoformat(at))
