"""Pages of the auditor: the five dimensions with their figures, evidence, the annual report, the policy."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ..errors import BauhiniaError, InputError
from ..guideline.coverage import coverage
from ..guideline.duties import edition
from ..guideline.evidence import Evidence, kind_of, kinds
from ..guideline.figures import figures
from ..guideline.organisation_policy import OrganisationPolicy, PolicyText, policy_blocks
from ..guideline.reports import Report, ledger_sentence, report_blocks, words_of, write_report
from ..people.permissions import check, reach
from ..people.quotas import HONG_KONG
from ..pilot.office import Office
from .api import attachment
from .pages import SEE_OTHER, page
from .policy_facts import policy_facts
from .state import office_of

audit_router = APIRouter(include_in_schema=False)
FileForm = Literal["docx", "pdf"]
FileLanguage = Literal["en", "zh"]
Day = Annotated[str, Query(max_length=10)]
MEDIA = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
_YEAR = timedelta(days=364)


@audit_router.get("/audit")
async def audit(request: Request, begins: Day = "", ends: Day = "") -> HTMLResponse:
    return await _audit(request, "", begins, ends)


@audit_router.get("/audit/report")
async def report(
    request: Request, form: FileForm, language: FileLanguage, begins: Day = "", ends: Day = ""
) -> Response:
    office = office_of(request)
    check(office.officer, "audit")
    first, last = _period(begins, ends)
    evidence = Evidence(office.database, office.gateway.ledger)
    made = Report(
        organisation=_organisation(office, language),
        begins=first,
        ends=last,
        coverage=coverage(),
        figures=await figures(office.database, first, last),
        uses=await office.gateway.register.listed(office.officer),
        evidence=await evidence.standings(_today()),
        ledger=ledger_sentence(await office.gateway.ledger.verify(), language),
    )
    blocks = list(report_blocks(made, language))
    name = f"{words_of(language)['report']} {first:%Y-%m-%d} {last:%Y-%m-%d}"
    return _file(write_report(blocks, form, language, blocks[0].text), name, form)


@audit_router.get("/audit/{dimension}")
async def audit_dimension(request: Request, dimension: str, begins: Day = "", ends: Day = "") -> HTMLResponse:
    if dimension not in {each.id for each in edition().dimensions}:
        raise InputError("There is no such dimension.", hint="See the page /audit.")
    return await _audit(request, dimension, begins, ends)


async def _audit(request: Request, dimension: str, begins: str, ends: str) -> HTMLResponse:
    office = office_of(request)
    check(office.officer, "audit")
    first, last = _period(begins, ends)
    found = coverage()
    duties = {each.duty.id: each for each in found.lines if each.duty.dimension == dimension}
    standings = await Evidence(office.database, office.gateway.ledger).standings(_today())
    return page(
        request,
        "audit.html",
        coverage=found,
        dimension=dimension,
        begins=first,
        ends=last,
        figures=await figures(office.database, first, last),
        lines=list(duties.values()),
        standings=[
            each for each in standings if not dimension or duties.keys() & set(kinds()[each.kind].duties)
        ],
        kinds=kinds(),
        anchored=await office.gateway.ledger.anchored(),
        age=await office.gateway.ledger.anchor_age(),
    )


@audit_router.get("/evidence")
async def evidence(request: Request) -> HTMLResponse:
    office = office_of(request)
    standings = await Evidence(office.database, office.gateway.ledger).standings(_today())
    return page(request, "evidence.html", standings=standings, kinds=kinds())


@audit_router.get("/evidence/{kind}")
async def evidence_of(request: Request, kind: str) -> HTMLResponse:
    return await _evidence_of(request, kind, {})


async def _evidence_of(
    request: Request, kind: str, values: dict[str, str], error: BauhiniaError | None = None
) -> HTMLResponse:
    office = office_of(request)
    return page(
        request,
        "evidence_kind.html",
        status=error.status if error else 200,
        kind=kind,
        asked=kind_of(kind),
        pieces=await Evidence(office.database, office.gateway.ledger).of(kind),
        may_keep=reach(office.officer, "govern") is not None,
        values=values,
        today=_today(),
        error=error,
    )


@audit_router.post("/evidence/{kind}")
async def keep(request: Request, kind: str) -> Response:
    office = office_of(request)
    values = {name: str(value) for name, value in (await request.form()).items()}
    try:
        await Evidence(office.database, office.gateway.ledger).keep(
            office.officer,
            kind,
            subject=values.get("subject", ""),
            held=_day(values.get("held", ""), _today()),
            answers=values,
        )
    except InputError as error:
        return await _evidence_of(request, kind, values, error)
    return RedirectResponse(f"/evidence/{kind}", SEE_OTHER)


@audit_router.get("/policy")
async def policy(request: Request) -> HTMLResponse:
    office = office_of(request)
    texts = {language: await _policy(office, language) for language in ("en", "zh")}
    may_write = reach(office.officer, "govern") == "all"
    return page(request, "policy.html", texts=texts, may_write=may_write)


@audit_router.get("/policy/file")
async def policy_file(request: Request, form: FileForm, language: FileLanguage) -> Response:
    office = office_of(request)
    name = f"{_organisation(office, language)} {words_of(language)['policy']}"
    blocks = list(policy_blocks(await _policy(office, language), name))
    return _file(write_report(blocks, form, language, name), name, form)


@audit_router.post("/policy/{item}")
async def write_policy(
    request: Request,
    item: str,
    en: Annotated[str, Form(max_length=4_000)] = "",
    zh: Annotated[str, Form(max_length=4_000)] = "",
) -> Response:
    office = office_of(request)
    own = OrganisationPolicy(office.database, office.gateway.ledger)
    await own.write(office.officer, item, en=en, zh=zh)
    return RedirectResponse(f"/policy#{item}", SEE_OTHER)


async def _policy(office: Office, language: str) -> list[PolicyText]:
    uses = await office.gateway.register.listed(office.officer)
    own = OrganisationPolicy(office.database, office.gateway.ledger)
    return await own.texts(policy_facts(office, uses), language)


def _organisation(office: Office, language: str) -> str:
    settings = office.settings
    return (settings.department_zh if language == "zh" else "") or settings.department


def _file(data: bytes, name: str, form: str) -> Response:
    headers = {"content-disposition": attachment(f"{name}.{form}")}
    return Response(data, media_type=MEDIA[form], headers=headers)


def _period(begins: str, ends: str) -> tuple[date, date]:
    """The days asked for; the last twelve months where none are. Raises InputError."""
    last = _day(ends, _today())
    first = _day(begins, last - _YEAR)
    if first > last:
        raise InputError("The period ends before it begins.", hint="Choose the days the other way round.")
    return first, last


def _day(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text) if text else otherwise
    except ValueError:
        raise InputError("That is no day.", hint="Write it as 2026-11-27.") from None


def _today() -> date:
    return datetime.now(HONG_KONG).date()
