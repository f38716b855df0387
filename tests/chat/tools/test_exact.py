"""What tools compute themselves, against independent sources where there are any."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest

from bauhinia.chat.replay.government import HOLIDAYS
from bauhinia.chat.tools.arithmetic import worked
from bauhinia.chat.tools.lunar import FESTIVALS, lunar_of, solar_of
from bauhinia.chat.tools.mtr_route import journey_between
from bauhinia.chat.tools.resolve import mtr_stations
from bauhinia.chat.tools.units import added_up, converted, written


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1+2*3", "7"),
        ("(1+2)*3", "9"),
        ("2^10", "1024"),
        ("-3^2", "-9"),
        ("15% * 3,800", "570"),
        ("0.1+0.2", "0.3"),
        ("１２×３", "36"),
        ("100÷8", "12.5"),
        ("2 - - 3", "5"),
        ("10/4/5", "0.5"),
        (".5*4", "2"),
    ],
)  # fmt: skip
def test_sums_are_exact(expression: str, value: str) -> None:
    import unicodedata

    assert worked(unicodedata.normalize("NFKC", expression)) == Fraction(value)


@pytest.mark.parametrize(
    "text", ["", "1+", "(1", "1 2", "2^99", "a", "1//0", "(" * 50 + "1" + ")" * 50, "1;2"]
)
def test_what_is_no_sum(text: str) -> None:
    with pytest.raises((ValueError, ZeroDivisionError)):
        worked(text)


@pytest.mark.parametrize(
    ("amount", "start", "end", "text"),
    [
        ("100", "F", "C", "37.7778"),
        ("0", "C", "F", "32"),
        ("-40", "C", "F", "-40"),
        ("1", "mi", "km", "1.60934"),
        ("3", "catty", "kg", "1.81437"),
        ("1", "catty", "tael", "16"),
        ("500", "ft2", "m2", "46.4515"),
        ("100", "km/h", "mph", "62.1371"),
        ("1", "gal", "l", "4.54609"),
        ("1", "acre", "ft2", "43560"),
        ("1", "ping", "m2", "3.30579"),
    ],
)  # fmt: skip
def test_units(amount: str, start: str, end: str, text: str) -> None:
    assert written(converted(Fraction(amount), start, end))[0] == text


def test_feet_and_inches_add_up() -> None:
    assert added_up(Decimal(5), "ft", Decimal(7), "in") == 67
    assert added_up(Decimal(5), "ft", Decimal(7), "kg") is None


def test_the_lunar_table_agrees_with_an_independent_program() -> None:
    from lunar_python import Solar

    day = date(1950, 1, 1)
    while day < date(2100, 12, 31):
        ours, theirs = lunar_of(day), Solar.fromYmd(day.year, day.month, day.day).getLunar()
        month = -ours.month if ours.leap else ours.month
        assert (ours.year, month, ours.number) == (theirs.getYear(), theirs.getMonth(), theirs.getDay()), day
        day += timedelta(days=397)


@pytest.mark.parametrize(
    ("day", "text", "animal"),
    [
        ("2024-02-10", "甲辰年正月初一", "Dragon"),
        ("2026-07-26", "丙午年六月十三", "Horse"),
        ("2033-12-22", "癸丑年閏十一月初一", "Ox"),
        ("2025-07-25", "乙巳年閏六月初一", "Snake"),
    ],
)
def test_days_that_the_observatory_publishes(day: str, text: str, animal: str) -> None:
    lunar = lunar_of(date.fromisoformat(day))
    assert (lunar.text, lunar.animal) == (text, animal)


def test_a_festival_comes_back_from_its_own_day() -> None:
    for month, number, *_ in FESTIVALS.values():
        for year in range(2000, 2060):
            lunar = lunar_of(solar_of(year, month, number))
            assert (lunar.year, lunar.month, lunar.number, lunar.leap) == (year, month, number, False)


def test_the_replay_s_holidays_are_those_that_another_program_computes() -> None:
    import holidays

    computed = {day for day in holidays.HongKong(years=[2026, 2027]) if day.weekday() != 6}
    ours = {date.fromisoformat(day) for day, _, _ in HOLIDAYS}
    # The package leaves the two days of Good Friday out.
    assert ours - computed == {
        date(2026, 4, 3),
        date(2026, 4, 4),
        date(2027, 3, 26),
        date(2027, 3, 27),
    }
    assert not computed - ours


def test_every_two_stations_have_a_way() -> None:
    codes = list(mtr_stations().things)
    for start in codes[::7]:
        for end in codes[::5]:
            if start != end and "RAC" not in (start, end):
                journey = journey_between(start, end)
                legs = [(leg.start, leg.end) for leg in journey.legs]
                assert legs[0][0] == mtr_stations().things[start].en
                assert legs[-1][1] == mtr_stations().things[end].en
                assert all(one[1] == two[0] for one, two in pairwise(legs))
                assert journey.stops == sum(leg.stops for leg in journey.legs) and journey.estimate > 0


@pytest.mark.parametrize(
    ("start", "end", "lines"),
    [
        ("TST", "CEN", ("Tsuen Wan Line",)),
        ("STW", "CEN", ("Tuen Ma Line", "East Rail Line", "Island Line")),
        ("NAC", "DIS", ("Tung Chung Line", "Disneyland Resort Line")),
        ("LHP", "QUB", ("Tseung Kwan O Line",)),
        ("ETS", "MOK", ("Tuen Ma Line", "Kwun Tong Line")),
    ],
)
def test_ways_that_people_go(start: str, end: str, lines: tuple[str, ...]) -> None:
    assert journey_between(start, end).lines == lines
