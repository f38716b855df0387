"""New Lantao Bus: routes, stops and arrivals (`rt.data.gov.hk`, version 2)."""

from __future__ import annotations

from collections.abc import Sequence

from ..sources import SourceDown, shaped
from .arrivals import Ride, due
from .bus_routes import RouteStop, Times
from .protocol import Context
from .resolve import Named
from .result import Words, instant
from .weather import Shape

_BASE = "https://rt.data.gov.hk/v2/transport/nlb"
_OLDEST = 900


class _Route(Shape):
    routeId: str  # noqa: N815
    routeNo: str  # noqa: N815
    routeName_e: str  # noqa: N815
    routeName_c: str  # noqa: N815


class _Routes(Shape):
    routes: list[_Route]


class _Stop(Shape):
    stopId: str  # noqa: N815
    stopName_e: str  # noqa: N815
    stopName_c: str  # noqa: N815


class _Stops(Shape):
    stops: list[_Stop]


class _Eta(Shape):
    estimatedArrivalTime: str  # noqa: N815
    generateTime: str = ""  # noqa: N815


class _Etas(Shape):
    estimatedArrivals: tuple[_Eta, ...] = ()  # noqa: N815


class NewLantaoBus:
    """The operator of Lantau."""

    name = "NLB"
    source = Words(en="New Lantao Bus (DATA.GOV.HK)", zh="新大嶼山巴士（資料一線通）")
    page = "https://www.nlb.com.hk/"

    async def runs(self, route: str, context: Context) -> bool:
        """Whether it has such a route."""
        return bool(await self._routes(route, context))

    async def stops(self, route: str, context: Context) -> Sequence[RouteStop]:
        """The stops of a route; every way has an id of its own, kept as the way's name."""
        made = []
        for each in await self._routes(route, context):
            fetched = await context.sources.json(f"{_BASE}/stop.php?action=list&routeId={each.routeId}")
            stops = shaped(_Stops, fetched).stops
            made += [
                RouteStop(
                    way=each.routeId,
                    seq=seq,
                    stop=Named(id=stop.stopId, en=stop.stopName_e, zh=stop.stopName_c),
                )
                for seq, stop in enumerate(stops, 1)
            ]
        return made

    async def times(self, route: str, stop: RouteStop, context: Context) -> Times:
        """What comes at a stop, that way."""
        ways = {each.routeId: each for each in await self._routes(route, context)}
        to, to_zh = (_end(ways[stop.way].routeName_e), _end(ways[stop.way].routeName_c))
        query = f"action=estimatedArrivals&routeId={stop.way}&stopId={stop.stop.id}&language=en"
        fetched = await context.sources.json(f"{_BASE}/stop.php?{query}")
        read = shaped(_Etas, fetched)
        try:
            times = [instant(each.estimatedArrivalTime) for each in read.estimatedArrivals]
            said = [instant(each.generateTime) for each in read.estimatedArrivals if each.generateTime]
        except ValueError as error:
            raise SourceDown(fetched.host, "shape") from error
        now = context.now()
        if said and (now - max(said)).total_seconds() > _OLDEST:
            raise SourceDown(fetched.host, "stale", max(said))
        rides = [Ride(route=route, to=to, to_zh=to_zh, at=at, minutes=due(at, now)) for at in times]
        return Times(rides=rides, fetched=fetched, at=max(said) if said else None)

    async def _routes(self, route: str, context: Context) -> list[_Route]:
        fetched = await context.sources.json(f"{_BASE}/route.php?action=list")
        return [each for each in shaped(_Routes, fetched).routes if each.routeNo == route]


def _end(name: str) -> str:
    """Where a route called `A > B` goes."""
    return name.rpartition(">")[2].strip()
