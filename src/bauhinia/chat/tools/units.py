"""Units, exactly: fractions all the way, rounded once for reading."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cache

from pydantic import Field

from ...yaml_text import read_yaml
from .protocol import Context
from .resolve import DATA, Named, Names
from .result import Frozen, Result, Source, Unknown, Words, found

SOURCE = Source(
    name=Words(en="exact definition of the units", zh="單位的精確定義"),
    url="https://www.elegislation.gov.hk/hk/cap68",
    page="https://www.elegislation.gov.hk/hk/cap68",
)
_SHIFT = {"C": Fraction("273.15"), "F": Fraction("459.67")}
"""What is added to degrees before they are multiplied into kelvin."""


class Conversion(Frozen):
    """How much of what in what."""

    amount: Decimal = Field(ge=-(Decimal(10) ** 15), le=Decimal(10) ** 15)
    start: str = Field(min_length=1, max_length=30)
    end: str = Field(min_length=1, max_length=30)


class Converted(Frozen):
    """An amount in another unit."""

    amount: str
    start: str
    end: str
    result: str
    """To six significant figures, or exact where it has fewer."""
    exact: bool


@cache
def units() -> Names:
    """Every unit by its names."""
    return Names(
        Named(id=row["unit"], en=row["en"], zh=row["zh"], others=(row["unit"], *row["also"]))
        for group in _groups().values()
        for row in group
    )


@cache
def _groups() -> dict[str, list[dict[str, str]]]:
    read: dict[str, list[dict[str, str]]] = read_yaml((DATA / "units.yaml").read_text(encoding="utf-8"))
    return read


@cache
def _kinds() -> dict[str, tuple[str, Fraction]]:
    return {row["unit"]: (kind, Fraction(row["factor"])) for kind, rows in _groups().items() for row in rows}


class Units:
    """Our own arithmetic."""

    name = "convert_units"
    about = "Convert length, area, weight, volume, speed or temperature, with catties, taels and square feet."
    arguments = Conversion

    async def run(self, given: Conversion, context: Context) -> Result:  # noqa: ARG002
        """Found, or Unknown for a unit that there is not, or that measures something else."""
        start, end = units().find(given.start), units().find(given.end)
        if start is None or end is None:
            return _cannot(given.start if start is None else given.end)
        if _kinds()[start.id][0] != _kinds()[end.id][0]:
            return _cannot(f"{given.start} → {given.end}")
        exact = converted(Fraction(given.amount), start.id, end.id)
        text, whole = written(exact)
        value = Converted(amount=f"{given.amount:f}", start=start.id, end=end.id, result=text, exact=whole)
        return found(self.name, value, SOURCE, _words(value))


def converted(amount: Fraction, start: str, end: str) -> Fraction:
    """The amount in another unit of the same kind, exactly."""
    base = (amount + _SHIFT.get(start, 0)) * _kinds()[start][1]
    return base / _kinds()[end][1] - _SHIFT.get(end, 0)


def added_up(amount: Decimal, unit: str, more: Decimal, smaller: str) -> Decimal | None:
    """So much of one unit and so much of another, in the other; None where it has no end as a decimal."""
    if _kinds()[unit][0] != _kinds()[smaller][0] or unit in _SHIFT:
        return None
    total = converted(Fraction(amount), unit, smaller) + Fraction(more)
    decimal = Decimal(total.numerator) / Decimal(total.denominator)
    return decimal if Fraction(decimal) == total else None


def written(number: Fraction) -> tuple[str, bool]:
    """A number for reading, to six significant figures, and whether nothing was lost."""
    if number.denominator == 1 and abs(number) < 10**15:
        return str(number.numerator), True
    decimal = Decimal(number.numerator) / Decimal(number.denominator)
    digits = max(0, 6 - (decimal.adjusted() + 1))
    rounded = round(decimal, digits)
    text = f"{rounded:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text, Fraction(rounded) == number


def _words(value: Converted) -> Words:
    one, two = (units().things[unit] for unit in (value.start, value.end))
    about, about_zh = ("is", "等於") if value.exact else ("is about", "約等於")
    return Words(
        en=f"{value.amount} {one.en} {about} {value.result} {two.en}.",
        zh=f"{value.amount} {one.zh}{about_zh} {value.result} {two.zh}。",
        yue=f"{value.amount} {one.zh}{'即係' if value.exact else '大約係'} {value.result} {two.zh}。",
    )


def _cannot(what: str) -> Unknown:
    return Unknown(
        tool="convert_units",
        reason="no_unit",
        words=Words(
            en=f"I cannot convert {what}.", zh=f"我不能換算「{what}」。", yue=f"我換算唔到「{what}」。"
        ),
    )
