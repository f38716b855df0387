"""The API of the side-by-side editor: a window of a translation's segments, and what is done to them."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from ..errors import InputError
from ..jobs import Task
from ..language import Termbase, Variety
from ..pilot.segments import EditedSegment, checked, first_segments, replaced
from ..pilot.translate import TARGET
from ..translation.memory import Segment
from ..translation.termbases import Termbases
from .edits import draft_of
from .state import editing_of, office_of
from .translation_api import MOST_TEXT

editor_router = APIRouter()
Only = Literal["all", "unconfirmed", "findings", "edited"]
MOST_ROWS = 200


class SegmentEdit(BaseModel):
    """An officer's words for a place."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: str = Field(max_length=MOST_TEXT)
    """Tagged text."""
    confirm: bool = False
    """Learn it into the department's memory at once."""


class Replacement(BaseModel):
    """Words for other words, in every target."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    find: str = Field(min_length=1, max_length=1_000)
    words: str = Field(max_length=1_000)
    do: bool = False
    """Else only counted."""


@editor_router.get("/api/tasks/{task}/segments", summary="A window of a translation's segments, with totals")
async def window(
    request: Request,
    task: str,
    start: Annotated[int, Query(alias="from", ge=0)] = 0,
    count: Annotated[int, Query(ge=0, le=MOST_ROWS)] = 50,
    only: Only = "all",
    find: Annotated[str, Query(max_length=1_000)] = "",
) -> dict[str, Any]:
    rows = await _opened(request, task)
    chosen = [row for row in rows if _matches(row, only) and row.holds(find)]
    return {
        "total": len(rows),
        "found": len(chosen),
        "confirmed": sum(row.status == "confirmed" for row in rows),
        "with_findings": sum(bool(row.findings) for row in rows),
        "segments": [asdict(row) for row in chosen[start : start + count]],
    }


def _matches(row: EditedSegment, only: Only) -> bool:
    match only:
        case "unconfirmed":
            return row.status != "confirmed"
        case "findings":
            return bool(row.findings)
        case "edited":
            return row.target != row.original
        case _:
            return True


@editor_router.put("/api/tasks/{task}/segments/{place}", summary="Write a segment's target, and confirm it")
async def write(request: Request, task: str, place: int, body: SegmentEdit) -> dict[str, Any]:
    if "\0" in body.target or (body.confirm and not body.target.strip()):
        raise InputError("That cannot be kept as a translation.", hint="Write the segment's words.")
    async with editing_of(request):
        row = await office_of(request).tasks.get(task)
        rows = await _opened(request, task)
        segments = office_of(request).segments
        old = await segments.one(task, place)
        status: Literal["draft", "confirmed"] = (
            "confirmed"
            if body.confirm or (old.status == "confirmed" and body.target == old.target)
            else "draft"
        )
        new = checked(replace(old, target=body.target, status=status), _to(row), await _terms(request))
        await segments.save(task, [new])
        if body.confirm:
            await _learn(request, row, rows, new)
    return asdict(new)


async def _learn(request: Request, task: Task, rows: list[EditedSegment], new: EditedSegment) -> None:
    """Remember a confirmed segment between its neighbours."""
    office, place = office_of(request), new.place
    learnt = Segment(
        source=new.source, target=new.target, to=_to(task), department=office.officer.department,
        before=rows[place - 1].source if place else None,
        after=rows[place + 1].source if place + 1 < len(rows) else None,
        confirmed_by=office.officer.name,
    )  # fmt: skip
    await office.memory.learn([learnt])


@editor_router.get("/api/tasks/{task}/segments/{place}/help", summary="Memory matches and terms of a segment")
async def help_for(request: Request, task: str, place: int) -> dict[str, Any]:
    office = office_of(request)
    to = _to(await office.tasks.get(task))
    rows = await _opened(request, task)
    row = await office.segments.one(task, place)
    matches = await office.memory.look_up(
        row.source, to, department=office.officer.department,
        before=rows[place - 1].source if place else None,
        after=rows[place + 1].source if place + 1 < len(rows) else None,
    )  # fmt: skip
    source = Variety.ENGLISH if to.is_chinese else Variety.TRADITIONAL
    terms = (await _terms(request)).relevant(row.source, source, to)
    return {
        "matches": [asdict(match) for match in matches],
        "terms": [
            {"id": term.id, "source": term.forms(source), "target": term.forms(to), "note": term.note}
            for term in terms
        ],
    }


@editor_router.post(
    "/api/tasks/{task}/segments/replace", summary="Count words in all targets, or replace them"
)
async def replace_words(request: Request, task: str, body: Replacement) -> dict[str, int]:
    async with editing_of(request):
        row = await office_of(request).tasks.get(task)
        changes = [replaced(old, body.find, body.words) for old in await _opened(request, task)]
        changed = [(new, count) for new, count in changes if count]
        if body.do:
            termbase = await _terms(request)
            new = await asyncio.to_thread(_all_checked, [new for new, _ in changed], _to(row), termbase)
            await office_of(request).segments.save(task, new)
    return {"segments": len(changed), "places": sum(count for _, count in changed)}


def _all_checked(rows: list[EditedSegment], to: Variety, termbase: Termbase) -> list[EditedSegment]:
    return [checked(row, to, termbase) for row in rows]


async def _opened(request: Request, task: str) -> list[EditedSegment]:
    """The task's segments, filled from its draft the first time. Raises InputError for any other task."""
    office = office_of(request)
    if rows := await office.segments.of(task):
        return rows
    row = await office.tasks.get(task)
    if row.kind != "translate":
        raise InputError("Only a translation can be edited side by side.", hint="Open a translation.")
    first = first_segments(draft_of(row))
    await office.segments.add(
        task, await asyncio.to_thread(_all_checked, first, _to(row), await _terms(request))
    )
    return await office.segments.of(task)


async def _terms(request: Request) -> Termbase:
    office = office_of(request)
    return await Termbases(office.database).merged(office.officer.department)


def _to(task: Task) -> Variety:
    return TARGET[str(task.order["to"])]
