"""Rules for the weather, the sea, the sun and the air."""

from __future__ import annotations

import re

from ..tools.resolve import Names, air_stations, districts, tide_stations, weather_stations
from .sentence import Guess, Sentence

NOW = (
    r"而家|依家|現在|現時|此刻|宜家|目前|即時|\bnow\b|right now|at the moment|currently|"
    r"\bcurrent\b|outside|緊"
)
RAIN = r"\brain|\bumbrella|\bwet\b|落雨|下雨|降雨|帶遮|帶傘|雨傘|落唔落|雨|遮"
_HEAVY = r"rainstorm|black rain|red rain|amber rain|暴雨|黑雨|紅雨|黃雨|黑色暴雨"
_WARNINGS: tuple[tuple[str, str], ...] = (
    (
        "typhoon",
        r"typhoon|tropical cyclone|\bt(?:1|3|8|9|10)\b|signal no|signal number|風球|打風|颱風|幾號波|"
        r"號波|幾號風|號風|落波|掛波|掛緊|熱帶氣旋|波呀",
    ),
    ("rainstorm", _HEAVY),
    ("thunderstorm", r"thunder|lightning|雷暴|行雷|打雷|閃電"),
    ("hot", r"very hot weather|heat warning|酷熱"),
    ("cold", r"cold weather warning|cold warning|frost|寒冷天氣|霜凍"),
    ("fire", r"fire danger|fire warning|火災危險"),
    ("landslip", r"landslip|landslide|山泥"),
    ("monsoon", r"monsoon|季候風"),
)
_SIGNAL_ALONE = re.compile(r"(?:any |is |係咪|有冇)?t(?:1|3|8|9|10)(?: (?:up|now|yet))?\s*[呀嗎?？!！.]*")
_SUN = r"sunrise|sunset|sun (?:rise|set|come|go)|日出|日落(?!雨)|天光|天黑|太陽(?:幾|什麼|甚麼|何)"
_FORECAST = r"forecast|預報|預測|outlook"
_WEATHER = (
    r"weather|temperature|\btemp\b|how (?:hot|cold|warm)|degrees|humid|\buv\b|天氣|氣溫|"
    r"溫度|幾度|幾多度|多少度|凍唔凍|熱唔熱|"
    r"濕度|紫外線|冷不冷|熱不熱|jacket|外套"
)
_CHANCE = r"chance|probab|likel|機會|概率|機率|可能"


def warnings(sentence: Sentence) -> Guess | None:
    """Which signal is up, whether a warning is in force."""
    asked = sentence.has(
        r"signal|warning|in force|hoist|警告|信號|生效|掛|波|風球|黑雨|紅雨|黃雨|打風|typhoon|颱風"
    )
    for kind, pattern in _WARNINGS:
        if (asked or _SIGNAL_ALONE.fullmatch(sentence.plain)) and sentence.has(pattern):
            return Guess(tool="weather_warnings", arguments={"kind": kind}, confidence=0.9)
    if sentence.has(
        r"weather warning|warnings? (?:is|are )?in force|天氣警告|有咩警告|有什麼警告|有甚麼警告|警告生效"
    ):
        return Guess(tool="weather_warnings", arguments={}, confidence=0.9)
    return None


def warning_named(text: str) -> str:
    """The kind of warning that a folded text names, and nothing beside it; else empty."""
    bare = re.sub(r"\b(?:warnings?|signals?)\b|警告|信號", "", text).strip()
    return next((kind for kind, pattern in _WARNINGS if bare and re.fullmatch(pattern, bare)), "")


def tides(sentence: Sentence) -> Guess | None:
    """High and low water."""
    if not sentence.has(r"\btides?\b|潮汐|潮漲|潮退|漲潮|退潮|高潮|低潮|水漲|水退|潮高|乾潮"):
        return None
    day = sentence.day or sentence.today
    arguments = {"day": day, **_place(sentence, tide_stations())}
    return Guess(tool="tides", arguments=arguments, confidence=0.9)


def sun(sentence: Sentence) -> Guess | None:
    """Sunrise and sunset."""
    # 星期日落雨 is no sunset.
    if not re.search(_SUN, sentence.without_days):
        return None
    return Guess(tool="sun", arguments={"day": sentence.day or sentence.today}, confidence=0.9)


def air(sentence: Sentence) -> Guess | None:
    """The air quality."""
    if not sentence.has(r"air quality|aqhi|air pollution|polluted|smog|空氣|污染"):
        return None
    return Guess(tool="air_quality", arguments=_place(sentence, air_stations()), confidence=0.9)


def rain(sentence: Sentence) -> Guess | None:
    """Rain: of the past hour when it is asked for now, of today's forecast, of a day to come."""
    if not sentence.has(RAIN) or sentence.has(r"rainbow|彩虹"):
        return None
    day = sentence.day
    if day is not None and day > sentence.today:
        return Guess(tool="rain_chance", arguments={"day": day}, confidence=0.9)
    place = _place(sentence, districts())
    if day is None and (sentence.has(NOW) or place or not sentence.has(_CHANCE)):
        confidence = 0.9 if sentence.has(NOW) else 0.7
        return Guess(tool="weather_now", arguments=place, confidence=confidence)
    return Guess(tool="local_forecast", arguments={}, confidence=0.85)


def weather(sentence: Sentence) -> Guess | None:
    """The weather now, today, or on a day to come."""
    if not (sentence.has(_WEATHER) or sentence.has(_FORECAST)):
        return None
    day = sentence.day
    if day is not None and day > sentence.today:
        return Guess(tool="forecast", arguments={"day": day}, confidence=0.9)
    if day is not None and day < sentence.today:
        return Guess(tool="forecast", arguments={"day": day}, confidence=0.5)
    forecast, place = sentence.has(_FORECAST), _place(sentence, weather_stations())
    if not sentence.has(NOW) and (forecast or (day == sentence.today and not place)):
        return Guess(tool="local_forecast", arguments={}, confidence=0.85)
    return Guess(tool="weather_now", arguments=place, confidence=0.85)


def _place(sentence: Sentence, names: Names) -> dict[str, str]:
    """The first place of a table that the sentence names; the whole of Hong Kong counts as none."""
    for spot in names.spot(sentence.plain):
        name = sentence.plain[spot.start : spot.end]
        if name not in ("hong kong", "香港", "hong kong observatory", "香港天文台", "observatory", "天文台"):
            return {"place": name}
    return {}
