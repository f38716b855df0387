"""A trip as a person asks for it, and the plan that comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Literal
from urllib.parse import urlencode

from pydantic import Field, ValidationError, field_validator

from ...errors import InputError
from ...language import Variety
from ..tools.resolve import mtr_stations
from ..tools.result import Frozen, Source, Words
from .places import Interest, Known, Place, places

Pace = Literal["relaxed", "normal", "full"]
LONGEST = 7
"""Days."""


class Trip(Frozen):
    """What somebody wants. Holds nothing about who they are."""

    begins: date
    days: int = Field(default=1, ge=1, le=LONGEST)
    interests: tuple[Interest, ...] = ()
    budget: int | None = Field(default=None, ge=1, le=1_000_000)
    """HK$ a day for all of them together; None for no limit."""
    adults: int = Field(default=1, ge=1, le=20)
    children: int = Field(default=0, ge=0, le=20)
    wheelchair: bool = False
    """Only places without steps."""
    start: str = ""
    """The code of the MTR station that each day begins and ends at; empty for none."""
    pace: Pace = "normal"

    @field_validator("start")
    @classmethod
    def _a_station(cls, start: str) -> str:
        if start and start not in mtr_stations().things:
            raise ValueError("there is no such MTR station")
        return start

    @property
    def dates(self) -> tuple[date, ...]:
        """Its days."""
        return tuple(self.begins + timedelta(days=count) for count in range(self.days))


def trip_of(given: Mapping[str, Any]) -> Trip:
    """The trip of a form's fields. Raises InputError, which names the first that cannot be used."""
    try:
        return Trip.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"The trip cannot be planned with {where}: {first['msg'][:120]}.",
            hint=f"Change it and send the form again. A trip has up to {LONGEST} days.",
        ) from error


def query_of(trip: Trip, language: Variety) -> str:
    """The trip as an address of its page says it: nothing of the words that it was asked for in."""
    said = trip.model_dump(mode="json", exclude_defaults=True, exclude={"interests"})
    pairs = [(name, str(value)) for name, value in said.items()]
    return urlencode([*pairs, *(("interest", each) for each in trip.interests), ("language", language.value)])


class Part(Frozen):
    """A piece of a way, by one means."""

    by: Literal["walk", "mtr", "bus", "ferry"]
    minutes: int
    start: Words
    end: Words
    line: Words | None = None
    stops: int = 0


class Move(Frozen):
    """A way from one stop to the next."""

    parts: tuple[Part, ...]
    minutes: int
    fare: int
    """HK$ for one person."""
    estimated: Literal[True] = True
    """No source gives a door-to-door time, so every time and fare is our own estimate and says so."""


class Stop(Frozen):
    """Something done at a place: minutes from midnight, never overlapping another."""

    kind: Literal["visit", "lunch", "dinner"]
    place: str
    """Of a meal: near which place."""
    start: int
    end: int
    move: Move | None = None
    """How one comes here; None where one is here already."""
    cost: int = 0
    """HK$ for everybody: fees, or what a meal is reckoned at."""
    fee_known: bool = True
    hours_sure: bool = True
    again: bool = False
    """The second part of a visit that a meal cut in two."""

    @property
    def where(self) -> Place:
        """The place."""
        return places()[self.place]


class DayConditions(Frozen):
    """What is known of a day before it is planned."""

    day: date
    rain: Literal["wet", "dry", "unknown"] = "unknown"
    weather: Words | None = None
    weather_source: Source | None = None
    holiday: Known = "unknown"
    holiday_name: Words | None = None
    holiday_source: Literal["published", "calculated", ""] = ""


class Day(Frozen):
    """One day's plan."""

    conditions: DayConditions
    stops: tuple[Stop, ...]
    home: Move | None = None
    fares: int = 0
    """HK$ for everybody, estimated."""
    cost: int = 0
    """Fees, meals and fares together."""

    @property
    def visits(self) -> tuple[Stop, ...]:
        """Each place once."""
        return tuple(stop for stop in self.stops if stop.kind == "visit" and not stop.again)


class Itinerary(Frozen):
    """A whole plan."""

    trip: Trip
    days: tuple[Day, ...]
    cost: int
    """Of what is known."""

    @property
    def unknown_fees(self) -> tuple[Place, ...]:
        """Places whose fee is not in the sum."""
        return tuple(stop.where for day in self.days for stop in day.visits if not stop.fee_known)

    @property
    def unsure_hours(self) -> tuple[Place, ...]:
        """Places whose hours are not known."""
        return tuple(stop.where for day in self.days for stop in day.visits if not stop.hours_sure)


def clock(minutes: int) -> str:
    """Minutes from midnight as people read them: 09:30."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
