"""Pages on which a day out is planned: a form or a sentence, the plan with its map, and its files."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Form, Request
from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ..chat.guests import is_guest
from ..chat.itineraries import issuing
from ..chat.itineraries.asking import read_trip
from ..chat.itineraries.checking import assert_sound
from ..chat.itineraries.drawing import DAYS, map_alt, map_svg
from ..chat.itineraries.places import Interest
from ..chat.itineraries.planning import plan
from ..chat.itineraries.telling import told
from ..chat.itineraries.trip import LONGEST, Itinerary, Pace, Trip, query_of, trip_of
from ..chat.tools.resolve import mtr_stations
from ..chat.wordings import LANGUAGES
from ..errors import BauhiniaError, InputError
from ..language import Variety
from .api import attachment
from .chat_pages import reception_of
from .pages import SEE_OTHER, page
from .state import office_of
from .words import words_for

itinerary_router = APIRouter(include_in_schema=False)


@itinerary_router.get("/chat/itinerary")
async def itinerary(request: Request) -> HTMLResponse:
    """The form, filled with what its address says."""
    return _form(request, _given(request))


def _form(
    request: Request, given: Mapping[str, Any], error: BauhiniaError | None = None, words: str = ""
) -> HTMLResponse:
    return page(
        request,
        "itinerary.html",
        status=error.status if error else 200,
        given=given,
        interests=get_args(Interest),
        paces=get_args(Pace),
        longest=LONGEST,
        today=reception_of(request).context.today(),
        stations=mtr_stations().things.values(),
        languages=[each.value for each in LANGUAGES],
        asked=words,
        error=error,
    )


@itinerary_router.post("/chat/itinerary/read")
async def read(request: Request, words: Annotated[str, Form(max_length=500)] = "") -> Response:
    """A sentence as a trip: its plan's address, in which nothing of the sentence stands."""
    if not words.strip():
        error = InputError("There is no sentence.", hint="Write one, or fill in the form.")
        return _form(request, {}, error)
    today = reception_of(request).context.today()
    found = read_trip(words, today=today, reader=words_for(request).language)
    return RedirectResponse(f"/chat/itinerary/plan?{query_of(found.trip, found.language)}", SEE_OTHER)


@itinerary_router.get("/chat/itinerary/plan")
async def planned(request: Request) -> HTMLResponse:
    """The plan; the form again, with what is wrong, where there can be none."""
    given = _given(request)
    try:
        made, language = await _plan(request, given)
    except InputError as error:
        return _form(request, given, error)
    return page(
        request,
        "itinerary_plan.html",
        told=told(made, language),
        map=Markup(map_svg(made, language)),  # noqa: S704  # our own drawing; every text in it is escaped
        alt=map_alt(made, language),
        query=query_of(made.trip, language),
        colours=len(DAYS),
    )


@itinerary_router.get("/chat/itinerary/plan/{form}")
async def file(request: Request, form: issuing.Form) -> Response:
    """The same plan as a file, labelled."""
    made, language = await _plan(request, _given(request))
    office = office_of(request)
    issued = await issuing.issued_plan(made, form, language=language, labels=office.labels, by=office.officer)
    headers = {"content-disposition": attachment(issued.name), "cache-control": "no-store"}
    return Response(issued.data, media_type=issued.media_type, headers=headers)


async def _plan(request: Request, given: Mapping[str, Any]) -> tuple[Itinerary, Variety]:
    """Planned anew each time: nothing of it is kept. Raises InputError, OverQuota."""
    from ..chat.itineraries.conditions import conditions_of  # with it come all the live tools

    reception, by = reception_of(request), office_of(request).officer
    trip, language = _trip(given, reception.context.today()), _language(request, given)
    if is_guest(by):
        reception.rate.take(request.client.host if request.client else "")
    conditions = await conditions_of(trip, reception.context)
    made = await asyncio.to_thread(plan, trip, conditions)
    assert_sound(made)
    return made, language


def _given(request: Request) -> dict[str, Any]:
    """What the address says, as text; empty fields are left out."""
    asked = request.query_params
    single = {
        name: asked[name][:60]
        for name in (
            "begins",
            "days",
            "budget",
            "adults",
            "children",
            "wheelchair",
            "start",
            "pace",
            "language",
        )
        if asked.get(name, "").strip()
    }
    interests = [each[:30] for each in asked.getlist("interest")[: len(get_args(Interest))]]
    return single | ({"interests": interests} if interests else {})


def _trip(given: Mapping[str, Any], today: Any) -> Trip:
    """Raises InputError."""
    fields = {name: value for name, value in given.items() if name != "language"}
    if "start" in fields:
        fields["start"] = _station(str(fields["start"]))
    trip = trip_of({"begins": today.isoformat(), **fields})
    if trip.begins < today:
        raise InputError("The first day is past.", hint="Choose today or a later day.")
    return trip


def _station(name: str) -> str:
    """The code of a station that is named, or is a code. Raises InputError."""
    stations = mtr_stations()
    if name in stations.things:
        return name
    match = stations.find(name)
    if match is None:
        near = ", ".join(stations.near(name))
        raise InputError(
            f"There is no MTR station called “{name}”.",
            hint=f"Did you mean: {near}?" if near else "Choose one from the list, or leave it empty.",
        )
    return match.id


def _language(request: Request, given: Mapping[str, Any]) -> Variety:
    wanted = str(given.get("language") or words_for(request).language)
    return next((each for each in LANGUAGES if each.value == wanted), Variety.ENGLISH)
