"""A trip read from a sentence, in four languages, by rules: what is not said keeps its usual value."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any, NamedTuple

from ...language import Variety
from ..reading.sentence import Sentence
from ..reading.tongue import asked_in
from ..reading.when import number_zh
from ..tools.resolve import mtr_stations
from ..wordings import READERS
from .places import Interest
from .trip import LONGEST, Trip

_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "a couple of": 2}
_NUMBER = rf"(\d{{1,2}}|{'|'.join(_NUMBERS)})"
_HAN = "([0-9]{1,2}|[一二兩三四五六七八九十])"
_DAYS = re.compile(
    rf"\b{_NUMBER}[\s-]*(?:full |whole )?days?\b(?! old)|(?<![第每月]){_HAN}\s*[日天](?!氣|後|后)"
)
_WEEKEND = re.compile(r"\bweekend\b|週末|周末")
_MONEY = re.compile(
    r"(?:budget|hk\$|\$|預算)[^\d]{0,14}([\d,]*\d)|([\d,]*\d)\s*(?:hkd\b|hk\$|dollars?\b|bucks\b|港幣|港元|蚊|塊|元)"
)
_A_DAY = re.compile(r"\b(?:a|per|each|every) day\b|/\s*day|daily|每[日天]|一[日天](?!遊|行)")
_CHILDREN = re.compile(
    rf"(?:{_NUMBER}\s+(?:small |young |little )?)?(?:kids?|child(?:ren)?|toddlers?|bab(?:y|ies))\b"
    rf"|(?:{_HAN}\s*(?:個|名|位))?\s*(?:小朋友|細路|小孩|孩子|小童|兒童|仔女|bb\b)"
)
_ADULTS = re.compile(
    rf"\b{_NUMBER}\s+(?:adults?|people|of us)\b|{_HAN}\s*(?:個|名|位)\s*(?:大人|成人|人)"
    r"|(\bcouple\b|情侶|夫婦|夫妻)"
)
_FAMILY = re.compile(r"family of (three|four|five|six|[3-6])\b|一家([三四五六3-6])口")
_WHEELCHAIR = re.compile(
    r"wheel\s*chair|step[\s-]*free|cannot walk stairs|no stairs|without stairs|輪椅|行動不便|無障礙"
    r"|唔行得樓梯"
)
_PACES = {
    "relaxed": r"\brelax\w*|\bslow\w*|\beasy\b|leisurely|not too much|輕鬆|慢慢|悠閒|唔好咁趕|不要太趕",
    "full": r"\bfull programme\b|\bpacked\b|\bbusy\b|as much as possible|緊湊|充實|密集|行程密|玩盡",
}
_START = re.compile(
    r"(?:\bfrom|\bstay(?:ing)? (?:in|at|near)|\bhotel (?:is )?(?:in|at|near)|\bbased in"
    r"|\bstart(?:ing)? (?:in|at|from)"
    r"|住在|住喺|住|酒店在|酒店喺|由|從|喺)\s*$"
)
_INTERESTS: dict[Interest, str] = {
    "museums": r"museum|博物館|展覽",
    "art": r"\bart\b|\barts\b|galler|藝術|美術|畫廊",
    "history": r"histor|heritage|歷史|古蹟|古跡|文物|文化",
    "science": r"scien|\bspace\b|科學|太空",
    "temples": r"temple|monaster|buddha|廟|寺|佛|拜神",
    "markets": r"market|stalls|市集|市場|夜市|街市|墟",
    "shopping": r"shop|\bmalls?\b|購物|買嘢|買東西|行街|逛街|商場",
    "food": r"\bfood|\beat|seafood|dim sum|cuisine|美食|食嘢|好吃|好食|海鮮|吃東西|搵食",
    "nature": r"\bparks?\b|garden|nature|green|公園|花園|大自然|自然",
    "animals": r"animal|\bzoo\b|panda|birds?\b|動物|熊貓|雀鳥",
    "hiking": r"hik|trail|\bwalks?\b in|遠足|行山|爬山|徒步|登山",
    "beaches": r"beach|swim|沙灘|游水|游泳|海灘",
    "islands": r"\bislands?\b(?! line)|離島|小島|島嶼",
    "views": r"\bviews?\b|skyline|photo|harbour|夜景|景色|風景|影相|拍照|海景|維港",
    "theme_parks": r"theme park|disney|ocean park|rides|主題公園|樂園|海洋公園|迪士尼|機動遊戲",
}
_WANTED = re.compile(
    r"itinerar|\btrip\b|day out|sightsee|plan (?:me |us )?(?:a |my |our )?(?:visit|holiday|day|days|weekend)"
    r"|what to (?:do|see)|行程|旅行|旅遊|一日遊|遊香港|玩乜|去邊度玩|去哪裏玩|去哪兒玩"
)
_ASKED = re.compile(r"\bplan\b|\bvisit|\btour\b|suggest|recommend|計劃|安排|編排|推介|推薦|遊覽|玩")


class Read(NamedTuple):
    """What a sentence was read as."""

    trip: Trip
    language: Variety
    found: tuple[str, ...]
    """The trip's fields that it names."""


def wants_itinerary(text: str, *, today: date) -> bool:
    """Whether a question asks for a plan of days out, and not for a fact."""
    sentence = Sentence(text=text[:500], today=today)
    if sentence.has(_WANTED.pattern):
        return True
    budget, rest = _budget(sentence.without_days)
    wishes = (_ASKED.pattern, _WHEELCHAIR.pattern, *_INTERESTS.values())
    return _days(rest) is not None and (budget is not None or any(map(sentence.has, wishes)))


def read_trip(text: str, *, today: date, reader: str = "") -> Read:
    """The trip that a sentence asks for; without a day it begins tomorrow."""
    sentence = Sentence(text=text[:500], today=today)
    # Amounts first: the days of 500 蚊一日 are no days of the trip.
    plain = sentence.without_days
    budget, rest = _budget(plain)
    days = _days(rest) or (2 if _WEEKEND.search(sentence.plain) else None)
    named: dict[str, Any] = {
        "days": min(days, LONGEST) if days else None,
        "begins": sentence.day if sentence.day and sentence.day >= today else None,
        "interests": tuple(each for each, pattern in _INTERESTS.items() if re.search(pattern, plain)) or None,
        "children": _counted(_CHILDREN.search(rest)),
        "adults": _counted(_ADULTS.search(rest)),
        "wheelchair": True if _WHEELCHAIR.search(plain) else None,
        "pace": next((pace for pace, pattern in _PACES.items() if re.search(pattern, plain)), None),
        "start": _start(plain),
    }
    if (family := _FAMILY.search(plain)) is not None:
        named |= {"adults": 2, "children": _number(family[1] or family[2]) - 2}
    found = {name: value for name, value in named.items() if value is not None}
    if budget is not None:
        amount, a_day = budget
        found["budget"] = max(1, amount if a_day else amount // found.get("days", 1))
    made = Trip.model_validate({"begins": today + timedelta(days=1), **found})
    return Read(trip=made, language=asked_in(text, READERS.get(reader)), found=tuple(found))


def _budget(text: str) -> tuple[tuple[int, bool] | None, str]:
    """The amount and whether it is for a day, and the text without it. One that does not say is for the whole
    trip, which errs on the side of spending less."""
    match = _MONEY.search(text)
    if match is None:
        # “500 a day” needs no currency.
        match = re.search(r"\b([\d,]{2,})(?= (?:a|per|each) day\b)|每[日天]\s*([\d,]{2,})", text)
    if match is None:
        return None, text
    amount = int((match[1] or match[2]).replace(",", ""))
    near = _A_DAY.search(text[max(0, match.start() - 8) : match.end() + 12])
    end = match.end()
    after = _A_DAY.match(text[end:].lstrip())
    if after is not None:
        end += len(text[end:]) - len(text[end:].lstrip()) + after.end()
    return (
        min(amount, 1_000_000),
        near is not None,
    ) if amount else None, f"{text[: match.start()]} {text[end:]}"


def _days(text: str) -> int | None:
    match = _DAYS.search(text)
    return _number(match[1] or match[2]) if match else None


def _counted(match: re.Match[str] | None) -> int | None:
    """How many people; one where none is said, two of a couple."""
    if match is None:
        return None
    groups = match.groups()
    said = next((each for each in groups[:2] if each), None)
    if said:
        return min(20, max(1, _number(said)))
    return 2 if len(groups) > 2 and groups[2] else 1


def _number(text: str) -> int:
    if text in _NUMBERS:
        return _NUMBERS[text]
    return number_zh(text.replace("兩", "二"))


def _start(text: str) -> str | None:
    """The station after `from`, `staying in`, 住喺, 由."""
    return next((spot.id for spot in mtr_stations().spot(text) if _START.search(text[: spot.start])), None)
