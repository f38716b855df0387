"""The map picture of a plan: outlines that ship, numbered stops, a line a day. No tiles, no network.

Colours stand as attributes, for a PDF and for whoever saves the picture; each shape has a class too, by which
a page's style sheet gives it the colours of light or dark.
"""

from __future__ import annotations

from functools import cache
from html import escape
from math import cos, hypot, radians
from typing import Any, NamedTuple

from ...language import Variety
from ...yaml_text import read_yaml
from ..tools.resolve import DATA
from ..tools.result import Words
from .places import places
from .telling import listed, numbered, say
from .trip import Itinerary

WIDTH, HEIGHT = 480.0, 350.0
"""Small, so that numbers are legible on a phone, where the picture is made narrower still."""
_MARGIN = 34.0
_SMALLEST = 0.045
"""Degrees of latitude; closer in, the outlines would look more exact than they are."""
_RADIUS = 12.0
DAYS = (
    ("#8b1d58", ""), ("#1d4f91", "10 5"), ("#7a4b00", "3 4"), ("#1f6b3a", "12 4 3 4"), ("#5a3d99", "6 6"),
    ("#a11a12", "2 6"), ("#31606a", "14 6"),
)  # fmt: skip
"""A colour and a dash for each day, so that colour is not all that tells them apart."""
_WEST_EAST = cos(radians(22.3))


class Point(NamedTuple):
    """On the picture."""

    x: float
    y: float


class _Scale(NamedTuple):
    """From longitude and latitude to the picture."""

    west: float
    north: float
    per_degree: float

    def point(self, longitude: float, latitude: float) -> Point:
        return Point(
            (longitude - self.west) * _WEST_EAST * self.per_degree, (self.north - latitude) * self.per_degree
        )


@cache
def outlines() -> dict[str, dict[str, Any]]:
    """The coarse outlines: points, and the names of the larger ones."""
    held: dict[str, dict[str, Any]] = read_yaml((DATA / "outline.yaml").read_text(encoding="utf-8"))
    return held


def map_alt(itinerary: Itinerary, language: Variety) -> str:
    """The picture in words, for whoever does not see it."""
    stops = [f"{number} {places()[key].name.said(language)}" for key, number in numbered(itinerary).items()]
    return say("map.alt", language, n=len(stops), stops=listed(stops, language))


def map_svg(itinerary: Itinerary, language: Variety) -> str:
    """The picture as SVG without a script, a style or a link in it."""
    scale = _scale(itinerary)
    alt = escape(map_alt(itinerary, language))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" class="map" '
        f'aria-label="{alt}" font-family="Noto Sans CJK HK, Noto Sans CJK SC, Liberation Sans, sans-serif">',
        f"<title>{alt}</title>",
        f'<rect class="map-sea" width="{WIDTH:g}" height="{HEIGHT:g}" fill="#dce8f2"/>',
        *_lands(scale),
        *_names(itinerary, scale, language),
        *_routes(itinerary, scale),
        *_markers(itinerary, scale),
        _scale_bar(scale),
        f'<text class="map-note" x="{WIDTH - 8:g}" y="{HEIGHT - 8:g}" font-size="12" text-anchor="end" '
        f'fill="#3c4250">{escape(say("map.title", language))}</text>',
        "</svg>",
    ]
    return "".join(parts)


def _scale(itinerary: Itinerary) -> _Scale:
    """So that every stop is inside the margin."""
    at = [places()[key].at for key in numbered(itinerary)] or [(22.30, 114.17)]
    south, north = min(lat for lat, _ in at), max(lat for lat, _ in at)
    west, east = min(lon for _, lon in at), max(lon for _, lon in at)
    high = max(north - south, (east - west) * _WEST_EAST * HEIGHT / WIDTH, _SMALLEST)
    per_degree = (HEIGHT - 2 * _MARGIN) / high
    middle, across = (south + north) / 2, (west + east) / 2
    return _Scale(across - WIDTH / 2 / per_degree / _WEST_EAST, middle + HEIGHT / 2 / per_degree, per_degree)


def _lands(scale: _Scale) -> list[str]:
    made = []
    for land in outlines().values():
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (scale.point(*each) for each in land["points"]))
        made.append(
            f'<polygon class="map-land" points="{points}" fill="#f4f1e8" stroke="#858076" stroke-width="1"/>'
        )
    return made


def _names(itinerary: Itinerary, scale: _Scale, language: Variety) -> list[str]:
    """The name of each land, on the part of it that is in the picture and away from the markers."""
    markers = [scale.point(*reversed(places()[key].at)) for key in numbered(itinerary)]
    made = []
    for land in outlines().values():
        if "name" not in land:
            continue
        spot = _free_spot([scale.point(*each) for each in land["points"]], markers)
        if spot is not None:
            name = escape(Words.model_validate(land["name"]).said(language))
            made.append(
                f'<text class="map-name" x="{spot.x:.1f}" y="{spot.y:.1f}" font-size="13" '
                f'text-anchor="middle" fill="#555b66">{name}</text>'
            )
    return made


def _free_spot(polygon: list[Point], markers: list[Point]) -> Point | None:
    """The point of a grid inside the polygon that is farthest from markers and corners; None where all are
    too near for a name."""
    best, room = None, 30.0
    for x in range(90, int(WIDTH) - 89, 20):
        for y in range(25, int(HEIGHT) - 44, 15):
            if not _holds(polygon, x, y):
                continue
            # A name is wide: what lies to its sides counts as nearer than it is.
            near = min(hypot((each.x - x) / 2, each.y - y) for each in (*markers, *polygon))
            if near > room:
                best, room = Point(float(x), float(y)), near
    return best


def _holds(polygon: list[Point], x: float, y: float) -> bool:
    """Whether a point is inside, by how often a ray to the right crosses the outline."""
    inside = False
    for one, two in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        crosses = (one.y > y) != (two.y > y)
        if crosses and x < (two.x - one.x) * (y - one.y) / (two.y - one.y) + one.x:
            inside = not inside
    return inside


def _routes(itinerary: Itinerary, scale: _Scale) -> list[str]:
    made = []
    for index, day in enumerate(itinerary.days):
        points = [scale.point(*reversed(stop.where.at)) for stop in day.visits]
        colour, dash = DAYS[index]
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        if len(points) > 1:
            made.append(
                f'<polyline class="map-day map-day-{index + 1}" points="{line}" fill="none" '
                f'stroke="{colour}" stroke-width="2.5" stroke-linejoin="round"{dashes}/>'
            )
    return made


def _markers(itinerary: Itinerary, scale: _Scale) -> list[str]:
    numbers = numbered(itinerary)
    true = {key: scale.point(*reversed(places()[key].at)) for key in numbers}
    shown = apart(list(true.values()))
    day_of = {stop.place: index for index, day in enumerate(itinerary.days) for stop in day.visits}
    made = []
    for (key, number), point in zip(numbers.items(), shown, strict=True):
        index, (x, y) = day_of[key], true[key]
        colour = DAYS[index][0]
        if hypot(point.x - x, point.y - y) > 3:
            made.append(
                f'<line class="map-day map-day-{index + 1}" x1="{x:.1f}" y1="{y:.1f}" x2="{point.x:.1f}" '
                f'y2="{point.y:.1f}" stroke="{colour}" stroke-width="1"/>'
            )
        made.append(
            f'<circle class="map-stop map-stop-{index + 1}" cx="{point.x:.1f}" cy="{point.y:.1f}" '
            f'r="{_RADIUS:g}" fill="{colour}" stroke="#ffffff" stroke-width="1.5"/>'
            f'<text class="map-number" x="{point.x:.1f}" y="{point.y + 4.7:.1f}" font-size="13" '
            f'font-weight="bold" text-anchor="middle" fill="#ffffff">{number}</text>'
        )
    return made


def apart(points: list[Point]) -> list[Point]:
    """The points, pushed off each other until no two markers overlap, and none leaves the picture."""
    moved = [Point(*each) for each in points]
    least = 2 * _RADIUS + 3
    for _ in range(200):
        quiet = True
        for one in range(len(moved)):
            for two in range(one + 1, len(moved)):
                dx, dy = moved[two].x - moved[one].x, moved[two].y - moved[one].y
                far = hypot(dx, dy)
                if far >= least - 0.01:
                    continue
                quiet = False
                # Two at one point go apart by their places in the list, the same way each time.
                ux, uy = (dx / far, dy / far) if far > 0.5 else (cos(two * 2.4), cos(two * 2.4 - 1.57))
                push = (least - far) / 2
                moved[one] = _inside(moved[one].x - ux * push, moved[one].y - uy * push)
                moved[two] = _inside(moved[two].x + ux * push, moved[two].y + uy * push)
        if quiet:
            break
    return moved


def _inside(x: float, y: float) -> Point:
    return Point(min(max(x, 16.0), WIDTH - 16), min(max(y, 16.0), HEIGHT - 30))


def _scale_bar(scale: _Scale) -> str:
    """How long some kilometres are."""
    per_km = scale.per_degree / 111.2
    km = next((each for each in (1, 2, 5, 10) if each * per_km >= 50), 20)
    length = km * per_km
    return (
        f'<g class="map-bar"><line x1="12" y1="{HEIGHT - 12:g}" x2="{12 + length:.1f}" y2="{HEIGHT - 12:g}" '
        f'stroke="#3c4250" stroke-width="3"/><text x="12" y="{HEIGHT - 20:g}" font-size="12" '
        f'fill="#3c4250">{km} km</text></g>'
    )
