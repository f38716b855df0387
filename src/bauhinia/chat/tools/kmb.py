"""KMB and Long Win: routes, stops and arrivals (`data.etabus.gov.hk`)."""

from __future__ import annotations

from collections.abc import Sequence

from ..sources import shaped
from .bus_routes import RouteStop, Times
from .bus_times import times_in
from .protocol import Context
from .resolve import Named
from .result import Words
from .weather import Shape

_BASE = "https://data.etabus.gov.hk/v1/transport/kmb"
_WAYS = {"O": "outbound", "I": "inbound"}


class _Route(Shape):
    route: str
    bound: str
    service_type: str


class _Routes(Shape):
    data: list[_Route]


class _Stop(Shape):
    stop: str
    name_en: str
    name_tc: str


class _Stops(Shape):
    data: list[_Stop]


class _RouteStop(Shape):
    stop: str
    seq: int
    bound: str


class _RouteStops(Shape):
    data: list[_RouteStop]


class Kmb:
    """The operator behind most buses of Kowloon and the New Territories."""

    name = "KMB"
    source = Words(en="Kowloon Motor Bus (KMB)", zh="九巴")
    page = "https://www.kmb.hk/"

    async def runs(self, route: str, context: Context) -> bool:
        """Whether it has such a route."""
        return bool(await self._ways(route, context))

    async def stops(self, route: str, context: Context) -> Sequence[RouteStop]:
        """The stops of a route's usual service, every way."""
        names = shaped(_Stops, await context.sources.json(f"{_BASE}/stop"))
        known = {each.stop: each for each in names.data}
        made = []
        for way in await self._ways(route, context):
            url = f"{_BASE}/route-stop/{route}/{_WAYS.get(way, 'outbound')}/1"
            listed = shaped(_RouteStops, await context.sources.json(url))
            made += [
                RouteStop(way=way, seq=each.seq, stop=_named(known[each.stop]))
                for each in listed.data
                if each.stop in known
            ]
        return made

    async def times(self, route: str, stop: RouteStop, context: Context) -> Times:
        """What comes at a stop, that way."""
        fetched = await context.sources.json(f"{_BASE}/eta/{stop.stop.id}/{route}/1")
        return times_in(fetched, route, stop, context, name=str.title)

    async def _ways(self, route: str, context: Context) -> list[str]:
        read = shaped(_Routes, await context.sources.json(f"{_BASE}/route/"))
        return sorted({each.bound for each in read.data if each.route == route and each.service_type == "1"})


def _named(stop: _Stop) -> Named:
    return Named(id=stop.stop, en=stop.name_en.title(), zh=stop.name_tc, others=(_bare(stop.name_en),))


def _bare(name: str) -> str:
    """A name without the pole's code in brackets."""
    return name.partition(" (")[0].title()
