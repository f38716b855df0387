"""Plots as SVG text: no library, readable on light and dark, and the same bytes for the same figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import floor, log10
from typing import NamedTuple

WIDTH, HEIGHT = 720, 320
LEFT, RIGHT, TOP, BOTTOM, LINE = 58, 16, 36, 42, 18
COLOURS = 6
"""Series that can be told apart; each has a dash of its own besides its colour."""
DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 2", "10 4")
STYLE = """
  .back { fill: #ffffff } .ink { fill: #1f2328 } .soft { fill: #57606a } .line { stroke: #d0d7de }
  .s0 { stroke: #9a2c5e; fill: #9a2c5e } .s1 { stroke: #0b6e99; fill: #0b6e99 }
  .s2 { stroke: #8a6100; fill: #8a6100 } .s3 { stroke: #2e7d32; fill: #2e7d32 }
  .s4 { stroke: #6a3fb0; fill: #6a3fb0 } .s5 { stroke: #a33a1a; fill: #a33a1a }
  text { font: 12px system-ui, sans-serif } .title { font-weight: 600; font-size: 13px }
  polyline { fill: none !important; stroke-width: 1.8 } rect.back { stroke: none }
  @media (prefers-color-scheme: dark) {
    .back { fill: #0d1117 } .ink { fill: #e6edf3 } .soft { fill: #9ea7b1 } .line { stroke: #30363d }
    .s0 { stroke: #f08cb8; fill: #f08cb8 } .s1 { stroke: #6cc4ee; fill: #6cc4ee }
    .s2 { stroke: #e3b341; fill: #e3b341 } .s3 { stroke: #7ee787; fill: #7ee787 }
    .s4 { stroke: #c4a6ff; fill: #c4a6ff } .s5 { stroke: #ffa07a; fill: #ffa07a }
  }
"""

Points = Sequence[tuple[float, float]]


class _Scale(NamedTuple):
    low: float
    high: float
    begin: float
    end: float

    def __call__(self, value: float) -> float:
        return self.begin + (value - self.low) / (self.high - self.low) * (self.end - self.begin)


def lines(title: str, series: Mapping[str, Points], *, across: str, up: str) -> str:
    """Lines over one axis, such as losses over steps. Without a point, the frame says so."""
    drawn = {name: points for name, points in series.items() if points}
    if not drawn:
        return _frame(title, [_text(WIDTH / 2, HEIGHT / 2, "nothing measured yet", "soft", "middle")])
    xs = [x for points in drawn.values() for x, _ in points]
    ys = [y for points in drawn.values() for _, y in points]
    legend, top = _legend(list(drawn))
    x, y = _scale(xs, LEFT, WIDTH - RIGHT), _scale(ys, HEIGHT - BOTTOM, top)
    parts = [*_axes(x, y, across, up), *legend]
    for place, (name, points) in enumerate(drawn.items()):
        style = place % COLOURS
        path = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in points)
        dash = f' stroke-dasharray="{DASHES[style]}"' if DASHES[style] else ""
        parts.append(
            f'<polyline class="s{style}"{dash} points="{path}"><title>{escape(name)}</title></polyline>'
        )
        if len(points) == 1:
            parts.append(
                f'<circle class="s{style}" cx="{x(points[0][0]):.1f}" cy="{y(points[0][1]):.1f}" r="3"/>'
            )
    return _frame(title, parts)


def bars(title: str, groups: Mapping[str, Mapping[str, float]], *, up: str) -> str:
    """Bars side by side, such as before and after for each text; the figure stands above each."""
    names = list(dict.fromkeys(name for group in groups.values() for name in group))
    values = [value for group in groups.values() for value in group.values()]
    legend, top = _legend(names)
    y = _scale([0.0, *values], HEIGHT - BOTTOM, top + 14)
    room = (WIDTH - LEFT - RIGHT) / max(1, len(groups))
    wide = min(64.0, room / (len(names) + 1))
    parts = [*_grid(y, up), *legend]
    for number, (label, group) in enumerate(groups.items()):
        middle = LEFT + room * (number + 0.5)
        parts.append(_text(middle, HEIGHT - BOTTOM + 18, label, "ink", "middle"))
        for place, name in enumerate(names):
            if name not in group:
                continue
            left = middle + (place - len(names) / 2) * wide
            top = y(group[name])
            parts.append(
                f'<rect class="s{place % COLOURS}" x="{left + 2:.1f}" y="{top:.1f}" width="{wide - 4:.1f}" '
                f'height="{y(0) - top:.1f}"/>'
            )
            parts.append(_text(left + wide / 2, top - 5, _short(group[name]), "ink", "middle"))
    return _frame(title, parts)


def _frame(title: str, parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(title, quote=True)}">'
    )
    back = f'<rect class="back" width="{WIDTH}" height="{HEIGHT}"/>'
    said = f'<text class="ink title" x="{LEFT}" y="20">{escape(title)}</text>'
    return "\n".join([head, f"<style>{STYLE}</style>", back, said, *parts, "</svg>"]) + "\n"


def _scale(values: Sequence[float], begin: float, end: float) -> _Scale:
    low, high = min(values), max(values)
    if high == low:
        low, high = low - 0.5, high + 0.5
    return _Scale(low, high, begin, end)


def _axes(x: _Scale, y: _Scale, across: str, up: str) -> list[str]:
    parts = _grid(y, up)
    for value in _ticks(x.low, x.high):
        parts.append(_text(x(value), HEIGHT - BOTTOM + 16, _short(value), "soft", "middle"))
    return [*parts, _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, across, "soft", "middle")]


def _grid(y: _Scale, up: str) -> list[str]:
    parts = []
    for value in _ticks(y.low, y.high):
        at = y(value)
        parts.append(f'<path class="line" d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}"/>')
        parts.append(_text(LEFT - 6, at + 4, _short(value), "soft", "end"))
    turn = f'transform="rotate(-90 14 {HEIGHT / 2:g})"'
    parts.append(
        f'<text class="soft" text-anchor="middle" x="14" y="{HEIGHT / 2:g}" {turn}>{escape(up)}</text>'
    )
    return parts


def _legend(names: Sequence[str]) -> tuple[list[str], float]:
    """The names with their colours, in as many lines as they need, and where the drawing may begin."""
    parts, x, y = [], float(LEFT), float(TOP)
    for place, name in enumerate(names):
        wide = 7.0 * len(name) + 40
        if x + wide > WIDTH - RIGHT and x > LEFT:
            x, y = float(LEFT), y + LINE
        style = place % COLOURS
        dash = f' stroke-dasharray="{DASHES[style]}"' if DASHES[style] else ""
        parts.append(f'<path class="s{style}" stroke-width="2.5"{dash} d="M{x:.0f} {y:.0f}h18"/>')
        parts.append(_text(x + 23, y + 4, name, "ink", "start"))
        x += wide
    return parts, y + LINE


def _ticks(low: float, high: float) -> list[float]:
    """About five round values between the two."""
    step = 10.0 ** floor(log10((high - low) / 5))
    step *= next(factor for factor in (1, 2, 5, 10) if (high - low) / (step * factor) <= 6)
    first = -floor(-low / step)
    return [first * step + n * step for n in range(floor((high - first * step) / step + 1e-9) + 1)]


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def _text(x: float, y: float, text: str, style: str, anchor: str) -> str:
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
