"""The ledger's pages for whoever audits: what happened, by whom, and the proof of each entry."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from ..errors import InputError
from ..guideline.figures import figure_kinds
from ..ledger import Kind, Outcome
from ..ledger.rows import Wanted
from ..ledger.rows import page as page_of
from .ledger_api import Before, Number, Short, auditing, checkpoints_of, entry_of, proof_of
from .pages import page
from .state import office_of

ledger_pages_router = APIRouter(include_in_schema=False)
KINDS = get_args(Kind)
OUTCOMES = get_args(Outcome)


@ledger_pages_router.get("/ledger")
async def ledger(
    request: Request,
    kind: Short = "",
    outcome: Short = "",
    officer: Short = "",
    department: Short = "",
    use: Short = "",
    deed: Short = "",
    subject: Short = "",
    day: Annotated[str, Query(max_length=10)] = "",
    figure: Short = "",
    begins: Annotated[str, Query(max_length=10)] = "",
    ends: Annotated[str, Query(max_length=10)] = "",
    before: Before = None,
) -> HTMLResponse:
    office = office_of(request)
    asked = {
        "kind": kind,
        "outcome": outcome,
        "officer": officer.strip(),
        "department": department,
        "use": use,
        "deed": deed.strip(),
        "subject": subject.strip(),
        "day": day,
    }
    wanted = Wanted(**{**asked, "day": _day(day)}, before=before)  # type: ignore[arg-type]  # words and a day
    if figure:
        asked |= {"figure": figure, "begins": begins, "ends": ends}
        wanted = _behind(figure, _day(begins), _day(ends), before)
    found = await page_of(office.database, await auditing(office, wanted))
    newest = await checkpoints_of(office).newest()
    return page(
        request,
        "ledger.html",
        entries=[_seen(each) for each in found.entries],
        next=found.next,
        asked=asked,
        query=urlencode({name: value for name, value in asked.items() if value}),
        kinds=KINDS,
        outcomes=OUTCOMES,
        uses=[use.id for use in await office.gateway.register.listed(office.officer)],
        departments=await office.accounts.department_names(),
        last=(await office.gateway.ledger.head()).seq,
        newest=newest.checkpoint if newest else None,
    )


@ledger_pages_router.get("/ledger/{entry}")
async def one(request: Request, entry: Number) -> HTMLResponse:
    office = office_of(request)
    found = await entry_of(office, entry)
    proof, signed = await proof_of(office, entry)
    return page(
        request,
        "ledger_entry.html",
        entry=_seen(found),
        fields={name: value for name, value in found.items() if name != "decisions"},
        proof=proof,
        signed=signed.checkpoint,
        note=signed.note.decode(),
        key=str(checkpoints_of(office).key),
        departments=await office.accounts.department_names(),
    )


def _behind(figure: str, begins: date | None, ends: date | None, before: int | None) -> Wanted:
    """The rows that an auditor's figure counts. Raises InputError."""
    for kind in (kind for kinds in figure_kinds().values() for kind in kinds if kind.id == figure):
        return Wanted(
            kind=kind.kind,
            outcome="".join(kind.outcomes),
            deeds=kind.deeds,
            reasons=kind.reasons,
            day=begins,
            ends=ends,
            before=before,
        )
    raise InputError("There is no such figure.", hint="See the page /audit.")


def _seen(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry, its time as one."""
    return {**entry, "at": datetime.fromisoformat(entry["at"])}


def _day(text: str) -> date | None:
    """Raises InputError."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError("This is no day.", hint="Write it as 2026-11-27.") from None
