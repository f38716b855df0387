"""The table of places, and when each is open."""

from __future__ import annotations

from datetime import date

import pytest

from bauhinia.chat.itineraries.drawing import outlines
from bauhinia.chat.itineraries.places import district, opening, places
from bauhinia.chat.tools.resolve import mtr_stations

THURSDAY, FRIDAY, SATURDAY = date(2026, 12, 3), date(2026, 12, 4), date(2026, 12, 5)


def test_the_table_holds_together() -> None:
    assert len(places()) >= 60
    assert len({place.en for place in places().values()}) == len(places())
    for place in places().values():
        assert place.station in mtr_stations().things, place.id
        assert district(place.district).en and place.about.en and place.about.zh and place.interests
        assert place.page.startswith("https://"), place.id
        assert 22.15 < place.at[0] < 22.57 and 113.83 < place.at[1] < 114.42, place.id
        assert place.land in outlines() or place.land == "mainland", place.id


def test_a_closing_day_is_lifted_by_a_general_holiday_where_the_table_says_so() -> None:
    museum = places()["science_museum"]
    assert opening(museum, THURSDAY, "no") is None and opening(museum, THURSDAY, "unknown") is None
    window = opening(museum, THURSDAY, "yes")
    assert window is not None and (window.opens, window.closes) == (600, 1260)
    assert opening(places()["film_archive"], THURSDAY, "yes") is None


def test_what_closes_on_holidays_is_not_sent_to_where_that_is_unknown() -> None:
    centre = places()["hkma_centre"]
    assert opening(centre, FRIDAY, "no") == (600, 1080, True)
    assert opening(centre, FRIDAY, "yes") is None and opening(centre, FRIDAY, "unknown") is None
    assert opening(centre, SATURDAY, "no") is None


@pytest.mark.parametrize(
    ("place", "day", "window"),
    [
        ("museum_of_art", FRIDAY, (600, 1080, True)),
        ("museum_of_art", SATURDAY, (600, 1140, True)),
        ("wong_tai_sin", FRIDAY, (600, 1020, False)),
        ("dragons_back", FRIDAY, (420, 1050, True)),
        ("avenue_of_stars", FRIDAY, (420, 1320, True)),
    ],
)
def test_hours(place: str, day: date, window: tuple[int, int, bool]) -> None:
    assert opening(places()[place], day, "no") == window
