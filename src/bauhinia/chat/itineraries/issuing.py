"""A plan as a file that leaves: written, labelled by the product's one way out, and only then given."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Literal, NamedTuple

from ...language import Variety
from ...people import Officer
from ...provenance import Labelling, Record, new_id
from ..tools.result import HONG_KONG
from .calendars import calendar
from .checking import assert_sound
from .printing import pdf
from .telling import say, title_of
from .trip import Itinerary

Form = Literal["ics", "pdf"]
MEDIA_TYPES: dict[Form, str] = {"ics": "text/calendar; charset=utf-8", "pdf": "application/pdf"}
USE = "chat.itinerary"
_WRITERS = {"ics": calendar, "pdf": pdf}


class IssuedPlan(NamedTuple):
    """The file."""

    name: str
    data: bytes
    media_type: str


async def issued_plan(
    itinerary: Itinerary, form: Form, *, language: Variety, labels: Labelling, by: Officer
) -> IssuedPlan:
    """The plan as a file with its visible label and its signed record.

    Raises MissingPart, DocumentError, StoreError, and BauhiniaError for a plan that fails its check.
    """
    assert_sound(itinerary)
    record = Record(
        id=new_id(),
        use=USE,
        origin=None,
        department=by.department,
        issued_at=datetime.now(HONG_KONG).isoformat(timespec="seconds"),
        language=language.value,
    )
    label = f"{say('label', language)} [{record.reference}]"
    data = await asyncio.to_thread(_WRITERS[form], itinerary, language, label)
    name = f"{title_of(itinerary.trip, language)}.{form}"
    labelled = await labels.labelled(data, name, record, officer=by)
    return IssuedPlan(name, labelled, MEDIA_TYPES[form])
