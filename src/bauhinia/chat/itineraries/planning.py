"""A plan of a trip, by program: each next stop is the best that is open, near and affordable.

No model has a part in it. `checking` proves what comes out without asking this module.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ...errors import InputError
from .places import Place, Window, opening, places
from .travel import between
from .trip import Day, DayConditions, Itinerary, Move, Stop, Trip

MEALS = {"lunch": (60, 40), "dinner": (100, 60)}
"""What a meal is reckoned at, HK$, for an adult and for a child; our own estimate."""
LUNCH, DINNER = 60, 75
"""Minutes."""
LUNCH_FROM, LUNCH_BY = 11 * 60 + 45, 14 * 60
DINNER_FROM, DINNER_BY = 17 * 60 + 45, 20 * 60
"""Between which a meal begins."""
LONGEST_WAIT = 40
"""Minutes before a door that is still shut."""
MAY_BE_CUT = 150
"""Minutes; a visit of so many may have lunch in the middle of it."""


class Tempo(NamedTuple):
    """How full a day is."""

    begins: int
    ends: int
    most: int
    """Places."""


TEMPI = {
    "relaxed": Tempo(10 * 60, 18 * 60, 3),
    "normal": Tempo(9 * 60 + 30, 20 * 60 + 30, 4),
    "full": Tempo(9 * 60, 22 * 60, 6),
}


class Option(NamedTuple):
    """A place that could be next."""

    place: Place
    move: Move | None
    window: Window
    start: int
    end: int
    lunch: int
    """When lunch cuts the visit in two; 0 where it does not."""
    score: float


def plan(trip: Trip, conditions: Sequence[DayConditions]) -> Itinerary:
    """The plan for the trip's days under these conditions; the same again for the same.

    Raises InputError where the budget does not even feed everybody, or where no place is left.
    """
    assert [each.day for each in conditions] == list(trip.dates), "conditions for other days"
    _check_budget(trip)
    used: set[str] = set()
    days = []
    for each in conditions:
        day = _DayPlan(trip=trip, conditions=each, used=used).filled()
        days.append(day)
    if not any(day.stops for day in days):
        raise InputError(
            "No place of the table fits all of that.",
            hint="Take away an interest, allow a larger budget, or change the day.",
        )
    return Itinerary(trip=trip, days=tuple(days), cost=sum(day.cost for day in days))


def _check_budget(trip: Trip) -> None:
    least = _reserve(trip)
    if trip.budget is not None and trip.budget < least:
        raise InputError(
            f"HK${trip.budget} a day is less than meals alone are reckoned at for everybody (HK${least}).",
            hint=f"Allow HK${least} or more a day, or leave the budget empty.",
        )


def _reserve(trip: Trip) -> int:
    """What the meals of a day are reckoned at."""
    dinner = _meal_cost(trip, "dinner") if _dines(trip) else 0
    return _meal_cost(trip, "lunch") + dinner


def _meal_cost(trip: Trip, meal: str) -> int:
    adult, child = MEALS[meal]
    return adult * trip.adults + child * trip.children


def _dines(trip: Trip) -> bool:
    return TEMPI[trip.pace].ends > DINNER_FROM + DINNER


@dataclass(kw_only=True)
class _DayPlan:
    """A day that is being filled, from morning to night."""

    trip: Trip
    conditions: DayConditions
    used: set[str]
    """Places that the trip has had."""
    stops: list[Stop] = field(default_factory=list)
    visits: int = 0
    fares: int = 0
    now: int = field(init=False)
    at: str = field(init=False)
    """A place's id or a station's code; empty before the first stop of a day that starts nowhere."""
    outdoors: bool = False
    """On a wet day: whether nothing indoors was left."""

    def __post_init__(self) -> None:
        self.now = self.tempo.begins
        self.at = self.trip.start

    @property
    def tempo(self) -> Tempo:
        return TEMPI[self.trip.pace]

    @property
    def people(self) -> int:
        return self.trip.adults + self.trip.children

    @property
    def slow(self) -> bool:
        return self.trip.wheelchair or self.trip.children > 0

    def had(self, meal: str) -> bool:
        return any(stop.kind == meal for stop in self.stops)

    def filled(self) -> Day:
        """The day's plan; without stops where nothing fits."""
        while self.visits < self.tempo.most and self.now < self.tempo.ends:
            if self._meal_is_due():
                continue
            option = self._best()
            if option is not None:
                self._visit(option)
            elif not self._wait_for_meal():
                break
        if self.stops and not self.had("lunch") and self.stops[0].start < LUNCH_BY:
            self._eat("lunch", max(self.now, 12 * 60))
        return self._closed()

    def _meal_is_due(self) -> bool:
        if not self.had("lunch") and LUNCH_FROM <= self.now <= LUNCH_BY and self.at:
            self._eat("lunch", self.now)
            return True
        due = _dines(self.trip) and self.visits > 0 and not self.had("dinner")
        if due and DINNER_FROM <= self.now <= DINNER_BY:
            self._eat("dinner", self.now)
            return True
        return False

    def _wait_for_meal(self) -> bool:
        """Goes on to the next meal, after which other doors may be open; False where there is none."""
        if not self.visits:
            # Nothing was open in the morning: perhaps after noon.
            if self.now >= 13 * 60:
                return False
            self.now += 60
            return True
        if not self.had("lunch") and self.now < LUNCH_FROM:
            self.now = 12 * 60
            return True
        if _dines(self.trip) and not self.had("dinner") and DINNER_FROM - 60 <= self.now < DINNER_FROM:
            self.now = DINNER_FROM + 15
            return True
        return False

    def _eat(self, meal: str, start: int) -> None:
        place = next((stop.place for stop in reversed(self.stops)), "")
        if not place:
            # Before the first visit one eats where the day begins, which is no stop of the plan.
            self.now = max(self.now, LUNCH_BY + 1)
            return
        end = start + (LUNCH if meal == "lunch" else DINNER)
        self.stops.append(
            Stop.model_validate(
                {
                    "kind": meal,
                    "place": place,
                    "start": start,
                    "end": end,
                    "cost": _meal_cost(self.trip, meal),
                }
            )
        )
        self.now = end

    def _best(self) -> Option | None:
        options = list(self._options())
        if self.conditions.rain == "wet":
            inside = [option for option in options if option.place.setting == "indoor"]
            if inside and not self.outdoors:
                options = inside
            else:
                options = [option for option in options if option.place.setting != "indoor"]
        return max(options, key=lambda option: (option.score, option.place.id), default=None)

    def _options(self) -> Iterator[Option]:
        for place in places().values():
            if place.id in self.used or (self.trip.wheelchair and place.step_free is not True):
                continue
            window = opening(place, self.conditions.day, self.conditions.holiday)
            if window is None:
                continue
            move = between(self.at, place.id, slow=self.slow) if self.at else None
            if self._affordable(place, move) and (option := self._timed(place, move, window)) is not None:
                yield option

    def _affordable(self, place: Place, move: Move | None) -> bool:
        """A place whose fee is not known is left out where there is a budget to keep."""
        if self.trip.budget is None:
            return True
        if place.fee is None:
            return False
        spent = self.fares + sum(stop.cost for stop in self.stops if stop.kind == "visit")
        home = between(place.id, self.trip.start, slow=self.slow).fare if self.trip.start else 0
        ways = ((move.fare if move else 0) + home) * self.people
        return spent + ways + _fees(self.trip, place) + _reserve(self.trip) <= self.trip.budget

    def _timed(self, place: Place, move: Move | None, window: Window) -> Option | None:
        """When it would be visited; None where that does not fit its hours, the day's or a meal's."""
        arrives = self.now + (move.minutes if move else 0)
        start = -(-max(arrives, window.opens) // 5) * 5
        end, lunch = start + place.minutes, 0
        if not self.had("lunch") and end > LUNCH_BY and (self.stops or start < LUNCH_BY):
            lunch = max(12 * 60 + 15, start + 60)
            if place.minutes < MAY_BE_CUT or lunch > LUNCH_BY or lunch + 30 > end:
                return None
            end += LUNCH
        if _dines(self.trip) and not self.had("dinner") and end > DINNER_BY:
            return None
        if start - arrives > LONGEST_WAIT or end > min(window.closes, self.tempo.ends):
            return None
        return Option(
            place, move, window, start, end, lunch, self._score(place, move, start - arrives, start)
        )

    def _score(self, place: Place, move: Move | None, wait: int, start: int) -> float:
        """How good a next stop it is."""
        matches = len(set(place.interests) & set(self.trip.interests))
        score = 2.0 * place.rank + (8.0 + 1.5 * (matches - 1) if matches else 0.0)
        score -= (move.minutes if move else 0) / 6 + wait / 10
        if self.trip.children:
            score += 1.5 * place.kids - (4.0 if place.kids == 0 else 0.0)
        if self.stops and self.stops[-1].where.interests[0] == place.interests[0]:
            score -= 1.5
        if start >= 17 * 60 and {"views", "markets"} & set(place.interests):
            score += 3.0
        return score - (place.fee is None) - (place.hours is None)

    def _visit(self, option: Option) -> None:
        place = option.place
        visit = Stop(
            kind="visit",
            place=place.id,
            start=option.start,
            end=option.lunch or option.end,
            move=option.move,
            cost=_fees(self.trip, place),
            fee_known=place.fee is not None,
            hours_sure=option.window.sure,
        )
        self.stops.append(visit)
        if option.lunch:
            self._eat("lunch", option.lunch)
            rest = {"start": self.now, "end": option.end, "move": None, "cost": 0, "again": True}
            self.stops.append(visit.model_copy(update=rest))
        self.used.add(place.id)
        self.outdoors = self.outdoors or place.setting != "indoor"
        self.fares += (option.move.fare if option.move else 0) * self.people
        self.visits += 1
        self.now, self.at = option.end, place.id

    def _closed(self) -> Day:
        home = None
        if self.stops and self.trip.start:
            home = between(self.stops[-1].place, self.trip.start, slow=self.slow)
            self.fares += home.fare * self.people
        cost = self.fares + sum(stop.cost for stop in self.stops)
        return Day(
            conditions=self.conditions, stops=tuple(self.stops), home=home, fares=self.fares, cost=cost
        )


def _fees(trip: Trip, place: Place) -> int:
    """HK$ for everybody; 0 where it is not known."""
    adult = place.fee or 0
    child = adult if place.child is None else place.child
    return adult * trip.adults + child * trip.children
