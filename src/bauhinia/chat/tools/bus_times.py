"""Arrivals in the form that KMB and Citybus both publish them in."""

from __future__ import annotations

from collections.abc import Callable

from ..sources import Fetched, SourceDown, shaped
from .arrivals import Ride, due
from .bus_routes import RouteStop, Times
from .protocol import Context
from .result import instant
from .weather import Shape

_OLDEST = 900
"""Seconds after which an answer is of no use."""


class _Eta(Shape):
    dir: str
    dest_en: str
    dest_tc: str
    eta: str | None = None
    rmk_en: str | None = ""
    rmk_tc: str | None = ""


class _Etas(Shape):
    generated_timestamp: str
    data: list[_Eta]


def times_in(
    fetched: Fetched, route: str, stop: RouteStop, context: Context, *, name: Callable[[str], str] = str
) -> Times:
    """What comes at a stop, that way; `name` writes a destination as it is shown.

    Raises SourceDown for what has another shape, or is stale.
    """
    read = shaped(_Etas, fetched)
    try:
        at = instant(read.generated_timestamp)
        rides = [_ride(route, each, context, name) for each in read.data if each.dir == stop.way]
    except ValueError as error:
        raise SourceDown(fetched.host, "shape") from error
    if (context.now() - at).total_seconds() > _OLDEST:
        raise SourceDown(fetched.host, "stale", at)
    return Times(rides=rides, fetched=fetched, at=at)


def _ride(route: str, each: _Eta, context: Context, name: Callable[[str], str]) -> Ride:
    """Raises ValueError."""
    at = instant(each.eta) if each.eta else None
    return Ride(
        route=route,
        to=name(each.dest_en),
        to_zh=each.dest_tc,
        at=at,
        minutes=due(at, context.now()),
        remark=each.rmk_en or "",
        remark_zh=each.rmk_tc or "",
    )
