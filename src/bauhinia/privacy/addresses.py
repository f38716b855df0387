"""Addresses in English: Flat 12A, 5/F, Block 3, Sunshine Garden, 18 Castle Peak Road, Tuen Mun, N.T."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from .found import LONGEST_MATCH, Guess
from .lists import phrases
from .trie import one_of

_UNIT = (
    r"(?:(?:Flat|Room|Rm|Unit|Shop|Suite|Office|Workshop|Stall|Block|Blk|Tower|Phase|House|Apartment|Apt|Lot|"
    r"FLAT|ROOM|RM|UNIT|SHOP|BLOCK|TOWER|PHASE|HOUSE)s?\.?[ ]{0,2}(?:No\.?[ ]?)?"
    r"[0-9A-Z][0-9A-Z]{0,4}(?:[-/&][0-9A-Z]{1,5}){0,2}(?![a-z]))"
)
_FLOOR = (
    r"(?:(?:LG|UG|G|B|M|P|[0-9]{1,2})[0-9]?(?:[-&][0-9]{1,2})?/F\.?|"
    r"[0-9]{1,2}(?:st|nd|rd|th)[ ](?:[Ff]loor|FLOOR)|"
    r"(?:Ground|Upper|Lower|First|Second|Third|Fourth|Fifth|Top)[ ](?:Ground[ ])?[Ff]loor|"
    r"(?:[Ff]loor|FLOOR)[ ][0-9]{1,2})"
)
_NUMBER = r"(?:(?:No\.?|Nos\.?)[ ]?)?(?!(?:19|20)[0-9][0-9][ ])[0-9]{1,4}[A-Z]?(?:[-/][0-9]{1,4}[A-Z]?)?"
_MONTHS = "January|February|March|April|June|July|August|September|October|November|December|The"
_NAME = rf"(?!(?:{_MONTHS})[ ])[A-Z][A-Za-z'’.-]{{0,20}}(?:[ ][A-Z][A-Za-z'’.-]{{0,20}}){{0,4}}?"
_SEPARATOR = (
    r"(?:[ ]?,[ ]{0,2}(?:\r?\n[ ]{0,4})?|[ ]?\r?\n[ ]{0,4}|[ ]{1,2}(?:on[ ](?:the[ ])?|of[ ]|at[ ])?)"
)
_MAY_BEGIN = re.compile(r"[0-9A-Zf](?<![A-Za-z0-9/].)")
"""Looked for first: it passes over nearly every place of a text at once."""
_BACK = 48
"""How far before a number its building's name is looked for, in characters."""
_MOST = 14
"""Parts of one address."""


class _Patterns(NamedTuple):
    """Where an address begins, and each part that may follow."""

    begin: re.Pattern[str]
    parts: tuple[tuple[str, re.Pattern[str]], ...]


@cache
def _patterns() -> _Patterns:
    streets = _either_case("english_streets")
    buildings = _either_case("english_buildings")
    places = one_of(phrases("places", "english_districts") | phrases("places", "english_regions"))
    named = rf"{_NAME}[ ](?:{streets})(?![A-Za-z])(?:[ ](?:East|West|North|South|Central))?"
    street = rf"{_NUMBER},?[ ]{named}"
    block = r"(?:[ ][0-9]{1,2}(?![0-9A-Za-z]))?"
    building = (
        rf"(?:{_NUMBER},?[ ])?{_NAME}(?:[ ]\([IVX]{{1,3}}\))?(?:[ ](?:{buildings})(?![A-Za-z])){{1,3}}{block}"
    )
    numbered = rf"{_NUMBER},?[ ]{_NAME}(?:[ ](?:{buildings})(?![A-Za-z])){{1,3}}"
    unlisted = rf"(?:{_NUMBER}[ ])?[A-Z][A-Za-z'’.-]{{1,20}}(?:[ ][A-Z][A-Za-z'’.-]{{1,20}}){{0,3}}"
    unlisted += rf"(?=,\s{{0,3}}(?:{places})(?![A-Za-z]))"
    compiled = {
        "unit": _UNIT,
        "floor": _FLOOR,
        "street": street,
        "numbered": numbered,
        "building": building,
        "road": named,
        "place": rf"(?:{places})(?![A-Za-z])(?:[ ]District)?",
        "unlisted": unlisted,
    }
    parts = tuple((name, re.compile(pattern)) for name, pattern in compiled.items())
    return _Patterns(
        re.compile(rf"(?<![A-Za-z0-9/]){_UNIT}|(?<![A-Za-z0-9/.,-])(?:{_FLOOR}|{_NUMBER},?[ ](?=[A-Z]))"),
        parts,
    )


def _either_case(entry: str) -> str:
    listed = phrases("places", entry)
    return one_of(listed | {word.upper() for word in listed})


_DOORS = frozenset({"unit", "floor", "street"})
_NAMED = frozenset({"street", "numbered", "building", "road", "unlisted"})
_SPLIT = re.compile(_SEPARATOR)


def address_guesses(plain: str) -> Iterator[Guess]:
    """Addresses that name a unit, a floor or a street number, and a street, a building or a district."""
    patterns, done = _patterns(), 0
    for place in _MAY_BEGIN.finditer(plain):
        if place.start() < done or not (begin := patterns.begin.match(plain, place.start())):
            continue
        end, kinds = _followed(plain, begin.start(), patterns.parts)
        score = _score(kinds)
        if score:
            start = _with_building_before(plain, begin.start(), done, patterns.parts)
            yield Guess("address", start, end, score, "unit, street or building, and place")
        done = max(end, begin.end())


def _followed(plain: str, at: int, parts: tuple[tuple[str, re.Pattern[str]], ...]) -> tuple[int, list[str]]:
    """Where the parts that stand one after another end, and what they are."""
    start, end, kinds = at, at, list[str]()
    while len(kinds) < _MOST:
        found = next(((name, match) for name, part in parts if (match := part.match(plain, at))), None)
        if found is None or found[1].end() - start > LONGEST_MATCH - _BACK:
            break
        kinds.append(found[0])
        end = found[1].end()
        separator = _SPLIT.match(plain, end)
        if separator is None:
            break
        at = separator.end()
    return end, kinds


def _score(kinds: list[str]) -> float:
    """0 unless something says which door and something else says where."""
    placed = "numbered" in kinds and "place" in kinds
    door = placed or not _DOORS.isdisjoint(kinds)
    if not door or _NAMED.isdisjoint(kinds):
        return 0.0
    return min(0.95, 0.45 + 0.15 * len(kinds))


def _with_building_before(
    plain: str, start: int, done: int, parts: tuple[tuple[str, re.Pattern[str]], ...]
) -> int:
    """Where the address begins if a building's name stands before it: `Jade Court, 12 High Street`."""
    before = plain[max(done, start - _BACK) : start]
    building = next(pattern for name, pattern in parts if name == "building")
    for capital in re.finditer(r"(?<![A-Za-z'’-])[A-Z]", before):
        match = building.match(before, capital.start())
        if match and re.fullmatch(r",[ ]{1,2}(?:\r?\n[ ]{0,4})?", before[match.end() :]):
            return start - len(before) + capital.start()
    return start
