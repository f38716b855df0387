"""The API of the data boundary: what each endpoint may see, and the two who open it further."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from ..errors import InputError
from ..gateway import PARTS, Boundary, Part
from ..people import Officer
from .state import office_of

boundary_router = APIRouter()
Verb = Literal["approve", "refuse", "close"]
VERBS: dict[str, Callable[[Boundary, Officer, str], Awaitable[None]]] = {
    "approve": Boundary.approve,
    "refuse": Boundary.refuse,
    "close": Boundary.close,
}


class BoundaryBody(BaseModel):
    """Which endpoint is to see more, how much, why, for how long."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    part: Part
    highest: str
    why: str = Field(min_length=1, max_length=2_000)
    days: int = Field(ge=1, le=180)


def part_of(name: str) -> Part:
    """Raises InputError."""
    for part in PARTS:
        if part == name:
            return part
    raise InputError("There is no such endpoint.", hint=f"There are: {', '.join(PARTS)}.")


async def described(boundary: Boundary) -> dict[str, Any]:
    """The boundary as programs are told of it."""
    endpoints = [
        {**asdict(boundary.limits[part]), "highest_now": await boundary.highest(part)}
        for part in boundary.parts
    ]
    return {
        "endpoints": endpoints,
        "asked": [{**asdict(each), "state": each.state} for each in await boundary.asked()],
    }


@boundary_router.get("/api/boundary", summary="What each endpoint may see, and what was asked for")
async def show(request: Request) -> dict[str, Any]:
    return await described(office_of(request).gateway.boundary)


@boundary_router.post("/api/boundary", status_code=201, summary="Ask that an endpoint may see more")
async def ask(request: Request, body: BoundaryBody) -> dict[str, str]:
    office = office_of(request)
    asked = await office.gateway.boundary.ask(
        office.officer, body.part, body.highest, why=body.why, days=body.days
    )
    return {"id": asked}


@boundary_router.post(
    "/api/boundary/{approval}/{verb}", summary="Approve or refuse what another asked for, or close it"
)
async def decide(request: Request, approval: str, verb: Verb) -> dict[str, Any]:
    office = office_of(request)
    await VERBS[verb](office.gateway.boundary, office.officer, approval)
    return await described(office.gateway.boundary)
