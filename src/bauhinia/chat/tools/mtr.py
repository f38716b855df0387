"""The next trains of the MTR's heavy rail at a station."""

from __future__ import annotations

import asyncio
from datetime import datetime

from pydantic import Field

from ..sources import Fetched, SourceDown, shaped
from .arrivals import Ride, arrivals, due, said
from .protocol import Context
from .resolve import mtr_lines, mtr_stations, rows
from .result import Frozen, Result, Unknown, Words, found, from_host, instant
from .weather import Shape

HOST = "rt.data.gov.hk"
NAME = Words(en="MTR next train (DATA.GOV.HK)", zh="港鐵下一班列車（資料一線通）")
_URL = f"https://{HOST}/v1/transport/mtr/getSchedule.php?line={{line}}&sta={{station}}&lang=en"


class MtrStation(Frozen):
    """Which trains."""

    station: str = Field(min_length=1, max_length=60)
    line: str = Field(default="", max_length=40)
    towards: str = Field(default="", max_length=60)
    """A station further on: only trains that way."""


class _Train(Shape):
    time: str
    plat: str = ""
    dest: str
    valid: str = "Y"


class _Station(Shape):
    curr_time: str
    UP: tuple[_Train, ...] = ()
    DOWN: tuple[_Train, ...] = ()


class _Schedule(Shape):
    status: int
    message: str = ""
    isdelay: str = "N"
    data: dict[str, _Station] = Field(default_factory=dict)


class MtrNextTrain:
    """`getSchedule.php` of DATA.GOV.HK, one call a line that calls at the station."""

    name = "mtr_next_train"
    about = "The next MTR trains at a station, by line and destination, with platform and minutes."
    arguments = MtrStation

    async def run(self, given: MtrStation, context: Context) -> Result:
        """Found, or Unknown for a station or line that there is not."""
        station = mtr_stations().find(given.station)
        if station is None:
            return _no_station(given.station)
        lines = lines_at(station.id)
        if given.line:
            line = mtr_lines().find(given.line)
            lines = [each for each in lines if line is not None and each == line.id]
            if not lines:
                return _no_line(given.station, given.line)
        towards = mtr_stations().find(given.towards) if given.towards else None
        if towards is not None and not given.line:
            lines = [each for each in lines if towards.id in stations_of(each)] or lines
        fetched = await asyncio.gather(
            *(context.sources.json(_URL.format(line=line, station=station.id)) for line in lines)
        )
        return _told(self.name, station.id, lines, fetched, towards.id if towards else "", context)


def _told(
    tool: str, station: str, lines: list[str], fetched: list[Fetched], towards: str, context: Context
) -> Result:
    rides: list[Ride] = []
    times: list[datetime] = []
    late = False
    for line, answer in zip(lines, fetched, strict=True):
        schedule = shaped(_Schedule, answer)
        late = late or schedule.isdelay == "Y"
        here = schedule.data.get(f"{line}-{station}")
        if schedule.status != 1 or here is None:
            raise SourceDown(answer.host, "status")
        try:
            times.append(instant(here.curr_time))
            rides += _rides(here, context.now(), towards and directions(line, station, towards))
        except ValueError as error:
            raise SourceDown(answer.host, "shape") from error
    if (context.now() - min(times)).total_seconds() > 600:
        raise SourceDown(HOST, "stale", min(times))
    named = mtr_stations().things[station]
    value = arrivals("MTR", (named.en, named.zh), "", rides, delayed=late)
    words = said(value, ("train", "列車"))
    return found(
        tool, value, from_host(fetched[0], at=max(times), name=NAME, page="https://www.mtr.com.hk/"), words
    )


def _rides(here: _Station, now: datetime, ways: str | set[str]) -> list[Ride]:
    """Raises ValueError."""
    made = []
    for way, trains in (("UP", here.UP), ("DOWN", here.DOWN)):
        if ways and way not in ways:
            continue
        for train in trains:
            to = mtr_stations().things.get(train.dest)
            if train.valid != "Y" or to is None:
                continue
            at = instant(train.time)
            minutes = due(at, now)
            made.append(Ride(route="", to=to.en, to_zh=to.zh, at=at, minutes=minutes, platform=train.plat))
    return made


def lines_at(station: str) -> list[str]:
    """The lines that call at a station."""
    return list(
        dict.fromkeys(row["line"] for row in rows("mtr_lines.csv") if station in row["stations"].split())
    )


def stations_of(line: str) -> set[str]:
    """The stations of a line with its branches."""
    return {code for row in rows("mtr_lines.csv") if row["line"] == line for code in row["stations"].split()}


def directions(line: str, station: str, towards: str) -> set[str]:
    """`UP` or `DOWN`: the way from a station towards another on one line; empty where it is not known."""
    for row in rows("mtr_lines.csv"):
        order = row["stations"].split()
        if row["line"] == line and station in order and towards in order and station != towards:
            return {"UP" if order.index(station) < order.index(towards) else "DOWN"}
    return set()


def _no_station(name: str) -> Unknown:
    near = mtr_stations().near(name)
    return Unknown(
        tool="mtr_next_train",
        reason="no_station",
        near=near,
        words=Words(
            en=f"I know no MTR station called {name}.",
            zh=f"我不知道有名為「{name}」的港鐵站。",
            yue=f"我唔知有叫做「{name}」嘅港鐵站。",
        ),
    )


def _no_line(station: str, line: str) -> Unknown:
    return Unknown(
        tool="mtr_next_train",
        reason="no_line",
        words=Words(
            en=f"{line} does not call at {station}, as far as I know.",
            zh=f"據我所知，{line}不停{station}站。",
            yue=f"據我所知，{line}唔停{station}站。",
        ),
    )
