"""What every arrivals tool gives: rides with their destination and time, and how that is said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from .result import HONG_KONG, Frozen, Words, joined_en, joined_zh, minutes_until

MOST = 6
"""Rides that are told."""


class Ride(Frozen):
    """The next bus, train or ferry of a route."""

    route: str
    to: str
    to_zh: str
    at: datetime | None
    """When it comes; None where the source names no time."""
    minutes: int | None
    platform: str = ""
    remark: str = ""
    remark_zh: str = ""


class Arrivals(Frozen):
    """The next rides at a stop."""

    operator: str
    stop: str
    stop_zh: str
    route: str
    rides: tuple[Ride, ...]
    minutes: tuple[int, ...]
    """Of every ride, in order: what an answer is checked against."""
    delayed: bool = False


def arrivals(
    operator: str, stop: tuple[str, str], route: str, rides: Sequence[Ride], *, delayed: bool = False
) -> Arrivals:
    """The rides that still come, the soonest first."""
    known = sorted((ride for ride in rides if ride.minutes is not None), key=lambda ride: ride.minutes or 0)
    return Arrivals(
        operator=operator,
        stop=stop[0],
        stop_zh=stop[1],
        route=route,
        rides=tuple(known[:MOST]),
        minutes=tuple(ride.minutes for ride in known[:MOST] if ride.minutes is not None),
        delayed=delayed,
    )


def due(at: datetime | None, now: datetime) -> int | None:
    """Minutes until then; None for what has gone, or is not known."""
    if at is None or (at - now).total_seconds() < -60:
        return None
    return minutes_until(at, now)


def said(value: Arrivals, kind: tuple[str, str]) -> Words:
    """The rides in words; `kind` is such as ("bus", "巴士")."""
    route_en = f"{kind[0]} {value.route}" if value.route else kind[0]
    route_zh = f" {value.route} {kind[1]}" if value.route else kind[1]
    if not value.rides:
        return Words(
            en=f"No arrival of {route_en} at {value.stop} is announced at the moment.",
            zh=f"{value.stop_zh}現時沒有{route_zh}的預計到站時間。",
            yue=f"{value.stop_zh}而家冇{route_zh}嘅預計到站時間。",
        )
    ways = list(dict.fromkeys((ride.route, ride.to) for ride in value.rides))
    groups = [[ride for ride in value.rides if (ride.route, ride.to) == way] for way in ways]
    en = "; ".join(_group_en(group, value) for group in groups)
    zh = "；".join(_group_zh(group, value) for group in groups)
    late_en = " The operator reports a delay." if value.delayed else ""
    late_zh = "營辦商表示服務有延誤。" if value.delayed else ""
    late_yue = "營辦商話服務有延誤。" if value.delayed else ""
    return Words(
        en=f"Next {route_en} at {value.stop}: {en}.{late_en}",
        zh=f"{value.stop_zh}下一班{route_zh}——{zh}。{late_zh}",
        yue=f"{value.stop_zh}嚟緊嘅{route_zh}——{zh.replace('即將到站', '就到')}。{late_yue}",
    )


def _group_en(group: list[Ride], value: Arrivals) -> str:
    first = group[0]
    name = f"{first.route} " if first.route != value.route else ""
    platform = f", platform {first.platform}" if first.platform else ""
    return f"{name}to {first.to} {joined_en([_when_en(ride) for ride in group])}{platform}"


def _when_en(ride: Ride) -> str:
    when = "now" if ride.minutes == 0 else f"in {ride.minutes} min"
    clock = f" ({ride.at.astimezone(HONG_KONG):%H:%M})" if ride.at else ""
    return f"{when}{clock}{f' [{ride.remark}]' if ride.remark else ''}"


def _group_zh(group: list[Ride], value: Arrivals) -> str:
    first = group[0]
    name = f"{first.route} " if first.route != value.route else ""
    platform = f"，{first.platform} 號月台" if first.platform else ""
    return f"{name}往{first.to_zh}：{joined_zh([_when_zh(ride) for ride in group])}{platform}"


def _when_zh(ride: Ride) -> str:
    when = "即將到站" if ride.minutes == 0 else f"{ride.minutes} 分鐘後"
    clock = f"（{ride.at.astimezone(HONG_KONG):%H:%M}）" if ride.at else ""
    return f"{when}{clock}{f'〔{ride.remark_zh}〕' if ride.remark_zh else ''}"
