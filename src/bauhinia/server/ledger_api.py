"""The ledger for whoever audits: entries by what they are about, and the proof of each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response, StreamingResponse

from ..errors import NotFound, NotPermitted
from ..ledger import Checkpoints, Signed
from ..ledger.proofs import EntryProof, prove_entry, written
from ..ledger.rows import Wanted, entry, lines, page
from ..people import Officer
from ..people.permissions import check, reach
from ..pilot.office import Office
from .api import attachment
from .state import office_of

ledger_router = APIRouter()
Short = Annotated[str, Query(max_length=200)]
LARGEST = 2**62
Before = Annotated[int | None, Query(ge=1, le=LARGEST)]
Number = Annotated[int, Path(ge=1, le=LARGEST)]


def wanted_of(
    kind: Short = "",
    outcome: Short = "",
    officer: Short = "",
    department: Short = "",
    use: Short = "",
    deed: Short = "",
    subject: Short = "",
    day: date | None = None,
    before: Before = None,
) -> Wanted:
    """What the query asks for; what is left out is not asked for."""
    return Wanted(
        kind=kind,
        outcome=outcome,
        officer=officer,
        department=department,
        use=use,
        deed=deed,
        subject=subject,
        day=day,
        before=before,
    )


Asked = Annotated[Wanted, Depends(wanted_of)]


async def auditing(office: Office, wanted: Wanted | None = None) -> Wanted:
    """Who reads the ledger, and how far. Raises NotPermitted, which the ledger then has too."""
    officer = office.officer
    try:
        check(officer, "audit")
    except NotPermitted as error:
        await _noted(office, officer, "ledger.read", done=False, why=error.why)
        raise
    wanted = wanted or Wanted()
    own = reach(officer, "audit") == "own"
    return replace(wanted, department=officer.department) if own else wanted


async def _noted(office: Office, officer: Officer, deed: str, *, done: bool = True, why: str = "") -> None:
    record = office.gateway.ledger.record
    await record(deed, officer=officer.id, department=officer.department, done=done, why=why)


def checkpoints_of(office: Office) -> Checkpoints:
    """The signed ones."""
    found = office.gateway.ledger.checkpoints
    assert found is not None, "the gateway opens its ledger with them"
    return found


async def entry_of(office: Office, number: int) -> dict[str, Any]:
    """An entry for who audits. Raises NotPermitted, NotFound."""
    within = await auditing(office)
    found = await entry(office.database, number)
    if found is None or within.department not in ("", found["department"]):
        raise NotFound("The ledger has no such entry.", hint="Look at the list of entries.")
    return found


async def proof_of(office: Office, number: int) -> tuple[EntryProof, Signed]:
    """The proof of an entry, under the newest checkpoint that has it; signed now where none does."""
    checkpoints = checkpoints_of(office)
    signed = await checkpoints.newest()
    if signed is None or signed.size < number:
        signed = await checkpoints.make()
    if signed is None:
        raise NotFound("The ledger has no such entry.", hint="Look at the list of entries.")
    return await prove_entry(office.database, number, signed), signed


@ledger_router.get("/api/ledger", summary="Entries of the ledger, newest first")
async def show(request: Request, asked: Asked) -> dict[str, Any]:
    office = office_of(request)
    found = await page(office.database, await auditing(office, asked))
    return {"entries": list(found.entries), "next": found.next}


@ledger_router.get(
    "/api/ledger/key", summary="The public key of checkpoints and proofs, and the newest checkpoint"
)
async def key(request: Request) -> dict[str, str | None]:
    office = office_of(request)
    await auditing(office)
    checkpoints = checkpoints_of(office)
    newest = await checkpoints.newest()
    return {"key": str(checkpoints.key), "checkpoint": newest.note.decode() if newest else None}


@ledger_router.get("/api/ledger/{entry}", summary="One entry, as it was written")
async def one(request: Request, entry: Number) -> dict[str, Any]:
    return await entry_of(office_of(request), entry)


@ledger_router.get("/api/ledger/{entry}/proof", summary="Proof that an entry is in the signed ledger")
async def proof(request: Request, entry: Number) -> Response:
    office = office_of(request)
    await entry_of(office, entry)
    made, _ = await proof_of(office, entry)
    headers = {"content-disposition": attachment(f"ledger-{entry}.proof.json")}
    return Response(written(made), media_type="application/json", headers=headers)


@ledger_router.get("/api/ledger.jsonl", summary="Entries with their hashes as lines of JSON, oldest first")
async def export(request: Request, asked: Asked) -> StreamingResponse:
    office = office_of(request)
    within = await auditing(office, asked)
    await _noted(office, office.officer, "ledger.export")

    async def body() -> AsyncIterator[bytes]:
        async for line in lines(office.database, within):
            yield line

    headers = {"content-disposition": attachment("ledger.jsonl")}
    return StreamingResponse(body(), media_type="application/jsonl", headers=headers)
