"""Addresses in Chinese, in both scripts: 新界屯門青山公路18號陽光花園3座5樓12A室."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from .found import LONGEST_MATCH, Guess
from .lists import words
from .trie import one_of

_HAN = "[\u3400-\u4dbf\u4e00-\u9fff]"
_ANY_HAN = re.compile(_HAN)
_NUMERAL = "一二三四五六七八九十百"
_PLAIN_NUMBER = r"[0-9]{1,4}[A-Za-z]?(?:[-至&/、][0-9]{1,4}[A-Za-z]?)?"
_NUMBER = rf"(?:{_PLAIN_NUMBER}|[A-Za-z][0-9]{{0,4}}|[{_NUMERAL}]{{1,4}})"
_OTHER_DOOR = "地下|地庫|閣樓|[前後后]座|全層|全层"
_DOOR = rf"(?:{_NUMBER}[ ]?(?:[號号樓楼室座期閣阁舖铺]|/F|字樓|單位)|{_OTHER_DOOR})"
_STOP = re.compile(
    "[^\u3400-\u4dbf\u4e00-\u9fff0-9A-Za-z /-]"
    "|[於于在住址是為为位到往寄至遷迁搬由從从係喺去返與与及的嘅]|居住|位置"
)
_BACK = 32
"""How far before a door its street or building is looked for, in characters."""
_SAYS_SO = re.compile("[住址寄居]|送往|郵寄")
_FLOOR = re.compile("[樓楼]$")
_MOST = 8
"""Parts after the first door."""


class _Patterns(NamedTuple):
    """The parts of an address."""

    door: re.Pattern[str]
    more: re.Pattern[str]
    street: re.Pattern[str]
    """A street with its number."""
    building: re.Pattern[str]
    joint: re.Pattern[str]
    """The end of a name, and a door."""
    place: re.Pattern[str]
    """A region or a district."""


@cache
def _patterns() -> _Patterns:
    streets = one_of(words("places", "streets"))
    # 樓 ends a building's name only before a door: 利康樓1205室, but not 樓上
    house = rf"(?<![{_NUMERAL}])[樓楼](?=[ ]?[0-9A-Za-z{_NUMERAL}])"
    building = rf"(?:{one_of(words('places', 'buildings'))}|{house})"
    more = rf"(?:{_HAN}{{1,8}}?{building})?[ ]?{_DOOR}|{_HAN}{{2,8}}?{building}(?!{_HAN})"
    return _Patterns(
        door=re.compile(_DOOR),
        more=re.compile(rf"[ ]?[,，、]?[ ]?(?:{more})"),
        street=re.compile(rf"{_HAN}{streets}[東东西南北中]?[ ]?{_NUMBER}[ ]?[號号]"),
        building=re.compile(rf"{_HAN}{{1,8}}?{building}"),
        joint=re.compile(rf"(?:{streets}[東东西南北中]?|{building}|{_DOOR})[ ,，、]{{0,2}}{_DOOR}"),
        place=re.compile(one_of(words("places", "regions") | words("places", "districts"))),
    )


def chinese_address_guesses(plain: str) -> Iterator[Guess]:
    """Addresses by a door (12號, 5樓, A室) and by the street, building or district before it."""
    if not _ANY_HAN.search(plain):
        return
    patterns, done = _patterns(), 0
    for door in patterns.door.finditer(plain):
        if door.start() < done:
            continue
        start = _beginning(plain, door.start(), done, patterns.place)
        end = _end(plain, door.end(), start, patterns.more)
        score = _score(plain[start:end], patterns)
        if score and _SAYS_SO.search(plain, max(0, start - 12), start):
            score = min(0.95, score + 0.15)
        if score:
            yield Guess("address", start, end, score, "place, street or building, and door")
            done = end


def _beginning(plain: str, door: int, done: int, places: re.Pattern[str]) -> int:
    """After the last mark or word that no address holds; at a district's name if there is one."""
    since = start = max(done, door - _BACK)
    for stop in _STOP.finditer(plain, since, door):
        start = stop.end()
    if start > since and plain[start - 1] in "，,、":
        start = _places_right_before(plain, since, start - 1, places)
    place = places.search(plain, start, door)
    start = place.start() if place else start
    while start < door and plain[start] in " /-":
        start += 1
    return start


def _places_right_before(plain: str, since: int, comma: int, places: re.Pattern[str]) -> int:
    """Where the places that end at a comma begin, 九龍旺角，彌敦道1號; after the comma for none."""
    begin = end = -1
    for place in places.finditer(plain, since, comma):
        begin = begin if place.start() == end else place.start()
        end = place.end()
    return begin if end == comma else comma + 1


def _end(plain: str, at: int, start: int, more: re.Pattern[str]) -> int:
    for _ in range(_MOST):
        part = more.match(plain, at)
        if part is None or part.end() - start > LONGEST_MATCH:
            break
        at = part.end()
    return at


def _score(address: str, patterns: _Patterns) -> float:
    """0 unless a street or a building is named right before a door; more for a district and further doors."""
    if not patterns.joint.search(address):
        return 0.0
    street = patterns.street.search(address) is not None
    if not street and patterns.building.search(address) is None:
        return 0.0
    place = patterns.place.search(address) is not None
    doors = len(patterns.door.findall(address))
    if doors == 1 and not street and _FLOOR.search(address):
        return 0.4  # a building's floor is more often an office's than a person's
    return min(0.95, 0.3 + 0.15 * place + 0.2 * street + 0.15 * doors)
