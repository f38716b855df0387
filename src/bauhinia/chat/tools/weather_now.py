"""The weather as it is now: temperature, humidity, rain of the past hour, ultraviolet."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from ..sources import shaped
from .protocol import Context
from .resolve import districts, weather_stations
from .result import Frozen, Result, Unknown, Words, found, from_host
from .weather import Measure, Place, Rainfall, Shape, report, timely

OLDEST = 3
"""Hours after which a report that comes every hour is no report of now."""


class WeatherPlace(Frozen):
    """Where."""

    place: str = Field(default="", max_length=60)
    """A district or a station; empty means the Observatory."""


class Now(Frozen):
    """The weather at a place."""

    place: str
    place_zh: str
    temperature: float
    """°C."""
    humidity: float
    """Per cent, at the Observatory."""
    rain: float | None
    """Millimetres in the past hour in the district, at most; None where no district is meant."""
    rain_district: str = ""
    uv: float | None


class _Temperatures(Shape):
    data: list[Place]


class _Humidity(Shape):
    data: list[Measure]


class _Rain(Shape):
    data: tuple[Rainfall, ...] = ()


class _Index(Shape):
    data: tuple[Place, ...] = ()


class _Report(Shape):
    updateTime: str  # noqa: N815
    temperature: _Temperatures
    humidity: _Humidity
    rainfall: _Rain = _Rain()
    uvindex: _Index | str = ""


class WeatherNow:
    """`rhrread` of the Observatory."""

    name = "weather_now"
    about = "The weather now at a place in Hong Kong: temperature, humidity, rain of the past hour."
    arguments = WeatherPlace

    async def run(self, given: WeatherPlace, context: Context) -> Result:
        """Found, or Unknown where there is no station."""
        station = weather_stations().find(given.place or "Hong Kong Observatory")
        if station is None:
            return _nowhere(given.place)
        fetched = await report(context, "rhrread")
        read = shaped(_Report, fetched)
        at = timely(fetched, read.updateTime, context.now(), OLDEST)
        here = next((each.value for each in read.temperature.data if each.place == station.id), None)
        if here is None or not read.humidity.data:
            return _nowhere(given.place or station.id)
        rain, district = _rain_at(read.rainfall.data, given.place)
        index = read.uvindex
        now = Now(
            place=station.id,
            place_zh=weather_stations().things[station.id].zh,
            temperature=here,
            humidity=read.humidity.data[0].value,
            rain=rain,
            rain_district=district,
            uv=index.data[0].value if isinstance(index, _Index) and index.data else None,
        )
        return found(self.name, now, from_host(fetched, at=at), _words(now))


def _rain_at(rainfall: Sequence[Rainfall], place: str) -> tuple[float | None, str]:
    """The past hour's rain in the district that is meant; in the wettest one where none is."""
    if not rainfall:
        return None, ""
    if not place:
        most = max(rainfall, key=lambda each: each.highest)
        return most.highest, most.place
    match = districts().find(place)
    return next(
        ((each.highest, each.place) for each in rainfall if match and each.place == match.id), (None, "")
    )


def _words(now: Now) -> Words:
    degrees, humid = f"{now.temperature:g}", f"{now.humidity:g}"
    en, zh, yue = "", "", ""
    if now.rain is not None:
        where = districts().things.get(now.rain_district)
        zh_name = where.zh if where else now.rain_district
        if now.rain > 0:
            en = f" In the past hour up to {now.rain:g} mm of rain fell in {now.rain_district}."
            zh = f"過去一小時，{zh_name}錄得最多 {now.rain:g} 毫米雨量。"
            yue = f"過去一個鐘，{zh_name}錄得最多 {now.rain:g} 毫米雨，有落雨。"
        else:
            en = f" No rain was recorded in {now.rain_district} in the past hour."
            zh = f"過去一小時，{zh_name}沒有錄得雨量。"
            yue = f"過去一個鐘，{zh_name}冇錄得雨量，冇落雨。"
    if now.uv is not None:
        en += f" The UV index is {now.uv:g}."
        zh += f"紫外線指數為 {now.uv:g}。"
        yue += f"紫外線指數係 {now.uv:g}。"
    return Words(
        en=f"It is {degrees} °C at {now.place} now, with a relative humidity of {humid}%.{en}",
        zh=f"{now.place_zh}現時氣溫 {degrees} 度，相對濕度百分之 {humid}。{zh}",
        yue=f"{now.place_zh}而家 {degrees} 度，相對濕度百分之 {humid}。{yue}",
    )


def _nowhere(place: str) -> Unknown:
    near = weather_stations().near(place)
    return Unknown(
        tool="weather_now",
        reason="no_station",
        near=near,
        words=Words(
            en=f"The Observatory reports no temperature for {place}, so I do not know.",
            zh=f"天文台沒有{place}的氣溫資料，所以我不知道。",
            yue=f"天文台冇{place}嘅氣溫資料，所以我唔知道。",
        ),
    )
