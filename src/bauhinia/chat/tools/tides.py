"""Tides as the Observatory predicts them: high and low water of a day, or the height at an hour."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from ..sources import SourceDown
from .protocol import Context
from .resolve import tide_stations
from .result import Frozen, Result, Unknown, Words, day_en, day_zh, found, from_host, joined_en, joined_zh
from .weather import row_of


class TideDay(Frozen):
    """Where and when."""

    place: str = Field(default="", max_length=60)
    """A tide station or a place at one; empty means Quarry Bay, in the harbour."""
    day: date
    hour: int | None = Field(default=None, ge=1, le=24)
    """For the height at an hour, as the Observatory numbers them."""


class Water(Frozen):
    """A high or low water."""

    time: str
    height: float
    """Metres above chart datum."""
    high: bool


class Tides(Frozen):
    """The tides of a day."""

    place: str
    day: date
    waters: tuple[Water, ...]


class Height(Frozen):
    """The predicted height at an hour."""

    place: str
    day: date
    hour: int
    height: float


class TideTimes:
    """`HLT` and `HHOT` of the Observatory."""

    name = "tides"
    about = "High and low tide times and heights at a tide station on a day, or the height at an hour."
    arguments = TideDay

    async def run(self, given: TideDay, context: Context) -> Result:
        """Found, or Unknown where no tide is predicted."""
        station = tide_stations().find(given.place or "Quarry Bay")
        if station is None:
            return Unknown(
                tool=self.name,
                reason="no_station",
                near=tide_stations().near(given.place),
                words=Words(
                    en=f"The Observatory predicts no tides for {given.place}, so I do not know.",
                    zh=f"天文台沒有{given.place}的潮汐預測，所以我不知道。",
                    yue=f"天文台冇{given.place}嘅潮汐預測，所以我唔知道。",
                ),
            )
        named = tide_stations().things[station.id]
        if given.hour is not None:
            return await self._height(station.id, given, given.hour, context)
        fetched, row = await row_of(context, "HLT", given.day, station.id)
        try:
            waters = _waters(row.cells[2:])
        except (ValueError, IndexError) as error:
            raise SourceDown(fetched.host, "shape") from error
        value = Tides(place=named.en, day=given.day, waters=waters)
        en = joined_en([f"{'high' if w.high else 'low'} at {w.time} ({w.height:g} m)" for w in waters])
        zh = joined_zh([f"{w.time} {'高潮' if w.high else '低潮'}（{w.height:g} 米）" for w in waters])
        return found(
            self.name,
            value,
            from_host(fetched),
            Words(
                en=f"Tides at {named.en} on {day_en(given.day)}: {en}.",
                zh=f"{named.zh}{day_zh(given.day)}的潮汐：{zh}。",
                yue=f"{named.zh}{day_zh(given.day)}嘅潮汐：{zh}。",
            ),
        )

    async def _height(self, station: str, given: TideDay, hour: int, context: Context) -> Result:
        fetched, row = await row_of(context, "HHOT", given.day, station)
        try:
            height = float(row.cells[row.fields.index(f"{hour:02d}")])
        except (ValueError, IndexError) as error:
            raise SourceDown(fetched.host, "shape") from error
        named = tide_stations().things[station]
        return found(
            self.name,
            Height(place=named.en, day=given.day, hour=hour, height=height),
            from_host(fetched),
            Words(
                en=(
                    f"The predicted tide at {named.en} at {hour:02d}:00 on {day_en(given.day)} is "
                    f"{height:g} m."
                ),
                zh=f"{named.zh}在{day_zh(given.day)} {hour:02d}:00 的預測潮高是 {height:g} 米。",
                yue=f"{named.zh}喺{day_zh(given.day)} {hour:02d}:00 嘅預測潮高係 {height:g} 米。",
            ),
        )


def _waters(cells: list[str]) -> tuple[Water, ...]:
    """Pairs of time and height; which are high is told by their neighbours. Raises ValueError."""
    pairs = [
        (time, float(height)) for time, height in zip(cells[::2], cells[1::2], strict=False) if time.strip()
    ]
    if not pairs:
        raise ValueError("no tides")
    heights = [height for _, height in pairs]
    return tuple(
        Water(time=_clock(time), height=height, high=_is_high(heights, index))
        for index, (time, height) in enumerate(pairs)
    )


def _is_high(heights: list[float], index: int) -> bool:
    beside = heights[index - 1] if index else (heights[1] if len(heights) > 1 else 0.0)
    return heights[index] > beside


def _clock(text: str) -> str:
    digits = text.strip().replace(":", "").zfill(4)
    if not digits.isdecimal() or len(digits) != 4:
        raise ValueError(text)
    return f"{digits[:2]}:{digits[2:]}"
