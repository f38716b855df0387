"""Names to ids: stations, stops, places, departments, currencies, as people write them.

Both scripts, romanised with or without spaces, usual other names (`data/*.csv`), and near misses: a name
that is wrong by a letter still finds its place, two that are equally near find none.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import fuzz, process

from ...language import simplified_characters, to_traditional

DATA = Path(__file__).parent.parent / "data"
NEAR_LATIN = 86.0
"""Likeness (0 to 100) at which a romanised name counts as a slip of another; Chinese names are shorter."""
NEAR_HAN = 74.0
_SAME = str.maketrans("茘臺衞峯啓裏裡湧綫后几于曰", "荔台衛峰啟里里涌線後幾於日")
"""Forms of one character, and characters that Simplified writes for two; names and texts are folded alike."""
_LATIN = re.compile(r"[a-z0-9]")
_WORD = re.compile(r"[a-z0-9]+")
_TAIL = re.compile(
    r"(?:\s*(?:mtr|railway|light rail|bus|ferry))?\s*(?:station|stn|stop|pier|terminus|district)\.?$"
    r"|(?:港鐵|地鐵|輕鐵|巴士|小巴)?(?:總站|車站|站|碼頭)$"
)


class Match(NamedTuple):
    """What a name was found to mean."""

    id: str
    name: str
    score: float
    """100 for the name itself or another name of it."""


class Spot(NamedTuple):
    """A name that stands in a sentence."""

    id: str
    start: int
    end: int
    """Places in the folded sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Something with names."""

    id: str
    en: str
    zh: str
    others: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(name for name in (self.en, self.zh, *self.others) if name)


def folded(text: str) -> str:
    """A text as names are compared: narrow, small, Traditional, one form of characters that have two."""
    plain = unicodedata.normalize("NFKC", text)
    if simplified_characters(plain):
        plain = to_traditional(plain)
    return plain.casefold().translate(_SAME).replace("’", "'")


def key(name: str) -> str:
    """A name without what does not tell it from another: spaces, marks, `station`."""
    plain = folded(name).strip().removeprefix("the ")
    bare = _TAIL.sub("", plain).strip() or plain
    return re.sub(r"[\W_]+", "", bare)


class Names:
    """Things by their names."""

    def __init__(self, things: Iterable[Named]) -> None:
        self.things = {thing.id: thing for thing in things}
        self._keys: dict[str, str] = {}
        self._shown: dict[str, str] = {}
        for thing in self.things.values():
            for name in thing.names:
                self._keys.setdefault(key(name), thing.id)
                self._shown.setdefault(key(name), name)
        names = [(folded(name), thing.id) for thing in self.things.values() for name in thing.names]
        names.sort(key=lambda item: -len(item[0]))
        self._starts = _by_first_character(names)

    def find(self, text: str) -> Match | None:
        """The one thing that a name means; None where there is none, or two are equally near."""
        wanted = key(text)
        if not wanted:
            return None
        if wanted in self._keys:
            return Match(self._keys[wanted], self._shown[wanted], 100.0)
        near = self._near(wanted, 3)
        if not near or (len(near) > 1 and near[1].score == near[0].score):
            return None
        return near[0]

    def near(self, text: str, most: int = 3) -> tuple[str, ...]:
        """Names that may have been meant, the likest first."""
        found = process.extract(key(text), list(self._keys), scorer=fuzz.ratio, limit=most, score_cutoff=50)
        return tuple(dict.fromkeys(self._shown[name] for name, _, _ in found))

    def spot(self, sentence: str) -> list[Spot]:
        """Every name that stands in a folded sentence, in their order, none overlapping another."""
        spots: list[Spot] = []
        at = 0
        while at < len(sentence):
            known = self._starts.get(sentence[at])
            match = known[0].match(sentence, at) if known else None
            if known and match and match.lastindex:
                spots.append(Spot(known[1][match.lastindex - 1], at, match.end()))
                at = match.end()
            else:
                at += 1
        return spots

    def spotted(self, text: str) -> list[str]:
        """Ids of the things whose name stands in a text, the longest name first."""
        return [spot.id for spot in sorted(self.spot(folded(text)), key=lambda spot: spot.start - spot.end)]

    def _near(self, wanted: str, most: int) -> list[Match]:
        """One entry a thing, the likest first."""
        least = NEAR_LATIN if _LATIN.search(wanted) else NEAR_HAN
        if len(wanted) < (5 if _LATIN.search(wanted) else 3):
            return []
        # A slip changes a letter or two; 彩虹邨 is not 彩虹, and a name longer by a word is another name.
        longer = 2 if _LATIN.search(wanted) else 0
        names = [name for name in self._keys if abs(len(name) - len(wanted)) <= longer]
        found = process.extract(wanted, names, scorer=fuzz.ratio, limit=8, score_cutoff=least)
        best: dict[str, Match] = {}
        for name, score, _ in found:
            best.setdefault(self._keys[name], Match(self._keys[name], self._shown[name], float(score)))
        return list(best.values())[:most]


def _by_first_character(names: list[tuple[str, str]]) -> dict[str, tuple[re.Pattern[str], list[str]]]:
    """One expression a first character, a group a name in the given order, and whose each group is.

    One for all names would be tried in full at every place of a sentence: twenty times the work.
    """
    grouped: dict[str, list[tuple[str, str]]] = {}
    for name, known in names:
        grouped.setdefault(name[0], []).append((name, known))
    return {
        first: (re.compile("|".join(f"({_pattern(name)})" for name, _ in each)), [known for _, known in each])
        for first, each in grouped.items()
    }


def _pattern(name: str) -> str:
    """Finds a name in a sentence: Latin ones as whole words, with or without the spaces inside."""
    if not _LATIN.search(name):
        return re.escape(name)
    words = r"[\s\-]*".join(re.escape(word) for word in re.split(r"[\s\-]+", name))
    # US$ may stand right before its figure.
    before = "(?<![a-z0-9])" if name[0].isalnum() else ""
    after = "(?![a-z0-9])" if name[-1].isalnum() else ""
    return f"{before}{words}{after}"


def best_of(text: str, named: Sequence[Named]) -> Match | None:
    """The one of a few things (a route's stops) whose name a text means; parts of a name count too."""
    names = Names(named)
    if (match := names.find(text)) is not None:
        return match
    wanted = key(text)
    least = 4 if _LATIN.search(wanted) else 2
    if len(wanted) < least:
        return None
    holding = [thing for thing in named if any(wanted in key(name) for name in thing.names)]
    if not holding:
        holding = [
            thing
            for thing in named
            if any(len(short := key(name)) >= least and short in wanted for name in thing.names)
        ]
    return Match(holding[0].id, holding[0].en, 90.0) if holding else None


@cache
def rows(file: str) -> tuple[dict[str, str], ...]:
    """The rows of a table that ships."""
    with (DATA / file).open(encoding="utf-8", newline="") as opened:
        return tuple(csv.DictReader(opened))


def table(file: str, id_column: str) -> Names:
    """The things of a table that ships, by the names in its columns `en`, `zh` and `aliases`."""
    return Names(
        Named(id=row[id_column], en=row["en"], zh=row["zh"], others=tuple(row.get("aliases", "").split("|")))
        for row in rows(file)
    )


@cache
def mtr_stations() -> Names:
    """The stations of the heavy rail, by code."""
    return table("mtr_stations.csv", "code")


@cache
def mtr_lines() -> Names:
    """Its lines, by code."""
    return table("mtr_lines.csv", "line")


@cache
def light_rail_stops() -> Names:
    """The stops of the Light Rail, by number."""
    return table("light_rail_stops.csv", "id")


@cache
def weather_stations() -> Names:
    """Where the Observatory reports temperatures, by English name."""
    return table("weather_stations.csv", "en")


@cache
def districts() -> Names:
    """The districts that the Observatory reports rainfall for, by its English name."""
    return table("districts.csv", "en")


@cache
def tide_stations() -> Names:
    """Where tides are predicted, by code."""
    return table("tide_stations.csv", "code")


@cache
def air_stations() -> Names:
    """Where air quality is measured, by English name."""
    return table("air_stations.csv", "en")


@cache
def departments() -> Names:
    """Departments, by the code of the telephone directory."""
    return Names(
        Named(
            id=row["code"],
            en=row["en"],
            zh=row["zh"],
            # Two letters are too few to be told from other words.
            others=(row["code"] if len(row["code"]) > 2 else "", *row["aliases"].split("|")),
        )
        for row in rows("departments.csv")
    )


@cache
def currencies() -> Names:
    """Currencies, by ISO 4217 code."""
    return Names(
        Named(id=row["code"], en=row["en"], zh=row["zh"], others=(row["code"], *row["aliases"].split("|")))
        for row in rows("currencies.csv")
    )


@cache
def piers() -> Names:
    """Where the ferries that can be asked call, by English name without the pier's number."""
    found: dict[str, Named] = {}
    for row in rows("ferry_routes.csv"):
        for side in ("from", "to"):
            en, zh = row[f"{side}_en"].partition(" (")[0], row[f"{side}_zh"].partition("（")[0]
            found[en] = Named(id=en, en=en, zh=zh, others=_PIERS.get(en, ()))
    return Names(found.values())


_PIERS = {
    "Yung Shue Wan": ("Lamma", "Lamma Island", "南丫島"),
    "Mui Wo": ("Silvermine Bay", "銀礦灣"),
}
