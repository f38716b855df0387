"""The API of the register of AI uses and of their assessments."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from ..errors import NotFound
from ..gateway import classifications
from ..guideline import Proposal
from ..guideline.assessments import Assessment
from ..guideline.due import Due
from ..guideline.forms import Form, Language, write_assessment, write_fact_sheet
from ..guideline.records import RecordKind
from ..guideline.uses import Audience, Kind, Oversight
from ..pilot.export import MEDIA_TYPES
from .api import attachment
from .register_desk import Desk, Entry, desk_of

register_router = APIRouter()
Verb = Literal["sign", "approve", "return"]
Printed = Literal["assessment", "sheet"]


class UseBody(BaseModel):
    """What an officer says of a use."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title_en: str = Field(default="", max_length=200)
    title_zh: str = Field(default="", max_length=200)
    purpose: str = Field(min_length=1, max_length=2_000)
    kind: Kind = "client"
    data: tuple[Annotated[str, Field(max_length=200)], ...] = Field(default=(), max_length=30)
    classification: str = Field(default="unclassified", max_length=40)
    model: str = Field(default="", max_length=200)
    audience: Audience = "officers"
    oversight: Oversight = "ai_collaborative"

    def proposal(self) -> Proposal:
        """Raises InputError for a classification that there is not."""
        classifications().rank(self.classification)
        return Proposal(**self.model_dump())


class AnswersBody(BaseModel):
    """Answers by the ids of their questions; null takes one out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answers: dict[Annotated[str, Field(max_length=60)], Any] = Field(max_length=100)


class NoteBody(BaseModel):
    """What a reviewer says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: str = Field(default="", max_length=4_000)


class WhyBody(BaseModel):
    """Why a use is to be assessed anew."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    why: str = Field(min_length=1, max_length=2_000)


class RecordBody(BaseModel):
    """An audit, the report of a trial, or a review."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: RecordKind
    held: date
    passed: bool
    note: str = Field(min_length=1, max_length=4_000)


@register_router.get("/api/register", summary="Every AI use, those that want something first")
async def listed(request: Request) -> list[dict[str, Any]]:
    return [entry_json(entry) for entry in await desk_of(request).entries()]


@register_router.post("/api/register", status_code=201, summary="Register an AI use of the department")
async def propose(request: Request, use: UseBody) -> dict[str, str]:
    desk = desk_of(request)
    return {"id": await desk.register.propose(desk.officer, use.proposal())}


@register_router.get("/api/register/calendar", summary="Reviews, reassessments and audits that are due")
async def calendar(request: Request) -> list[dict[str, Any]]:
    return [due_json(due) for due in await desk_of(request).calendar()]


@register_router.get("/api/register/{use}", summary="An AI use, its assessment and what is recorded of it")
async def show(request: Request, use: str) -> dict[str, Any]:
    desk = desk_of(request)
    entry = await desk.entry(use)
    return {
        **entry_json(entry),
        "signatures": [asdict(each) for each in await desk.signatures(entry.assessment)],
        "records": [asdict(each) for each in await desk.records.of(use)],
    }


@register_router.put("/api/register/{use}", summary="Change an AI use; what matters reopens its assessment")
async def edit(request: Request, use: str, changed: UseBody) -> dict[str, Any]:
    desk = desk_of(request)
    await desk.register.edit(desk.officer, use, changed.proposal())
    return entry_json(await desk.entry(use))


@register_router.post("/api/register/{use}/assessment", summary="Open the assessment, or go on with it")
async def open_assessment(request: Request, use: str) -> dict[str, Any]:
    desk = desk_of(request)
    return assessment_json(await desk.open(await desk.use(use)))


@register_router.get("/api/register/{use}/assessment", summary="What is asked, and the answers so far")
async def assessment(request: Request, use: str) -> dict[str, Any]:
    return assessment_json(await latest(desk_of(request), use))


@register_router.patch("/api/register/{use}/assessment", summary="Keep answers")
async def answer(request: Request, use: str, given: AnswersBody) -> dict[str, Any]:
    desk = desk_of(request)
    found = await latest(desk, use)
    return assessment_json(await desk.assessments.answer(desk.officer, found.id, given.answers))


@register_router.post(
    "/api/register/{use}/assessment/{verb}", summary="Sign it as owner, or approve or return it as reviewer"
)
async def decide(request: Request, use: str, verb: Verb, said: NoteBody) -> dict[str, Any]:
    desk = desk_of(request)
    return assessment_json(await decided(desk, (await latest(desk, use)).id, verb, said.note))


@register_router.post(
    "/api/register/{use}/records", status_code=201, summary="Record an audit, a trial's report or a review"
)
async def record(request: Request, use: str, held: RecordBody) -> dict[str, str]:
    desk = desk_of(request)
    await desk.records.add(desk.officer, await desk.use(use), **held.model_dump())
    return {"id": use}


@register_router.post("/api/register/{use}/reopen", summary="Ask for a new assessment")
async def reopen(request: Request, use: str, said: WhyBody) -> dict[str, Any]:
    desk = desk_of(request)
    await desk.register.reopen(desk.officer, use, said.why)
    return entry_json(await desk.entry(use))


@register_router.post("/api/register/{use}/retire", summary="End an AI use at once")
async def retire(request: Request, use: str) -> dict[str, Any]:
    desk = desk_of(request)
    await desk.register.retire(desk.officer, use)
    return entry_json(await desk.entry(use))


@register_router.get("/api/register/{use}/export", summary="The assessment or the fact sheet as a file")
async def export(
    request: Request,
    use: str,
    kind: Annotated[Printed, Query()] = "assessment",
    format: Annotated[Form, Query()] = "docx",  # noqa: A002
    language: Annotated[Language, Query()] = "en",
) -> Response:
    return await exported(desk_of(request), use, kind, format, language)


async def exported(desk: Desk, use: str, kind: Printed, form: Form, language: Language) -> Response:
    """The file, to be kept. Raises NotFound, InputError, MissingPart."""
    import asyncio

    write = write_assessment if kind == "assessment" else write_fact_sheet
    data = await asyncio.to_thread(write, await desk.file(use, language), form, language)
    headers = {"content-disposition": attachment(f"{use}.{kind}.{language}.{form}")}
    return Response(data, media_type=MEDIA_TYPES[form], headers=headers)


async def latest(desk: Desk, use: str) -> Assessment:
    """Raises NotFound."""
    await desk.use(use)
    if (found := await desk.assessments.latest(use)) is None:
        raise NotFound("There is no assessment of this use that you may see.", hint="Its owner opens one.")
    return found


async def decided(desk: Desk, key: str, verb: Verb, note: str) -> Assessment:
    """Raises NotPermitted, Conflict, InputError, Refused."""
    match verb:
        case "sign":
            return await desk.assessments.sign(desk.officer, key)
        case "approve":
            return await desk.assessments.approve(desk.officer, key, note)
        case "return":
            return await desk.assessments.give_back(desk.officer, key, note)


def entry_json(entry: Entry) -> dict[str, Any]:
    """A use as programs are told of it."""
    use = entry.use
    return {
        **asdict(use),
        "tier": use.tier,
        "due": use.due,
        "status": entry.status,
        "assessment": entry.assessment.id if entry.assessment else None,
    }


def due_json(due: Due) -> dict[str, Any]:
    """Something due as programs are told of it."""
    return {"use": due.use.id, "kind": due.kind, "day": due.day, "overdue": due.overdue, "soon": due.soon}


def assessment_json(assessment: Assessment) -> dict[str, Any]:
    """An assessment as programs are told of it."""
    ruling = assessment.ruling
    return {
        **{name: value for name, value in asdict(assessment).items() if name not in ("opened_by",)},
        "ruling": None
        if ruling is None
        else {"found": ruling.found, "tier": ruling.tier, "argument": ruling.argument.model_dump()},
        "sections": [section.model_dump() for section in assessment.sections],
        "missing": [question.id for question in assessment.missing()],
    }
