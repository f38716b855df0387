"""How long one is under way: by the MTR's network and on foot, all of it estimated and saying so."""

from __future__ import annotations

from functools import lru_cache
from math import asin, ceil, cos, radians, sqrt

from ..tools.mtr_route import PER_STOP, journey_between
from ..tools.resolve import mtr_lines, mtr_stations
from ..tools.result import Words
from .places import Place, places
from .trip import Move, Part

WALKED = 1.35
"""A way on foot, against the straight line."""
PACE = 70.0
"""Metres a minute."""
SLOWER = 1.3
"""With a wheelchair or children."""
FARTHEST = 20
"""Minutes that are walked rather than ridden."""
HILLS = 700.0
"""Metres, straight, that are walked to or from a place that lies a bus ride off: hills are in between."""
PLATFORM = 5
"""Minutes to the platform and for the train."""
_FARES = {"bus": 15, "ferry": 35, "walk": 0}
_MTR_FARE, _PER_STOP_FARE = 5.0, 1.1


def metres(one: tuple[float, float], two: tuple[float, float]) -> float:
    """The straight distance of two points of latitude and longitude."""
    (lat, lon), (other_lat, other_lon) = (tuple(map(radians, each)) for each in (one, two))
    half = (1 - cos(other_lat - lat)) / 2 + cos(lat) * cos(other_lat) * (1 - cos(other_lon - lon)) / 2
    return 12_742_000 * asin(sqrt(half))


@lru_cache(maxsize=20_000)
def between(start: str, end: str, *, slow: bool = False) -> Move:
    """The quicker of walking and riding; each end is a place's id or an MTR station's code."""
    one, two = places().get(start), places().get(end)
    if one and two and (walk := _walk(one, two, slow=slow)) is not None:
        return walk
    parts = []
    if one is not None:
        parts.append(_access(one, slow=slow, out=True))
    parts += _ride(one.station if one else start, two.station if two else end)
    if two is not None:
        parts.append(_access(two, slow=slow, out=False))
    fare = sum(_fare(part) for part in parts)
    return Move(parts=tuple(parts), minutes=sum(part.minutes for part in parts), fare=fare)


def _walk(one: Place, two: Place, *, slow: bool) -> Move | None:
    """None where it is too far, over water, or hills may be in between."""
    straight = metres(one.at, two.at)
    if (
        one.land != two.land
        or (straight > HILLS and one.by != "walk")
        or (straight > HILLS and two.by != "walk")
    ):
        return None
    minutes = max(2, _on_foot(straight * WALKED / PACE, slow=slow))
    if minutes > FARTHEST:
        return None
    return Move(
        parts=(Part(by="walk", minutes=minutes, start=one.name, end=two.name),), minutes=minutes, fare=0
    )


def _on_foot(minutes: float, *, slow: bool) -> int:
    return ceil(minutes * (SLOWER if slow else 1.0))


def _access(place: Place, *, slow: bool, out: bool) -> Part:
    minutes = _on_foot(place.access, slow=slow and place.by == "walk")
    station = _station(place.station)
    start, end = (place.name, station) if out else (station, place.name)
    return Part(by=place.by, minutes=minutes, start=start, end=end)


def _ride(begin: str, finish: str) -> list[Part]:
    if begin == finish:
        return []
    journey = journey_between(begin, finish)
    known = {line.en: line.zh for line in mtr_lines().things.values()}
    ridden = [leg for leg in journey.legs if leg.line]
    # Changes and waiting are laid on the first train, so that the parts add up to the whole.
    rest = journey.estimate - sum(round(leg.stops * PER_STOP) for leg in ridden)
    parts: list[Part] = []
    for leg in journey.legs:
        start, end = Words(en=leg.start, zh=leg.start_zh), Words(en=leg.end, zh=leg.end_zh)
        if not leg.line:
            parts.append(Part(by="walk", minutes=8, start=start, end=end))
            rest -= 8
            continue
        line, minutes = Words(en=leg.line, zh=known[leg.line]), round(leg.stops * PER_STOP)
        parts.append(Part(by="mtr", minutes=minutes, start=start, end=end, line=line, stops=leg.stops))
    first = next((index for index, part in enumerate(parts) if part.by == "mtr"), None)
    if first is not None:
        waited = parts[first].minutes + max(0, rest) + PLATFORM
        parts[first] = parts[first].model_copy(update={"minutes": waited})
    return parts


def _fare(part: Part) -> int:
    return round(_MTR_FARE + _PER_STOP_FARE * part.stops) if part.by == "mtr" else _FARES[part.by]


def _station(code: str) -> Words:
    named = mtr_stations().things[code]
    return Words(en=f"{named.en} station", zh=f"港鐵{named.zh}站")
