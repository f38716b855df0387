"""Citybus: routes, stops and arrivals (`rt.data.gov.hk`, version 2)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ..sources import shaped
from .bus_routes import RouteStop, Times
from .bus_times import times_in
from .protocol import Context
from .resolve import Named
from .result import Words
from .weather import Shape

_BASE = "https://rt.data.gov.hk/v2/transport/citybus"
_WAYS = {"O": "outbound", "I": "inbound"}
_AT_ONCE = 8
"""Stops are named one by one: so many are asked for at the same time."""


class _Route(Shape):
    route: str


class _Routes(Shape):
    data: list[_Route]


class _RouteStop(Shape):
    dir: str
    seq: int
    stop: str


class _RouteStops(Shape):
    data: list[_RouteStop]


class _Stop(Shape):
    stop: str = ""
    """Empty (the answer is `{}`) for a stop that is listed and not known, as happens when a route changes."""
    name_en: str = ""
    name_tc: str = ""


class _StopNamed(Shape):
    data: _Stop


class Citybus:
    """The operator of Hong Kong Island, and of many routes elsewhere."""

    name = "Citybus"
    source = Words(en="Citybus (DATA.GOV.HK)", zh="城巴（資料一線通）")
    page = "https://www.citybus.com.hk/"

    async def runs(self, route: str, context: Context) -> bool:
        """Whether it has such a route."""
        read = shaped(_Routes, await context.sources.json(f"{_BASE}/route/CTB"))
        return any(each.route == route for each in read.data)

    async def stops(self, route: str, context: Context) -> Sequence[RouteStop]:
        """The stops of a route, both ways."""
        listed: list[_RouteStop] = []
        for way in _WAYS.values():
            fetched = await context.sources.json(f"{_BASE}/route-stop/CTB/{route}/{way}")
            listed += shaped(_RouteStops, fetched).data
        gate = asyncio.Semaphore(_AT_ONCE)

        async def name(stop: str) -> _Stop | None:
            async with gate:
                fetched = await context.sources.json(f"{_BASE}/stop/{stop}")
            named = shaped(_StopNamed, fetched).data
            return named if named.stop and named.name_en else None

        ids = list(dict.fromkeys(each.stop for each in listed))
        named = dict(zip(ids, await asyncio.gather(*map(name, ids)), strict=True))
        return [
            RouteStop(way=each.dir, seq=each.seq, stop=_named(stop))
            for each in listed
            if (stop := named[each.stop]) is not None
        ]

    async def times(self, route: str, stop: RouteStop, context: Context) -> Times:
        """What comes at a stop, that way."""
        fetched = await context.sources.json(f"{_BASE}/eta/CTB/{stop.stop.id}/{route}")
        return times_in(fetched, route, stop, context)


def _named(stop: _Stop) -> Named:
    return Named(id=stop.stop, en=stop.name_en, zh=stop.name_tc, others=(stop.name_en.partition(",")[0],))
