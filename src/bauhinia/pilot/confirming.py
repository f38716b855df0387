"""Passages of a translation that an officer stands by, as segments of the memory."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ..language import Variety
from ..people import Officer
from ..translation.memory import Segment
from .draft import Draft
from .segments import EditedSegment
from .tagged import escaped, target_of


def confirmed(
    draft: Draft, officer: Officer, origin: str, only: Collection[str] | None = None
) -> Iterator[Segment]:
    """The passages of a translation, or those of these ids, with their neighbours; none without words."""
    (section,) = draft.sections
    to = Variety(section.language)
    passages = section.passages
    for place, passage in enumerate(passages):
        unwanted = only is not None and passage.id not in only
        if unwanted or not passage.tagged_source.strip() or not passage.text.strip():
            continue
        yield Segment(
            source=passage.tagged_source,
            target=target_of(passage),
            to=to,
            department=officer.department,
            before=passages[place - 1].tagged_source if place else None,
            after=passages[place + 1].tagged_source if place + 1 < len(passages) else None,
            origin=origin,
            confirmed_by=officer.name,
        )


def segment_between(
    edited: EditedSegment, before: str | None, after: str | None, to: Variety, officer: Officer
) -> Segment:
    """A segment that was confirmed in the editor or in a file that came back, between its neighbours'
    sources."""
    return Segment(
        source=edited.source,
        target=edited.target,
        to=to,
        department=officer.department,
        before=before,
        after=after,
        confirmed_by=officer.name,
    )


def title_segment(draft: Draft, officer: Officer, source: str) -> Segment:
    """The draft's title, learnt when the whole of it is confirmed."""
    return Segment(
        source=escaped(source.strip()),
        target=escaped(draft.title),
        to=draft.variety,
        department=officer.department,
        origin=source,
        confirmed_by=officer.name,
    )
