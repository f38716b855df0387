"""The API of complaints, incidents and what the ledger shows of attacks."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from ..guideline.case_kinds import case_kinds
from ..guideline.complaints import Case, CaseEvent, Decision, Outcome, without_complainant
from ..guideline.incidents import Class, Incident, Incidents, Severity
from ..guideline.security_events import security_events
from ..people import Officer
from ..people.permissions import Subject, may
from .api import attachment
from .state import office_of

cases_router = APIRouter()
Words = Annotated[str, Field(min_length=1, max_length=4_000)]
MaybeWords = Annotated[str, Field(max_length=4_000)]
PaperForm = Literal["docx", "pdf", "json"]
PaperLanguage = Literal["en", "zh-HK"]
Days = Annotated[int, Query(ge=1, le=90)]


class Complaint(BaseModel):
    """A complaint or feedback about a draft, an answer of the ledger, or the service."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str = Field(max_length=40)
    words: MaybeWords = ""
    task: str | None = Field(default=None, max_length=100)
    """A draft that whoever complains may read."""
    entry: int | None = Field(default=None, ge=1, lt=2**63)
    """The ledger's entry of an answer, as its label has it."""
    good: bool | None = None
    """Of feedback: whether the answer was of use."""


class CaseDecided(BaseModel):
    """How a case ends."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: Outcome
    reply: Words
    cause: MaybeWords = ""
    correction: MaybeWords = ""
    remove: bool = False


class Corrected(BaseModel):
    """What was corrected before an answer is given back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    correction: Words


class IncidentOpened(BaseModel):
    """An incident or a drill of one."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    class_: Class = Field(alias="class")
    severity: Severity
    title: str = Field(min_length=1, max_length=200)
    note: Words
    drill: bool = False


class Noted(BaseModel):
    """A line of a timeline."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: Words


def incidents_of(request: Request) -> Incidents:
    """The incidents."""
    office = office_of(request)
    return Incidents(office.database, office.gateway.ledger)


def handles(by: Officer, case: Case | Incident) -> bool:
    """Whether the officer handles it."""
    return may(by, "cases", Subject(department=case.department)) == "ok"


def described(case: Case, by: Officer) -> dict[str, Any]:
    """A case as its reader may know it: whose draft it is about is not told who complained."""
    told = {**asdict(case), "name": case.name, "overdue": case.overdue, "keeps_back": case.keeps_back}
    if case.complainant != by.id and not handles(by, case):
        told |= {"complainant": "", "complainant_name": ""}
    return told


async def timeline(request: Request, case: Case) -> list[CaseEvent]:
    """What was done, as the reader may know it."""
    office = office_of(request)
    events = await office.complaints.events(case)
    knows = case.complainant == office.officer.id or handles(office.officer, case)
    return events if knows else without_complainant(case, events)


@cases_router.get("/api/cases", summary="Your complaints, those about your drafts, and those to handle")
async def list_cases(request: Request) -> dict[str, Any]:
    office, complaints = office_of(request), office_of(request).complaints
    by = office.officer
    return {
        "mine": [described(case, by) for case in await complaints.mine(by)],
        "of_answers": [described(case, by) for case in await complaints.of_answers(by)],
        "queue": [described(case, by) for case in await complaints.queue(by)],
        "misinformation": [described(case, by) for case in await complaints.misinformation(by)],
        "kinds": {key: kind.model_dump(by_alias=True) for key, kind in case_kinds().items()},
    }


@cases_router.post("/api/cases", status_code=201, summary="Complain of an answer, or praise it")
async def file_case(request: Request, body: Complaint) -> dict[str, Any]:
    office = office_of(request)
    case = await office.complaints.file(
        office.officer, body.kind, body.words, task=body.task or "", entry=body.entry, good=body.good
    )
    return described(case, office.officer)


@cases_router.get("/api/cases/{complaint}", summary="One case, with what was done")
async def get_case(request: Request, complaint: str) -> dict[str, Any]:
    office = office_of(request)
    case = await office.complaints.get(complaint)
    events = [asdict(event) for event in await timeline(request, case)]
    return {**described(case, office.officer), "events": events}


@cases_router.post("/api/cases/{complaint}/take", summary="Begin to handle a case")
async def take_case(request: Request, complaint: str) -> dict[str, Any]:
    office = office_of(request)
    return described(await office.complaints.take(office.officer, complaint), office.officer)


@cases_router.post("/api/cases/{complaint}/decide", summary="Decide a case; the complainant is told")
async def decide_case(request: Request, complaint: str, body: CaseDecided) -> dict[str, Any]:
    office = office_of(request)
    decision = Decision(**body.model_dump())
    return described(await office.complaints.decide(office.officer, complaint, decision), office.officer)


@cases_router.post("/api/cases/{complaint}/reinstate", summary="Give a corrected answer back")
async def reinstate_answer(request: Request, complaint: str, body: Corrected) -> dict[str, Any]:
    office = office_of(request)
    case = await office.complaints.reinstate(office.officer, complaint, body.correction)
    return described(case, office.officer)


@cases_router.get(
    "/api/cases/{complaint}/file", summary="A case as a file, for the provider and the authority concerned"
)
async def case_as_file(
    request: Request,
    complaint: str,
    form: PaperForm = "docx",
    language: PaperLanguage = "en",
) -> Response:
    from ..guideline.case_papers import case_file

    complaints = office_of(request).complaints
    case = await complaints.get(complaint)
    data = case_file(case, await complaints.events(case), form, language == "zh-HK")
    return _file(data, f"{case.name}.{form}", form)


@cases_router.get("/api/incidents", summary="Incidents and drills")
async def list_incidents(request: Request) -> list[dict[str, Any]]:
    return [_incident(each) for each in await incidents_of(request).listed()]


def _incident(incident: Incident) -> dict[str, Any]:
    told = asdict(incident)
    return {"class": told.pop("class_"), **told, "name": incident.name}


@cases_router.post("/api/incidents", status_code=201, summary="Begin an incident, or a drill of one")
async def open_incident(request: Request, body: IncidentOpened) -> dict[str, str]:
    by = office_of(request).officer
    key = await incidents_of(request).open(
        by, body.class_, body.severity, body.title, body.note, drill=body.drill
    )
    return {"id": key}


@cases_router.get("/api/incidents/{incident}", summary="One incident, with its timeline")
async def get_incident(request: Request, incident: str) -> dict[str, Any]:
    incidents = incidents_of(request)
    found = await incidents.get(incident)
    return {**_incident(found), "events": [asdict(each) for each in await incidents.events(incident)]}


@cases_router.post(
    "/api/incidents/{incident}/{verb}", summary="Note something, say that it is contained, or close it"
)
async def go_on_with_incident(
    request: Request, incident: str, verb: Literal["note", "contain", "close"], body: Noted
) -> dict[str, Any]:
    incidents, by = incidents_of(request), office_of(request).officer
    deeds = {"note": incidents.note, "contain": incidents.contain, "close": incidents.close}
    await deeds[verb](by, incident, body.note)
    return _incident(await incidents.get(incident))


@cases_router.get("/api/incidents/{incident}/report", summary="An incident's report as a file")
async def report_of_incident(
    request: Request,
    incident: str,
    form: PaperForm = "docx",
    language: PaperLanguage = "en",
) -> Response:
    from ..guideline.case_papers import incident_report

    incidents = incidents_of(request)
    found = await incidents.get(incident)
    data = incident_report(found, await incidents.events(incident), form, language == "zh-HK")
    return _file(data, f"{found.name}.{form}", form)


@cases_router.get("/api/security-events", summary="Failed sign-ins and refusals, by hour")
async def list_security_events(request: Request, days: Days = 7) -> list[dict[str, Any]]:
    office = office_of(request)
    found = await security_events(office.database, office.officer, days)
    return [{**asdict(each), "spike": each.spike} for each in found]


def _file(data: bytes, name: str, form: PaperForm) -> Response:
    from ..guideline.case_papers import MEDIA_TYPES

    return Response(data, media_type=MEDIA_TYPES[form], headers={"content-disposition": attachment(name)})
