"""What is made on a page of its own: trips, songs, films, minutes.

A question that asks for one gets the page, its words filled in, and for a trip the plan's outline at once.

`WORKSHOPS` is the one place that says which pages there are: `built` is set when the page is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from urllib.parse import urlencode

from ..errors import InputError
from ..language import Variety
from .conversations import without_personal
from .itineraries.asking import read_trip, wants_itinerary
from .itineraries.conditions import conditions_of
from .itineraries.planning import plan
from .itineraries.telling import Told, ToldDay, told
from .itineraries.trip import Itinerary, query_of
from .tools import Context
from .tools.resolve import folded
from .turn import Answer, Reference, Said
from .wordings import wording

Kind = Literal["trip", "song", "film", "notes"]
LONGEST_REQUEST = 500
"""Characters of a question that are filled in."""
_MAKE = (
    r"(?:write|compose|make|create|produce|generate|draft|turn .{1,40} into"
    r"|寫|作(?!用|為)|創作|譜|整|做|製作|拍|生成|幫我|編)"
)
_FOR_ME = (
    r"^(?!.*(?:\bwho\b|\bwhen\b|\bwhich\b|\bhow (?:do|does|did|can|to)\b"
    r"|邊個|誰|點樣|怎樣|怎麼|如何|幾時|何時))"
)
"""Not how it is done, nor who did it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """A page that makes something."""

    kind: Kind
    path: str
    built: bool
    asked: str
    """A pattern of folded questions that ask for it."""

    def link(self, request: str) -> str:
        """The page with the request filled in, what is personal in it blotted out."""
        return f"{self.path}?{urlencode({'request': without_personal(request[:LONGEST_REQUEST])})}"


WORKSHOPS = (
    Workshop(
        kind="trip",
        path="/chat/itinerary",
        built=True,
        asked=r"itinerar|\bplan (?:me |us |a |an |my |our |out |one |two |three |\d)"
        r"|行程|(?:計劃|安排|編排|設計|規劃).{0,12}(?:遊|日|天|旅|trip)|[一二兩三四五六七\d][日天]遊",
    ),
    Workshop(
        kind="song",
        path="/chat/songs",
        built=True,
        asked=_FOR_ME
        + rf".*{_MAKE}.{{0,24}}(?:\bsong\b|\bjingle\b|\bmelody\b|\banthem\b|首歌|歌曲|主題曲|校歌|一支歌)",
    ),
    Workshop(
        kind="film",
        path="/chat/films",
        built=True,
        asked=_FOR_ME + rf".*{_MAKE}.{{0,24}}(?:\bvideo\b|\bfilm\b|\bclip\b|短片|影片|視頻|宣傳片|條片)",
    ),
    Workshop(
        kind="notes",
        path="/chat/notes",
        built=True,
        asked=_FOR_ME + rf".*{_MAKE}.{{0,24}}(?:meeting (?:notes|minutes)|minutes (?:of|for|from)"
        r"|會議[紀記]錄|會議摘要)",
    ),
)
_TRIP = WORKSHOPS[0]
_WISH = (
    r"^(?!.*(?:\bif\b|\blos[et]|\bvisa\b|如果|簽證|保險|insur))(?=.*(?:suggest|recommend|\bideas?\b"
    r"|what to (?:do|see)|\b(?:\d|one|two|three|four|five)[ -]days?\b|\bday out\b|sightsee"
    r"|計劃|安排|推介|推薦|建議|想|幫|諗"
    r"|去邊度玩|去哪.玩|玩乜|[日天]遊|[一二兩三四五\d][日天]))"
)
"""Beside a word of travel, what makes it a wish for a plan."""


def workshop_for(question: str, *, today: date, has_tool: bool) -> Workshop | None:
    """The page that a question asks for; None where it asks for none that is built, or a tool knows it. A
    trip's outline needs no page."""
    plain = folded(question)
    if wants_itinerary(question, today=today) and (
        re.search(_TRIP.asked, plain) or (not has_tool and re.search(_WISH, plain))
    ):
        return _TRIP
    if has_tool:
        return None
    return next(
        (each for each in WORKSHOPS[1:] if each.built and re.search(each.asked, plain)),
        None,
    )


async def answer_of(workshop: Workshop, question: str, language: Variety, context: Context) -> Answer:
    """What is said to such a question: of a trip its outline, and the page where there is one."""
    if workshop.kind == "trip":
        return await _outline(workshop, question, language, context)
    title = wording(f"make_{workshop.kind}", language)
    said = Said(text=wording("made_on_a_page", language), source=0)
    page = Reference(title=title, url=workshop.link(question))
    return Answer(via="made", language=language, said=(said,), references=(page,))


async def _outline(workshop: Workshop, question: str, language: Variety, context: Context) -> Answer:
    """The plan in a few lines. A request that no plan can meet is said to be that."""
    trip = read_trip(question, today=context.today()).trip
    query = query_of(trip, language)
    try:
        itinerary = plan(trip, await conditions_of(trip, context))
    except InputError:
        said: tuple[Said, ...] = (Said(text=wording("no_trip", language)),)
        none = Answer(via="unknown", language=language, said=said, why="no_trip")
        return _with_page(none, workshop, f"{workshop.path}?{query}")
    lines = told(itinerary, language)
    sources = _weather(itinerary, language)
    days = tuple(
        Said(text=_day(day), source=0 if sources and place.conditions.weather_source else None)
        for day, place in zip(lines.days, itinerary.days, strict=True)
    )
    notes = tuple(Said(text=note) for note in (lines.total, *lines.notes, lines.label))
    said = (Said(text=_head(lines)), *days, *notes)
    made = Answer(via="made", language=language, said=said, references=sources)
    return _with_page(made, workshop, f"{workshop.path}/plan?{query}")


def _head(lines: Told) -> str:
    end = "。" if lines.language.is_chinese else "."
    return " ".join((f"{lines.title}{end}", *lines.facts))


def _day(day: ToldDay) -> str:
    """One day in one line: its stops with their times."""
    stops = "; ".join(f"{row.start} {row.what}" for row in day.rows)
    return f"{day.heading}: {stops}" if stops else f"{day.heading}: {' '.join(day.facts)}"


def _weather(itinerary: Itinerary, language: Variety) -> tuple[Reference, ...]:
    """The forecast that was planned by."""
    source = next(
        (day.conditions.weather_source for day in itinerary.days if day.conditions.weather_source), None
    )
    if source is None:
        return ()
    at = source.at or source.fetched
    return (Reference(title=source.said(language), url=source.page, at=at.isoformat() if at else ""),)


def _with_page(answer: Answer, workshop: Workshop, url: str) -> Answer:
    if not workshop.built:
        return answer
    page = Reference(title=wording(f"make_{workshop.kind}", answer.language), url=url)
    last = Said(text=wording("trip_on_a_page", answer.language), source=len(answer.references))
    return replace(answer, said=(*answer.said, last), references=(*answer.references, page))
