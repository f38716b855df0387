"""Rules for buses, minibuses, trains, trams on rails and ferries."""

from __future__ import annotations

import re

from ..tools.resolve import light_rail_stops, mtr_lines, mtr_stations, piers
from .sentence import Guess, Sentence

_ROUTE = re.compile(
    r"(?<![a-z0-9.:/$-])([a-z]{0,2}\d{1,3}[a-z]{0,2})(?![a-z0-9.:%-]|\s*(?:月|日|年|號波|號風|分鐘|minutes?|點))"
)
ROUTE_ALONE = re.compile(
    r"(?:(?:route|bus|minibus|no\.?)\s*)?([a-z]{0,2}\d{1,3}[a-z]{0,2})\s*(?:號|bus|minibus|巴士|小巴|車)*"
)
"""A route, and nothing beside it."""
_BUS = r"\bbus(?:es)?\b|\bkmb\b|citybus|\bnlb\b|巴士|九巴|城巴|嶼巴|號車|公交|\bctb\b"
_MINIBUS = r"minibus|\bgmb\b|\bmini bus|小巴|綠van|van仔|專線"
_TRAIN = r"\btrains?\b|\bmtr\b|港鐵|地鐵|列車|火車|鐵路|架車|班車|尾班|下一班|下班|next (?:one|train)"
_ARRIVE = (
    r"\bnext\b|when|how long|minutes?|arriv|\bdue\b|\bcom(?:e|es|ing)\b|\beta\b|幾時|幾耐|"
    r"幾多分鐘|幾分鐘|下一班|下班|仲有幾耐|到站|什麼時候|甚麼時候|何時|多久|有冇|有車|等|"
    r"到未|多少分鐘|快到|有咩車|有甚麼|有什麼"
)
_COMES = (
    r"(?:幾時|幾耐|幾多?分鐘|什麼時候|甚麼時候|何時|多久)(?:先|才|會)?(?:到|來|嚟|有)|下一班"
    r"|\bnext bus\b|when\b.{1,30}\b(?:come|coming|arrive|arriving|due)\b|how long\b.{1,30}\bbus\b"
)
_WAY = (
    r"how (?:do|can|should|would) (?:i|we|you|one)|how to (?:get|go|travel)|\broute from|"
    r"way (?:to|from)|directions|get (?:from|to)|go from|travel from|點去|點樣去|怎樣去|"
    r"怎麼去|點搭|怎樣前往|如何前往|如何去|怎么走|怎麼走|點行|搭咩|坐什麼|搭乜|點坐車|"
    r"怎樣坐|怎樣乘|怎麼坐|怎麼乘|點坐|which (?:mtr )?lines?|搭邊"
)
_STOP_EN = re.compile(
    r"\b(?:at|from|outside|near|for|in)\s+(?:the\s+)?(?!how\b|what\b|when\b|minutes\b)([a-z0-9'&(). -]+?)"
    r"(?=\s*(?:[?,!;]|\.?$|\.\s|\bnow\b|right now|\btoday\b|\bplease\b|\bpls\b|\bstop\b|"
    r"\bbus\b|\bto\b|\btowards?\b|\bgoing\b|\barriv|\bcom(?:e|ing)\b|"
    r"\bdue\b|\bleav|\bhow\b|\bwhen\b|\bis\b|[\u4e00-\u9fff]))"
)
_STOP_ZH = re.compile(
    r"(?:喺|在|於|响|係|從|"
    r"由)\s*([^\s，,。？?！!]{1,16}?)\s*(?=(?:巴士)?(?:站)?\s*(?:嘅|的)?\s*(?:下一班|"
    r"下班|下一架|幾時|仲有|還有|還要|仲要|要等|有冇|有沒有|等|幾耐|幾多|幾|什麼時候|"
    r"甚麼時候|何時|多久|多少|到|開|搭|坐|上車|架|the |eta|$|[，,。？?！! ]))"
)
_STOP_BARE = re.compile(r"([\u4e00-\u9fff（）()]{2,12}?)(?:站|碼頭|總站)")
_TO_EN = re.compile(r"\b(?:to|towards?|for|bound for)\s+")
_TO_ZH = re.compile(r"去|往|到|返|開往|入")
_LEAST_ROUTE = re.compile(r"[a-z]")


def bus(sentence: Sentence) -> Guess | None:
    """A route at a stop; a bare number counts only beside the word bus."""
    route, said = _route(sentence, _BUS)
    if sentence.has(_MINIBUS) or sentence.has(r"light rail|輕鐵"):
        return None
    if not route:
        asked = said and sentence.has(_COMES)
        return Guess(tool="bus_arrivals", arguments={}, confidence=0.6, missing="route") if asked else None
    if not said and not (
        (sentence.has(_ARRIVE) or _only_a_stop(sentence, route)) and _LEAST_ROUTE.search(route)
    ):
        return None
    stop = _stop(sentence, route)
    arguments: dict[str, str] = {"route": route.upper()}
    for name, pattern in (
        ("KMB", r"\bkmb\b|九巴"),
        ("Citybus", r"citybus|城巴|\bctb\b"),
        ("NLB", r"\bnlb\b|嶼巴|new lantao"),
    ):
        if sentence.has(pattern):
            arguments["operator"] = name
    if not stop:
        return Guess(tool="bus_arrivals", arguments=arguments, confidence=0.7, missing="stop")
    return Guess(tool="bus_arrivals", arguments={**arguments, "stop": stop}, confidence=0.9 if said else 0.75)


def _only_a_stop(sentence: Sentence, route: str) -> bool:
    """Whether a route and a station are all that is said."""
    text = re.sub(rf"(?<![a-z0-9]){re.escape(route)}(?![a-z0-9])", " ", sentence.plain, count=1)
    spots = mtr_stations().spot(text)
    return len(spots) == 1 and not (text[: spots[0].start] + text[spots[0].end :]).strip(" ?？站@,，")


def minibus(sentence: Sentence) -> Guess | None:
    """A green minibus at a stop."""
    if not sentence.has(_MINIBUS):
        return None
    route, _ = _route(sentence, _MINIBUS)
    if not route:
        return Guess(tool="minibus_arrivals", arguments={}, confidence=0.6, missing="route")
    stop = _stop(sentence, route)
    if not stop:
        return Guess(
            tool="minibus_arrivals", arguments={"route": route.upper()}, confidence=0.7, missing="stop"
        )
    return Guess(tool="minibus_arrivals", arguments={"route": route.upper(), "stop": stop}, confidence=0.95)


def light_rail(sentence: Sentence) -> Guess | None:
    """The Light Rail at a stop."""
    if not sentence.has(r"light rail|\blrt\b|輕鐵"):
        return None
    spots = light_rail_stops().spot(_without_suffix(sentence.plain))
    if not spots:
        return Guess(tool="light_rail", arguments={}, confidence=0.7, missing="stop")
    arguments = {"stop": light_rail_stops().things[spots[0].id].en}
    match = re.search(r"(?<!\d)(505|507|61[045]p?|70[56]|751p?|761p)(?!\d)", sentence.plain)
    if match:
        arguments["route"] = match[1].upper()
    return Guess(tool="light_rail", arguments=arguments, confidence=0.95)


def ferry(sentence: Sentence) -> Guess | None:
    """A ferry between piers; without a start it leaves Central."""
    if not sentence.has(r"\bferr(?:y|ies)\b|\bboat\b|\bsail|渡輪|小輪|搭船|坐船|班船|船"):
        return None
    spots = piers().spot(sentence.plain)
    names = [spot.id for spot in spots]
    if not names and not sentence.has(_ARRIVE):
        return None
    if not names:
        place = _after(sentence.plain, _TO_EN, _TO_ZH)
        if place:
            return Guess(tool="ferry", arguments={"end": place}, confidence=0.7)
        return Guess(tool="ferry", arguments={}, confidence=0.6, missing="end")
    if len(names) == 1:
        return Guess(tool="ferry", arguments=_one_pier(sentence, names[0], spots[0].start), confidence=0.85)
    start, end = _ordered(sentence.plain, names[0], names[1], spots[0].start)
    return Guess(tool="ferry", arguments={"start": start, "end": end}, confidence=0.95)


def trains(sentence: Sentence) -> Guess | None:
    """The next trains at a station, of a line, towards another."""
    spots = mtr_stations().spot(sentence.plain)
    line = mtr_lines().spot(sentence.plain)
    spots = [s for s in spots if not any(s.start >= each.start and s.end <= each.end for each in line)]
    if not (sentence.has(_TRAIN) and sentence.has(_ARRIVE + "|尾班|last train")) or sentence.has(
        _BUS + "|" + _MINIBUS
    ):
        return None
    route, _ = _route(sentence, _BUS)
    if route and _LEAST_ROUTE.search(route):
        return None  # 大學站272K is a bus, whatever else is said
    if sentence.has(r"首班|尾班|last train|first train"):
        return None  # the interface knows the next trains, not the timetable
    if not spots:
        name = _stop(sentence, "")
        if not name:
            return Guess(tool="mtr_next_train", arguments={}, confidence=0.6, missing="station")
        return Guess(tool="mtr_next_train", arguments={"station": name}, confidence=0.6)
    arguments = {"station": spots[0].id}
    if len(spots) > 1 and spots[0].id != spots[1].id:
        start, end = _ordered(sentence.plain, spots[0].id, spots[1].id, spots[0].start)
        arguments = {"station": start, "towards": end}
    if line:
        arguments["line"] = line[0].id
    names = {key: mtr_stations().things[value].en for key, value in arguments.items() if key != "line"}
    if line:
        names["line"] = mtr_lines().things[line[0].id].en
    return Guess(tool="mtr_next_train", arguments=names, confidence=0.9)


def journey(sentence: Sentence) -> Guess | None:
    """How to go from one station to another."""
    spots = mtr_stations().spot(sentence.plain)
    if not spots or not sentence.has(_WAY + r"|from .+ to |由.+(?:去|到)|從.+(?:去|到)|by mtr"):
        return None
    if sentence.has(_BUS + "|" + _MINIBUS + r"|ferry|渡輪|輕鐵|light rail"):
        return None
    if len(spots) == 1:
        name = mtr_stations().things[spots[0].id].en
        return Guess(tool="mtr_route", arguments={"end": name}, confidence=0.6, missing="start")
    start, end = _ordered(sentence.plain, spots[0].id, spots[1].id, spots[0].start)
    things = mtr_stations().things
    confidence = 0.95 if sentence.has(_WAY) else 0.8
    return Guess(
        tool="mtr_route", arguments={"start": things[start].en, "end": things[end].en}, confidence=confidence
    )


def _route(sentence: Sentence, word: str) -> tuple[str, bool]:
    """The route that is named, and whether beside the word for what runs on it."""
    said = sentence.has(word)
    text = sentence.without_days
    for match in _ROUTE.finditer(text):
        route = match[1]
        if re.fullmatch(r"(?:19|20)\d\d|t[138]", route) or route in ("am", "pm"):
            continue
        if said or _LEAST_ROUTE.search(route):
            return route, said
    return "", said


def _stop(sentence: Sentence, route: str) -> str:
    """The stop that is named: after at or 喺, else a station's name, else what ends in 站."""
    text = sentence.plain
    if route:
        text = re.sub(rf"(?<![a-z0-9]){re.escape(route)}(?![a-z0-9])", " ", text, count=1)
    text = re.sub(r"巴士站|minibus stop|bus stop", " ", text)
    for match in _STOP_EN.finditer(text):
        if name := _cleaned(match[1]):
            return name
    for match in _STOP_ZH.finditer(text):
        if name := _cleaned(match[1]):
            return name
    spots = mtr_stations().spot(text)
    if spots:
        return text[spots[0].start : spots[0].end]
    bare = _STOP_BARE.search(text)
    return _cleaned(bare[1]) if bare else ""


_NOT_STOPS = re.compile(
    r"^(?:the\s+)?(?:next|bus|buses|minibus|route|kmb|citybus|nlb|train|mtr|number|"
    r"no\.?|which|a|an|my|\d+|香港|kowloon motor bus|me|it|hong kong)$"
)


def _cleaned(text: str) -> str:
    """A name without the words around it; empty where none is left."""
    name = text.strip(" .'-")
    name = re.sub(
        r"^(?:next|the|下一班|下班|號|巴士|九巴|城巴|小巴|專線小巴|綠色|嘅|的|車|請問|問下|想問|我想知)+\s*",
        "",
        name,
    )
    name = re.sub(r"\s*(?:bus|minibus|stop|station|嘅|的|號|巴士|小巴|站)$", "", name).strip()
    return "" if not name or _NOT_STOPS.match(name) or len(name) < 2 else name


def _without_suffix(text: str) -> str:
    return text.replace("輕鐵站", "").replace("light rail stop", "")


def _after(text: str, english: re.Pattern[str], chinese: re.Pattern[str]) -> str:
    """What stands after to or 去."""
    if match := english.search(text):
        rest = re.split(r"[?,.!]|\b(?:leave|sail|depart|today|now|when)\b", text[match.end() :])[0]
        return rest.strip()[:60]
    if match := chinese.search(text):
        rest = re.split(r"[?,.!？，。！]|嘅|的|船|渡輪|幾時|有|仲", text[match.end() :])[0]
        return rest.strip()[:60]
    return ""


def _ordered(text: str, one: str, two: str, first: int) -> tuple[str, str]:
    """Which of two names in order is the start: the first, unless it is said to be where one goes."""
    before = text[:first].rstrip()
    goes = re.search(r"(?:\bto|towards|\breach|去|往|到|前往)(?:\s+the)?$", before) is not None
    rest = text[first:]
    comes = re.search(r"\bfrom\b|由|從|喺|在|\bat\b", rest) is not None
    return (two, one) if goes and (comes or not re.search(r"\bfrom\b|由|從", before)) else (one, two)


def _one_pier(sentence: Sentence, name: str, at: int) -> dict[str, str]:
    """A single pier is where one goes, unless one comes from it."""
    before = sentence.plain[:at].rstrip()
    leaves = re.search(r"(?:\bfrom|由|從|喺)$", before) is not None
    if name == "Central" and not leaves:
        return {"end": "Central"}
    return {"start": name, "end": "Central"} if leaves and name != "Central" else {"end": name}
