"""The Chinese calendar, 1900 to 2100, from a table of its years: first day, leap month, long months.

The Observatory computes the calendar and publishes it; the table agrees with it (2033's leap eleventh month
included) and needs no network.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Literal, NamedTuple

from pydantic import Field

from .protocol import Context
from .resolve import rows
from .result import Frozen, Result, Source, Unknown, Words, day_en, day_zh, found

SOURCE = Source(
    name=Words(en="Chinese calendar (table of this product)", zh="農曆（本系統的曆表）"),
    url="https://www.hko.gov.hk/en/gts/time/conversion.htm",
    page="https://www.hko.gov.hk/en/gts/time/conversion.htm",
)
_STEMS, _BRANCHES, _ANIMALS = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥", "鼠牛虎兔龍蛇馬羊猴雞狗豬"
_ANIMALS_EN = [
    "Rat",
    "Ox",
    "Tiger",
    "Rabbit",
    "Dragon",
    "Snake",
    "Horse",
    "Goat",
    "Monkey",
    "Rooster",
    "Dog",
    "Pig",
]
_MONTHS = "正二三四五六七八九十"
FESTIVALS = {
    "lunar_new_year": (1, 1, "Lunar New Year's Day", "農曆新年（年初一）"),
    "lantern": (1, 15, "Spring Lantern Festival", "元宵節"),
    "tuen_ng": (5, 5, "Tuen Ng (Dragon Boat) Festival", "端午節"),
    "seven_sisters": (7, 7, "Qixi Festival", "七夕"),
    "yu_lan": (7, 15, "Yu Lan (Hungry Ghost) Festival", "盂蘭節"),
    "mid_autumn": (8, 15, "Mid-Autumn Festival", "中秋節"),
    "chung_yeung": (9, 9, "Chung Yeung Festival", "重陽節"),
    "buddha": (4, 8, "Birthday of the Buddha", "佛誕"),
    "tin_hau": (3, 23, "Birthday of Tin Hau", "天后誕"),
}
"""Month and day of festivals that the Chinese calendar sets."""


class LunarQuestion(Frozen):
    """A day to put into the Chinese calendar, a festival, or a day of the Chinese calendar."""

    ask: Literal["lunar_of", "festival", "solar_of"]
    day: date | None = None
    """Empty means today."""
    festival: str = ""
    """One of FESTIVALS."""
    year: int | None = Field(default=None, ge=1900, le=2100)
    """For `festival` and `solar_of`; empty means the next one."""
    month: int = Field(default=1, ge=1, le=12)
    number: int = Field(default=1, ge=1, le=30)
    """The day of the month."""


class LunarDay(Frozen):
    """A day in both calendars."""

    day: date
    year: int
    """The Chinese year, by the year in which it begins."""
    month: int
    leap: bool
    number: int
    """The day of the month."""
    text: str
    """Such as 丙午年十月十九."""
    animal: str


class Year(NamedTuple):
    """A year of the Chinese calendar."""

    year: int
    first: date
    leap: int
    long_months: str


@cache
def _years() -> dict[int, Year]:
    return {
        int(row["year"]): Year(
            int(row["year"]), date.fromisoformat(row["new_year"]), int(row["leap"]), row["long_months"]
        )
        for row in rows("lunar_years.csv")
    }


class Lunar:
    """Our own arithmetic."""

    name = "lunar_calendar"
    about = (
        "A date in the Chinese (lunar) calendar, when a festival such as Mid-Autumn is, the year's animal."
    )
    arguments = LunarQuestion

    async def run(self, given: LunarQuestion, context: Context) -> Result:
        """Found, or Unknown for a day outside the table."""
        today = context.today()
        try:
            if given.ask == "festival" and given.festival in FESTIVALS:
                return _festival(self.name, given, today)
            if given.ask == "solar_of":
                return _solar(self.name, given, today)
            value = lunar_of(given.day or today)
        except LookupError:
            return _outside(self.name)
        return found(self.name, value, SOURCE, _words(value))


def lunar_of(day: date) -> LunarDay:
    """A day in the Chinese calendar. Raises LookupError outside the table."""
    year = _years()[day.year] if day >= _years()[day.year].first else _years()[day.year - 1]
    left = (day - year.first).days
    for month, leap, length in _months(year):
        if left < length:
            return _lunar_day(day, year.year, month, leap, left + 1)
        left -= length
    raise LookupError(day)


def solar_of(year: int, month: int, day: int) -> date:
    """The day of a date of the Chinese calendar, not of a leap month. Raises LookupError."""
    known = _years()[year]
    ahead = 0
    for each, leap, length in _months(known):
        if each == month and not leap:
            if day > length:
                raise LookupError(day)
            return known.first + timedelta(days=ahead + day - 1)
        ahead += length
    raise LookupError(month)


def _months(year: Year) -> list[tuple[int, bool, int]]:
    """Number, whether it is the leap one, and length of each month."""
    numbers = [(number, False) for number in range(1, 13)]
    if year.leap:
        numbers.insert(year.leap, (year.leap, True))
    return [
        (number, leap, 30 if long == "1" else 29)
        for (number, leap), long in zip(numbers, year.long_months, strict=True)
    ]


def _lunar_day(day: date, year: int, month: int, leap: bool, number: int) -> LunarDay:
    index = (year - 4) % 60
    name = f"{_STEMS[index % 10]}{_BRANCHES[index % 12]}年"
    return LunarDay(
        day=day,
        year=year,
        month=month,
        leap=leap,
        number=number,
        text=f"{name}{'閏' if leap else ''}{_month_zh(month)}{_day_of_month_zh(number)}",
        animal=_ANIMALS_EN[index % 12],
    )


def _month_zh(month: int) -> str:
    return f"{_MONTHS[month - 1]}月" if month <= 10 else {11: "十一月", 12: "十二月"}[month]


def _day_of_month_zh(day: int) -> str:
    digits = "一二三四五六七八九十"
    if day <= 10:
        return f"初{digits[day - 1]}"
    if day == 20:
        return "二十"
    if day == 30:
        return "三十"
    return f"{'十' if day < 20 else '廿'}{digits[day % 10 - 1]}"


def _festival(tool: str, given: LunarQuestion, today: date) -> Result:
    month, number, en, zh = FESTIVALS[given.festival]
    if given.year is not None:
        day = solar_of(given.year, month, number)
    else:
        coming = (solar_of(year, month, number) for year in range(today.year - 1, today.year + 2))
        day = next(each for each in coming if each >= today)
    value = lunar_of(day)
    words = Words(
        en=f"The {en} is on {day_en(day)}.", zh=f"{zh}是{day_zh(day)}。", yue=f"{zh}係{day_zh(day)}。"
    )
    return found(tool, value, SOURCE, words)


def _solar(tool: str, given: LunarQuestion, today: date) -> Result:
    if given.year is not None:
        day = solar_of(given.year, given.month, given.number)
    else:
        coming = (solar_of(year, given.month, given.number) for year in range(today.year - 1, today.year + 2))
        day = next(each for each in coming if each >= today)
    value = lunar_of(day)
    words = Words(
        en=f"That day of the Chinese calendar ({value.text}) is {day_en(day)}.",
        zh=f"農曆{value.text}是{day_zh(day)}。",
        yue=f"農曆{value.text}係{day_zh(day)}。",
    )
    return found(tool, value, SOURCE, words)


def _words(value: LunarDay) -> Words:
    animal_zh = _ANIMALS[_ANIMALS_EN.index(value.animal)]
    leap = "leap " if value.leap else ""
    return Words(
        en=(
            f"{day_en(value.day)} is day {value.number} of {leap}month {value.month} in the Chinese "
            f"calendar ({value.text}), Year of the {value.animal}."
        ),
        zh=f"{day_zh(value.day)}是農曆{value.text}，生肖屬{animal_zh}。",
        yue=f"{day_zh(value.day)}係農曆{value.text}，生肖屬{animal_zh}。",
    )


def _outside(tool: str) -> Unknown:
    return Unknown(
        tool=tool,
        reason="outside_table",
        words=Words(
            en="My table of the Chinese calendar covers 1900 to 2100 and has no such day.",
            zh="我的農曆曆表只涵蓋1900至2100年，沒有這一天。",
            yue="我嘅農曆曆表只有1900至2100年，冇呢一日。",
        ),
    )
