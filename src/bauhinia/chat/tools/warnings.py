"""Weather warnings and signals in force: the typhoon signal, rainstorms, and the rest."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ..sources import SourceDown, shaped
from .protocol import Context
from .result import Frozen, Result, Words, found, from_host, instant, joined_en, joined_zh
from .weather import Shape, report

OLDEST = 7
"""Days since anything in the summary was last updated; `{}`, which has no time, cannot be told from old."""
Kind = Literal["", "typhoon", "rainstorm", "thunderstorm", "hot", "cold", "fire", "landslip", "monsoon"]
NAMES = {
    "TC1": ("Standby Signal, No. 1", "一號戒備信號"),
    "TC3": ("Strong Wind Signal, No. 3", "三號強風信號"),
    "TC8NE": ("No. 8 Northeast Gale or Storm Signal", "八號東北烈風或暴風信號"),
    "TC8SE": ("No. 8 Southeast Gale or Storm Signal", "八號東南烈風或暴風信號"),
    "TC8NW": ("No. 8 Northwest Gale or Storm Signal", "八號西北烈風或暴風信號"),
    "TC8SW": ("No. 8 Southwest Gale or Storm Signal", "八號西南烈風或暴風信號"),
    "TC9": ("Increasing Gale or Storm Signal, No. 9", "九號烈風或暴風風力增強信號"),
    "TC10": ("Hurricane Signal, No. 10", "十號颶風信號"),
    "WRAINA": ("Amber Rainstorm Warning Signal", "黃色暴雨警告信號"),
    "WRAINR": ("Red Rainstorm Warning Signal", "紅色暴雨警告信號"),
    "WRAINB": ("Black Rainstorm Warning Signal", "黑色暴雨警告信號"),
    "WTS": ("Thunderstorm Warning", "雷暴警告"),
    "WHOT": ("Very Hot Weather Warning", "酷熱天氣警告"),
    "WCOLD": ("Cold Weather Warning", "寒冷天氣警告"),
    "WFROST": ("Frost Warning", "霜凍警告"),
    "WFIREY": ("Yellow Fire Danger Warning", "黃色火災危險警告"),
    "WFIRER": ("Red Fire Danger Warning", "紅色火災危險警告"),
    "WL": ("Landslip Warning", "山泥傾瀉警告"),
    "WMSGNL": ("Strong Monsoon Signal", "強烈季候風信號"),
    "WFNTSA": ("Special Announcement on Flooding in the northern New Territories", "新界北部水浸特別報告"),
    "WTMW": ("Tsunami Warning", "海嘯警告"),
    "WTCPRE8": ("Pre-No. 8 Special Announcement", "預警八號熱帶氣旋警告信號之特別報告"),
}
_KINDS: dict[Kind, tuple[tuple[str, ...], str, str]] = {
    "typhoon": (("TC", "WTCPRE8"), "tropical cyclone warning signal", "熱帶氣旋警告信號"),
    "rainstorm": (("WRAIN",), "rainstorm warning signal", "暴雨警告信號"),
    "thunderstorm": (("WTS",), "thunderstorm warning", "雷暴警告"),
    "hot": (("WHOT",), "very hot weather warning", "酷熱天氣警告"),
    "cold": (("WCOLD", "WFROST"), "cold weather warning", "寒冷天氣警告"),
    "fire": (("WFIRE",), "fire danger warning", "火災危險警告"),
    "landslip": (("WL",), "landslip warning", "山泥傾瀉警告"),
    "monsoon": (("WMSGNL",), "strong monsoon signal", "強烈季候風信號"),
}


class WarningKind(Frozen):
    """Which warnings; empty means all."""

    kind: Kind = ""


class Warned(Frozen):
    """A warning in force."""

    code: str
    name: str
    name_zh: str
    since: datetime


class Warnings(Frozen):
    """Those in force, of a kind or of all; empty means that none is."""

    kind: Kind
    warnings: tuple[Warned, ...]
    codes: tuple[str, ...]


class _Warning(Shape):
    code: str
    actionCode: str  # noqa: N815
    issueTime: str  # noqa: N815
    updateTime: str = ""  # noqa: N815


class WeatherWarnings:
    """`warnsum` of the Observatory, which is `{}` when no warning is in force."""

    name = "weather_warnings"
    about = "Weather warnings in force in Hong Kong now: typhoon signal, rainstorm, thunderstorm, heat, cold."
    arguments = WarningKind

    async def run(self, given: WarningKind, context: Context) -> Result:
        """Found, also where no warning is in force."""
        fetched = await report(context, "warnsum")
        read = shaped(dict[str, _Warning], fetched)
        try:
            force = [_warned(each) for each in read.values() if each.actionCode != "CANCEL"]
            times = [instant(each.updateTime or each.issueTime) for each in read.values()]
        except ValueError as error:
            raise SourceDown(fetched.host, "shape") from error
        if times and (context.now() - max(times)).days > OLDEST:
            raise SourceDown(fetched.host, "stale", max(times))
        chosen = tuple(each for each in force if _is(given.kind, each.code))
        value = Warnings(kind=given.kind, warnings=chosen, codes=tuple(each.code for each in chosen))
        at = max(times) if times else None
        return found(self.name, value, from_host(fetched, at=at), _words(value))


def _warned(each: _Warning) -> Warned:
    name, name_zh = NAMES.get(each.code, (each.code, each.code))
    return Warned(code=each.code, name=name, name_zh=name_zh, since=instant(each.issueTime))


def _is(kind: Kind, code: str) -> bool:
    return not kind or code.startswith(_KINDS[kind][0])


def _words(value: Warnings) -> Words:
    if not value.warnings:
        _, en, zh = _KINDS.get(value.kind, ((), "weather warning", "天氣警告"))
        return Words(en=f"No {en} is in force now.", zh=f"現時沒有{zh}生效。", yue=f"而家冇{zh}生效。")
    en = joined_en([f"{each.name} (since {_clock(each.since)})" for each in value.warnings])
    zh = joined_zh([f"{each.name_zh}（{_clock(each.since)} 起）" for each in value.warnings])
    verb = "is" if len(value.warnings) == 1 else "are"
    return Words(en=f"In force now {verb}: {en}.", zh=f"現正生效的有：{zh}。", yue=f"而家生效緊嘅有：{zh}。")


def _clock(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
