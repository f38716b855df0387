"""What may be asked next: suggested by a table, and only what the assistant answers from a source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from ..language import Variety, to_simplified
from ..yaml_text import read_yaml
from .tools.resolve import Named, Names, mtr_stations, piers

MOST = 3
_WAYS: dict[str, tuple[Callable[[], Names], str, str]] = {
    "mtr_route": (mtr_stations, "start", "end"),
    "mtr_next_train": (mtr_stations, "station", "towards"),
    "ferry": (piers, "start", "end"),
}
"""Tools of journeys: whose places, and which arguments are the two ends."""


def asked_next(
    tool: str, language: Variety, arguments: Mapping[str, object] | None = None
) -> tuple[str, ...]:
    """Questions that may follow that tool's answer, in its language: of a journey the way back first. None
    after tools without any."""
    table = _table()
    usual = [table["questions"][key][language.value] for key in table["after"].get(tool, ())]
    return (*_back(tool, language, arguments or {}), *usual)[:MOST]


def _back(tool: str, language: Variety, arguments: Mapping[str, object]) -> tuple[str, ...]:
    """The same journey the other way; none where an end of it is not known."""
    if tool not in _WAYS:
        return ()
    names, *ends = _WAYS[tool]
    found = [names().find(str(arguments.get(end, ""))) for end in ends]
    places = [_called(names().things[each.id], language) for each in found if each is not None]
    if len(places) < len(ends) or places[0] == places[1]:
        return ()
    question: str = _table()["back"][tool][language.value]
    return (question.format(start=places[1], end=places[0]),)


def _called(place: Named, language: Variety) -> str:
    if language is Variety.ENGLISH:
        return place.en
    return to_simplified(place.zh) if language is Variety.SIMPLIFIED else place.zh


@cache
def _table() -> dict[str, Any]:
    text = files(__package__).joinpath("data", "follow_ups.yaml").read_text(encoding="utf-8")
    table: dict[str, Any] = read_yaml(text)
    return table
