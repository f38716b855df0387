"""What is known of the days of a trip: the forecast and general holidays, or that they are not known."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any, Literal

from ...errors import MissingPart
from ..tools import Context
from ..tools.registry import use_tool
from ..tools.result import Found, Source, Words
from .trip import DayConditions, Trip

_WET = frozenset({"medium", "medium high", "high"})
"""Steps of the probability of significant rain at which a day is planned indoors first."""


async def conditions_of(trip: Trip, context: Context) -> tuple[DayConditions, ...]:
    """Of each day. A source that is down leaves its part unknown; nothing is guessed."""
    weather, holidays = await asyncio.gather(
        asyncio.gather(*(use_tool("forecast", {"day": day}, context) for day in trip.dates)),
        _holidays(trip, context),
    )
    return tuple(
        DayConditions(day=day, **_weather(result), **_holiday(day, holidays))
        for day, result in zip(trip.dates, weather, strict=True)
    )


def _weather(result: object) -> dict[str, Any]:
    if not isinstance(result, Found):
        return {}
    said, chance = result.value, result.value["chance"]
    words = Words(
        en=f"{said['weather']} {said['lowest']:g} to {said['highest']:g} °C.",
        zh=f"{said['weather_zh']}氣溫介乎 {said['lowest']:g} 至 {said['highest']:g} 度。",
    )
    rain = ("wet" if chance in _WET else "dry") if chance else "unknown"
    return {"rain": rain, "weather": words, "weather_source": Source.model_validate(result.source)}


Calendar = tuple[Literal["published", "calculated", ""], dict[int, dict[date, Words]]]
"""Where it is from, and the general holidays of each year that it knows."""


async def _holidays(trip: Trip, context: Context) -> Calendar:
    """As 1823 publishes them; else reckoned by a library, where it is installed; else unknown."""
    years = sorted({day.year for day in trip.dates})
    results = await asyncio.gather(*(use_tool("public_holidays", {"year": year}, context) for year in years))
    published = {
        year: {
            date.fromisoformat(each["day"]): Words(en=each["name"], zh=each["name_zh"])
            for each in result.value["holidays"]
        }
        for year, result in zip(years, results, strict=True)
        if isinstance(result, Found)
    }
    if len(published) == len(years):
        return "published", published
    try:
        return "calculated", {year: reckoned(year) for year in years}
    except MissingPart:
        return ("published" if published else ""), published


def reckoned(year: int) -> dict[date, Words]:
    """The general holidays of a year, reckoned from the law's rules. Raises MissingPart."""
    try:
        import holidays
    except ImportError as error:
        raise MissingPart(
            "General holidays cannot be reckoned here.", hint="Install it with: pip install holidays."
        ) from error
    en, zh = (
        holidays.country_holidays("HK", years=year, language=language) for language in ("en_HK", "zh_HK")
    )
    # Sundays are general holidays too; what counts here is the list that 1823 publishes.
    return {day: Words(en=str(name), zh=str(zh.get(day, name))) for day, name in sorted(en.items())}


def _holiday(day: date, calendar: Calendar) -> dict[str, Any]:
    source, years = calendar
    if day.year not in years:
        return {}
    name = years[day.year].get(day)
    return {"holiday": "yes" if name else "no", "holiday_name": name, "holiday_source": source}
