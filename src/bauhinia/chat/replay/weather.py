"""The Observatory's open data, replayed: its shapes, our synthetic values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from ..tools.resolve import districts, weather_stations
from ..tools.warnings import NAMES
from .clock import spread

IN_FORCE = ("TC3", "WTS")
"""Warnings that are in force in the replay."""
_DAYS = (
    ("Mainly cloudy with a few rain patches.", "大致多雲，有幾陣微雨。", "Medium"),
    ("Windy. Cloudy with rain, heavy at times.", "風勢頗大，多雲有雨，雨勢有時頗大。", "High"),
    ("Cloudy with one or two rain patches.", "多雲，有一兩陣微雨。", "Medium High"),
    ("Sunny intervals.", "部分時間有陽光。", "Medium Low"),
    ("Fine and dry.", "天晴乾燥。", "Low"),
)
_WEEK = "一二三四五六日"


def weather(path: str, query: Mapping[str, str], now: datetime) -> Any:
    """The answer to an address of `data.weather.gov.hk`; None where there is no such thing."""
    kind, zh = query.get("dataType", ""), query.get("lang") == "tc"
    if path.endswith("weather.php"):
        return _report(kind, now, zh)
    if path.endswith("opendata.php"):
        try:
            day = date(int(query["year"]), int(query["month"]), int(query["day"]))
        except (KeyError, ValueError):
            return None
        return _table(kind, day, query.get("station", ""))
    return None


def _report(kind: str, now: datetime, zh: bool) -> Any:
    match kind:
        case "rhrread":
            return rhrread(now)
        case "fnd":
            return fnd(now, zh)
        case "flw":
            return flw(now, zh)
        case "warnsum":
            return warnsum(now)
        case "warningInfo":
            return warning_info(now)
    return None


def _table(kind: str, day: date, station: str) -> Any:
    match kind:
        case "HLT":
            return hlt(day, station)
        case "HHOT":
            return hhot(day, station)
        case "SRS":
            return srs(day)
    return None


def temperature(station: str) -> int:
    """°C at a station in the replay."""
    return 19 + spread("temperature", station, over=5)


def rainfall(district: str) -> int:
    """Millimetres of the past hour in a district in the replay; half of them are dry."""
    return max(0, spread("rain", district, over=12) - 6)


def rhrread(now: datetime) -> dict[str, Any]:
    """Current weather report."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    rows = [{"place": name, "value": temperature(name), "unit": "C"} for name in weather_stations().things]
    rain = [
        {"unit": "mm", "place": name, "max": rainfall(name), "min": 0, "main": "FALSE"}
        for name in districts().things
    ]
    return {
        "rainfall": {
            "data": rain,
            "startTime": (hour - timedelta(minutes=75)).isoformat(),
            "endTime": (hour - timedelta(minutes=15)).isoformat(),
        },
        "icon": [62],
        "iconUpdateTime": hour.isoformat(),
        "uvindex": {
            "data": [{"place": "King's Park", "value": 2, "desc": "low"}],
            "recordDesc": "During the past hour",
        },
        "updateTime": (hour + timedelta(minutes=2)).isoformat() if now.minute >= 2 else hour.isoformat(),
        "temperature": {"data": rows, "recordTime": hour.isoformat()},
        "warningMessage": [f"The {NAMES[code][0]} is now in force." for code in IN_FORCE],
        "humidity": {
            "recordTime": hour.isoformat(),
            "data": [{"unit": "percent", "value": 84, "place": "Hong Kong Observatory"}],
        },
    }


def fnd(now: datetime, zh: bool) -> dict[str, Any]:
    """Nine-day forecast."""
    days = [_day(now.date() + timedelta(days=ahead), ahead, zh) for ahead in range(1, 10)]
    situation = (
        "一個熱帶氣旋正在南海移動（重播資料）。"
        if zh
        else "A tropical cyclone is moving over the South China Sea (replay)."
    )
    return {
        "generalSituation": situation,
        "weatherForecast": days,
        "updateTime": now.replace(hour=0, minute=0, second=0, microsecond=0).isoformat(),
        "seaTemp": {
            "place": "North Point" if not zh else "北角",
            "value": 23,
            "unit": "C",
            "recordTime": now.isoformat(),
        },
    }


def _day(day: date, ahead: int, zh: bool) -> dict[str, Any]:
    en, text_zh, chance = _DAYS[(ahead - 1) % len(_DAYS)]
    low = 17 + ahead % 4
    chances = {"Low": "低", "Medium Low": "中低", "Medium": "中", "Medium High": "中高", "High": "高"}
    return {
        "forecastDate": f"{day:%Y%m%d}",
        "week": f"星期{_WEEK[day.weekday()]}" if zh else f"{day:%A}",
        "forecastWind": "東北風4至5級。" if zh else "Northeast force 4 to 5.",
        "forecastWeather": text_zh if zh else en,
        "forecastMaxtemp": {"value": low + 4, "unit": "C"},
        "forecastMintemp": {"value": low, "unit": "C"},
        "forecastMaxrh": {"value": 90, "unit": "percent"},
        "forecastMinrh": {"value": 65, "unit": "percent"},
        "ForecastIcon": 62,
        "PSR": chances[chance] if zh else chance,
    }


def flw(now: datetime, zh: bool) -> dict[str, Any]:
    """Local weather forecast."""
    return {
        "generalSituation": "（重播資料）" if zh else "(replay)",
        "tcInfo": "",
        "fireDangerWarning": "",
        "forecastPeriod": "本港地區今日天氣預測" if zh else "Weather forecast for today",
        "forecastDesc": "多雲，間中有驟雨及狂風雷暴。最高氣溫約23度。吹和緩至清勁偏東風。"
        if zh
        else "Cloudy with occasional showers and squally thunderstorms. The maximum temperature will be "
        "around 23 degrees. Moderate to fresh easterly winds.",
        "outlook": "隨後一兩日風勢頗大。" if zh else "Windy in the next couple of days.",
        "updateTime": (now - timedelta(minutes=15)).isoformat(),
    }


def warnsum(now: datetime) -> dict[str, Any]:
    """Weather warning summary; in the real one a signal's key is its family."""
    made = {}
    for code in IN_FORCE:
        family = "WTCSGNL" if code.startswith("TC") else "WRAIN" if code.startswith("WRAIN") else code
        issued = (now - timedelta(hours=3)).isoformat()
        made[family] = {
            "name": "Tropical Cyclone Warning Signal" if family == "WTCSGNL" else NAMES[code][0],
            "code": code,
            "actionCode": "ISSUE",
            "issueTime": issued,
            "updateTime": (now - timedelta(minutes=20)).isoformat(),
        }
    return made


def warning_info(now: datetime) -> dict[str, Any]:
    """Weather warning information."""
    return {
        "details": [
            {
                "contents": [f"The {NAMES[code][0]} is now in force."],
                "warningStatementCode": "WTCSGNL" if code.startswith("TC") else code,
                "subtype": code,
                "updateTime": (now - timedelta(minutes=20)).isoformat(),
            }
            for code in IN_FORCE
        ]
    }


def hlt(day: date, station: str) -> dict[str, Any]:
    """Times and heights of high and low tides of a day."""
    start = spread("tide", station, f"{day}", over=180)
    row = [f"{day.month}", f"{day.day}"]
    for index, height in enumerate((2.1, 0.8, 1.9, 0.6)):
        at = start + index * 370
        row += (
            [f"{at // 60:02d}{at % 60:02d}", f"{height + spread(station, over=4) / 10:.1f}"]
            if at < 1440
            else ["", ""]
        )
    return {"fields": ["Month", "Date", *(["Time", "Height(m)"] * 4)], "data": [row]}


def hhot(day: date, station: str) -> dict[str, Any]:
    """Hourly heights of tides of a day."""
    heights = [
        f"{1 + spread('hour', station, f'{day}', str(hour), over=150) / 100:.2f}" for hour in range(1, 25)
    ]
    return {
        "fields": ["MM", "DD", *(f"{hour:02d}" for hour in range(1, 25))],
        "data": [[f"{day:%m}", f"{day:%d}", *heights]],
    }


def srs(day: date) -> dict[str, Any]:
    """Sunrise, transit and sunset of a day: a smooth curve of the year, not the almanac's minutes."""
    from math import cos, pi

    swing = cos((day.timetuple().tm_yday + 10) / 365.25 * 2 * pi)
    rise, fall = round(6 * 60 + 15 + 42 * swing), round(18 * 60 + 24 - 42 * swing)
    clocks = [f"{at // 60:02d}:{at % 60:02d}" for at in (rise, (rise + fall) // 2, fall)]
    return {"fields": ["YYYY-MM-DD", "RISE", "TRAN.", "SET"], "data": [[day.isoformat(), *clocks]]}
