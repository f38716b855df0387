"""The register's pages: what AI is used for, and the guided assessment of each use."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ..errors import BauhiniaError, InputError
from ..guideline import Use, tiers
from ..guideline.assessment import missing
from ..guideline.assessments import Assessment, may_fill, may_review, may_sign
from ..guideline.forms import Form, Language
from ..guideline.records import RECORD_KINDS, may_record
from .faults import reading_input
from .pages import SEE_OTHER, page
from .register_api import Printed, RecordBody, UseBody, Verb, decided, exported, latest
from .register_desk import Desk, Entry, desk_of, named
from .register_view import (
    RISK_LEVELS,
    SIGN,
    given_in,
    last_changed,
    next_step,
    offered,
    sayer,
    section_views,
)
from .words import Words, words_for

register_pages_router = APIRouter(include_in_schema=False)
Whose = Literal["all", "department", "mine", "due"]
WHOSE: tuple[Whose, ...] = ("all", "department", "mine", "due")
Step = Annotated[str, Query(max_length=60)]


@register_pages_router.get("/register")
async def register(request: Request, whose: Whose = "all") -> HTMLResponse:
    desk = desk_of(request)
    entries = [entry for entry in await desk.entries() if _is_wanted(entry, desk, whose)]
    return page(
        request,
        "register.html",
        entries=entries,
        whose=whose,
        choices=WHOSE,
        reminders=await desk.reminders(),
        tiers=tiers().tiers,
        say=sayer(words_for(request)),
        title=_titled(words_for(request)),
    )


def _is_wanted(entry: Entry, desk: Desk, whose: Whose) -> bool:
    match whose:
        case "department":
            return entry.use.department == desk.officer.department
        case "mine":
            return entry.use.owner == desk.officer.id
        case "due":
            return entry.status in ("overdue", "reopened", "waiting")
        case "all":
            return True


@register_pages_router.get("/register/calendar")
async def calendar(request: Request) -> HTMLResponse:
    desk = desk_of(request)
    return page(
        request,
        "register_calendar.html",
        calendar=await desk.calendar(),
        me=desk.officer.id,
        title=_titled(words_for(request)),
    )


@register_pages_router.get("/register/new")
async def new(request: Request) -> HTMLResponse:
    return await _form(request, {})


async def _form(
    request: Request, values: dict[str, str], *, use: Use | None = None, error: BauhiniaError | None = None
) -> HTMLResponse:
    status = error.status if error else 200
    return page(request, "register_new.html", status=status, values=values, use=use, error=error)


@register_pages_router.post("/register/new")
async def propose(request: Request) -> Response:
    """Register it, and open its assessment at once: what is asked next is asked there."""
    form, desk = await request.form(), desk_of(request)
    try:
        name = await desk.register.propose(desk.officer, _use_of(form, words_for(request)).proposal())
    except BauhiniaError as error:
        return await _form(request, _values(form), error=error)
    await desk.open(await desk.use(name))
    return RedirectResponse(f"/register/{name}/assessment", SEE_OTHER)


def _use_of(form: FormData, words: Words) -> UseBody:
    """What the form says. Its first title is in the language of the page. Raises InputError."""
    title, other = str(form.get("title", "")), str(form.get("other_title", ""))
    own, second = ("title_en", "title_zh") if words.language == "en" else ("title_zh", "title_en")
    fields = ("purpose", "kind", "classification", "audience", "oversight")
    given = {name: str(form[name]) for name in fields if form.get(name)}
    data = [line.strip() for line in str(form.get("data", "")).splitlines() if line.strip()]
    with reading_input():
        return UseBody.model_validate({**given, "data": data, own: title, second: other})


def _values(form: FormData) -> dict[str, str]:
    return {name: str(value) for name, value in form.items()}


@register_pages_router.get("/register/{use}")
async def show(request: Request, use: str) -> HTMLResponse:
    return await _show(request, use)


async def _show(request: Request, use: str, error: BauhiniaError | None = None) -> HTMLResponse:
    desk, words = desk_of(request), words_for(request)
    entry = await desk.entry(use)
    assessment, officer = entry.assessment, desk.officer
    waiting = assessment is not None and assessment.state == "submitted"
    return page(
        request,
        "register_use.html",
        status=error.status if error else 200,
        use=entry.use,
        entry=entry,
        assessment=assessment,
        steps=len(assessment.sections) if assessment else 0,
        ruling=assessment.ruling if assessment else None,
        signatures=await desk.signatures(assessment),
        still_needed=await desk.assessments.still_needed(assessment, officer) if assessment else 0,
        records=await desk.records.of(use),
        records_here=[kind for kind in RECORD_KINDS if may_record(officer, entry.use, kind)],
        reminders=[due for due in await desk.reminders() if due.use.id == use],
        fills=may_fill(officer, entry.use) and entry.use.retired is None,
        reviews=waiting and assessment is not None and may_review(officer, entry.use, assessment),
        changes=not entry.use.shipped and entry.use.retired is None and may_sign(officer, entry.use),
        tiers=tiers().tiers,
        conditions=tiers().conditions,
        level=named(entry.use.classification)["en" if words.language == "en" else "zh"],
        say=sayer(words),
        title=_titled(words),
        error=error,
    )


@register_pages_router.get("/register/{use}/edit")
async def edit_page(request: Request, use: str) -> HTMLResponse:
    found, words = await desk_of(request).use(use), words_for(request)
    own = found.title_en if words.language == "en" else found.title_zh
    other = found.title_zh if words.language == "en" else found.title_en
    values = {"title": own, "other_title": other, "purpose": found.purpose, "kind": found.kind}
    values |= {"classification": found.classification, "audience": found.audience}
    values |= {"oversight": found.oversight, "data": "\n".join(found.data)}
    return await _form(request, values, use=found)


@register_pages_router.post("/register/{use}/edit")
async def edit(request: Request, use: str) -> Response:
    form, desk = await request.form(), desk_of(request)
    found = await desk.use(use)
    try:
        changed = _use_of(form, words_for(request)).model_copy(update={"model": found.model})
        await desk.register.edit(desk.officer, use, changed.proposal())
    except BauhiniaError as error:
        return await _form(request, _values(form), use=found, error=error)
    return RedirectResponse(f"/register/{use}", SEE_OTHER)


@register_pages_router.post("/register/{use}/reopen")
async def reopen(request: Request, use: str) -> Response:
    form, desk = await request.form(), desk_of(request)
    try:
        await desk.register.reopen(desk.officer, use, str(form.get("why", ""))[:2_000])
    except BauhiniaError as error:
        return await _show(request, use, error)
    return RedirectResponse(f"/register/{use}", SEE_OTHER)


@register_pages_router.post("/register/{use}/retire")
async def retire(request: Request, use: str) -> Response:
    desk = desk_of(request)
    await desk.register.retire(desk.officer, use)
    return RedirectResponse(f"/register/{use}", SEE_OTHER)


@register_pages_router.post("/register/{use}/records")
async def record(request: Request, use: str) -> Response:
    form, desk = await request.form(), desk_of(request)
    try:
        with reading_input():
            held = RecordBody.model_validate(
                {
                    "kind": form.get("kind"),
                    "held": form.get("held") or date.max.isoformat(),
                    "passed": form.get("passed") == "true",
                    "note": form.get("note"),
                }
            )
        await desk.records.add(desk.officer, await desk.use(use), **held.model_dump())
    except BauhiniaError as error:
        return await _show(request, use, error)
    return RedirectResponse(f"/register/{use}#records", SEE_OTHER)


@register_pages_router.get("/register/{use}/export")
async def export(
    request: Request,
    use: str,
    kind: Annotated[Printed, Query()] = "assessment",
    format: Annotated[Form, Query()] = "docx",  # noqa: A002
    language: Annotated[Language, Query()] = "en",
) -> Response:
    return await exported(desk_of(request), use, kind, format, language)


@register_pages_router.post("/register/{use}/assessment")
async def open_assessment(request: Request, use: str) -> Response:
    desk = desk_of(request)
    await desk.open(await desk.use(use))
    return RedirectResponse(f"/register/{use}/assessment", SEE_OTHER)


@register_pages_router.get("/register/{use}/assessment")
async def assessment(request: Request, use: str, section: Step = "") -> HTMLResponse:
    return await _assessment(request, use, section)


async def _assessment(
    request: Request, use: str, step: str, error: BauhiniaError | None = None
) -> HTMLResponse:
    """The section that is wanted, or the first that lacks something; once signed, all of it to be read."""
    desk, words = desk_of(request), words_for(request)
    found = await latest(desk, use)
    entry = await desk.use(use)
    fills = found.state == "draft" and may_fill(desk.officer, entry)
    views = section_views(found, words)
    ids = [view.id for view in views]
    step = step if step in (*ids, SIGN) else next_step(found, "")
    return page(
        request,
        "register_assessment.html",
        status=error.status if error else 200,
        use=entry,
        assessment=found,
        sections=views,
        step=step if fills else SIGN,
        section=next((view for view in views if view.id == step and fills), None),
        number=ids.index(step) + 1 if step in ids else len(ids) + 1,
        fills=fills,
        signs=fills and may_sign(desk.officer, entry),
        reviews=found.state == "submitted" and may_review(desk.officer, entry, found),
        takes_back=found.state == "submitted" and found.signed_by == desk.officer.id,
        ruling=found.ruling,
        lacking=[(view, each) for view in views for each in view.questions if each.lacking],
        stopping=[(view, each) for view in views for each in view.questions if each.asked and each.stops],
        signatures=await desk.signatures(found),
        still_needed=await desk.assessments.still_needed(found, desk.officer),
        tiers=tiers().tiers,
        conditions=tiers().conditions,
        levels_of_risk=RISK_LEVELS,
        changed=last_changed(found),
        say=sayer(words),
        title=_titled(words),
        error=error,
    )


@register_pages_router.post("/register/{use}/assessment/answers/{section}")
async def answer(request: Request, use: str, section: str) -> Response:
    """Keep a section's answers, and go on to what lacks next; the page's script keeps them as they come."""
    form, desk = await request.form(), desk_of(request)
    found = await latest(desk, use)
    ruling = found.ruling
    questions = offered(section, ruling.tier if ruling else None)
    try:
        found = await desk.assessments.answer(desk.officer, found.id, given_in(form, questions))
    except InputError as error:
        if "quiet" in form:
            raise
        return await _assessment(request, use, section, error)
    if "quiet" in form:
        return Response(status_code=204)
    return RedirectResponse(f"/register/{use}/assessment?section={_after(found, section)}", SEE_OTHER)


def _after(found: Assessment, section: str) -> str:
    """The same section while it lacks something, else the next."""
    lacks = any(each.id == section and missing(each, found.answers) for each in found.sections)
    return section if lacks else next_step(found, section)


@register_pages_router.post("/register/{use}/assessment/{verb}")
async def decide(request: Request, use: str, verb: Verb) -> Response:
    form, desk = await request.form(), desk_of(request)
    found = await latest(desk, use)
    try:
        await decided(desk, found.id, verb, str(form.get("note", ""))[:4_000])
    except BauhiniaError as error:
        return await _assessment(request, use, SIGN, error)
    return RedirectResponse(f"/register/{use}", SEE_OTHER)


def _titled(words: Words) -> Any:
    """Gives a use's title in the reader's language, the other one where there is none."""
    say = sayer(words)

    def title(use: Use) -> str:
        from ..guideline.tiers import Named

        return say(Named(en=use.title_en or use.title_zh, zh=use.title_zh or use.title_en))

    return title
