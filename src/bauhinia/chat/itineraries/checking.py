"""Proves of a plan what a traveller relies on, without asking the module that made it.

Each problem names a property; a plan that may be shown has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Literal, NamedTuple

from ...errors import BauhiniaError
from .places import WEEKDAYS, Place, places
from .travel import metres
from .trip import Day, Itinerary, Move, Stop, Trip

Property = Literal[
    "days", "overlap", "closed", "hours", "way", "estimated", "meal", "budget", "steps", "repeated", "rain"
]
FASTEST = 80 * 1000 / 60
"""Metres a minute, in a straight line; whoever claims to be faster has miscounted."""
LATEST_WITHOUT_DINNER = 20 * 60 + 30


class Problem(NamedTuple):
    """A property that does not hold."""

    property: Property
    day: int
    """From 0; -1 where it is about the whole."""
    what: str


def check(itinerary: Itinerary) -> list[Problem]:
    """Everything that is wrong with a plan."""
    trip = itinerary.trip
    found = []
    if [day.conditions.day for day in itinerary.days] != list(trip.dates):
        found.append(Problem("days", -1, "other days than were asked for"))
    visited = [stop.place for day in itinerary.days for stop in day.visits]
    if len(set(visited)) != len(visited):
        found.append(Problem("repeated", -1, "a place comes twice"))
    if itinerary.cost != sum(day.cost for day in itinerary.days):
        found.append(Problem("budget", -1, "the days do not add up"))
    for number, day in enumerate(itinerary.days):
        for rule in _RULES:
            found += [Problem(kind, number, what) for kind, what in rule(day, trip)]
    return found


def assert_sound(itinerary: Itinerary) -> None:
    """Raises BauhiniaError for a plan that is not: it is not shown to anybody."""
    problems = check(itinerary)
    if problems:
        raise BauhiniaError(
            f"The plan failed its own check ({problems[0].property}: {problems[0].what}); it is not shown.",
            hint="Change the trip a little and try again; tell the service, since this is a defect.",
        )


Said = Iterator[tuple[Property, str]]


def _times(day: Day, _trip: Trip) -> Said:
    """Nothing overlaps, and there is time for each way."""
    for stop in day.stops:
        if not 0 <= stop.start < stop.end <= 24 * 60:
            yield "overlap", f"{stop.place} ends before it begins"
    for before, after in pairwise(day.stops):
        if after.start < before.end + (after.move.minutes if after.move else 0):
            yield "overlap", f"{after.place} begins before one can be there"


def _ways(day: Day, trip: Trip) -> Said:
    """One is taken from each stop to the next, no faster than can be; every time is marked estimated."""
    at = ""
    for stop in day.stops:
        place = places()[stop.place]
        if stop.move is None:
            if at and at != stop.place:
                yield "way", f"no way from {at} to {stop.place}"
            if not at and trip.start:
                yield "way", f"no way from the start to {stop.place}"
        else:
            yield from _way(stop.move, places().get(at), place)
        at = stop.place
    if day.stops and trip.start and day.home is None:
        yield "way", "no way back"
    if day.home is not None:
        yield from _way(day.home, places().get(at), None)


def _way(move: Move, start: Place | None, end: Place | None) -> Said:
    if not move.estimated:
        yield "estimated", "a time that no source gives is not marked as estimated"
    if move.minutes != sum(part.minutes for part in move.parts) or any(
        part.minutes < 0 for part in move.parts
    ):
        yield "way", "the parts of a way do not add up"
    if start and end:
        if metres(start.at, end.at) > move.minutes * FASTEST:
            yield "way", f"{start.id} to {end.id} is faster than can be"
        if start.land != end.land and all(part.by == "walk" for part in move.parts):
            yield "way", f"{start.id} to {end.id} would be walked over water"


def _hours(day: Day, _trip: Trip) -> Said:
    """Every visit is inside the hours that the table gives, and on no closing day."""
    date, holiday = day.conditions.day, day.conditions.holiday
    for stop in day.stops:
        if stop.kind != "visit":
            continue
        place = places()[stop.place]
        opens_anyway = place.lifted and holiday == "yes"
        if WEEKDAYS[date.weekday()] in place.closed and not opens_anyway:
            yield "closed", f"{place.id} is closed on that weekday"
        if place.on_holidays == "closed" and holiday != "no":
            yield "closed", f"{place.id} may be closed on a general holiday"
        if place.hours is None and stop.hours_sure:
            yield "hours", f"the hours of {place.id} are not known, and the plan does not say so"
        if place.hours not in (None, "always"):
            festive = bool(place.weekend) and (date.weekday() > 4 or holiday == "yes")
            said = str(place.weekend if festive else place.hours)
            opens, closes = (60 * int(each[:2]) + int(each[3:]) for each in said.split("-"))
            if stop.start < opens or stop.end > closes:
                yield "hours", f"{place.id} is not open then"


def _meals(day: Day, _trip: Trip) -> Said:
    """Lunch on every day that begins before it, dinner on one that goes on late, each at its time."""
    if not day.stops:
        return
    lunches, dinners = _of(day, "lunch"), _of(day, "dinner")
    wanted = 1 if day.stops[0].start < 14 * 60 else 0
    if len(lunches) != wanted or not all(11 * 60 + 30 <= stop.start <= 14 * 60 + 15 for stop in lunches):
        yield "meal", "no lunch at lunch time"
    if len(dinners) > 1 or not all(17 * 60 + 30 <= stop.start <= 20 * 60 + 15 for stop in dinners):
        yield "meal", "no dinner at dinner time"
    if day.stops[-1].end > LATEST_WITHOUT_DINNER and not dinners:
        yield "meal", "a late day without dinner"


def _of(day: Day, kind: str) -> list[Stop]:
    return [stop for stop in day.stops if stop.kind == kind]


def _money(day: Day, trip: Trip) -> Said:
    """Sums are right; a budget is kept, with every fee known."""
    people = trip.adults + trip.children
    moves = [stop.move for stop in day.stops if stop.move] + ([day.home] if day.home else [])
    if day.fares != people * sum(move.fare for move in moves):
        yield "budget", "the fares do not add up"
    if day.cost != day.fares + sum(stop.cost for stop in day.stops):
        yield "budget", "the costs do not add up"
    for stop in day.visits:
        place = places()[stop.place]
        if stop.fee_known != (place.fee is not None):
            yield "budget", f"the fee of {place.id} is told wrongly"
        child = place.fee if place.child is None else place.child
        if place.fee is not None and stop.cost != trip.adults * place.fee + trip.children * (child or 0):
            yield "budget", f"the fee of {place.id} does not add up"
    if trip.budget is not None:
        if day.cost > trip.budget:
            yield "budget", f"{day.cost} is more than {trip.budget}"
        if not all(stop.fee_known for stop in day.visits):
            yield "budget", "a fee that is not known, where a budget is to be kept"


def _steps(day: Day, trip: Trip) -> Said:
    for stop in day.visits:
        if trip.wheelchair and places()[stop.place].step_free is not True:
            yield "steps", f"{stop.place} is not known to be free of steps"


def _rain(day: Day, _trip: Trip) -> Said:
    """On a wet day nothing outdoors comes before something indoors."""
    if day.conditions.rain != "wet":
        return
    inside = [places()[stop.place].setting == "indoor" for stop in day.visits]
    if inside != sorted(inside, reverse=True):
        yield "rain", "outdoors before indoors on a wet day"


_RULES: tuple[Callable[[Day, Trip], Said], ...] = (_times, _ways, _hours, _meals, _money, _steps, _rain)
