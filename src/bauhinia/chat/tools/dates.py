"""Days, exactly: which weekday, how many days between, what day so many days on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from pydantic import Field

from .protocol import Context
from .result import Frozen, Result, Source, Unknown, Words, day_en, day_zh, found

SOURCE = Source(name=Words(en="the calendar, computed", zh="按曆法計算"), url="", page="")


class DateQuestion(Frozen):
    """What to work out."""

    ask: Literal["weekday", "between", "add", "today"]
    start: date | None = None
    """Empty means today."""
    end: date | None = None
    """For `between`."""
    days: int = Field(default=0, ge=-40_000, le=40_000)
    """For `add`."""


class DateAnswer(Frozen):
    """What it comes to."""

    day: date
    """The day that is meant, or that it comes to."""
    weekday: int
    """1 Monday to 7 Sunday."""
    days: int | None = None
    """Between two days: the nights between them."""


class Dates:
    """Our own arithmetic."""

    name = "dates"
    about = "Today's date, the weekday of a date, days between two dates, the date so many days on."
    arguments = DateQuestion

    async def run(self, given: DateQuestion, context: Context) -> Result:
        """Found, or Unknown for a day that no calendar of ours has."""
        start = given.start or context.today()
        try:
            value, words = _answered(given, start)
        except OverflowError:
            return Unknown(
                tool=self.name,
                reason="no_day",
                words=Words(en="That day is out of reach.", zh="日期超出範圍。"),
            )
        return found(self.name, value, SOURCE, words)


def _answered(given: DateQuestion, start: date) -> tuple[DateAnswer, Words]:
    match given.ask:
        case "between":
            end = given.end or start
            days = (end - start).days
            return DateAnswer(day=end, weekday=end.isoweekday(), days=days), _between(start, end, days)
        case "add":
            day = start + timedelta(days=given.days)
            words = Words(
                en=f"{given.days} days from {day_en(start)} is {day_en(day)}.",
                zh=f"{day_zh(start)}起計 {given.days} 天是{day_zh(day)}。",
                yue=f"{day_zh(start)}起計 {given.days} 日係{day_zh(day)}。",
            )
            return DateAnswer(day=day, weekday=day.isoweekday()), words
        case "today":
            words = Words(
                en=f"Today is {day_en(start)}.", zh=f"今天是{day_zh(start)}。", yue=f"今日係{day_zh(start)}。"
            )
            return DateAnswer(day=start, weekday=start.isoweekday()), words
        case _:
            words = Words(
                en=f"{start.day} {start:%B %Y} is a {start:%A}.",
                zh=f"{start.year}年{start.month}月{start.day}日是{_week(start)}。",
                yue=f"{start.year}年{start.month}月{start.day}日係{_week(start)}。",
            )
            return DateAnswer(day=start, weekday=start.isoweekday()), words


def _between(start: date, end: date, days: int) -> Words:
    return Words(
        en=f"From {day_en(start)} to {day_en(end)} is {days} days.",
        zh=f"由{day_zh(start)}到{day_zh(end)}相隔 {days} 天。",
        yue=f"由{day_zh(start)}到{day_zh(end)}隔咗 {days} 日。",
    )


def _week(day: date) -> str:
    return f"星期{'一二三四五六日'[day.weekday()]}"
