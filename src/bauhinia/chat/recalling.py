"""Where what a person lets the assistant remember helps: `the bus home`, the weather where they live, a trip
without stairs. By rules, only for what a question leaves open, and told on the answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from ..language import Variety
from .itineraries.asking import read_trip
from .memory import Memory, Ride
from .planner import Part
from .tools.resolve import Names, air_stations, folded, light_rail_stops, mtr_stations, weather_stations
from .turn import Answer, Reference, Said
from .understanding import ToolCall, Understood
from .wordings import wording

PAGE = "/chat/memory"
_OF_ROUTES = ("bus_arrivals", "minibus_arrivals")
_STATIONS = {"mtr_next_train": ("station", mtr_stations), "light_rail": ("stop", light_rail_stops)}
_PLACES = {"weather_now": weather_stations, "air_quality": air_stations}
_EVERYWHERE = r"hong kong|香港|全港|observatory|天文台"
_SAME = (
    ("home", r"\bhome\b|屋企|回家|返家|家裏|家里|住所"),
    ("work", r"\bwork\b|\boffice\b|返工|上班|公司|辦公室|办公室"),
    ("school", r"\bschool\b|返學|上學|上学|學校|学校"),
)
"""Places that are called in several ways."""
_USUAL = (
    r"\bmy (?:usual |own )?(?:bus|minibus|train|stop|station)\b|\busual\b"
    r"|我(?:架|嗰架|搭開)|平時|平时|照舊"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """The parts of a question with what was remembered in them."""

    parts: tuple[Part, ...]
    used: frozenset[str] = frozenset()
    """Texts of the parts that it helped to understand."""


def recalled(parts: Sequence[Part], memory: Memory) -> Recalled:
    """Fill in what is missing and known: of a ride its route or stop, of the weather the district."""
    filled = {part.text: done for part in parts if (done := _filled(part, memory)) is not None}
    return Recalled(
        parts=tuple(replace(part, understood=filled.get(part.text, part.understood)) for part in parts),
        used=frozenset(filled),
    )


def trip_request(question: str, memory: Memory, today: date) -> str:
    """The request for a trip with the needs in it that change the plan; as it is where none does."""
    told = ". ".join((question, *memory.needs))
    changed = read_trip(told, today=today).trip != read_trip(question, today=today).trip
    return told if changed else question


def noted(answer: Answer) -> Answer:
    """The answer, saying that what was remembered had a part in it, with the page to change it."""
    note = Said(text=wording("used_memory", answer.language), source=len(answer.references))
    return replace(answer, said=(*answer.said, note), references=(*answer.references, about(answer.language)))


def about(language: Variety) -> Reference:
    """Where a person sees and changes what is remembered."""
    return Reference(title=wording("memory_page", language), url=PAGE)


def _filled(part: Part, memory: Memory) -> Understood | None:
    """How the part is understood with the memory; None where that has nothing to add."""
    understood, plain = part.understood, folded(part.text)
    if understood.call is not None:
        return _placed(understood, understood.call, plain, memory.district)
    # `The bus to work` is taken for a question about how it works; without a number it names a ride.
    unsure = understood.reason == "unsure" and understood.tool in _OF_ROUTES and not re.search(r"\d", plain)
    if understood.reason != "missing_argument" and not unsure:
        return None
    ride = _ride(understood, plain, memory.rides)
    if ride is None:
        return None
    if understood.tool in _OF_ROUTES:
        return _called(understood, {"route": ride.route.upper(), "stop": ride.stop, **understood.given})
    return _called(understood, {_STATIONS[understood.tool][0]: ride.stop, **understood.given})


def _placed(understood: Understood, call: ToolCall, plain: str, district: str) -> Understood | None:
    stations = _PLACES.get(call.tool)
    if stations is None or not district or call.arguments.get("place") or re.search(_EVERYWHERE, plain):
        return None
    if stations().find(district) is None:
        return None
    return replace(understood, call=ToolCall(tool=call.tool, arguments={**call.arguments, "place": district}))


def _ride(understood: Understood, plain: str, rides: Sequence[Ride]) -> Ride | None:
    """The one ride that is meant: by its name, or the only one where the person says that it is theirs or
    names its route. Two that may be meant are none."""
    fit = [ride for ride in rides if _fits(ride, understood)]
    named = [ride for ride in fit if ride.called and re.search(_calling(ride.called), plain)]
    if named:
        return named[0] if len(named) == 1 else None
    usual = understood.given.get("route") or re.search(_USUAL, plain)
    return fit[0] if usual and len(fit) == 1 else None


def _fits(ride: Ride, understood: Understood) -> bool:
    if understood.tool in _OF_ROUTES:
        return bool(ride.route) and understood.given.get("route", ride.route.upper()) == ride.route.upper()
    known: Names | None = _STATIONS[understood.tool][1]() if understood.tool in _STATIONS else None
    return known is not None and not ride.route and known.find(ride.stop) is not None


def _calling(called: str) -> str:
    """A pattern of what the place is called."""
    name = folded(called)
    own = rf"\b{re.escape(name)}\b" if name.isascii() else re.escape(name)
    return next((same for _, same in _SAME if re.search(same, name)), own)


def _called(understood: Understood, arguments: dict[str, object]) -> Understood:
    call = ToolCall(tool=understood.tool, arguments=arguments)
    return replace(understood, call=call, reason="ok", missing="", given={})
