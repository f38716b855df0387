"""Addresses in Chinese, in both scripts: 新界屯門青山公路18號陽光花園3座5樓12A室."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from .found import Guess
from .lists import words
from .trie import one_of

_HAN = "[\u3400-\u4dbf\u4e00-\u9fff]"
_DIGITS = r"(?:[0-9]{1,4}[A-Za-z]?(?:[-至&/、][0-9]{1,4}[A-Za-z]?)?|[A-Za-z][0-9]{0,4}|[一二三四五六七八九十百]{1,4})"
_DOOR = re.compile(rf"{_DIGITS}[ ]?(?:[號号樓楼室座期閣阁舖铺]|/F|字樓|單位)|地下|地庫|閣樓|[前後后]座|全層|全层")
_STREET = "(?:街|道|路|里|巷|徑|径|坊|圍|围|村|台|臺)(?:[東东西南北中])?"
_BUILDING = "邨|苑|大廈|大厦|花園|花园|中心|廣場|广场|村|圍|围|(?<![一二三四五六七八九十百])[樓楼](?=[ ]?[0-9A-Za-z一二三四五六七八九十])|閣|阁|豪庭|名城|大樓|大楼|商場|商场|工業大廈|灣畔|山莊|山庄|居|軒|轩|庭|城|台|臺|新村|宿舍|別墅|别墅|洋房|坊|園|园|堡|峰|海|翠|灣|匯|汇"
_STOP = re.compile(
    "[^\u3400-\u4dbf\u4e00-\u9fff0-9A-Za-z /-]|[於于在住址是為为位到往寄至遷迁搬由從从係喺去返與与及的嘅]|地址|居住|位置|單位:|:"
)
_MORE = re.compile(
    rf"[ ]?[,，、]?[ ]?(?:(?:{_HAN}{{1,8}}?(?:{_BUILDING}))?[ ]?(?:{_DIGITS}[ ]?(?:[號号樓楼室座期閣阁舖铺]|/F|字樓|單位)|地下|地庫|[前後后]座|全層|全层)|{_HAN}{{2,8}}?(?:{_BUILDING})(?![\u4e00-\u9fff]))"
)
_NAMED = re.compile(rf"{_HAN}{{1,8}}?(?:{_STREET})[ ]?{_DIGITS}[ ]?[號号]|{_HAN}{{1,8}}?(?:{_BUILDING})")
_NUMBERED_STREET = re.compile(rf"{_HAN}(?:{_STREET})[ ]?{_DIGITS}[ ]?[號号]")
_BACK = 32


@cache
def _place() -> re.Pattern[str]:
    return re.compile(one_of(words("places", "regions") | words("places", "districts")))


def chinese_address_guesses(plain: str) -> Iterator[Guess]:
    """Addresses by a door (12號, 5樓, A室) and by the street, building or district before it."""
    done = 0
    for door in _DOOR.finditer(plain):
        if door.start() < done:
            continue
        start = _beginning(plain, door.start(), done)
        end = _end(plain, door.end())
        score = _score(plain[start:end], plain[start : door.start()], plain, door)
        if score:
            yield Guess("address", start, end, score, "place, street or building, and door")
            done = end


def _beginning(plain: str, door: int, done: int) -> int:
    """After the last mark or word that no address holds; at a district's name if there is one."""
    since = max(done, door - _BACK)
    start = since
    for stop in _STOP.finditer(plain, since, door):
        start = stop.end()
    if plain[start - 1 : start] in ("，", ",", "、") and start > since:
        start = _place_right_before(plain, since, start - 1) or start
    place = _place().search(plain, start, door)
    start = place.start() if place else start
    while start < door and plain[start] in " /-":
        start += 1
    return start


def _place_right_before(plain: str, since: int, comma: int) -> int | None:
    """Where places that end at a comma begin: 九龍旺角，彌敦道100號."""
    begin = None
    for place in _place().finditer(plain, since, comma):
        begin = place.start() if begin is None or place.start() != last else begin
        last = place.end()
    return begin if begin is not None and last == comma else None


def _end(plain: str, at: int) -> int:
    for _ in range(8):
        more = _MORE.match(plain, at)
        if more is None:
            break
        at = more.end()
    return at


def _score(address: str, before: str, plain: str, door: re.Match[str]) -> float:
    """0 unless a street with its number or a building is named; more for a district and for each further door."""
    named = _NUMBERED_STREET.search(address) or _NAMED.search(address)
    if named is None or (not before and not _NAMED.search(address)):
        return 0.0
    place = _place().search(address) is not None
    doors = len(_DOOR.findall(address))
    street = _NUMBERED_STREET.search(address) is not None
    score = 0.3 + 0.15 * place + 0.2 * street + 0.15 * doors
    return min(0.95, score)
