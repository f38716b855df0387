"""Questions that go on from the one before: `and tomorrow?`, 咁大埔呢？, the stop that was asked for.

Only what is nothing but a new day, place, route or amount is read so, and only where the tool of the question
before takes such a thing in one way: a word more, or two ways to take it, and nothing is carried over.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from ..tools.resolve import (
    Names,
    air_stations,
    currencies,
    departments,
    districts,
    folded,
    light_rail_stops,
    mtr_stations,
    piers,
    tide_stations,
    weather_stations,
)
from ..tools.units import units
from .everyday import holiday_named
from .rides import ROUTE_ALONE
from .skies import RAIN, warning_named
from .when import Named, days_in, month_in, year_in

Arguments = dict[str, Any]
Call = tuple[str, Arguments]
LONGEST = 60
"""Characters; a longer text is a question of its own."""
_MARKS = re.compile(
    r"^(?:(?:ok(?:ay)?|thanks?(?: you)?|thx|i see|got it|好|多謝|唔該|謝謝|明白)"
    r"(?:\b|(?=[^a-z]))[\s,.!，。！]*"
    r"|(?:and|also|then|so|but|or|what about|how about|what if|what's)\b\s*"
    r"|(?:咁|噉|那麼|那么|那|而|又|同埋|仲有|還有|另外|如果係|如果是|如果|換做|換成|改做|改成|轉做)[，,\s]*)"
)
_ENDS = re.compile(
    r"(?:[\s?？!！.。~～,，]|呢|呀|啊|喎|吖|嗎|嘛|又點|點樣|(?<=[呢日])點|又如何|如何|怎樣|怎麼樣|嘅話|的話"
    r"|\bthen|\binstead|\bplease|\bpls|\btoo|\bas well)+$"
)
_PLACED = re.compile(
    r"^(?P<at>(?:at|in|on|for|near)\b|喺|在|係)?(?P<start>\bfrom\b|由|從)?"
    r"(?P<end>(?:to|towards|into)\b|去|往|到|換做|換成|換|做|兌)?\s*(?:the\s+)?"
)
_BACK = (
    r"(?:the )?(?:way )?back|(?:the )?return(?: trip)?|(?:the )?other way(?: round)?"
    r"|返轉頭|返程|回程|反方向|調轉"
)
_AMOUNT = re.compile(r"(?:hk\$|\$)?\s*(\d+(?:,\d{3})*(?:\.\d+)?)\s*(?:蚊|元|塊)?")
_TIME = re.compile(r"(?:right )?now|而家|依家|現在|現時|目前")
_ASKS = re.compile(
    r"[?？].|\b(?:how|what|when|where|who|why|which)\b|點|幾時|邊|什麼|甚麼|為|誰|\b(?:i|you|my|no|yes|never|cancel)\b|唔知|不知|我|你|算"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What the question before asked of a tool."""

    tool: str
    arguments: Arguments
    text: str
    """Its words."""
    missing: str = ""
    """The argument that it was asked for."""

    @property
    def rainy(self) -> bool:
        """Whether it asked for rain."""
        return self.tool == "rain_chance" or re.search(RAIN, folded(self.text)) is not None


@dataclass(frozen=True, kw_only=True)
class Rest:
    """What a text says beyond marks of going on."""

    text: str
    today: date

    @cached_property
    def marked(self) -> bool:
        """Whether it says that it goes on."""
        return _MARKS.match(self.plain) is not None

    @cached_property
    def plain(self) -> str:
        return folded(self.text).strip()

    @cached_property
    def _bare(self) -> str:
        text = _ENDS.sub("", self.plain)
        while (less := _MARKS.sub("", text, count=1)) != text:
            text = less
        return _ENDS.sub("", text).strip()

    @cached_property
    def days(self) -> list[Named]:
        return days_in(self._bare, self.today)

    @cached_property
    def now(self) -> bool:
        return _TIME.search(self._bare) is not None

    @property
    def day(self) -> date | None:
        """The one day that it names."""
        return self.days[0].day if len(self.days) == 1 else None

    @cached_property
    def _named(self) -> tuple[str, str]:
        """What is left without days and `now`, and its preposition: `start`, `end`, `at` or none."""
        text = self._bare
        for each in reversed(self.days):
            text = f"{text[: each.start]} {text[each.end :]}"
        text = " ".join(_TIME.sub(" ", text).split())
        match = _PLACED.match(text)
        assert match is not None, "it matches nothing, too"
        way = next((name for name in ("start", "end", "at") if match[name]), "")
        return re.sub(r"^(?:on|in|at|for|喺|在)$", "", text[match.end() :].strip(" ,，嘅的")), way

    @property
    def name(self) -> str:
        """What is named beside days; empty where nothing is."""
        return self._named[0]

    @property
    def way(self) -> str:
        """Whether that is where one starts, goes or is."""
        return self._named[1]

    @property
    def only_a_day(self) -> bool:
        """Whether it names a day, and nothing beside it."""
        return self.day is not None and not self.name

    def one_of(self, names: Names) -> str:
        """The id of the one thing of a table that is all that is named; else empty."""
        spots = names.spot(self.name)
        if len(spots) == 1 and not (self.name[: spots[0].start] + self.name[spots[0].end :]).strip(" 站區"):
            return spots[0].id
        return ""


def follows(text: str, topic: Topic, today: date) -> Call | None:
    """The tool and arguments that a text asks for as going on from a question; None where it does not."""
    rest = Rest(text=text, today=today)
    if len(rest.plain) > LONGEST or len(rest.days) > 1:
        return None
    if topic.missing:
        return _given(rest, topic)
    read = _TOOLS.get(topic.tool)
    arguments = read(rest, topic) if read and (rest.name or rest.days or rest.now) else None
    if arguments is None:
        return None
    tool = str(arguments.pop("tool", topic.tool))
    return tool, arguments


def _given(rest: Rest, topic: Topic) -> Call | None:
    """The argument that was asked for."""
    if rest.days or not rest.name or _ASKS.search(rest.plain):
        return None
    value = rest.name[:40]
    match topic.missing:
        case "route":
            if (route := ROUTE_ALONE.fullmatch(value)) is None:
                return None
            value = route[1].upper()
        case "station" | "start" | "end" if topic.tool != "ferry":
            if not (code := rest.one_of(mtr_stations())):
                return None
            value = mtr_stations().things[code].en
        case _:
            if len(value) < 2:
                return None
    return topic.tool, {**topic.arguments, topic.missing: value}


def _sky(rest: Rest, topic: Topic) -> Arguments | None:
    """The weather of another day, or at another place: whichever tool knows that."""
    place = rest.one_of(weather_stations()) or rest.one_of(districts())
    if rest.name and not place:
        return None
    day = rest.day if rest.days else None if rest.now else topic.arguments.get("day")
    if day is not None and day > rest.today:
        return {"tool": "rain_chance" if topic.rainy else "forecast", "day": day}
    if day is not None and day < rest.today:
        return None
    if place or rest.now:
        named = rest.name or topic.arguments.get("place", "")
        return {"tool": "weather_now", **({"place": named} if named else {})}
    return {"tool": "local_forecast"}


def _tide(rest: Rest, topic: Topic) -> Arguments | None:
    place = rest.one_of(tide_stations())
    if rest.name and not place:
        return None
    kept = {**topic.arguments, **({"place": rest.name} if place else {})}
    return {**kept, "day": rest.day} if rest.day else kept


def _air(rest: Rest, _: Topic) -> Arguments | None:
    return {"place": rest.name} if rest.one_of(air_stations()) and not rest.days else None


def _warning(rest: Rest, _: Topic) -> Arguments | None:
    kind = warning_named(rest.name)
    return {"kind": kind} if kind and not rest.days else None


def _one_day(name: str) -> Callable[[Rest, Topic], Arguments | None]:
    """A tool that takes one day, by that name."""

    def read(rest: Rest, topic: Topic) -> Arguments | None:
        return {**topic.arguments, name: rest.day} if rest.only_a_day else None

    return read


def _weekday(rest: Rest, topic: Topic) -> Arguments | None:
    asked = topic.arguments.get("ask")
    return {**topic.arguments, "start": rest.day} if rest.only_a_day and asked == "weekday" else None


def _lunar(rest: Rest, topic: Topic) -> Arguments | None:
    asked = topic.arguments.get("ask")
    return {"ask": asked, "day": rest.day} if rest.only_a_day and asked == "lunar_of" else None


def _holiday(rest: Rest, topic: Topic) -> Arguments | None:
    """Another day, year, month or holiday."""
    if rest.only_a_day:
        return {"day": rest.day}
    name = holiday_named(rest.name)
    year, month = year_in(rest.name, rest.today), month_in(rest.name, rest.today)
    if name and not rest.days:
        kept = {"year": topic.arguments["year"]} if "year" in topic.arguments else {}
        return {**kept, "name": name}
    if not (year or month) or rest.days or not _YEARS.fullmatch(rest.name):
        return None
    kept = {key: value for key, value in topic.arguments.items() if key in ("name", "month", "year")}
    return kept | ({"year": year} if year else {}) | ({"month": month} if month else {})


_YEARS = re.compile(
    r"(?:(?:next|this) (?:year|month)|(?:in )?(?:19|20)\d\d年?|明年|出年|今年|下個?月|今個月|本月|\d{1,2}月)+"
)


_BOTH = re.compile(r"([a-z]{0,2}\d{1,3}[a-z]{0,2})\s*(?:(?:at|from)\s+(?:the\s+)?|喺|在)(.{2,}?)站?")


def _ride(names: Callable[[], Names]) -> Callable[[Rest, Topic], Arguments | None]:
    """Another route at the same stop, or the same route at another stop."""

    def read(rest: Rest, topic: Topic) -> Arguments | None:
        if rest.days or rest.way in ("start", "end"):
            return None
        if route := ROUTE_ALONE.fullmatch(rest.name):
            kept = {key: value for key, value in topic.arguments.items() if key == "stop"}
            return {**kept, "route": route[1].upper()}
        if (both := _BOTH.fullmatch(rest.name)) is not None:
            return {"route": both[1].upper(), "stop": both[2][:60]}
        if rest.one_of(names()) or (rest.way == "at" and len(rest.name) > 1):
            return {**topic.arguments, "stop": rest.name[:60]}
        return None

    return read


def _train(rest: Rest, topic: Topic) -> Arguments | None:
    code = rest.one_of(mtr_stations())
    if not code or rest.days or rest.way == "start":
        return None
    name = mtr_stations().things[code].en
    return {**topic.arguments, "towards": name} if rest.way == "end" else {"station": name}


def _journey(rest: Rest, topic: Topic) -> Arguments | None:
    """Another end, another start, or the way back; a bare name may be either, and is neither."""
    return _between(rest, topic.arguments, mtr_stations())


def _ferry(rest: Rest, topic: Topic) -> Arguments | None:
    given = {"start": "Central", **topic.arguments}
    if (found := _between(rest, given, piers())) is not None:
        return found
    pier = rest.one_of(piers())
    if not pier or rest.days or pier == "Central":
        return None
    side = "end" if given["start"] == "Central" else "start"
    return {**given, side: pier} if given["end" if side == "start" else "start"] == "Central" else None


def _between(rest: Rest, given: Arguments, names: Names) -> Arguments | None:
    if rest.days:
        return None
    if re.fullmatch(_BACK, rest.name):
        return {"start": given["end"], "end": given["start"]}
    found = rest.one_of(names)
    return {**given, rest.way: names.things[found].en} if found and rest.way in ("start", "end") else None


def _currency(rest: Rest, topic: Topic) -> Arguments | None:
    """Another amount; into another currency, where it says into."""
    return _amount(rest, topic, currencies())


def _units(rest: Rest, topic: Topic) -> Arguments | None:
    return _amount(rest, topic, units())


def _amount(rest: Rest, topic: Topic, names: Names) -> Arguments | None:
    if rest.days:
        return None
    if match := _AMOUNT.fullmatch(rest.name):
        return {**topic.arguments, "amount": match[1].replace(",", "")}
    into = rest.way == "end" or re.search(r"\bin$", rest.plain.partition(rest.name)[0].rstrip()) is not None
    found = rest.one_of(names)
    return {**topic.arguments, "end": found} if found and into else None


def _department(rest: Rest, _: Topic) -> Arguments | None:
    code = rest.one_of(departments())
    return {"department": departments().things[code].en} if code and not rest.days else None


_TOOLS: dict[str, Callable[[Rest, Topic], Arguments | None]] = {
    "weather_now": _sky,
    "local_forecast": _sky,
    "forecast": _sky,
    "rain_chance": _sky,
    "tides": _tide,
    "sun": _one_day("day"),
    "air_quality": _air,
    "weather_warnings": _warning,
    "public_holidays": _holiday,
    "bus_arrivals": _ride(mtr_stations),
    "minibus_arrivals": _ride(mtr_stations),
    "light_rail": _ride(light_rail_stops),
    "mtr_next_train": _train,
    "mtr_route": _journey,
    "ferry": _ferry,
    "dates": _weekday,
    "lunar_calendar": _lunar,
    "currency": _currency,
    "convert_units": _units,
    "department_contact": _department,
}
