"""The page of a collection's data sheet; and what is held for a person, let in or turned away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ..errors import BauhiniaError, InputError
from ..knowledge import Statement, choices
from ..knowledge.sheets import PROCESSING, Sheet, answers_for, today
from .faults import reading_input
from .pages import SEE_OTHER, page
from .sheets_api import HeldDecision, decided
from .state import office_of

sheets_router = APIRouter(include_in_schema=False)


@sheets_router.get("/knowledge/collections/{collection}/sheet")
async def sheet(request: Request, collection: str) -> HTMLResponse:
    return await _sheet(request, collection)


async def _sheet(
    request: Request,
    collection: str,
    *,
    error: BauhiniaError | None = None,
    values: Mapping[str, Any] | None = None,
) -> HTMLResponse:
    office = office_of(request)
    found = await office.library.collection(collection)
    stated = await office.sheets.of(found.id)
    return page(
        request,
        "sheet.html",
        status=error.status if error else 200,
        collection=found,
        sheet=stated,
        flags=flags_of(stated),
        spread=await office.sheets.spread(found.id),
        audits=await office.sheets.audits(found.id),
        names={each.id: each.name for each in await office.library.documents(found.id)},
        may_state=stated is None or answers_for(office.officer, stated),
        values=values or (_values(stated) if stated else {}),
        choices=choices(),
        cleaning=PROCESSING,
        error=error,
    )


@sheets_router.post("/knowledge/collections/{collection}/sheet")
async def state(request: Request, collection: str) -> Response:
    office, form = office_of(request), await request.form()
    found = await office.library.collection(collection)
    try:
        await office.sheets.state(found.id, statement_of(form))
    except InputError as error:
        return await _sheet(request, collection, error=error, values=typed(form))
    return RedirectResponse(f"/knowledge/collections/{found.id}/sheet", SEE_OTHER)


@sheets_router.post("/knowledge/collections/{collection}/audit")
async def audit(request: Request, collection: str) -> Response:
    office = office_of(request)
    found = await office.library.collection(collection)
    await office.integrity.audit(found.id)
    return RedirectResponse(f"/knowledge/collections/{found.id}/sheet#audits", SEE_OTHER)


@sheets_router.post("/knowledge/collections/{collection}/held")
async def decide(request: Request, collection: str) -> Response:
    with reading_input():
        asked = HeldDecision.model_validate(typed(await request.form()))
    task = await decided(request, collection, asked)
    there = f"/knowledge/arrivals/{task}" if task else f"/knowledge/collections/{collection}"
    return RedirectResponse(there, SEE_OTHER)


def statement_of(form: FormData) -> Statement:
    """What a form states of a collection. Raises InputError."""
    given = {key: value for key, value in typed(form).items() if key in Statement.model_fields and value}
    with reading_input():
        return Statement.model_validate(given)


def typed(form: FormData) -> dict[str, str]:
    """What was typed into a form."""
    return {key: value.strip() for key, value in form.items() if isinstance(value, str)}


def flags_of(sheet: Sheet | None) -> tuple[str, ...]:
    """What a reader of the collection is warned of today."""
    return sheet.flags(today()) if sheet is not None else ("unstated",)


def _values(sheet: Sheet) -> dict[str, Any]:
    return {name: "" if (value := getattr(sheet, name)) is None else value for name in Statement.model_fields}
