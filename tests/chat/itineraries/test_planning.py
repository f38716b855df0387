"""Plans hold what a traveller relies on, and the checker would tell if they did not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bauhinia.chat.itineraries.checking import Property, assert_sound, check
from bauhinia.chat.itineraries.places import Interest, places
from bauhinia.chat.itineraries.planning import plan
from bauhinia.chat.itineraries.travel import between
from bauhinia.chat.itineraries.trip import DayConditions, Itinerary, Trip, trip_of
from bauhinia.errors import BauhiniaError, InputError

from .conftest import MONDAY, Conditions

TRIPS = st.builds(
    Trip,
    begins=st.integers(0, 400).map(lambda days: MONDAY + timedelta(days=days)),
    days=st.integers(1, 7),
    interests=st.lists(st.sampled_from(get_args(Interest)), unique=True, max_size=4).map(tuple),
    budget=st.none() | st.integers(200, 3_000),
    adults=st.integers(1, 3),
    children=st.integers(0, 3),
    wheelchair=st.booleans(),
    start=st.sampled_from(["", "TST", "TUM", "CHW", "TUC", "LMC"]),
    pace=st.sampled_from(["relaxed", "normal", "full"]),
)
RAIN = st.sampled_from(["wet", "dry", "unknown"])
HOLIDAY = st.sampled_from(["yes", "no", "unknown"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_every_plan_passes_its_check(data: st.DataObject) -> None:
    trip = data.draw(TRIPS)
    conditions = [
        DayConditions(day=day, rain=data.draw(RAIN), holiday=data.draw(HOLIDAY)) for day in trip.dates
    ]
    try:
        made = plan(trip, conditions)
    except InputError as error:
        assert error.hint
        return
    assert check(made) == []
    assert made == plan(trip, conditions)


@pytest.fixture
def sound(known: Conditions) -> Itinerary:
    trip = Trip(begins=MONDAY, days=2, interests=("museums",), budget=900, adults=2, children=1, start="TST")
    made = plan(trip, known(trip))
    assert_sound(made)
    return made


def broken(made: Itinerary, day: int, stop: int, **changes: Any) -> Itinerary:
    """The plan with one stop changed."""
    one = made.days[day]
    stops = list(one.stops)
    stops[stop] = stops[stop].model_copy(update=changes)
    days = list(made.days)
    days[day] = one.model_copy(update={"stops": tuple(stops)})
    return made.model_copy(update={"days": tuple(days)})


def told(made: Itinerary) -> set[Property]:
    return {problem.property for problem in check(made)}


def test_the_checker_finds_each_defect(sound: Itinerary) -> None:
    first = sound.days[0].stops[0]
    assert first.move is not None
    assert "overlap" in told(broken(sound, 0, 1, start=first.end - 10))
    assert "hours" in told(broken(sound, 0, 0, start=300, end=360))
    assert "budget" in told(broken(sound, 0, 0, cost=first.cost + 1))
    assert "way" in told(broken(sound, 0, 0, move=None))
    assert "way" in told(broken(sound, 0, 0, move=first.move.model_copy(update={"minutes": 1})))
    estimated = first.move.model_copy(update={"estimated": False})
    assert "estimated" in told(broken(sound, 0, 0, move=estimated))
    lunch = next(index for index, stop in enumerate(sound.days[0].stops) if stop.kind == "lunch")
    assert "meal" in told(broken(sound, 0, lunch, kind="visit"))
    assert "repeated" in told(broken(sound, 1, 0, place=first.place))
    assert "days" in told(sound.model_copy(update={"days": sound.days[:1]}))


def test_the_checker_knows_the_trip(sound: Itinerary) -> None:
    def other(**changes: Any) -> Itinerary:
        return sound.model_copy(update={"trip": sound.trip.model_copy(update=changes)})

    assert "budget" in told(other(budget=50))
    assert "steps" in told(broken(other(wheelchair=True), 0, 0, place="ten_thousand_buddhas"))
    # A Thursday: the science museum is closed.
    thursday = sound.days[0].conditions.model_copy(update={"day": date(2026, 12, 3)})
    first = sound.days[0].model_copy(update={"conditions": thursday})
    moved = sound.model_copy(update={"days": (first, sound.days[1])})
    assert {"closed", "days"} <= told(broken(moved, 0, 0, place="science_museum"))
    wet = sound.days[0].conditions.model_copy(update={"rain": "wet"})
    rained = sound.model_copy(
        update={"days": (sound.days[0].model_copy(update={"conditions": wet}), sound.days[1])}
    )
    assert "rain" in told(broken(rained, 0, 0, place="nan_lian"))


def test_a_plan_that_fails_is_not_shown(sound: Itinerary) -> None:
    with pytest.raises(BauhiniaError, match="overlap"):
        assert_sound(broken(sound, 0, 1, start=sound.days[0].stops[0].end - 10))


def test_interests_are_kept(known: Conditions) -> None:
    for interest in ("museums", "markets", "beaches", "theme_parks"):
        trip = Trip(begins=MONDAY, interests=(interest,))
        visits = plan(trip, known(trip)).days[0].visits
        assert interest in visits[0].where.interests


def test_rain_sends_one_indoors_and_steps_are_kept_out(known: Conditions) -> None:
    trip = Trip(begins=MONDAY, interests=("hiking",), start="MOK")
    dry, wet = plan(trip, known(trip)), plan(trip, known(trip, rain="wet"))
    assert any("hiking" in stop.where.interests for stop in dry.days[0].visits)
    assert all(stop.where.setting == "indoor" for stop in wet.days[0].visits)
    rolling = Trip(begins=MONDAY, days=3, interests=("temples", "islands"), wheelchair=True)
    made = plan(rolling, known(rolling))
    assert made.days and all(stop.where.step_free for day in made.days for stop in day.visits)


def test_children_change_the_plan_and_the_sum(known: Conditions) -> None:
    alone = Trip(begins=MONDAY, interests=("science",))
    family = alone.model_copy(update={"adults": 2, "children": 2})
    made = plan(family, known(family))
    museum = next(stop for stop in made.days[0].visits if stop.place == "science_museum")
    assert museum.cost == 2 * 20 + 2 * 10
    assert all(stop.where.kids for stop in made.days[0].visits)


def test_a_budget_leaves_out_what_is_dear_or_of_unknown_price(known: Conditions) -> None:
    trip = Trip(begins=MONDAY, interests=("theme_parks",), budget=300, start="TST")
    made = plan(trip, known(trip))
    assert made.days[0].cost <= 300 and not made.unknown_fees
    free = Trip(begins=MONDAY, interests=("theme_parks",), start="TST")
    unpriced = plan(free, known(free))
    assert [place.id for place in unpriced.unknown_fees][:1] in (["disneyland"], ["ocean_park"])


def test_what_cannot_be_planned_says_what_to_change(known: Conditions) -> None:
    poor = Trip(begins=MONDAY, adults=4, budget=100)
    with pytest.raises(InputError, match="less than meals") as caught:
        plan(poor, known(poor))
    assert "Allow HK$" in caught.value.hint
    with pytest.raises(InputError, match="days"):
        trip_of({"begins": MONDAY, "days": 30})
    with pytest.raises(InputError, match="MTR station"):
        trip_of({"begins": MONDAY, "start": "XXX"})


def test_ways() -> None:
    walk = between("museum_of_art", "avenue_of_stars")
    assert [part.by for part in walk.parts] == ["walk"] and walk.fare == 0
    across = between("museum_of_art", "tai_kwun")
    assert "mtr" in {part.by for part in across.parts} and across.minutes == sum(
        part.minutes for part in across.parts
    )
    assert between("museum_of_art", "tai_kwun", slow=True).minutes > across.minutes
    # The Peak lies above the gardens: nobody is sent up on foot.
    assert "bus" in {part.by for part in between("zoological_gardens", "peak").parts}
    assert all(
        between(one, "cheung_chau").parts[-1].by == "ferry" for one in places() if one != "cheung_chau"
    )
