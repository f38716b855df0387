"""The page of what was used and what may be; and what an order will cost, told before it starts."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, fields
from decimal import Decimal, InvalidOperation
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ..errors import BauhiniaError, InputError, NotFound
from ..gateway.billing import Line, Month, Whose, lines, may_see
from ..people.permissions import reach
from ..people.quota_setting import QuotaSetting, may_set
from ..people.quotas import MEASURES, PERIODS, SCOPES
from ..pilot.draft import TaskKind
from ..pilot.personal import holding
from .api import attachment
from .faults import reading_input
from .ordering import documents_of, order_from_form
from .pages import SEE_OTHER, page
from .state import office_of
from .usage_api import QuotaSet

usage_pages_router = APIRouter(include_in_schema=False)
MICRO = 1_000_000
MonthAsked = Annotated[str, Query(max_length=7)]


@usage_pages_router.get("/usage")
async def usage(request: Request, month: MonthAsked = "", whose: Whose = "mine") -> HTMLResponse:
    return await _usage(request, Month.of(month), whose)


async def _usage(
    request: Request, month: Month, whose: Whose, error: BauhiniaError | None = None
) -> HTMLResponse:
    office = office_of(request)
    officer = office.officer
    found = await lines(office.database, officer, month, whose)
    limits = await QuotaSetting(office.database).seen()
    names = await office.accounts.department_names()
    uses = {use.id: use for use in await office.gateway.register.listed(officer)}
    return page(
        request,
        "usage.html",
        status=error.status if error else 200,
        month=month,
        whose=whose,
        views=may_see(officer),
        lines=found,
        days=_by_day(found) if whose == "mine" else {},
        total=_total(found),
        standings=await office.gateway.quotas.standings(officer, *uses),
        limits=[(limit, may_set(officer, limit.scope, limit.department)) for limit in limits],
        scopes=[scope for scope in SCOPES if may_set(officer, scope, officer.department)],
        for_all=reach(officer, "quotas") == "all",
        department=officer.department,
        departments=names,
        chinese=dict(names.values()),
        measures=MEASURES,
        periods=PERIODS,
        uses=uses,
        error=error,
    )


def _by_day(found: list[Line]) -> dict[str, tuple[int, int]]:
    """Requests and cost of each day."""
    days: dict[str, tuple[int, int]] = {}
    for line in found:
        requests, cost = days.get(str(line.day), (0, 0))
        days[str(line.day)] = (requests + line.requests, cost + line.cost)
    return days


def _total(found: list[Line]) -> dict[str, int]:
    names = ("requests", "prompt_tokens", "cached_tokens", "completion_tokens", "cost", "unpriced")
    return {name: sum(getattr(line, name) for line in found) for name in names}


@usage_pages_router.get("/usage.csv")
async def usage_csv(request: Request, month: MonthAsked = "", whose: Whose = "mine") -> Response:
    office, asked = office_of(request), Month.of(month)
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Line)])
    writer.writeheader()
    for line in await lines(office.database, office.officer, asked, whose):
        writer.writerow({**asdict(line), "cost": f"{line.cost / MICRO:.6f}"})
    headers = {"content-disposition": attachment(f"usage-{asked}-{whose}.csv")}
    # A byte order mark, without which Excel reads Chinese names as gibberish.
    return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


@usage_pages_router.post("/usage/quotas")
async def set_quota(request: Request) -> Response:
    form = await request.form()
    try:
        await office_of(request).set_quota(**_quota(form, office_of(request).officer.department).model_dump())
    except BauhiniaError as error:
        return await _usage(request, Month.of(""), "mine", error)
    return RedirectResponse("/usage#quotas", SEE_OTHER)


def _quota(form: FormData, department: str) -> QuotaSet:
    """What the form sets. Raises InputError."""
    values = {key: str(form.get(key, "")) for key in ("scope", "measure", "period", "subject")}
    try:
        most = Decimal(str(form.get("most", "")).replace(",", ""))
        warn_at = int(str(form.get("warn_at") or 80))
    except (InvalidOperation, ValueError):
        raise InputError("The amount is not a number.", hint="Write it as 500 or 12.50.") from None
    if not most.is_finite():
        raise InputError("The amount is not a number.", hint="Write it as 500 or 12.50.")
    everywhere = form.get("department") == "all" and values["scope"] != "department"
    with reading_input():
        return QuotaSet.model_validate(
            {
                **values,
                "most": int(most * MICRO if values["measure"] == "cost" else most),
                "warn_at": warn_at,
                "department": "" if everywhere else str(form.get("department") or department),
            }
        )


@usage_pages_router.post("/usage/quotas/{quota}/remove")
async def remove_quota(request: Request, quota: int) -> Response:
    await office_of(request).remove_quota(quota)
    return RedirectResponse("/usage#quotas", SEE_OTHER)


@usage_pages_router.post("/forecast/{kind}")
async def forecast(request: Request, kind: TaskKind) -> HTMLResponse:
    """What the order of the form would cost: a few words for its page, and none where it is no order yet."""
    form, office = await request.form(), office_of(request)
    try:
        order = order_from_form(kind, form)
        found = await office.forecast(order)
        documents = await office.shelf.documents(documents_of(order.model_dump()))
    except (InputError, NotFound):
        return HTMLResponse("", 200)
    words = str(form.get("instructions") or form.get("question") or "")
    personal = await holding(office.gateway, office.officer, kind, list(documents.values()), words)
    return page(request, "parts/forecast.html", forecast=found, personal=personal)
