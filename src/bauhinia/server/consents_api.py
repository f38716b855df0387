"""The API of consents, opt-outs, one's own data, and the switch."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from ..guideline.consent import Purpose, consent_texts
from ..guideline.department_consent import department_text
from ..guideline.stopping import Scope, Stopping
from ..guideline.without_ai import OptOuts, paths_without_ai
from ..pilot.own_data import OwnData, Part
from .state import office_of

consents_router = APIRouter()
Name = Annotated[str, Field(max_length=200)]


class Consented(BaseModel):
    """A yes or a no."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    given: bool
    version: Name = ""
    """Of the text that was read; needed for a yes."""
    language: Name = "en"


class OptedOut(BaseModel):
    """The AI uses that are not to be used for one; `*` is all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    uses: list[Name] = Field(max_length=100)


class Deleted(BaseModel):
    """What of one's own data is to go."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    parts: list[Part] = Field(min_length=1, max_length=4)


class Stopped(BaseModel):
    """What is to be stopped, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scope: Scope
    subject: Name = ""
    why: str = Field(min_length=1, max_length=500)


def opt_outs_of(request: Request) -> OptOuts:
    """What officers opted out of."""
    office = office_of(request)
    return OptOuts(office.database, office.gateway.ledger)


def stopping_of(request: Request) -> Stopping:
    """The switch."""
    office = office_of(request)
    return Stopping(office.database, office.gateway.ledger)


@consents_router.get("/api/consents", summary="The texts, what you consented to, and what you opted out of")
async def show_consents(request: Request) -> dict[str, Any]:
    office = office_of(request)
    return {
        "texts": consent_texts().model_dump(by_alias=True, mode="json")["purposes"],
        "standing": [asdict(each) for each in await office.consents.standing(office.officer)],
        "history": await office.consents.history(office.officer),
        "department": await _department(request),
        "opted_out": sorted(await opt_outs_of(request).of(office.officer)),
        "without_ai": {use: path.model_dump(by_alias=True) for use, path in paths_without_ai().items()},
    }


@consents_router.put("/api/consents/{purpose}", summary="Consent to a text, or withdraw")
async def consent(request: Request, purpose: Purpose, body: Consented) -> list[dict[str, Any]]:
    office = office_of(request)
    if body.given:
        await office.consents.give(office.officer, purpose, body.version, body.language)
    else:
        await office.consents.withdraw(office.officer, purpose, body.language)
    return [asdict(each) for each in await office.consents.standing(office.officer)]


@consents_router.put(
    "/api/department-consent", summary="Consent for your department that its work trains models, or withdraw"
)
async def consent_for_department(request: Request, body: Consented) -> dict[str, Any]:
    office = office_of(request)
    if body.given:
        await office.department_consents.give(office.officer, body.version, body.language)
    else:
        await office.department_consents.withdraw(office.officer, body.language)
    return await _department(request)


async def _department(request: Request) -> dict[str, Any]:
    """Where the officer's department stands, and who decided what before."""
    office = office_of(request)
    return {
        "text": department_text().newest.model_dump(by_alias=True, mode="json"),
        "standing": asdict(await office.department_consents.standing(office.officer)),
        "history": await office.department_consents.history(office.officer),
    }


@consents_router.put("/api/opt-outs", summary="Choose for what no AI is used for you")
async def opt_out(request: Request, body: OptedOut) -> list[str]:
    by = office_of(request).officer
    await opt_outs_of(request).choose(by, frozenset(body.uses))
    return sorted(await opt_outs_of(request).of(by))


@consents_router.get("/api/my-data", summary="How much is kept of you")
async def show_own_data(request: Request) -> dict[str, Any]:
    holdings = await OwnData(office_of(request)).holdings()
    return {**asdict(holdings), "due": holdings.due}


@consents_router.post("/api/my-data/delete", summary="Delete what is kept of you, at once")
async def delete_own_data(request: Request, body: Deleted) -> dict[str, Any]:
    own = OwnData(office_of(request))
    await own.delete(frozenset(body.parts))
    return asdict(await own.holdings())


@consents_router.get("/api/switch", summary="What is stopped, and what was")
async def show_switch(request: Request) -> list[dict[str, Any]]:
    return [asdict(stop) for stop in await stopping_of(request).listed()]


@consents_router.post("/api/switch", status_code=201, summary="Stop a model, an AI use, or all of them")
async def press_switch(request: Request, body: Stopped) -> dict[str, str]:
    by = office_of(request).officer
    return {"id": await stopping_of(request).stop(by, body.scope, body.subject, body.why)}


@consents_router.post("/api/switch/{stopped}/resume", summary="Let it go on")
async def lift_stop(request: Request, stopped: str) -> list[dict[str, Any]]:
    await stopping_of(request).resume(office_of(request).officer, stopped)
    return await show_switch(request)
