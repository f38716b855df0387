"""A plan as an iCalendar file (RFC 5545), in Hong Kong's time."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ...errors import MissingPart
from ...language import Variety
from .telling import Row, told
from .trip import Day, Itinerary, Stop

if TYPE_CHECKING:
    from icalendar import Event

ZONE = "Asia/Hong_Kong"
PRODUCT = "-//Bauhinia//Itineraries//EN"


def calendar(itinerary: Itinerary, language: Variety, label: str) -> bytes:
    """An event for each stop, with how one comes there; the label is on the calendar and on each event.

    Raises MissingPart without the icalendar package.
    """
    try:
        import icalendar
    except ImportError as error:
        raise MissingPart(
            "A calendar file cannot be written here.", hint="Install it with: pip install icalendar."
        ) from error
    words = told(itinerary, language)
    made = icalendar.Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("x-wr-calname", words.title)
    made.add("x-wr-caldesc", label)
    made.add("x-wr-timezone", ZONE)
    for day, said in zip(itinerary.days, words.days, strict=True):
        for stop, row in zip(day.stops, said.rows, strict=True):
            made.add_component(_filled(icalendar.Event(), day, stop, row, label))
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _filled(event: Event, day: Day, stop: Stop, row: Row, label: str) -> Event:
    place, midnight = stop.where, datetime.combine(day.conditions.day, time(), ZoneInfo(ZONE))
    start, end = (midnight + timedelta(minutes=each) for each in (stop.start, stop.end))
    lines = [row.about, row.way, row.cost, *row.notes, row.page, label]
    event.add(
        "uid", f"{sha256(f'{start.isoformat()} {stop.kind} {place.id}'.encode()).hexdigest()[:32]}@bauhinia"
    )
    event.add("dtstamp", datetime.now(ZoneInfo("UTC")))
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("summary", row.what)
    event.add("location", place.name.en if place.name.en == place.name.zh else f"{place.en} {place.zh}")
    event.add("description", "\n".join(filter(None, lines)))
    if stop.kind == "visit":
        event.add("geo", place.at)
        event.add("url", place.page)
    return event
