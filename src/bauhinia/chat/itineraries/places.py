"""Where a visitor may be sent: a table of well-known public places, and when each is open."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any, Literal, NamedTuple

from pydantic import Field

from ...yaml_text import read_yaml
from ..tools.resolve import DATA, Named, Names
from ..tools.result import Frozen, Words

Interest = Literal[
    "museums", "art", "history", "science", "temples", "markets", "shopping", "food", "nature", "animals",
    "hiking", "beaches", "islands", "views", "theme_parks",
]  # fmt: skip
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Known = Literal["yes", "no", "unknown"]
_BY_DAYLIGHT = frozenset({"hiking", "beaches"})
ALL_DAY = 300
"""Minutes; a visit of so many is a day by itself."""


class Place(Frozen):
    """A public place. What is not known for sure is None."""

    id: str
    en: str
    zh: str
    district: str
    at: tuple[float, float]
    """Latitude and longitude, approximate."""
    land: str
    """Which island, or the mainland: one does not walk from one to another."""
    interests: tuple[Interest, ...]
    hours: str | None
    """`always`, HH:MM-HH:MM, or None."""
    weekend: str | None = None
    """On Saturdays, Sundays and general holidays, where other."""
    closed: tuple[Weekday, ...] = ()
    lifted: bool = False
    """Whether it opens on its closing day when that is a general holiday."""
    on_holidays: Literal["usual", "closed"] = "usual"
    fee: int | None
    child: int | None = None
    """HK$; None where a child's is not known, or is the adult's."""
    minutes: int = Field(ge=15, le=600)
    setting: Literal["indoor", "outdoor", "mixed"]
    step_free: bool | None
    station: str
    by: Literal["walk", "bus", "ferry"] = "walk"
    access: int
    """Minutes from the station, estimated."""
    kids: int = Field(ge=0, le=3)
    rank: int = Field(ge=1, le=3)
    page: str
    about: Words
    checked: date | None = None
    """When the entry was compared with the operator's page; None where nobody has yet."""

    @property
    def name(self) -> Words:
        """In both scripts."""
        return Words(en=self.en, zh=self.zh)


class Window(NamedTuple):
    """When a place is open on a day, in minutes from midnight."""

    opens: int
    closes: int
    sure: bool
    """False where the hours are not known and usual ones are taken."""


@cache
def places() -> dict[str, Place]:
    """Every place by its id, in the table's order."""
    made = [Place.model_validate(row) for row in _table()["places"]]
    return {place.id: place for place in made}


@cache
def district(code: str) -> Words:
    """A district's name. An unknown code is a defect: KeyError."""
    en, zh = _table()["districts"][code]
    return Words(en=en, zh=zh)


@cache
def place_names() -> Names:
    """The places by what people call them."""
    return Names(Named(id=place.id, en=place.en, zh=place.zh) for place in places().values())


def opening(place: Place, day: date, holiday: Known) -> Window | None:
    """When a place is open on a day; None where it is closed, or may be for all that is known."""
    weekday = WEEKDAYS[day.weekday()]
    if weekday in place.closed and not (place.lifted and holiday == "yes"):
        return None
    if place.on_holidays == "closed" and holiday != "no":
        return None
    if place.hours is None:
        return Window(600, 1_080 if place.minutes >= ALL_DAY else 1_020, sure=False)
    if place.hours == "always":
        return Window(420, 1_050 if _BY_DAYLIGHT & set(place.interests) else 1_320, sure=True)
    as_weekend = day.weekday() >= 5 or holiday == "yes"
    opens, _, closes = (place.weekend if place.weekend and as_weekend else place.hours).partition("-")
    return Window(_minutes(opens), _minutes(closes), sure=True)


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


@cache
def _table() -> dict[str, Any]:
    held: dict[str, Any] = read_yaml((DATA / "places.yaml").read_text(encoding="utf-8"))
    return held
