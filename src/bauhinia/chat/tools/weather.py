"""How the Observatory's open data is asked: one address, the shapes that several tools read."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from ..sources import Fetched, SourceDown, shaped
from .protocol import Context
from .result import instant

HOST = "data.weather.gov.hk"
_WEATHER = f"https://{HOST}/weatherAPI/opendata/weather.php"
_TABLES = f"https://{HOST}/weatherAPI/opendata/opendata.php"


class Shape(BaseModel):
    """A part of a source's answer; what else it holds is of no concern."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


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


class Row(NamedTuple):
    """A row of a table with the names of its columns."""

    fields: list[str]
    cells: list[str]


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


async def row_of(context: Context, kind: str, day: date, station: str = "") -> tuple[Fetched, Row]:
    """The row of a day in a table: `HLT`, `HHOT`, `SRS`. Raises SourceDown."""
    at = f"&station={station}" if station else ""
    when = f"year={day.year}&month={day.month}&day={day.day}"
    fetched = await context.sources.json(f"{_TABLES}?dataType={kind}{at}&{when}&rformat=json")
    read = shaped(Table, fetched)
    if not read.data:
        raise SourceDown(fetched.host, "empty")
    # The row says itself which day it is of; a table of a whole month must not pass for its first day.
    row = next((each for each in read.data if _is_of(each, day)), None)
    if row is None:
        raise SourceDown(fetched.host, "shape")
    return fetched, Row(read.fields, row)


def _is_of(row: list[str], day: date) -> bool:
    if row[:1] == [day.isoformat()]:
        return True
    return [cell.strip().zfill(2) for cell in row[:2]] == [f"{day:%m}", f"{day:%d}"]


def timely(fetched: Fetched, text: str, now: datetime, hours: float) -> datetime:
    """The source's own time, which is not older than it may be. Raises SourceDown."""
    try:
        at = instant(text)
    except ValueError as error:
        raise SourceDown(fetched.host, "shape") from error
    if (now - at).total_seconds() > hours * 3600:
        raise SourceDown(fetched.host, "stale", at)
    return at
