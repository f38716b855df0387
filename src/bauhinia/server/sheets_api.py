"""The JSON API of the collections' data sheets, their audits, and files that are held for a person."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from ..errors import InputError
from ..knowledge import Collection, Held, Statement, choices
from ..knowledge.sheets import PROCESSING, Sheet, check_answers, today
from .state import office_of

sheets_api_router = APIRouter()
Decision = Literal["let_in", "turn_away"]


class HeldDecision(BaseModel):
    """What becomes of a file that is held."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    batch: str = Field(min_length=1, max_length=40)
    place: int = Field(ge=0, le=10_000_000)
    decision: Decision


@sheets_api_router.get(
    "/api/knowledge/collections/{collection}/sheet",
    summary="A collection's data sheet: source, rights, owner, trust, spread and audits",
)
async def get_sheet(request: Request, collection: str) -> dict[str, Any]:
    return await told(request, await office_of(request).library.collection(collection))


@sheets_api_router.put(
    "/api/knowledge/collections/{collection}/sheet",
    status_code=204,
    summary="State a collection's data sheet",
)
async def put_sheet(request: Request, collection: str, asked: Statement) -> Response:
    office = office_of(request)
    found = await office.library.collection(collection)
    await office.sheets.state(found.id, asked)
    return Response(status_code=204)


@sheets_api_router.post(
    "/api/knowledge/collections/{collection}/audits",
    summary="Check that every document of a collection is as it was kept; gives those that are not",
)
async def audit(request: Request, collection: str) -> dict[str, Any]:
    office = office_of(request)
    found = await office.library.collection(collection)
    broken = await office.integrity.audit(found.id)
    return {"checked": found.documents, "broken": [asdict(each) for each in broken]}


@sheets_api_router.get(
    "/api/knowledge/collections/{collection}/held", summary="Files that wait for a person to look at them"
)
async def list_held(request: Request, collection: str) -> list[dict[str, Any]]:
    office = office_of(request)
    found = await office.library.collection(collection)
    return [shown(each) for each in await office.arrivals.held(found.id)]


@sheets_api_router.post(
    "/api/knowledge/collections/{collection}/held",
    summary="Let in a file that is held, or turn it away; gives the task that adds it",
)
async def decide_held(request: Request, collection: str, asked: HeldDecision) -> dict[str, str]:
    return {"id": await decided(request, collection, asked)}


async def decided(request: Request, collection: str, asked: HeldDecision) -> str:
    """The task that adds the file; empty where it is turned away. By the collection's owner, or whoever
    governs. Raises NotFound, NotPermitted, Conflict, InputError."""
    office = office_of(request)
    officer = office.officer
    found = await office.library.collection(collection)
    sheet = await office.sheets.of(found.id)
    if sheet is None:
        raise InputError("The collection's data sheet is to be stated first.", hint="Open its data sheet.")
    check_answers(officer, sheet)
    place = (found.id, asked.batch, asked.place, officer.name)
    if asked.decision == "let_in":
        task = await office.arrivals.let_in(office.tasks, *place)
    else:
        await office.arrivals.turn_away(*place)
        task = ""
    await office.gateway.ledger.record(
        f"knowledge.{asked.decision}",
        officer=officer.id,
        department=officer.department,
        subject=f"{asked.batch}/{asked.place}",
    )
    return task


async def told(request: Request, collection: Collection) -> dict[str, Any]:
    """The whole data sheet, for a program or an auditor."""
    sheets = office_of(request).sheets
    sheet = await sheets.of(collection.id)
    return {
        "collection": asdict(collection),
        "stated": _stated(sheet) if sheet is not None else None,
        "flags": list(sheet.flags(today())) if sheet is not None else ["unstated"],
        "cleaning": PROCESSING,
        "spread": asdict(await sheets.spread(collection.id)),
        "audits": [asdict(each) for each in await sheets.audits(collection.id)],
        "held": len(await office_of(request).arrivals.held(collection.id)),
    }


def shown(held: Held) -> dict[str, Any]:
    """A held file, without where its bytes are."""
    return {key: value for key, value in asdict(held).items() if key != "digest"}


def _stated(sheet: Sheet) -> dict[str, Any]:
    meanings = {"basis_means": choices().basis(sheet.basis), "grade_means": choices().grade(sheet.grade)}
    return {**asdict(sheet), "audit_due": sheet.audit_due, **meanings}
