"""What work will cost, what was used, and how much may be: over HTTP."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from ..gateway.billing import MONTH, Line, Month, Whose, lines
from ..people import Standing
from ..people.quota_setting import QuotaSetting
from ..people.quotas import Measure, Period, Scope
from ..pilot.draft import TaskKind
from ..pilot.forecasting import Forecast
from ..pilot.orders import ORDERS
from .faults import reading_input
from .state import office_of

usage_router = APIRouter()


class Asked(BaseModel):
    """A task that may be ordered."""

    model_config = ConfigDict(extra="forbid")

    kind: TaskKind
    order: dict[str, Any]
    """As `POST /api/{kind}` takes it."""


class QuotaSet(BaseModel):
    """A quota to set."""

    model_config = ConfigDict(extra="forbid")

    scope: Scope
    department: str = Field(default="", max_length=200)
    subject: str = Field(default="", max_length=200)
    measure: Measure
    period: Period
    most: int = Field(ge=0, le=10**15)
    warn_at: int = Field(default=80, ge=1, le=100)


@usage_router.post("/api/estimate", summary="What a task would ask of the model, before it begins")
async def estimate(request: Request, asked: Asked) -> dict[str, Any]:
    with reading_input():
        order = ORDERS[asked.kind].model_validate(asked.order)
    return forecast_json(await office_of(request).forecast(order))


def forecast_json(forecast: Forecast) -> dict[str, Any]:
    """A forecast as the API gives it."""
    usage = forecast.work.usage
    return {
        "requests": forecast.work.requests,
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "cost": forecast.cost,
        "seconds": forecast.seconds,
        "from_memory": forecast.from_memory,
        "quotas": [standing_json(standing) for standing in forecast.standings],
        "sentence": forecast.sentence,
        "fits": forecast.too_much is None,
    }


def standing_json(standing: Standing) -> dict[str, Any]:
    """A quota and what was used of it."""
    return {**asdict(standing.limit), "used": standing.used, "left": standing.left, "warned": standing.warned}


@usage_router.get("/api/usage", summary="What was used in a month, by day, officer, use and model")
async def usage(
    request: Request, month: Annotated[str, Query(pattern=MONTH)] = "", whose: Whose = "mine"
) -> list[Line]:
    office = office_of(request)
    return await lines(office.database, office.officer, Month.of(month), whose)


@usage_router.get(
    "/api/quotas", summary="The quotas of the department and of all, and what is left of one's own"
)
async def quotas(request: Request, use: Annotated[str, Query(max_length=100)] = "") -> dict[str, Any]:
    office = office_of(request)
    standings = await office.gateway.quotas.standings(office.officer, use)
    return {
        "quotas": [asdict(limit) for limit in await QuotaSetting(office.database).seen()],
        "standings": [standing_json(standing) for standing in standings],
    }


@usage_router.put("/api/quotas", summary="Set a quota, in place of the one for the same")
async def set_quota(request: Request, quota: QuotaSet) -> dict[str, int]:
    office = office_of(request)
    return {"id": await office.set_quota(**quota.model_dump())}


@usage_router.delete("/api/quotas/{quota}", summary="Remove a quota")
async def remove_quota(request: Request, quota: int) -> dict[str, int]:
    await office_of(request).remove_quota(quota)
    return {"id": quota}
