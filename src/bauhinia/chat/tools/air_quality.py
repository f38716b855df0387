"""The Air Quality Health Index of each station of the Environmental Protection Department."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from ..sources import SourceDown, shaped
from .protocol import Context
from .resolve import air_stations
from .result import Frozen, Result, Source, Unknown, Words, found, from_host, instant
from .weather import Shape

_URL = "https://dashboard.data.gov.hk/api/aqhi-individual?format=json"
_OLDEST = 4 * 3600
_RISKS = {"low": "低", "moderate": "中", "high": "高", "very high": "甚高", "serious": "嚴重"}


class AirPlace(Frozen):
    """Where; empty means every station, told as the range."""

    place: str = Field(default="", max_length=60)


class Air(Frozen):
    """The index at a station."""

    place: str
    index: str
    """1 to 10, or 10+."""
    risk: str


class AirEverywhere(Frozen):
    """The lowest and the highest of all stations."""

    lowest: str
    highest: str
    highest_at: str


class _Station(Shape):
    station: str
    aqhi: int | str
    health_risk: str
    publish_date: str


class AirQuality:
    """The index as the City Dashboard publishes it every hour."""

    name = "air_quality"
    about = "The Air Quality Health Index (AQHI) now at a station or across Hong Kong."
    arguments = AirPlace

    async def run(self, given: AirPlace, context: Context) -> Result:
        """Found, or Unknown where there is no station."""
        station = air_stations().find(given.place) if given.place else None
        if given.place and station is None:
            return _nowhere(given.place)
        fetched = await context.sources.json(_URL)
        read = shaped(list[_Station], fetched)
        if not read:
            raise SourceDown(fetched.host, "empty")
        at = _at(read, fetched.host)
        if (context.now() - at).total_seconds() > _OLDEST:
            raise SourceDown(fetched.host, "stale", at)
        source = from_host(fetched, at=at)
        if station is None:
            return found(self.name, *_everywhere(read, source))
        here = next((each for each in read if each.station == station.id), None)
        if here is None:
            return _nowhere(given.place)
        value = Air(place=here.station, index=str(here.aqhi), risk=here.health_risk)
        zh, risk = (
            air_stations().things[station.id].zh,
            _RISKS.get(here.health_risk.lower(), here.health_risk),
        )
        return found(
            self.name,
            value,
            source,
            Words(
                en=(
                    f"The Air Quality Health Index at {value.place} is {value.index}, health risk "
                    f"{value.risk.lower()}."
                ),
                zh=f"{zh}的空氣質素健康指數是 {value.index}，健康風險屬「{risk}」。",
                yue=f"{zh}嘅空氣質素健康指數係 {value.index}，健康風險屬「{risk}」。",
            ),
        )


def _everywhere(read: list[_Station], source: Source) -> tuple[AirEverywhere, Source, Words]:
    ordered = sorted(read, key=_number)
    low, high = ordered[0], ordered[-1]
    value = AirEverywhere(lowest=str(low.aqhi), highest=str(high.aqhi), highest_at=high.station)
    known = air_stations().things.get(high.station)
    zh = known.zh if known else high.station
    words = Words(
        en=(
            f"The Air Quality Health Index across Hong Kong is {low.aqhi} to {high.aqhi}, highest at "
            f"{high.station}."
        ),
        zh=f"全港各站的空氣質素健康指數介乎 {low.aqhi} 至 {high.aqhi}，最高的是{zh}。",
        yue=f"全港各站嘅空氣質素健康指數係 {low.aqhi} 至 {high.aqhi}，最高嗰個係{zh}。",
    )
    return value, source, words


def _number(each: _Station) -> int:
    text = str(each.aqhi)
    return 11 if text.endswith("+") else int(text) if text.isdecimal() else 0


def _at(read: list[_Station], host: str) -> datetime:
    try:
        return max(instant(each.publish_date) for each in read)
    except ValueError as error:
        raise SourceDown(host, "shape") from error


def _nowhere(place: str) -> Unknown:
    return Unknown(
        tool="air_quality",
        reason="no_station",
        near=air_stations().near(place),
        words=Words(
            en=f"No air quality station is called {place}, so I do not know.",
            zh=f"沒有名為「{place}」的空氣質素監測站，所以我不知道。",
            yue=f"冇叫做「{place}」嘅空氣質素監測站，所以我唔知道。",
        ),
    )
