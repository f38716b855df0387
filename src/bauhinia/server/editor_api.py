"""The API of the side-by-side editor: a window of a translation's segments, and what is done to them."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from ..errors import Conflict, InputError
from ..jobs import Task
from ..language import Variety
from ..pilot.confirming import segment_between
from ..pilot.revision import all_checked, language_of, open_revision, settled, terms_of
from ..pilot.segments import (
    EditedSegment,
    Only,
    Shown,
    Status,
    checked,
    consistent,
    mended,
    replaced,
)
from .state import office_of
from .translation_api import MOST_TEXT

editor_router = APIRouter()
MOST_ROWS = 200


class SegmentEdit(BaseModel):
    """An officer's words for a place."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: str = Field(max_length=MOST_TEXT)
    """Tagged text."""
    was: str | None = Field(default=None, max_length=MOST_TEXT)
    """The target that the officer started from; refused if it is no longer there. None overwrites any."""
    confirm: bool = False
    """Learn it into the department's memory at once, and fill the same untouched sources with it."""


class Mending(BaseModel):
    """A finding whose suggestion is wanted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    finding: int = Field(ge=0)
    """Its number among the segment's findings."""


class Replacement(BaseModel):
    """Words for other words, in every target shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    find: str = Field(min_length=1, max_length=1_000)
    words: str = Field(max_length=1_000)
    only: Only = "all"
    case: bool = False
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
    case: bool = False,
) -> dict[str, Any]:
    await open_revision(office_of(request), task)
    segments, shown = office_of(request).segments, Shown(only=only, find=find, case=case)
    totals = await segments.totals(task, shown)
    rows = await segments.window(task, shown, start, count)
    return {**asdict(totals), "segments": [asdict(row) for row in rows]}


@editor_router.get("/api/tasks/{task}/segments/{place}", summary="One segment as it is kept now")
async def one(request: Request, task: str, place: int) -> dict[str, Any]:
    await open_revision(office_of(request), task)
    _, row, _ = await office_of(request).segments.around(task, place)
    return asdict(row)


@editor_router.put("/api/tasks/{task}/segments/{place}", summary="Write a segment's target, and confirm it")
async def write(request: Request, task: str, place: int, body: SegmentEdit) -> dict[str, Any]:
    if "\0" in body.target or (body.confirm and not body.target.strip()):
        raise InputError("That cannot be kept as a translation.", hint="Write the segment's words.")
    row = await open_revision(office_of(request), task)
    before, old, after = await office_of(request).segments.around(task, place)
    kept = old.status == "confirmed" and body.target == old.target
    status: Status = "confirmed" if body.confirm or kept else "draft"
    was = old.target if body.was is None else body.was
    new = await _put(request, row, was, replace(old, target=body.target, status=status))
    filled = 0
    if body.confirm:
        await _learn(request, row, new, before, after)
        filled = await _fill(request, row, new)
    return {**asdict(await settled(office_of(request).segments, row, old, new)), "filled": filled}


@editor_router.post("/api/tasks/{task}/segments/{place}/mend", summary="Put a finding's suggestion in")
async def mend(request: Request, task: str, place: int, body: Mending) -> dict[str, Any]:
    row = await open_revision(office_of(request), task)
    _, old, _ = await office_of(request).segments.around(task, place)
    new = await _put(request, row, old.target, mended(old, body.finding))
    return asdict(await settled(office_of(request).segments, row, old, new))


async def _put(request: Request, task: Task, was: str, new: EditedSegment) -> EditedSegment:
    """Keep the segment, checked, if its target is still `was`. Raises Conflict."""
    found = checked(new, language_of(task), await terms_of(office_of(request)))
    if not await office_of(request).segments.change(task.id, [(found, was)]):
        raise Conflict(
            "Somebody else has changed this segment meanwhile.",
            hint="Take their words, or save yours over them.",
        )
    return found


async def _learn(
    request: Request, task: Task, new: EditedSegment, before: str | None, after: str | None
) -> None:
    """Remember a confirmed segment between its neighbours."""
    office = office_of(request)
    await office.memory.learn([segment_between(new, before, after, language_of(task), office.officer)])


async def _fill(request: Request, task: Task, new: EditedSegment) -> int:
    """Give segments of the same source that nobody has touched the confirmed words; how many."""
    segments = office_of(request).segments
    untouched = [
        old
        for old in await segments.alike(task.id, [new])
        if old.source == new.source and old.status == "draft" and old.target == old.original != new.target
    ]
    filled = [(replace(new, place=old.place, status="draft"), old.target) for old in untouched]
    return len(await segments.change(task.id, filled))


@editor_router.get("/api/tasks/{task}/segments/{place}/help", summary="Memory matches and terms of a segment")
async def help_for(request: Request, task: str, place: int) -> dict[str, Any]:
    office = office_of(request)
    to = language_of(await open_revision(office_of(request), task))
    before, row, after = await office.segments.around(task, place)
    matches = await office.memory.look_up(
        row.source, to, department=office.officer.department, before=before, after=after
    )
    source = Variety.ENGLISH if to.is_chinese else Variety.TRADITIONAL
    terms = (await terms_of(office_of(request))).relevant(row.source, source, to)
    return {
        "matches": [asdict(match) for match in matches],
        "terms": [
            {"id": term.id, "source": term.forms(source), "target": term.forms(to), "note": term.note}
            for term in terms
        ],
    }


@editor_router.post(
    "/api/tasks/{task}/segments/replace", summary="Count words in the targets shown, or replace them"
)
async def replace_words(request: Request, task: str, body: Replacement) -> dict[str, int]:
    row = await open_revision(office_of(request), task)
    segments = office_of(request).segments
    rows = await segments.shown(task, Shown(only=body.only, find=body.find, case=body.case))
    changed = [
        (old, new, places)
        for old in rows
        for new, places in [replaced(old, body.find, body.words, body.case)]
        if places
    ]
    if not body.do:
        return {"segments": len(changed), "places": sum(places for _, _, places in changed)}
    terms = await terms_of(office_of(request))
    found = await asyncio.to_thread(all_checked, [new for _, new, _ in changed], language_of(row), terms)
    changes = [(new, old.target) for new, (old, _, _) in zip(found, changed, strict=True)]
    kept = await segments.change(task, changes, undoable=True)
    await _all_settled(request, row)
    places = sum(places for old, _, places in changed if old.place in kept)
    return {"segments": len(kept), "places": places}


@editor_router.post("/api/tasks/{task}/segments/replace/undo", summary="Take the last replacement back")
async def undo(request: Request, task: str) -> dict[str, int]:
    row = await open_revision(office_of(request), task)
    segments = office_of(request).segments
    back = await segments.undo(task)
    new = await asyncio.to_thread(all_checked, back, language_of(row), await terms_of(office_of(request)))
    await segments.note(task, new)
    await _all_settled(request, row)
    return {"segments": len(back)}


async def _all_settled(request: Request, task: Task) -> None:
    """Renew what the consistency check says of the whole translation."""
    segments = office_of(request).segments
    rows = await segments.of(task.id)
    renewed = await asyncio.to_thread(consistent, rows)
    await segments.note(task.id, [new for new, old in zip(renewed, rows, strict=True) if new != old])
