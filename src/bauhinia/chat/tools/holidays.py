"""General holidays, from the calendar that 1823 publishes for this year and the next."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import Any

from pydantic import Field

from ..sources import Fetched, SourceDown, shaped
from .protocol import Context
from .resolve import folded
from .result import Frozen, Result, Unknown, Words, day_en, day_zh, found, from_host, joined_en, joined_zh
from .weather import Shape

_URL = "https://www.1823.gov.hk/common/ical/{language}.json"


class HolidayQuestion(Frozen):
    """Which holidays: those of a day, of a name, of a year; with nothing given, the next one."""

    day: date | None = None
    name: str = Field(default="", max_length=60)
    """A part of its name in English or Chinese."""
    year: int | None = Field(default=None, ge=1990, le=2100)
    month: int | None = Field(default=None, ge=1, le=12)


class Holiday(Frozen):
    """A general holiday."""

    day: date
    name: str
    name_zh: str


class Holidays(Frozen):
    """Those that were asked for; empty means that the day is none."""

    holidays: tuple[Holiday, ...]
    days: tuple[date, ...]


class _Event(Shape):
    dtstart: list[Any]
    summary: str


class _Calendar(Shape):
    vevent: list[_Event]


class _Calendars(Shape):
    vcalendar: list[_Calendar]


class PublicHolidays:
    """`common/ical/*.json` of 1823."""

    name = "public_holidays"
    about = "General (public) holidays in Hong Kong: the next one, a year's, a month's, whether a day is one."
    arguments = HolidayQuestion

    async def run(self, given: HolidayQuestion, context: Context) -> Result:
        """Found, or Unknown for a year that is not published yet."""
        fetched, chinese = await asyncio.gather(
            context.sources.json(_URL.format(language="en")), context.sources.json(_URL.format(language="tc"))
        )
        every = _holidays(fetched, chinese)
        today = context.today()
        year = given.day.year if given.day else given.year
        if year is not None and all(each.day.year != year for each in every):
            return _not_published(year)
        chosen = _chosen(every, given, today)
        if given.name and not chosen:
            return _no_such(given.name)
        value = Holidays(holidays=tuple(chosen), days=tuple(each.day for each in chosen))
        return found(self.name, value, from_host(fetched), _words(value, given, today))


def _holidays(fetched: Fetched, chinese: Fetched) -> list[Holiday]:
    """Every one that is published, in order. Raises SourceDown."""
    try:
        en, zh = (
            {
                _day(event): event.summary
                for calendar in shaped(_Calendars, each).vcalendar
                for event in calendar.vevent
            }
            for each in (fetched, chinese)
        )
    except (ValueError, IndexError) as error:
        raise SourceDown(fetched.host, "shape") from error
    if not en:
        raise SourceDown(fetched.host, "empty")
    return [Holiday(day=day, name=en[day], name_zh=zh.get(day, en[day])) for day in sorted(en)]


def _day(event: _Event) -> date:
    """Raises ValueError."""
    return datetime.strptime(str(event.dtstart[0]), "%Y%m%d").date()


def _chosen(every: list[Holiday], given: HolidayQuestion, today: date) -> list[Holiday]:
    if given.day is not None:
        return [each for each in every if each.day == given.day]
    if given.name:
        wanted = _bare(given.name)
        named = [each for each in every if wanted in _bare(each.name) or wanted in _bare(each.name_zh)]
        if given.year is not None:
            return [each for each in named if each.day.year == given.year]
        ahead = [each for each in named if each.day >= today]
        return [each for each in ahead if each.day.year == ahead[0].day.year] if ahead else []
    if given.year is not None or given.month is not None:
        year = given.year or today.year
        month = given.month
        return [each for each in every if each.day.year == year and month in (None, each.day.month)]
    return [each for each in every if each.day > today][:1]


def _bare(name: str) -> str:
    return "".join(character for character in folded(name) if character.isalnum())


def _words(value: Holidays, given: HolidayQuestion, today: date) -> Words:
    if given.day is not None:
        return _words_of_day(value, given.day)
    if not value.holidays:
        when = given.month or given.year or today.year
        return Words(
            en=f"There is no general holiday then ({when}).",
            zh=f"那段時間（{when}）沒有公眾假期。",
            yue=f"嗰段時間（{when}）冇公眾假期。",
        )
    en = joined_en([f"{each.name} on {day_en(each.day)}" for each in value.holidays])
    zh = joined_zh([f"{day_zh(each.day)}{each.name_zh}" for each in value.holidays])
    if given.name or given.year or given.month:
        return Words(en=f"General holidays: {en}.", zh=f"公眾假期：{zh}。", yue=f"公眾假期有呢啲：{zh}。")
    return Words(
        en=f"The next general holiday is {en}.", zh=f"下一個公眾假期是{zh}。", yue=f"下一個公眾假期係{zh}。"
    )


def _words_of_day(value: Holidays, day: date) -> Words:
    if value.holidays:
        one = value.holidays[0]
        return Words(
            en=f"Yes: {day_en(day)} is a general holiday, {one.name}.",
            zh=f"是，{day_zh(day)}是公眾假期：{one.name_zh}。",
            yue=f"係，{day_zh(day)}係公眾假期：{one.name_zh}。",
        )
    sunday, sunday_zh = (" It is a Sunday.", "當天是星期日。") if day.weekday() == 6 else ("", "")
    return Words(
        en=f"No: {day_en(day)} is not a general holiday in the published list.{sunday}",
        zh=f"不是，{day_zh(day)}不在已公布的公眾假期名單上。{sunday_zh}",
        yue=f"唔係，{day_zh(day)}唔喺已公布嘅公眾假期名單上面。{sunday_zh}",
    )


def _not_published(year: int) -> Unknown:
    return Unknown(
        tool="public_holidays",
        reason="not_published",
        words=Words(
            en=(
                f"The calendar that I can read does not have the general holidays of {year}, so I do "
                "not know them."
            ),
            zh=f"我能查閱的日曆沒有{year}年的公眾假期，所以我不知道。",
            yue=f"我查到嘅日曆冇{year}年嘅公眾假期，所以我唔知道。",
        ),
    )


def _no_such(name: str) -> Unknown:
    return Unknown(
        tool="public_holidays",
        reason="no_such_holiday",
        words=Words(
            en=f"The published list has no coming general holiday called {name}.",
            zh=f"已公布的名單沒有名為「{name}」的未來公眾假期。",
            yue=f"已公布嘅名單冇叫做「{name}」嘅公眾假期。",
        ),
    )
