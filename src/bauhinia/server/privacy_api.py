"""The rules on personal data over HTTP: what is in force, and setting stricter ones."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from ..privacy.policy import WHERES, Action, policies
from .state import office_of

privacy_router = APIRouter()
USUAL_USE = "api.chat"


class RuleBody(BaseModel):
    """A rule to set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    department: str = Field(default="", max_length=200)
    """Empty: the programme's, for all departments."""
    use: str = Field(default="", max_length=100)
    kind: str = Field(max_length=50)
    place: Literal["", "local", "remote"] = ""
    action: Action
    why: str = Field(min_length=1, max_length=500)


@privacy_router.get("/api/privacy", summary="What becomes of personal data in an AI use, and why")
async def show(request: Request, use: Annotated[str, Query(max_length=100)] = USUAL_USE) -> dict[str, Any]:
    office = office_of(request)
    personal, department = office.gateway.personal, office.officer.department
    rules = [
        {"kind": kind, "place": where, "action": rule.action, "source": rule.source, "why": rule.reason("en")}
        for where in WHERES
        for kind, rule in (await personal.in_force(use, where, department)).items()
    ]
    return {
        "edition": policies().edition,
        "use": use,
        "model_is": office.gateway.boundary.limits["model"].endpoint,
        "rules": rules,
        "set": [asdict(each) for each in await personal.listed()],
    }


@privacy_router.post("/api/privacy/rules", status_code=201, summary="Set a rule on personal data")
async def set_rule(request: Request, rule: RuleBody) -> dict[str, int]:
    office = office_of(request)
    return {"id": await office.gateway.personal.put(office.officer, **rule.model_dump())}


@privacy_router.delete("/api/privacy/rules/{rule}", summary="Remove a rule on personal data")
async def remove_rule(request: Request, rule: int) -> dict[str, int]:
    office = office_of(request)
    await office.gateway.personal.remove(office.officer, rule)
    return {"id": rule}
