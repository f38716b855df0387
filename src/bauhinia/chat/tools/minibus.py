"""The next green minibuses of a route at a stop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import Field

from ..sources import Fetched, SourceDown, shaped
from .arrivals import Ride, arrivals, due, said
from .bus_routes import RouteStop, stops_named
from .protocol import Context
from .resolve import Named, Names
from .result import Frozen, Result, Unknown, Words, found, from_host, instant
from .weather import Shape

_BASE = "https://data.etagmb.gov.hk"
_OLDEST = 900
Region = Literal["HKI", "KLN", "NT"]


class MinibusStop(Frozen):
    """Which minibuses."""

    route: str = Field(pattern=r"^\d{1,3}[A-Za-z]{0,2}$")
    stop: str = Field(min_length=1, max_length=60)
    region: Literal["", "HKI", "KLN", "NT"] = ""
    """Hong Kong Island, Kowloon or the New Territories; empty asks all that have the route."""


class _Codes(Shape):
    routes: dict[str, list[str]]


class _Listed(Shape):
    data: _Codes


class _Direction(Shape):
    route_seq: int
    dest_en: str
    dest_tc: str


class _Route(Shape):
    route_id: int
    directions: list[_Direction]


class _Routes(Shape):
    data: list[_Route]


class _Stop(Shape):
    stop_seq: int
    stop_id: str
    name_en: str
    name_tc: str


class _RouteStops(Shape):
    route_stops: list[_Stop]


class _Stops(Shape):
    data: _RouteStops


class _Eta(Shape):
    timestamp: str
    remarks_en: str | None = None
    remarks_tc: str | None = None


class _StopEtas(Shape):
    enabled: bool = True
    eta: tuple[_Eta, ...] = ()


class _Etas(Shape):
    generated_timestamp: str
    data: _StopEtas


class MinibusArrivals:
    """The Transport Department's interface for green minibuses."""

    name = "minibus_arrivals"
    about = "The next green minibuses of a route at a stop, by region."
    arguments = MinibusStop

    async def run(self, given: MinibusStop, context: Context) -> Result:
        """Found, or Unknown for a route or a stop that there is not."""
        code = given.route.upper()
        listed = shaped(_Listed, await context.sources.json(f"{_BASE}/route")).data.routes
        regions = [
            region for region, codes in listed.items() if code in codes and given.region in ("", region)
        ]
        if not regions:
            return _no_route(code)
        stops: list[RouteStop] = []
        for region in regions:
            routes = shaped(_Routes, await context.sources.json(f"{_BASE}/route/{region}/{code}")).data
            stops = await _stops(routes, context)
            here = stops_named(given.stop, stops)
            if here:
                return await _told(code, routes, here, context)
        return _no_stop(code, given.stop, stops)


async def _stops(routes: Sequence[_Route], context: Context) -> list[RouteStop]:
    """The stops of every way of a route; a way is named `id-seq`."""
    made = []
    for route in routes:
        for way in route.directions:
            url = f"{_BASE}/route-stop/{route.route_id}/{way.route_seq}"
            listed = shaped(_Stops, await context.sources.json(url)).data.route_stops
            made += [
                RouteStop(
                    way=f"{route.route_id}-{way.route_seq}",
                    seq=each.stop_seq,
                    stop=Named(id=each.stop_id, en=each.name_en, zh=each.name_tc),
                )
                for each in listed
            ]
    return made


async def _told(code: str, routes: Sequence[_Route], stops: list[RouteStop], context: Context) -> Result:
    ways = {f"{route.route_id}-{way.route_seq}": way for route in routes for way in route.directions}
    answers = await asyncio.gather(
        *(
            context.sources.json(f"{_BASE}/eta/route-stop/{stop.way.replace('-', '/')}/{stop.seq}")
            for stop in stops
        )
    )
    rides: list[Ride] = []
    times: list[datetime] = []
    for stop, fetched in zip(stops, answers, strict=True):
        at, here = _rides(code, ways[stop.way], fetched, context)
        times.append(at)
        rides += here
    named = stops[0].stop
    value = arrivals("Green minibus", (named.en, named.zh), code, rides)
    return found(
        "minibus_arrivals", value, from_host(answers[0], at=max(times)), said(value, ("minibus", "專線小巴"))
    )


def _rides(code: str, way: _Direction, fetched: Fetched, context: Context) -> tuple[datetime, list[Ride]]:
    read = shaped(_Etas, fetched)
    now = context.now()
    try:
        at = instant(read.generated_timestamp)
        made = [
            Ride(
                route=code,
                to=way.dest_en,
                to_zh=way.dest_tc,
                at=instant(each.timestamp),
                minutes=due(instant(each.timestamp), now),
                remark=each.remarks_en or "",
                remark_zh=each.remarks_tc or "",
            )
            for each in read.data.eta
        ]
    except ValueError as error:
        raise SourceDown(fetched.host, "shape") from error
    if (now - at).total_seconds() > _OLDEST:
        raise SourceDown(fetched.host, "stale", at)
    return at, made


def _no_route(code: str) -> Unknown:
    return Unknown(
        tool="minibus_arrivals",
        reason="no_route",
        words=Words(
            en=(
                f"The Transport Department lists no green minibus route {code}; red minibuses publish "
                "no arrivals."
            ),
            zh=f"運輸署沒有 {code} 號專線小巴的資料；紅色小巴沒有公布到站時間。",
            yue=f"運輸署冇 {code} 號專線小巴嘅資料；紅van冇公布到站時間。",
        ),
    )


def _no_stop(code: str, stop: str, stops: list[RouteStop]) -> Unknown:
    return Unknown(
        tool="minibus_arrivals",
        reason="no_stop",
        near=Names(each.stop for each in stops).near(stop),
        words=Words(
            en=f"Minibus route {code} has no stop called {stop}, as far as it is listed.",
            zh=f"根據資料，{code} 號專線小巴沒有名為「{stop}」的車站。",
            yue=f"根據資料，{code} 號專線小巴冇叫做「{stop}」嘅站。",
        ),
    )
