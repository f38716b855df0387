"""The next ferries of the operators that publish departures: Sun Ferry, Hong Kong & Kowloon Ferry."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import Field

from ..sources import Fetched, SourceDown, shaped
from .arrivals import Ride, arrivals, due, said
from .protocol import Context
from .resolve import piers, rows
from .result import HONG_KONG, Frozen, Result, Unknown, Words, found, from_host, instant
from .weather import Shape

_SUN = "https://www.sunferry.com.hk/eta/?route={code}"
_HKKF = "https://www.hkkfeta.com/opendata/eta/{code}/{direction}/"


class FerryTrip(Frozen):
    """From where to where."""

    start: str = Field(default="", max_length=60)
    """Empty means Central."""
    end: str = Field(min_length=1, max_length=60)


class _SunRow(Shape):
    depart_time: str | None = None
    eta: str | None = None
    rmk_en: str | None = None
    rmk_tc: str | None = None


class _Sun(Shape):
    data: list[_SunRow] | None = None
    generated_timestamp: str


class _HkkfRow(Shape):
    session_time: str | None = None


class _Hkkf(Shape):
    data: list[_HkkfRow] | None = None
    generated_timestamp: str


class Ferry:
    """Both operators' own interfaces."""

    name = "ferry"
    about = "The next ferries between two piers, of Sun Ferry and Hong Kong & Kowloon Ferry."
    arguments = FerryTrip

    async def run(self, given: FerryTrip, context: Context) -> Result:
        """Found, or Unknown where no operator that publishes departures sails."""
        start, end = piers().find(given.start or "Central"), piers().find(given.end)
        row = _route(start.id, end.id) if start and end else None
        if row is None:
            return _no_route(given)
        if row["operator"] == "sun":
            fetched = await context.sources.json(_SUN.format(code=row["code"]))
            rides, at = _sun(fetched, row, context.now())
        else:
            url = _HKKF.format(code=row["code"], direction=row["direction"])
            fetched = await context.sources.json(url)
            rides, at = _hkkf(fetched, row, context.now())
        operator = "Sun Ferry" if row["operator"] == "sun" else "Hong Kong & Kowloon Ferry"
        value = arrivals(operator, (row["from_en"], row["from_zh"]), "", rides)
        return found(self.name, value, from_host(fetched, at=at), said(value, ("ferry", "渡輪")))


def _route(start: str, end: str) -> dict[str, str] | None:
    for row in rows("ferry_routes.csv"):
        if row["from_en"].partition(" (")[0] == start and row["to_en"].partition(" (")[0] == end:
            return row
    return None


def _sun(fetched: Fetched, row: dict[str, str], now: datetime) -> tuple[list[Ride], datetime]:
    read = shaped(_Sun, fetched)
    at = _timely(fetched, read.generated_timestamp, now)
    rides = [
        _ride(row, fetched, each.depart_time, now, each.rmk_en or "", each.rmk_tc or "")
        for each in read.data or []
        if each.depart_time
    ]
    return rides, at


def _hkkf(fetched: Fetched, row: dict[str, str], now: datetime) -> tuple[list[Ride], datetime]:
    read = shaped(_Hkkf, fetched)
    at = _timely(fetched, read.generated_timestamp, now)
    return [_ride(row, fetched, each.session_time, now) for each in read.data or [] if each.session_time], at


def _timely(fetched: Fetched, text: str, now: datetime) -> datetime:
    try:
        at = instant(text)
    except ValueError as error:
        raise SourceDown(fetched.host, "shape") from error
    if (now - at).total_seconds() > 3600:
        raise SourceDown(fetched.host, "stale", at)
    return at


def _ride(
    row: dict[str, str], fetched: Fetched, clock: str, now: datetime, note: str = "", note_zh: str = ""
) -> Ride:
    """A departure at a clock time: of today, or after midnight of tomorrow."""
    local = now.astimezone(HONG_KONG)
    try:
        hour, minute = (int(part) for part in clock.split(":")[:2])
        at = local.replace(hour=hour % 24, minute=minute, second=0, microsecond=0)
    except ValueError as error:
        raise SourceDown(fetched.host, "shape") from error
    if (local - at) > timedelta(hours=12):
        at += timedelta(days=1)
    return Ride(
        route="",
        to=row["to_en"],
        to_zh=row["to_zh"],
        at=at,
        minutes=due(at, now),
        remark=note,
        remark_zh=note_zh,
    )


def _no_route(given: FerryTrip) -> Unknown:
    start = given.start or "Central"
    return Unknown(
        tool="ferry",
        reason="no_route",
        near=piers().near(given.end),
        words=Words(
            en=(
                f"I have no live departures of a ferry from {start} to {given.end}; other operators "
                "publish none."
            ),
            zh=f"我沒有由{given.start or '中環'}到{given.end}的渡輪實時班次；其他營辦商沒有公布。",
            yue=f"我冇由{given.start or '中環'}去{given.end}嘅渡輪實時班次；其他營辦商冇公布。",
        ),
    )
