"""The nine-day forecast, and how likely rain is: the Observatory's own words and its own five steps."""

from __future__ import annotations

from datetime import date

from ..sources import SourceDown, shaped
from .protocol import Context
from .result import Frozen, Result, Unknown, Words, day_en, day_zh, found, from_host
from .weather import Measure, Shape, both, report, timely

OLDEST = 30
"""Hours; the forecast is issued twice a day."""
CHANCES = {
    "high": ("70% or above", "百分之七十或以上", "高"),
    "medium high": ("55% to 69%", "百分之五十五至六十九", "中高"),
    "medium": ("45% to 54%", "百分之四十五至五十四", "中"),
    "medium low": ("30% to 44%", "百分之三十至四十四", "中低"),
    "low": ("below 30%", "低於百分之三十", "低"),
}
"""The Observatory's steps of the probability of significant rain (10 mm or more in the day)."""


class ForecastDay(Frozen):
    """Which day."""

    day: date


class Day(Frozen):
    """The forecast of a day."""

    day: date
    lowest: float
    highest: float
    weather: str
    weather_zh: str
    chance: str
    """Of significant rain: `low` to `high`."""


class Chance(Frozen):
    """How likely significant rain is on a day."""

    day: date
    chance: str
    percent: str


class _Forecast(Shape):
    forecastDate: str  # noqa: N815
    forecastWeather: str  # noqa: N815
    forecastMaxtemp: Measure  # noqa: N815
    forecastMintemp: Measure  # noqa: N815
    PSR: str = ""


class _Nine(Shape):
    weatherForecast: list[_Forecast]  # noqa: N815
    updateTime: str  # noqa: N815


class Forecast:
    """`fnd` of the Observatory."""

    name = "forecast"
    about = (
        "The Observatory's forecast for one of the next nine days: weather, lowest and highest temperature."
    )
    arguments = ForecastDay

    async def run(self, given: ForecastDay, context: Context) -> Result:
        """Found, or Unknown for a day that no forecast covers."""
        fetched, chinese = await both(context, "fnd")
        read, zh = shaped(_Nine, fetched), shaped(_Nine, chinese)
        at = timely(fetched, read.updateTime, context.now(), OLDEST)
        wanted = f"{given.day:%Y%m%d}"
        one = next((each for each in read.weatherForecast if each.forecastDate == wanted), None)
        two = next((each for each in zh.weatherForecast if each.forecastDate == wanted), None)
        if one is None or two is None:
            return _beyond(self.name, given.day, context.today())
        day = Day(
            day=given.day,
            lowest=one.forecastMintemp.value,
            highest=one.forecastMaxtemp.value,
            weather=one.forecastWeather.strip(),
            weather_zh=two.forecastWeather.strip(),
            chance=one.PSR.strip().lower(),
        )
        return found(self.name, day, from_host(fetched, at=at), _words(day))


class RainChance:
    """The same report's probability of significant rain."""

    name = "rain_chance"
    about = "How likely significant rain is on one of the next nine days, as the Observatory puts it."
    arguments = ForecastDay

    async def run(self, given: ForecastDay, context: Context) -> Result:
        """Found, or Unknown for a day that no forecast covers."""
        fetched = await report(context, "fnd")
        read = shaped(_Nine, fetched)
        at = timely(fetched, read.updateTime, context.now(), OLDEST)
        wanted = f"{given.day:%Y%m%d}"
        one = next((each for each in read.weatherForecast if each.forecastDate == wanted), None)
        if one is None:
            return _beyond(self.name, given.day, context.today())
        step = one.PSR.strip().lower()
        if step not in CHANCES:
            raise SourceDown(fetched.host, "shape")
        percent, percent_zh, zh = CHANCES[step]
        return found(
            self.name,
            Chance(day=given.day, chance=step, percent=percent),
            from_host(fetched, at=at),
            Words(
                en=f"The probability of significant rain on {day_en(given.day)} is {step} ({percent}).",
                zh=f"{day_zh(given.day)}出現顯著降雨的概率為「{zh}」（{percent_zh}）。",
                yue=f"{day_zh(given.day)}落大雨嘅機會係「{zh}」（{percent_zh}）。",
            ),
        )


def _words(day: Day) -> Words:
    return Words(
        en=f"{day_en(day.day)}: {day.weather} {day.lowest:g} to {day.highest:g} °C.",
        zh=f"{day_zh(day.day)}：{day.weather_zh}氣溫介乎 {day.lowest:g} 至 {day.highest:g} 度。",
        yue=f"{day_zh(day.day)}：{day.weather_zh}氣溫會喺 {day.lowest:g} 至 {day.highest:g} 度之間。",
    )


def _beyond(tool: str, day: date, today: date) -> Unknown:
    return Unknown(
        tool=tool,
        reason="beyond_forecast",
        words=Words(
            en=(
                f"The Observatory's nine-day forecast does not cover {day_en(day)}, so I do not know. "
                f"(Today is {day_en(today)}.)"
            ),
            zh=f"天文台的九天天氣預報不包括{day_zh(day)}，所以我不知道。（今天是{day_zh(today)}。）",
            yue=f"天文台嘅九日天氣預報冇包{day_zh(day)}，所以我唔知道。（今日係{day_zh(today)}。）",
        ),
    )
