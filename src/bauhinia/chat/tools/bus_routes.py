"""What the three bus operators have in common: find the stop among a route's stops, then ask for
its times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ..sources import Fetched
from .arrivals import Ride
from .protocol import Context
from .resolve import Named, best_of
from .result import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteStop:
    """A stop of one way of a route."""

    way: str
    """The operator's own name of the way."""
    seq: int
    stop: Named


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """What an operator says of one stop."""

    rides: Sequence[Ride]
    fetched: Fetched
    at: datetime | None


class Operator(Protocol):
    """A bus operator's interface."""

    @property
    def name(self) -> str:
        """Its short name, as people say it."""
        ...

    @property
    def source(self) -> Words:
        """How it is cited."""
        ...

    @property
    def page(self) -> str:
        """Where a person can read it."""
        ...

    async def runs(self, route: str, context: Context) -> bool:
        """Whether it has such a route."""
        ...

    async def stops(self, route: str, context: Context) -> Sequence[RouteStop]:
        """The stops of a route, every way."""
        ...

    async def times(self, route: str, stop: RouteStop, context: Context) -> Times:
        """What comes at a stop."""
        ...


def stops_named(text: str, stops: Sequence[RouteStop]) -> list[RouteStop]:
    """The stop that a text means, once for each way that calls there."""
    named = {each.stop.id: each.stop for each in stops}
    match = best_of(text, list(named.values()))
    if match is None:
        return []
    chosen: dict[str, RouteStop] = {}
    wanted = named[match.id]
    for each in stops:
        if each.stop.id == match.id:
            chosen.setdefault(each.way, each)
    for way in dict.fromkeys(each.way for each in stops):
        if way not in chosen:
            # The other way's stop is another pole with its own number, often of the same name.
            there = [each for each in stops if each.way == way]
            same = next((each for each in there if each.stop.zh == wanted.zh), None)
            if same is not None:
                chosen[way] = same
    ends = {way: max(each.seq for each in stops if each.way == way) for way in chosen}
    # Where a way ends nobody boards it, unless it is the only one.
    boarding = [each for each in chosen.values() if each.seq != ends[each.way]]
    return boarding or list(chosen.values())
