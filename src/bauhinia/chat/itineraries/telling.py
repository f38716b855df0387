"""A plan put into words, in one of four languages: what the page, the calendar and the PDF all say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ...language import Variety
from ...yaml_text import read_yaml
from ..tools.resolve import DATA, mtr_stations
from ..tools.result import Words, day_en, day_zh, joined_en, joined_zh
from .places import Place, district
from .trip import Day, Itinerary, Move, Stop, Trip, clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One stop."""

    number: int | None
    """On the map; None for a meal and for what is continued."""
    start: str
    end: str
    what: str
    about: str
    """What it is and where; empty for a meal."""
    way: str
    """How one comes here; empty where one is here already."""
    cost: str
    notes: tuple[str, ...]
    page: str
    """The operator's; empty for a meal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldDay:
    """One day."""

    heading: str
    facts: tuple[str, ...]
    rows: tuple[Row, ...]
    home: str
    cost: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A whole plan in words."""

    language: Variety
    title: str
    facts: tuple[str, ...]
    days: tuple[ToldDay, ...]
    total: str
    notes: tuple[str, ...]
    label: str
    """That a program made it; a file's label with its trace id takes its place."""


@cache
def _words() -> dict[str, Words]:
    rows = read_yaml((DATA / "itinerary_words.yaml").read_text(encoding="utf-8"))
    return {key: Words.model_validate(row) for key, row in rows.items()}


def say(key: str, language: Variety, **values: Any) -> str:
    """The words of that key. An unknown key is a defect: KeyError."""
    # Script first, values after: what a person or a source wrote is never converted by accident.
    words = _words()[key].said(language)
    return words.format(**values) if values else words


def count(key: str, number: int, language: Variety) -> str:
    """The words for a number of things."""
    return say(f"{key}.{'one' if number == 1 else 'other'}", language, n=number)


def listed(items: Sequence[str], language: Variety) -> str:
    """Items of a list."""
    return joined_zh(list(items)) if language.is_chinese else joined_en(list(items))


def title_of(trip: Trip, language: Variety) -> str:
    """What a plan is called."""
    return say("title", language, days=count("days", trip.days, language))


def told(itinerary: Itinerary, language: Variety) -> Told:
    """The plan in words."""
    trip, numbers = itinerary.trip, numbered(itinerary)
    return Told(
        language=language,
        title=title_of(trip, language),
        facts=tuple(_facts(trip, language)),
        days=tuple(_day(day, number, numbers, language) for number, day in enumerate(itinerary.days, 1)),
        total=_total(itinerary, language),
        notes=tuple(_notes(itinerary, language)),
        label=say("label", language),
    )


def numbered(itinerary: Itinerary) -> dict[str, int]:
    """The number of each place, in the order in which they are visited."""
    visits = [stop.place for day in itinerary.days for stop in day.visits]
    return {place: number for number, place in enumerate(visits, 1)}


def _facts(trip: Trip, language: Variety) -> Iterator[str]:
    people = [count("people.adult", trip.adults, language)]
    if trip.children:
        people.append(count("people.child", trip.children, language))
    yield say("for", language, people=say("with", language).join(people))
    if trip.interests:
        names = [say(f"interest.{each}", language) for each in trip.interests]
        yield say("interests", language, list=listed(names, language))
    if trip.budget is not None:
        yield say("budget", language, n=trip.budget)
    if trip.wheelchair:
        yield say("wheelchair", language)
    if trip.start:
        station = mtr_stations().things[trip.start]
        yield say("start", language, station=Words(en=station.en, zh=station.zh).said(language))
    yield say(f"pace.{trip.pace}", language)


def _day(day: Day, number: int, numbers: dict[str, int], language: Variety) -> ToldDay:
    date = day.conditions.day
    when = Words(en=day_en(date), zh=day_zh(date)).said(language)
    return ToldDay(
        heading=f"{say('day', language, n=number)} · {when}",
        facts=tuple(_day_facts(day, language)),
        rows=tuple(_row(stop, numbers, language) for stop in day.stops),
        home=_way("home", day.home, language),
        cost=say("day_cost", language, cost=_money(day.cost, language), fares=_money(day.fares, language)),
    )


def _day_facts(day: Day, language: Variety) -> Iterator[str]:
    known = day.conditions
    if known.holiday_name is not None:
        yield say("holiday", language, name=known.holiday_name.said(language))
    if known.weather is None:
        yield say("weather_unknown", language)
    else:
        yield say("weather", language, words=known.weather.said(language))
    if known.rain == "wet":
        yield say("wet", language)
    if not day.stops:
        yield say("empty", language)


def _row(stop: Stop, numbers: dict[str, int], language: Variety) -> Row:
    place, visit = stop.where, stop.kind == "visit"
    key = "again" if stop.again else stop.kind
    return Row(
        number=numbers[stop.place] if visit and not stop.again else None,
        start=clock(stop.start),
        end=clock(stop.end),
        what=say(key, language, place=place.name.said(language)),
        about=_about(place, language) if visit and not stop.again else "",
        way=_way("way", stop.move, language),
        cost="" if stop.again else _cost(stop, language),
        notes=tuple(_warnings(stop, language)),
        page=place.page if visit and not stop.again else "",
    )


def _about(place: Place, language: Variety) -> str:
    where = district(place.district).said(language)
    said = place.about.said(language)
    return f"{said}（{where}）" if language.is_chinese else f"{said} ({where})"


def _cost(stop: Stop, language: Variety) -> str:
    if stop.kind != "visit":
        return say("meal_cost", language, n=stop.cost)
    if not stop.fee_known:
        return say("fee_unknown", language)
    return _money(stop.cost, language) if stop.cost else say("free", language)


def _warnings(stop: Stop, language: Variety) -> Iterator[str]:
    if stop.kind == "visit" and not stop.again and not stop.hours_sure:
        yield say("hours_unknown", language)


def _way(key: str, move: Move | None, language: Variety) -> str:
    if move is None:
        return ""
    parts = [
        say(
            f"way.{part.by}",
            language,
            start=part.start.said(language),
            end=part.end.said(language),
            minutes=part.minutes,
            line=part.line.said(language) if part.line else "",
        )
        for part in move.parts
        if part.minutes
    ]
    joint = "，再" if language.is_chinese else ", then "
    if language is Variety.CANTONESE:
        joint = "，跟住"
    return say(key, language, parts=joint.join(parts), minutes=move.minutes)


def _money(amount: int, language: Variety) -> str:
    return say("hkd", language, n=f"{amount:,}")


def _total(itinerary: Itinerary, language: Variety) -> str:
    cost = _money(itinerary.cost, language)
    if not itinerary.unknown_fees:
        return say("total", language, cost=cost)
    return say("total_without", language, cost=cost, places=_named(itinerary.unknown_fees, language))


def _named(of: Sequence[Place], language: Variety) -> str:
    return listed([place.name.said(language) for place in of], language)


def _notes(itinerary: Itinerary, language: Variety) -> Iterator[str]:
    yield say("note.estimated", language)
    visits = [stop.where for day in itinerary.days for stop in day.visits]
    if unchecked := [place for place in visits if place.checked is None]:
        yield say("note.unchecked", language, places=_named(unchecked, language))
    known = [day.conditions for day in itinerary.days]
    if any(each.holiday == "unknown" for each in known):
        yield say("note.holiday_unknown", language)
    if any(each.holiday_source == "calculated" for each in known):
        yield say("note.holiday_calculated", language)
    if itinerary.trip.wheelchair:
        yield say("note.steps", language)
    source = next((each.weather_source for each in known if each.weather_source), None)
    if source is not None:
        yield say("source.weather", language, source=source.said(language))
