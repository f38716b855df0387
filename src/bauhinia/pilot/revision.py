"""A translation opened for revision: its segments, filled from its draft the first time, and its terms."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..errors import InputError
from ..jobs import Task
from ..language import Termbase, Variety
from ..translation.termbases import Termbases
from .codec import from_json
from .draft import Draft
from .segments import EditedSegment, checked, consistent, first_segments, rewritten
from .translate import TARGET

if TYPE_CHECKING:
    from .office import Office
    from .segment_table import Segments


async def open_revision(office: Office, key: str) -> Task:
    """The task, without its draft, once it has segments. Raises NotFound, and InputError for one that is no
    finished translation."""
    task = await office.tasks.get(key, draft=False)
    if task.kind != "translate":
        raise InputError("Only a translation can be revised segment by segment.", hint="Open a translation.")
    if not await office.segments.there(key):
        made = (await office.tasks.get(key)).draft
        if made is None:
            raise InputError("This translation is not finished.", hint="Wait until it is done, or resume it.")
        first = first_segments(from_json(Draft, made))
        terms = await terms_of(office)
        await office.segments.add(
            key, await asyncio.to_thread(_first_checked, first, language_of(task), terms)
        )
    return task


async def terms_of(office: Office) -> Termbase:
    """The terms that hold for the officer's department."""
    return await Termbases(office.database).merged(office.officer.department)


def language_of(task: Task) -> Variety:
    """The language that the task translates into."""
    return TARGET[str(task.order["to"])]


def all_checked(segments: Iterable[EditedSegment], to: Variety, terms: Termbase) -> list[EditedSegment]:
    """The segments with what a reviser's checks find in each. Takes seconds for thousands."""
    return [checked(segment, to, terms) for segment in segments]


async def reword(office: Office, task: Task, passage: str, text: str) -> None:
    """Give a passage's segment, where there is one, the words that were written on the task's page, and check
    them."""
    for old in await office.segments.of_passage(task.id, passage):
        new = checked(rewritten(old, text), language_of(task), await terms_of(office))
        await office.segments.save(task.id, [new])
        await settled(office.segments, task, old, new)


async def settled(segments: Segments, task: Task, old: EditedSegment, new: EditedSegment) -> EditedSegment:
    """Renew what the consistency check says of the segments that the change concerns; the changed one."""
    concerned = await segments.alike(task.id, [old, new])
    renewed = consistent(await segments.alike(task.id, concerned))
    places = {segment.place for segment in concerned}
    await segments.note(task.id, [row for row in renewed if row.place in places])
    return next(row for row in renewed if row.place == new.place)


def _first_checked(segments: Iterable[EditedSegment], to: Variety, terms: Termbase) -> list[EditedSegment]:
    return consistent(all_checked(segments, to, terms))
