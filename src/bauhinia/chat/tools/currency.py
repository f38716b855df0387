"""Exchange rates of the Hong Kong dollar, from the Monetary Authority's daily series.

The series is published a month at a time, some weeks late: every answer says of which day its rate is, and
that a bank's rate of today differs.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pydantic import Field

from ..sources import SourceDown, shaped
from .protocol import Context
from .resolve import currencies
from .result import HONG_KONG, Frozen, Result, Unknown, Words, found, from_host
from .weather import Shape

_URL = (
    "https://api.hkma.gov.hk/public/market-data-and-statistics/monthly-statistical-bulletin/er-ir/er-eeri-daily"
    "?pagesize=1&sortby=end_of_day&sortorder=desc"
)
_OLDEST = timedelta(days=75)


class Exchange(Frozen):
    """How much of what in what."""

    amount: Decimal = Field(default=Decimal(1), ge=0, le=Decimal(10) ** 15)
    start: str = Field(min_length=1, max_length=40)
    end: str = Field(default="HKD", min_length=1, max_length=40)


class Exchanged(Frozen):
    """An amount in another currency."""

    amount: str
    start: str
    end: str
    result: str
    """To the cent."""
    rate: str
    """Of one unit of `start` in `end`."""
    day: date
    """Whose rate it is."""


class _Header(Shape):
    success: bool


class _Result(Shape):
    records: list[dict[str, Any]]


class _Answer(Shape):
    header: _Header
    result: _Result


class Currency:
    """`er-eeri-daily` of the Monetary Authority: Hong Kong dollars for one unit of each currency."""

    name = "currency"
    about = (
        "Convert an amount between the Hong Kong dollar and 17 currencies at the HKMA's published daily rate."
    )
    arguments = Exchange

    async def run(self, given: Exchange, context: Context) -> Result:
        """Found, or Unknown for a currency that the series does not have."""
        start, end = currencies().find(given.start), currencies().find(given.end)
        if start is None or end is None:
            return _no_currency(given.start if start is None else given.end)
        fetched = await context.sources.json(_URL)
        read = shaped(_Answer, fetched)
        if not read.header.success or not read.result.records:
            raise SourceDown(fetched.host, "empty")
        record = max(read.result.records, key=lambda each: str(each.get("end_of_day", "")))
        try:
            day = date.fromisoformat(str(record["end_of_day"]))
            one, two = _rate(record, start.id), _rate(record, end.id)
        except (KeyError, ValueError, ArithmeticError) as error:
            raise SourceDown(fetched.host, "shape") from error
        at = datetime(day.year, day.month, day.day, 23, 59, tzinfo=HONG_KONG)
        if context.today() - day > _OLDEST:
            raise SourceDown(fetched.host, "stale", at)
        rate = one / two
        value = Exchanged(
            amount=f"{given.amount:f}",
            start=start.id,
            end=end.id,
            result=f"{_cents(given.amount * rate):f}",
            rate=f"{rate:.6g}",
            day=day,
        )
        return found(self.name, value, from_host(fetched, at=at), _words(value))


def _rate(record: dict[str, Any], code: str) -> Decimal:
    """Hong Kong dollars for one unit. Raises KeyError, ValueError, ArithmeticError."""
    if code == "HKD":
        return Decimal(1)
    rate = Decimal(str(record[code.lower()]))
    if not rate > 0:
        raise ValueError(code)
    return rate


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _words(value: Exchanged) -> Words:
    one, two = (currencies().things[code] for code in (value.start, value.end))
    result = f"{Decimal(value.result):,}"
    amount = f"{Decimal(value.amount):,}"
    return Words(
        en=(
            f"{amount} {value.start} is {result} {value.end} at the rate of {value.day} (1 "
            f"{value.start} = {value.rate} {value.end}). Banks' rates today differ."
        ),
        zh=(
            f"按 {value.day} 的匯率，{amount} {one.zh}相等於 {result} {two.zh}（1 {one.zh} = "
            f"{value.rate} {two.zh}）。銀行今天的匯率會有不同。"
        ),
        yue=(
            f"按 {value.day} 嘅匯率，{amount} {one.zh}即係 {result} {two.zh}（1 {one.zh} = "
            f"{value.rate} {two.zh}）。銀行今日嘅匯率會有出入。"
        ),
    )


def _no_currency(name: str) -> Unknown:
    return Unknown(
        tool="currency",
        reason="no_currency",
        near=currencies().near(name),
        words=Words(
            en=f"The HKMA's series has no rate for {name}, so I do not know.",
            zh=f"金管局的數據沒有「{name}」的匯率，所以我不知道。",
            yue=f"金管局嘅數據冇「{name}」嘅匯率，所以我唔知道。",
        ),
    )
