"""A translation sent to a human translator and taken back: rows out of its segments, and into them again.

rows out -> a file -> (somebody works) -> a file -> rows -> each told apart -> checked -> saved -> learnt
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from ..documents.layout import faults, plain
from ..documents.normal import tidy
from ..errors import InputError
from ..jobs import Task
from ..language import Variety
from ..settings import Limits
from ..translation.bilingual import FORMATS, read_returned
from ..translation.exchanged import Bilingual, Row, unreadable
from .codec import from_json
from .confirming import segment_between
from .draft import Draft
from .export import ExportedFile
from .revision import all_checked, open_revision, terms_of
from .segments import EditedSegment, consistent

if TYPE_CHECKING:
    from .office import Office

Reason = Literal["unknown", "twice", "source", "empty", "long", "tags", "missing", "meanwhile"]
REASONS: dict[Reason, str] = {
    "unknown": "The translation has no segment of this number.",
    "twice": "The file has this number twice; the first was taken.",
    "source": "The source text was changed, or is another document's.",
    "empty": "The file has no translation of it.",
    "long": "The translation is too long.",
    "tags": "Tags such as <1> are missing, added or crossed.",
    "missing": "The file does not have it.",
    "meanwhile": "Somebody changed it in the editor while the file was read.",
}
MOST_CHARACTERS = 20_000
"""Of a target, as in the editor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A row that was not taken over; the segment stayed as it was."""

    number: str
    reason: Reason
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What became of the rows of a file that came back. A segment may be changed and confirmed."""

    changed: int
    confirmed: int
    unchanged: int
    skipped: tuple[Skipped, ...]


class Change(NamedTuple):
    """A segment before and after."""

    old: EditedSegment
    new: EditedSegment

    @property
    def is_worded(self) -> bool:
        """Whether its words or tags changed."""
        return self.new.target != self.old.target

    @property
    def is_confirmed(self) -> bool:
        """Whether somebody stands by it who did not before."""
        return self.new.status == "confirmed" and (self.is_worded or self.old.status != "confirmed")


async def sent(office: Office, task: Task, form: str, label: str) -> ExportedFile:
    """A translation in one of `FORMATS`, with the words that its officers left and the label. Raises
    InputError for a task that is no finished translation."""
    draft, made = _draft_of(task), FORMATS[form]
    rows = tuple(map(_row, await opened(office, task)))
    bilingual = Bilingual(title=draft.title, to=draft.variety, rows=rows, label=label)
    data = await asyncio.to_thread(made.write, bilingual)
    return ExportedFile(f"{draft.title[:60] or task.kind}{made.ending}", data, made.media_type)


async def read_back(task: Task, data: bytes, name: str) -> list[Row]:
    """The rows of a file that came back. Raises InputError for a task that is no finished translation,
    DocumentError for a file that cannot be used as a whole."""
    return await read_returned(data, name, _draft_of(task).variety, Limits())


async def take_back(office: Office, task: Task, rows: Sequence[Row]) -> Returned:
    """Put what a translator wrote into the segments, and learn what is confirmed. Raises InputError."""
    to, segments = _draft_of(task).variety, await opened(office, task)
    changes, skipped = compared(segments, rows)
    done = [change for change in changes if change.is_worded or change.is_confirmed]
    places = await _keep(office, task, done, to)
    kept = [each for each in done if each.old.place in places]
    overtaken = [
        _skipped(str(each.old.place + 1), "meanwhile") for each in done if each.old.place not in places
    ]
    await _learn(office, segments, [each.new for each in kept if each.is_confirmed], to)
    return Returned(
        changed=sum(each.is_worded for each in kept),
        confirmed=sum(each.is_confirmed for each in kept),
        unchanged=len(changes) - len(done),
        skipped=(*skipped, *overtaken),
    )


async def _keep(office: Office, task: Task, done: Sequence[Change], to: Variety) -> set[int]:
    """Keep the changes, checked, where nobody else has written; the places where that was so."""
    table, terms = office.segments, await terms_of(office)
    new = await asyncio.to_thread(all_checked, [each.new for each in done], to, terms)
    places = await table.change(
        task.id, [(one, each.old.target) for one, each in zip(new, done, strict=True)]
    )
    rows = await table.of(task.id)
    renewed = await asyncio.to_thread(consistent, rows)
    await table.note(task.id, [now for now, old in zip(renewed, rows, strict=True) if now != old])
    return places


def _draft_of(task: Task) -> Draft:
    if task.kind != "translate" or task.draft is None:
        raise InputError(
            "Only a finished translation can be sent to a translator and taken back.",
            hint="Open a translation, and wait until it is done.",
        )
    return from_json(Draft, task.draft)


async def opened(office: Office, task: Task) -> list[EditedSegment]:
    """The task's segments. Raises InputError for one that is no finished translation."""
    await open_revision(office, task.id)
    return await office.segments.of(task.id)


def _row(segment: EditedSegment) -> Row:
    return Row(
        number=str(segment.place + 1),
        source=segment.source,
        target=segment.target,
        status=segment.status,
        findings=tuple(str(fault["message"]) for fault in segment.findings),
    )


def compared(segments: Sequence[EditedSegment], rows: Iterable[Row]) -> tuple[list[Change], list[Skipped]]:
    """The segments that a file has with what it makes of them, and what cannot be taken over, with why."""
    by_number = {str(segment.place + 1): segment for segment in segments}
    changes: dict[str, Change] = {}
    skipped: list[Skipped] = []
    seen: set[str] = set()
    for row in rows:
        old = by_number.get(row.number)
        if reason := "twice" if row.number in seen else _reason(row, old):
            skipped.append(_skipped(row.number, reason))
        elif old is not None:
            changes[row.number] = Change(old, _changed(old, row))
        seen.add(row.number)
    skipped += [_skipped(number, "missing") for number in by_number if number not in seen]
    return list(changes.values()), skipped


def _skipped(number: str, reason: Reason) -> Skipped:
    return Skipped(number=number[:40], reason=reason, message=REASONS[reason])


def _reason(row: Row, old: EditedSegment | None) -> Reason | None:
    """Why a row cannot be taken over; None where it can."""
    if old is None:
        return "unknown"
    if tidy(plain(row.source)) != tidy(plain(old.source)):
        return "source"
    if _same(row.target, old.target):
        return None
    if not plain(row.target).strip():
        return "empty"
    if len(row.target) > MOST_CHARACTERS:
        return "long"
    return "tags" if faults(old.source, row.target) else None


def _changed(old: EditedSegment, row: Row) -> EditedSegment:
    same = _same(row.target, old.target)
    confirmed = row.target.strip() and (row.status == "confirmed" or (same and old.status == "confirmed"))
    return replace(
        old, target=old.target if same else row.target, status="confirmed" if confirmed else "draft"
    )


def _same(one: str, other: str) -> bool:
    """Whether two targets say the same, but for how they are escaped and for white space at their ends."""
    return unreadable(one).strip() == unreadable(other).strip()


async def _learn(
    office: Office, segments: Sequence[EditedSegment], confirmed: Iterable[EditedSegment], to: Variety
) -> None:
    """Remember what is confirmed, between its neighbours."""
    sources = {segment.place: segment.source for segment in segments}
    await office.memory.learn(
        segment_between(each, sources.get(each.place - 1), sources.get(each.place + 1), to, office.officer)
        for each in confirmed
    )
