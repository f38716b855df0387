"""Sunrise and sunset, as the Observatory computes them."""

from __future__ import annotations

from datetime import date

from ..sources import SourceDown
from .protocol import Context
from .result import Frozen, Result, Words, day_en, day_zh, found, from_host
from .weather import row_of


class SunDay(Frozen):
    """Which day."""

    day: date


class Sun(Frozen):
    """The sun of a day, in Hong Kong time."""

    day: date
    rise: str
    noon: str
    """When it is highest."""
    set: str


class SunTimes:
    """`SRS` of the Observatory."""

    name = "sun"
    about = "Sunrise and sunset in Hong Kong on a day."
    arguments = SunDay

    async def run(self, given: SunDay, context: Context) -> Result:
        """Found."""
        fetched, read = await row_of(context, "SRS", given.day)
        row = dict(zip(read.fields, read.cells, strict=False))
        try:
            sun = Sun(day=given.day, rise=row["RISE"], noon=row["TRAN."], set=row["SET"])
        except KeyError as error:
            raise SourceDown(fetched.host, "shape") from error
        return found(
            self.name,
            sun,
            from_host(fetched),
            Words(
                en=f"On {day_en(given.day)} the sun rises at {sun.rise} and sets at {sun.set} in Hong Kong.",
                zh=f"{day_zh(given.day)}香港的日出時間是 {sun.rise}，日落時間是 {sun.set}。",
                yue=f"{day_zh(given.day)}香港喺 {sun.rise} 日出，{sun.set} 日落。",
            ),
        )
