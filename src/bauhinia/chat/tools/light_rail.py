"""The next Light Rail trains at a stop."""

from __future__ import annotations

import re

from pydantic import Field

from ..sources import SourceDown, shaped
from .arrivals import Ride, arrivals, said
from .mtr import HOST
from .protocol import Context
from .resolve import light_rail_stops
from .result import Frozen, Result, Unknown, Words, found, from_host, instant
from .weather import Shape

NAME = Words(en="Light Rail next train (DATA.GOV.HK)", zh="輕鐵下一班列車（資料一線通）")
_URL = f"https://{HOST}/v1/transport/mtr/lrt/getSchedule?station_id={{stop}}"
_MINUTES = re.compile(r"(\d{1,3})\s*min", re.I)
_NOW = ("arriving", "departing", "-")


class LightRailStop(Frozen):
    """Which trains."""

    stop: str = Field(min_length=1, max_length=60)
    route: str = Field(default="", max_length=6)


class _Train(Shape):
    route_no: str
    dest_en: str
    dest_ch: str
    time_en: str


class _Platform(Shape):
    platform_id: int
    route_list: tuple[_Train, ...] = ()


class _Schedule(Shape):
    status: int
    system_time: str
    platform_list: tuple[_Platform, ...] = ()


class LightRail:
    """`lrt/getSchedule` of DATA.GOV.HK, which tells minutes and no clock times."""

    name = "light_rail"
    about = "The next Light Rail trains at a stop in Tuen Mun, Yuen Long or Tin Shui Wai, by route."
    arguments = LightRailStop

    async def run(self, given: LightRailStop, context: Context) -> Result:
        """Found, or Unknown for a stop that there is not."""
        stop = light_rail_stops().find(given.stop)
        if stop is None:
            return Unknown(
                tool=self.name,
                reason="no_stop",
                near=light_rail_stops().near(given.stop),
                words=Words(
                    en=f"I know no Light Rail stop called {given.stop}.",
                    zh=f"我不知道有名為「{given.stop}」的輕鐵站。",
                    yue=f"我唔知有叫做「{given.stop}」嘅輕鐵站。",
                ),
            )
        fetched = await context.sources.json(_URL.format(stop=stop.id))
        read = shaped(_Schedule, fetched)
        if read.status != 1:
            raise SourceDown(fetched.host, "status")
        try:
            at = instant(read.system_time)
        except ValueError as error:
            raise SourceDown(fetched.host, "shape") from error
        if (context.now() - at).total_seconds() > 600:
            raise SourceDown(fetched.host, "stale", at)
        route = given.route.upper()
        rides = [
            _ride(train, platform.platform_id)
            for platform in read.platform_list
            for train in platform.route_list
            if not route or train.route_no.upper() == route
        ]
        named = light_rail_stops().things[stop.id]
        value = arrivals("Light Rail", (named.en, named.zh), route, rides)
        source = from_host(fetched, at=at, name=NAME, page="https://www.mtr.com.hk/")
        return found(self.name, value, source, said(value, ("Light Rail", "輕鐵")))


def _ride(train: _Train, platform: int) -> Ride:
    text = train.time_en.strip()
    number = _MINUTES.search(text)
    minutes = int(number[1]) if number else 0 if text.lower() in _NOW else None
    return Ride(
        route=train.route_no,
        to=train.dest_en,
        to_zh=train.dest_ch,
        at=None,
        minutes=minutes,
        platform=str(platform),
    )
