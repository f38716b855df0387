#!/usr/bin/env python
"""Draw the architecture from the imports as they are: docs/images/architecture.svg, and the table in
docs/architecture.md.

    python scripts/draw_architecture.py           draw
    python scripts/draw_architecture.py --check   fail where the drawing is not what the code does

Rows are the layers that import-linter checks (pyproject.toml); boxes are packages; an arrow is an import. An
arrow that a longer path already implies is left out of the picture (never one into `models`, so that the one
door is seen); the table has every import.
"""

from __future__ import annotations

import ast
import sys
import textwrap
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "images" / "architecture.svg"
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- imports: begin -->", "<!-- imports: end -->"
DOOR, BEHIND = "gateway", "models"
GROUND = ("settings", "errors")
"""Every package imports these; they are drawn without arrows."""

BOX, HEIGHT, GAP, ROW = 172, 68, 40, 136
LANE = 6
"""Between arrows that share a gap."""
MARGIN = 28
Graph = Mapping[str, frozenset[str]]
"""Which packages each package imports."""

STYLE = """
  .box { fill: #ffffff; stroke: #6b7280; stroke-width: 1.2 }
  .door { fill: #fdf2f8; stroke: #a21c5b; stroke-width: 2.4 }
  .name { font: 600 14px system-ui, sans-serif; fill: #111827 }
  .what { font: 11px system-ui, sans-serif; fill: #4b5563 }
  .edge { fill: none; stroke: #6b7280; stroke-width: 1.2 }
  .through { fill: none; stroke: #a21c5b; stroke-width: 2.4 }
  .around { fill: none; stroke: #a21c5b; stroke-width: 1.4; stroke-dasharray: 5 4 }
  .tip { fill: #6b7280 } .redtip { fill: #a21c5b }
  @media (prefers-color-scheme: dark) {
    .box { fill: #1f2937; stroke: #9ca3af } .door { fill: #4a1030; stroke: #f472b6 }
    .name { fill: #f9fafb } .what { fill: #d1d5db } .edge { stroke: #9ca3af }
    .through, .around { stroke: #f472b6 } .tip { fill: #9ca3af } .redtip { fill: #f472b6 }
  }
""".strip("\n")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a box stands: its top left corner."""

    x: float
    y: float

    @property
    def middle(self) -> float:
        return self.x + BOX / 2


def layers() -> list[list[str]]:
    """The rows, top first, as import-linter checks them."""
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = next(c for c in configuration["tool"]["importlinter"]["contracts"] if c["type"] == "layers")
    return [[name.strip().split(".")[-1] for name in row.split(":")] for row in contract["layers"]]


def imports() -> Graph:
    """Every direct import between the packages."""
    graph = grimp.build_graph("bauhinia")
    found: dict[str, set[str]] = {}
    for module in graph.modules:
        source = _package(module)
        found.setdefault(source, set())
        for imported in graph.find_modules_directly_imported_by(module):
            if _package(imported) != source:
                found[source].add(_package(imported))
    return {name: frozenset(found[name]) for name in sorted(found) if name}


def _package(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def drawn(graph: Graph) -> list[tuple[str, str]]:
    """The arrows of the picture: those no longer path implies, and all into the models."""
    arrows = []
    for source, targets in graph.items():
        for target in sorted(targets - {"", *GROUND}):
            others = targets - {target, *GROUND, ""}
            if target == BEHIND or not any(target in _reach(graph, other) for other in others):
                arrows.append((source, target))
    return arrows


def _reach(graph: Graph, start: str) -> set[str]:
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        for target in graph.get(waiting.pop(), frozenset()) - reached:
            reached.add(target)
            waiting.append(target)
    return reached


def picture(rows: Sequence[Sequence[str]], graph: Graph) -> str:
    """The whole SVG."""
    width = 2 * MARGIN + max(len(row) for row in rows) * (BOX + GAP) - GAP
    height = 2 * MARGIN + (len(rows) - 1) * ROW + HEIGHT
    places = {
        name: Place(
            width / 2 - (len(row) * (BOX + GAP) - GAP) / 2 + column * (BOX + GAP), MARGIN + line * ROW
        )
        for line, row in enumerate(rows)
        for column, name in enumerate(row)
    }
    arrows = [arrow for arrow in drawn(graph) if arrow[0] in places and arrow[1] in places]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img" '
        'aria-labelledby="title what">',
        '<title id="title">The packages of Bauhinia and what imports what</title>',
        '<desc id="what">Layers from the pages and the command line at the top to settings and errors at the '
        "bottom. Only the gateway leads to the models; dashed lines are the named exceptions.</desc>",
        f"<style>\n{STYLE}\n</style>",
        "<defs>",
        *(_tip(name, kind) for name, kind in (("a", "tip"), ("b", "redtip"))),
        "</defs>",
        *(_arrow(source, target, arrows, places) for source, target in arrows),
        *(line for name, place in places.items() for line in _box(name, place)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _tip(name: str, kind: str) -> str:
    return (
        f'<marker id="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path class="{kind}" d="M0 0 8 4 0 8z"/></marker>'
    )


def _arrow(source: str, target: str, arrows: Sequence[tuple[str, str]], places: Mapping[str, Place]) -> str:
    """A curve from the bottom of one box to the top of the other, between the boxes of the rows it passes."""
    if places[source].y == places[target].y:
        return _sideways(places[source], places[target])
    arrows = [(s, t) for s, t in arrows if places[s].y != places[t].y]
    leaving = sorted((places[t].x, t) for s, t in arrows if s == source)
    coming = sorted((places[s].x, s) for s, t in arrows if t == target)
    start = _spot(places[source], leaving.index((places[target].x, target)), len(leaving))
    end = _spot(places[target], coming.index((places[source].x, source)), len(coming))
    lane = (arrows.index((source, target)) % 5 - 2) * LANE
    x, y = start, places[source].y + HEIGHT
    path = f"M{x:.1f} {y:g}"
    last = places[target].y
    while y + ROW - HEIGHT < last:
        top = y + ROW - HEIGHT
        share = (top - places[source].y) / (last - places[source].y)
        across = _opening(start + (end - start) * share, top, places) + lane
        path += _curve(x, y, across, top) + f"V{top + HEIGHT:g}"
        x, y = across, top + HEIGHT
    path += _curve(x, y, end, last - 2)
    kind, tip = "edge", "a"
    if target == BEHIND:
        kind, tip = ("through" if source == DOOR else "around"), "b"
    return f'<path class="{kind}" marker-end="url(#{tip})" d="{path}"/>'


def _sideways(source: Place, target: Place) -> str:
    """An arrow within a row: straight to a neighbour, below the boxes to any other."""
    right = target.x > source.x
    if abs(target.x - source.x) <= BOX + GAP:
        start, end = (source.x + BOX, target.x - 2) if right else (source.x, target.x + BOX + 2)
        return f'<path class="edge" marker-end="url(#a)" d="M{start:g} {source.y + 20:g}H{end:g}"/>'
    low = source.y + HEIGHT
    return (
        f'<path class="edge" marker-end="url(#a)" d="M{source.middle:g} {low:g}'
        f'C{source.middle:g} {low + 40:g} {target.middle:g} {low + 40:g} {target.middle:g} {low + 2:g}"/>'
    )


def _opening(x: float, top: float, places: Mapping[str, Place]) -> float:
    """The gap between the boxes of a row that is nearest to `x`."""
    row = sorted(place.x for place in places.values() if place.y == top)
    gaps = [row[0] - GAP / 2, *(left + BOX + GAP / 2 for left in row)]
    return min(gaps, key=lambda gap: abs(gap - x))


def _curve(x1: float, y1: float, x2: float, y2: float) -> str:
    bend = (y2 - y1) * 0.6
    return f"C{x1:.1f} {y1 + bend:g} {x2:.1f} {y2 - bend:g} {x2:.1f} {y2:g}"


def _spot(place: Place, index: int, count: int) -> float:
    return place.x + BOX * (index + 1) / (count + 1)


def _box(name: str, place: Place) -> Iterator[str]:
    kind = "box door" if name == DOOR else "box"
    yield f'<rect class="{kind}" x="{place.x:g}" y="{place.y:g}" width="{BOX}" height="{HEIGHT}" rx="8"/>'
    yield f'<text class="name" x="{place.middle:g}" y="{place.y + 20:g}" text-anchor="middle">{name}</text>'
    for number, line in enumerate(textwrap.wrap(_purpose(name), 27)[:3]):
        y = place.y + 36 + 13 * number
        yield f'<text class="what" x="{place.middle:g}" y="{y:g}" text-anchor="middle">{escape(line)}</text>'


def _purpose(name: str) -> str:
    """The first sentence of the package's docstring."""
    package = ROOT / "src" / "bauhinia" / name
    file = package / "__init__.py" if package.is_dir() else package.with_suffix(".py")
    words = " ".join((ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").split())
    return words.split(". ")[0].rstrip(".").replace("`", "")


def table(rows: Sequence[Sequence[str]], graph: Graph) -> str:
    """Every import, as a Markdown table in the layers' order."""
    order = [name for row in rows for name in row]
    lines = ["| package | imports |", "|---|---|"]
    for name in order:
        targets = [target for target in order if target in graph.get(name, frozenset())]
        lines.append(f"| `{name}` | {', '.join(f'`{target}`' for target in targets) or 'nothing of ours'} |")
    return "\n".join(lines)


def main() -> int:
    """Exit status: 1 when `--check` finds a drawing that is not what the code does."""
    rows, graph = layers(), imports()
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    wanted = {
        PICTURE: picture(rows, graph),
        PAGE: f"{before}{BEGIN}\n{table(rows, graph)}\n{END}{after}",
    }
    stale = [path for path, text in wanted.items() if not path.is_file() or path.read_text("utf-8") != text]
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is not what the code does: run `make docs`")
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
