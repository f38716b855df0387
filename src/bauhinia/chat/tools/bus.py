"""The next buses of a route at a stop, whichever of the three operators runs it."""

from __future__ import annotations

import asyncio
from typing import Literal

from pydantic import Field

from ..sources import SourceDown
from .arrivals import arrivals, said
from .bus_routes import Operator, RouteStop, stops_named
from .citybus import Citybus
from .kmb import Kmb
from .nlb import NewLantaoBus
from .protocol import Context
from .resolve import Names
from .result import Frozen, Result, Unknown, Words, found, from_host

OPERATORS: tuple[Operator, ...] = (Kmb(), Citybus(), NewLantaoBus())


class BusStop(Frozen):
    """Which buses."""

    route: str = Field(pattern=r"^[A-Za-z]{0,2}\d{1,3}[A-Za-z]{0,2}$")
    stop: str = Field(min_length=1, max_length=60)
    operator: Literal["", "KMB", "Citybus", "NLB"] = ""
    """Empty asks those that run the route."""


class BusArrivals:
    """KMB, Citybus and New Lantao Bus; a route that two of them share is asked of both."""

    name = "bus_arrivals"
    about = "The next buses of a route at a stop (KMB, Long Win, Citybus, New Lantao Bus)."
    arguments = BusStop

    async def run(self, given: BusStop, context: Context) -> Result:
        """Found, or Unknown for a route or a stop that there is not."""
        route = given.route.upper()
        asked = [each for each in OPERATORS if given.operator in ("", each.name)]
        running = await _running(asked, route, context)
        if not running:
            return _no_route(route)
        stops: list[RouteStop] = []
        for operator in running:
            stops = list(await operator.stops(route, context))
            here = stops_named(given.stop, stops)
            if here:
                return await _told(operator, route, here, context)
        return _no_stop(route, given.stop, stops)


async def _running(asked: list[Operator], route: str, context: Context) -> list[Operator]:
    """Who runs a route. Raises SourceDown where nobody is known to and somebody could not be asked."""
    answers = await asyncio.gather(
        *(operator.runs(route, context) for operator in asked), return_exceptions=True
    )
    running = [operator for operator, runs in zip(asked, answers, strict=True) if runs is True]
    for answer in answers:
        if isinstance(answer, BaseException) and not (running and isinstance(answer, SourceDown)):
            raise answer
    return running


async def _told(operator: Operator, route: str, stops: list[RouteStop], context: Context) -> Result:
    times = await asyncio.gather(*(operator.times(route, stop, context) for stop in stops))
    rides = [ride for each in times for ride in each.rides]
    named = stops[0].stop
    value = arrivals(operator.name, (named.en, named.zh), route, rides)
    first = times[0]
    source = from_host(first.fetched, at=first.at, name=operator.source, page=operator.page)
    return found("bus_arrivals", value, source, said(value, ("bus", "巴士")))


def _no_route(route: str) -> Unknown:
    return Unknown(
        tool="bus_arrivals",
        reason="no_route",
        words=Words(
            en=f"None of KMB, Citybus and New Lantao Bus lists a route {route}.",
            zh=f"九巴、城巴和新大嶼山巴士都沒有 {route} 號路線。",
            yue=f"九巴、城巴同新大嶼山巴士都冇 {route} 號線。",
        ),
    )


def _no_stop(route: str, stop: str, stops: list[RouteStop]) -> Unknown:
    near = Names(each.stop for each in stops).near(stop)
    maybe, maybe_zh = (f" Did you mean {near[0]}?", f"你是指{near[0]}嗎？") if near else ("", "")
    return Unknown(
        tool="bus_arrivals",
        reason="no_stop",
        near=near,
        words=Words(
            en=f"Route {route} has no stop called {stop}, as far as its operator lists.{maybe}",
            zh=f"根據營辦商的資料，{route} 號線沒有名為「{stop}」的車站。{maybe_zh}",
            yue=(
                f"根據營辦商嘅資料，{route} 號線冇叫做「{stop}」嘅站。"
                f"{maybe_zh.replace('你是指', '你係咪指').replace('嗎', '')}"
            ),
        ),
    )
