"""How the Observatory's open data is asked: one address, the shapes that several tools read."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from ..sources import Fetched, SourceDown, shaped
from .protocol import Context
from .result import instant

HOST = "data.weather.gov.hk"
_WEATHER = f"https://{HOST}/weatherAPI/opendata/weather.php"
_TABLES = f"https://{HOST}/weatherAPI/opendata/opendata.php"


class Shape(BaseModel):
    """A part of a source's answer; what else it holds is of no concern."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Measure(Shape):
    """A number with its unit."""

    value: float
    unit: str = ""


class Place(Shape):
    """A measure at a place."""

    place: str
    value: float


class Rainfall(Shape):
    """Rain of the past hour in a district, millimetres."""

    place: str
    highest: float = Field(default=0, alias="max")


class Table(Shape):
    """A table of `opendata.php`."""

    fields: list[str]
    data: list[list[str]]


async def report(context: Context, kind: str, language: str = "en") -> Fetched:
    """A report: `rhrread`, `fnd`, `flw`, `warnsum`, `warningInfo`. Raises SourceDown."""
    return await context.sources.json(f"{_WEATHER}?dataType={kind}&lang={language}")


async def both(context: Context, kind: str) -> tuple[Fetched, Fetched]:
    """A report in English and in Chinese. Raises SourceDown."""
    en, zh = await asyncio.gather(report(context, kind, "en"), report(context, kind, "tc"))
    return en, zh


async def table(context: Context, kind: str, day: date, station: str = "") -> tuple[Fetched, Table]:
    """A day of a table: `HLT`, `HHOT`, `SRS`. Raises SourceDown."""
    at = f"&station={station}" if station else ""
    when = f"year={day.year}&month={day.month}&day={day.day}"
    fetched = await context.sources.json(f"{_TABLES}?dataType={kind}{at}&{when}&rformat=json")
    read = shaped(Table, fetched)
    if not read.data:
        raise SourceDown(fetched.host, "empty")
    return fetched, read


def timely(fetched: Fetched, text: str, now: datetime, hours: float) -> datetime:
    """The source's own time, which is not older than it may be. Raises SourceDown."""
    try:
        at = instant(text)
    except ValueError as error:
        raise SourceDown(fetched.host, "shape") from error
    if (now - at).total_seconds() > hours * 3600:
        raise SourceDown(fetched.host, "stale", at)
    return at


def first(rows: list[Any]) -> Any:
    """The first of rows, or None."""
    return rows[0] if rows else None
