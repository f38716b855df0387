"""Weather and general holidays of a trip's days, from the replay of the real sources and without any."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from bauhinia.chat.itineraries.conditions import conditions_of, reckoned
from bauhinia.chat.itineraries.trip import Trip
from bauhinia.chat.replay import REPLAY_NOW, Replay
from bauhinia.chat.sources import Sources
from bauhinia.chat.tools import Context

TODAY = REPLAY_NOW.date()


@pytest.fixture
async def up() -> AsyncIterator[Context]:
    async with Replay() as replay:
        sources = Sources(replay.base, rest=0)
        yield Context(sources=sources, now=lambda: REPLAY_NOW)
        await sources.close()


@pytest.fixture
async def down() -> AsyncIterator[Context]:
    sources = Sources("http://127.0.0.1:9", rest=0)
    yield Context(sources=sources, now=lambda: REPLAY_NOW)
    await sources.close()


async def test_weather_and_holidays_come_from_their_sources(up: Context) -> None:
    trip = Trip(begins=TODAY + timedelta(days=1), days=7)
    days = await conditions_of(trip, up)
    assert [each.day for each in days] == list(trip.dates)
    assert all(each.weather and each.weather_source and each.rain in ("wet", "dry") for each in days)
    assert all(each.holiday_source == "published" and each.holiday != "unknown" for each in days)
    assert {each.rain for each in days} == {"wet", "dry"}


async def test_a_day_beyond_the_forecast_is_unknown(up: Context) -> None:
    (day,) = await conditions_of(Trip(begins=TODAY + timedelta(days=20)), up)
    assert day.rain == "unknown" and day.weather is None


async def test_christmas_is_a_holiday_as_published_and_as_reckoned(up: Context, down: Context) -> None:
    christmas = date(TODAY.year, 12, 25)
    pytest.importorskip("holidays")
    assert christmas in reckoned(TODAY.year)
    for context, source in ((up, "published"), (down, "calculated")):
        (day,) = await conditions_of(Trip(begins=christmas), context)
        assert (day.holiday, day.holiday_source) == ("yes", source)
        assert day.holiday_name is not None and "Christmas" in day.holiday_name.en


async def test_without_sources_the_weather_is_not_guessed(down: Context) -> None:
    (day,) = await conditions_of(Trip(begins=TODAY + timedelta(days=1)), down)
    assert day.rain == "unknown" and day.weather is None and day.weather_source is None
