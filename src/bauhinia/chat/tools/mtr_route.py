"""How to go from one MTR station to another: lines, changes and stops; the time is an estimate
and says so."""

from __future__ import annotations

import heapq
from functools import cache
from itertools import pairwise

from pydantic import Field

from .protocol import Context
from .resolve import mtr_lines, mtr_stations, rows
from .result import Frozen, Result, Source, Unknown, Words, found

PER_STOP = 2.4
PER_CHANGE = 5.0
"""Minutes; our own estimate, for comparing ways and telling roughly how long one takes."""
EXPRESS = 4.5
"""Minutes a stop of the Airport Express, whose stops lie far apart."""
_WALKS = (("CEN", "HOK", 8.0), ("TST", "ETS", 8.0))
"""Pairs of stations joined by subways, minutes on foot."""
SOURCE = Source(
    name=Words(en="MTR lines and stations (table of this product)", zh="港鐵路綫及車站（本系統的資料表）"),
    url="https://opendata.mtr.com.hk/data/mtr_lines_and_stations.csv",
    page="https://www.mtr.com.hk/",
)


class MtrJourney(Frozen):
    """From where to where."""

    start: str = Field(min_length=1, max_length=60)
    end: str = Field(min_length=1, max_length=60)


class Leg(Frozen):
    """A part of the way on one line, or on foot."""

    line: str
    """Empty for a walk."""
    line_zh: str
    start: str
    start_zh: str
    end: str
    end_zh: str
    stops: int


class Journey(Frozen):
    """The way with the fewest changes that is not much longer."""

    legs: tuple[Leg, ...]
    changes: tuple[str, ...]
    """English names of the stations where one changes."""
    lines: tuple[str, ...]
    stops: int
    estimate: int
    """Minutes, estimated."""


class MtrRoute:
    """Computed from the table of lines that ships: it needs no network and knows no closures."""

    name = "mtr_route"
    about = "How to travel between two MTR stations: lines, changes, number of stops, estimated time."
    arguments = MtrJourney

    async def run(self, given: MtrJourney, context: Context) -> Result:  # noqa: ARG002
        """Found, or Unknown for a station that there is not."""
        start, end = mtr_stations().find(given.start), mtr_stations().find(given.end)
        if start is None or end is None:
            return _no_station(given.start if start is None else given.end)
        if start.id == end.id:
            return _no_way(given.start)
        journey = journey_between(start.id, end.id)
        return found(self.name, journey, SOURCE, _words(journey))


def journey_between(start: str, end: str) -> Journey:
    """The way between two stations, by code."""
    came = _shortest(start, end)
    path = [came[1]]
    while path[-1] in came[0]:
        path.append(came[0][path[-1]])
    path.reverse()
    legs: list[list[tuple[str, str]]] = []
    for node in path:
        if legs and legs[-1][0][1] == node[1]:
            legs[-1].append(node)
        else:
            legs.append([node])
    made = [leg for leg in _walks_between([_leg(each) for each in legs]) if leg.stops or not leg.line]
    rides = [leg for leg in made if leg.line]
    stops = sum(leg.stops for leg in rides)
    changes = tuple(leg.start for leg in rides[1:])
    return Journey(
        legs=tuple(made),
        changes=changes,
        lines=tuple(leg.line for leg in rides),
        stops=stops,
        estimate=round(came[2]),
    )


def _walks_between(legs: list[Leg]) -> list[Leg]:
    """Legs with a walk where one ends elsewhere than the next begins."""
    made: list[Leg] = []
    for leg in legs:
        if made and made[-1].end != leg.start:
            last = made[-1]
            made.append(
                Leg(
                    line="",
                    line_zh="",
                    start=last.end,
                    start_zh=last.end_zh,
                    end=leg.start,
                    end_zh=leg.start_zh,
                    stops=0,
                )
            )
        made.append(leg)
    return made


def _leg(nodes: list[tuple[str, str]]) -> Leg:
    things, line = mtr_stations().things, mtr_lines().things.get(nodes[0][1])
    start, end = things[nodes[0][0]], things[nodes[-1][0]]
    return Leg(
        line=line.en if line else "",
        line_zh=line.zh if line else "",
        start=start.en,
        start_zh=start.zh,
        end=end.en,
        end_zh=end.zh,
        stops=len(nodes) - 1,
    )


Node = tuple[str, str]
"""A station, and the line that one is on there."""


def _shortest(start: str, end: str) -> tuple[dict[Node, Node], Node, float]:
    """Dijkstra over (station, line): what each node was reached from, the last one, the minutes."""
    graph = _graph()
    queue: list[tuple[float, Node]] = [(0.0, node) for node in graph if node[0] == start]
    heapq.heapify(queue)
    best: dict[Node, float] = {node: 0.0 for _, node in queue}
    came: dict[Node, Node] = {}
    while queue:
        minutes, node = heapq.heappop(queue)
        if node[0] == end:
            return came, node, minutes
        if minutes > best[node]:
            continue
        for other, cost in graph[node]:
            if minutes + cost < best.get(other, float("inf")):
                best[other] = minutes + cost
                came[other] = node
                heapq.heappush(queue, (minutes + cost, other))
    raise AssertionError("the network is in one piece")


@cache
def _graph() -> dict[Node, list[tuple[Node, float]]]:
    graph: dict[Node, list[tuple[Node, float]]] = {}
    at: dict[str, set[str]] = {}
    for row in rows("mtr_lines.csv"):
        # A race day's branch is no way to plan on.
        if row["branch"] == "RAC":
            continue
        codes, line = row["stations"].split(), row["line"]
        cost = EXPRESS if line == "AEL" else PER_STOP
        for one, two in pairwise(codes):
            graph.setdefault((one, line), []).append(((two, line), cost))
            graph.setdefault((two, line), []).append(((one, line), cost))
            at.setdefault(one, set()).add(line)
            at.setdefault(two, set()).add(line)
    for code, lines in at.items():
        for one in lines:
            graph[(code, one)] += [((code, two), PER_CHANGE) for two in sorted(lines - {one})]
    for left, right, minutes in _WALKS:
        for one in at[left]:
            for two in at[right]:
                graph[(left, one)].append(((right, two), minutes))
                graph[(right, two)].append(((left, one), minutes))
    return graph


def _words(journey: Journey) -> Words:
    en, zh, yue = [], [], []
    for leg in journey.legs:
        if leg.line:
            en.append(
                f"take the {leg.line} from {leg.start} to {leg.end} ({leg.stops} stop{'s' * (leg.stops > 1)})"
            )
            zh.append(f"在{leg.start_zh}乘搭{leg.line_zh}到{leg.end_zh}（{leg.stops} 個站）")
            yue.append(f"喺{leg.start_zh}搭{leg.line_zh}去{leg.end_zh}（{leg.stops} 個站）")
        else:
            en.append(f"walk through the subway from {leg.start} to {leg.end}")
            zh.append(f"由{leg.start_zh}經行人隧道步行到{leg.end_zh}")
            yue.append(f"由{leg.start_zh}行隧道去{leg.end_zh}")
    first = f"{', then '.join(en)}."
    return Words(
        en=f"{first[0].upper()}{first[1:]} About {journey.estimate} minutes (my estimate).",
        zh=f"{'，再'.join(zh)}。車程約 {journey.estimate} 分鐘（我的估算）。",
        yue=f"{'，再'.join(yue)}。大約 {journey.estimate} 分鐘（我估嘅）。",
    )


def _no_station(name: str) -> Unknown:
    return Unknown(
        tool="mtr_route",
        reason="no_station",
        near=mtr_stations().near(name),
        words=Words(
            en=f"I know no MTR station called {name}, so I cannot plan this.",
            zh=f"我不知道有名為「{name}」的港鐵站，所以未能計劃行程。",
            yue=f"我唔知有叫做「{name}」嘅港鐵站，所以計唔到點去。",
        ),
    )


def _no_way(name: str) -> Unknown:
    return Unknown(
        tool="mtr_route",
        reason="same_station",
        words=Words(
            en=f"Both are {name}: there is nowhere to go.",
            zh=f"起點和終點都是{name}，不用乘車。",
            yue=f"起點同終點都係{name}，唔使搭車。",
        ),
    )
