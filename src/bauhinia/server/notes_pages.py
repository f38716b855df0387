"""Pages on which a meeting's notes are found: a transcript or recording in, notes to correct, Word out.

Nothing of a meeting is kept between two requests: the page carries it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, cast, get_args

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import HTMLResponse, Response, StreamingResponse

from ..chat.notes import sealing
from ..chat.notes.actions import Action
from ..chat.notes.corrections import MOST_ITEMS, Row, corrected, day_of, lines_of
from ..chat.notes.decisions import Decision
from ..chat.notes.files import is_sound, read_file
from ..chat.notes.finding import Notes, find_notes
from ..chat.notes.hearing import HeardMeeting
from ..chat.notes.issuing import issued_notes
from ..chat.notes.sealing import sealed
from ..chat.notes.summary import Summarised
from ..chat.notes.transcript import (
    LONGEST_FACT,
    MOST_CHARACTERS,
    MOST_LINES,
    Line,
    Transcript,
    as_text,
    read_text,
)
from ..chat.reading_aloud import SpeechLanguage
from ..errors import BauhiniaError, InputError
from ..provenance import Origin
from .api import attachment
from .chat_pages import SPOKEN, hold_to_rate, reception_of
from .events import LIVE
from .notes_events import heard_lines, hearing, summary_lines, summing_up
from .pages import page
from .state import limits_of, office_of, settings_of
from .words import words_for

notes_router = APIRouter(include_in_schema=False)
FIELDS = 7 * MOST_ITEMS + 20
"""Of a form: seven an item, and the facts."""
FIELD_BYTES = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a form of these pages brings."""

    text: str
    held: str
    meeting: str
    venue: str
    language: str
    heard: str
    """Our token that says which recogniser wrote the text down."""
    summary: str
    """Our token that says which model wrote which summary."""
    name: str = ""
    data: bytes = b""
    rows: tuple[Row, ...] = ()
    """The items that are to stay."""


@notes_router.get("/chat/notes")
async def notes(request: Request) -> HTMLResponse:
    """The form."""
    return _form(request, None)


@notes_router.post("/chat/notes")
async def found(request: Request) -> HTMLResponse:
    """The notes of a transcript; of a recording first what was heard, in the form, to be corrected."""
    given = await _given(request)
    try:
        _hold_to_rate(request)
        if given.data and is_sound(given.name):
            return await _heard_plainly(request, given)
        transcript = await _transcript(request, given)
        return await _result(request, await asyncio.to_thread(_found, transcript, given), given)
    except BauhiniaError as error:
        return _form(request, given, error)


@notes_router.post("/chat/notes/hear")
async def hear(request: Request) -> Response:
    """A recording as events: `waiting`, `progress`, then `heard` or `failed`."""
    given = await _given(request)
    _hold_to_rate(request)
    told = hearing(reception_of(request), _sound(given), _spoken(given), office_of(request).officer)
    lines = heard_lines(told, settings_of(request))
    return StreamingResponse(lines, media_type="text/event-stream", headers=LIVE)


@notes_router.post("/chat/notes/summary")
async def summary(request: Request) -> Response:
    """A summary as events: `waiting`, `said`, then `summary` or `failed`."""
    given = await _given(request)
    _hold_to_rate(request)
    notes = await asyncio.to_thread(_found, read_text(given.text), given)
    lines = summary_lines(
        summing_up(reception_of(request), notes, office_of(request).officer), settings_of(request)
    )
    return StreamingResponse(lines, media_type="text/event-stream", headers=LIVE)


@notes_router.post("/chat/notes/summarised")
async def summarised_plainly(request: Request) -> HTMLResponse:
    """The same without scripts: the result's page once the summary is whole, with the corrections so far."""
    given = await _given(request)
    _hold_to_rate(request)
    notes = corrected(await asyncio.to_thread(_found, read_text(given.text), given), given.rows)
    async with aclosing(summing_up(reception_of(request), notes, office_of(request).officer)) as told:
        async for event in told:
            if isinstance(event, Summarised) and event.origin is not None:
                folder = settings_of(request).data_folder
                token = await asyncio.to_thread(sealed, folder, event.origin, event.summary)
                given = replace(given, summary=token)
    return await _result(request, notes, given)


@notes_router.post("/chat/notes/docx")
async def docx(request: Request) -> Response:
    """The corrected notes as minutes in Word, labelled."""
    given = await _given(request)
    office = office_of(request)
    heard, wrote, said = await asyncio.to_thread(_sealed, request, given)
    notes = corrected(await asyncio.to_thread(_found, read_text(given.text), given), given.rows)
    notes = replace(notes, summary=said)
    issued = await issued_notes(
        notes, labels=office.labels, by=office.officer, origin=sealing.both(heard, wrote)
    )
    headers = {"content-disposition": attachment(issued.name), "cache-control": "no-store"}
    return Response(issued.data, media_type=issued.media_type, headers=headers)


async def _given(request: Request) -> Given:
    """What the form brings, in its lengths; the file is read whole, which the body's limit bounds. Raises
    InputError for items that do not fit together."""
    async with request.form(max_files=1, max_fields=FIELDS, max_part_size=FIELD_BYTES) as form:
        return await _taken(form)


async def _taken(form: FormData) -> Given:
    file = form.get("file")
    data, name = b"", ""
    if isinstance(file, UploadFile) and file.filename:
        data, name = await file.read(), file.filename
    return Given(
        text=_field(form, "text", FIELD_BYTES),
        held=_field(form, "held", 40),
        meeting=_field(form, "meeting", LONGEST_FACT),
        venue=_field(form, "venue", LONGEST_FACT),
        language=_field(form, "language", 10),
        heard=_field(form, "heard", sealing.LONGEST),
        summary="" if form.get("without_summary") else _field(form, "summary", sealing.LONGEST),
        name=name,
        data=data,
        rows=_rows(form),
    )


def _field(form: FormData, name: str, longest: int) -> str:
    value = form.get(name, "")
    return value[:longest] if isinstance(value, str) else ""


async def _transcript(request: Request, given: Given) -> Transcript:
    """Raises DocumentError, InputError where nothing was given."""
    if given.data:
        return await read_file(given.data, given.name, limits_of(request))
    if not given.text.strip():
        raise InputError("There is no transcript.", hint="Choose a file, or paste what was said.")
    return await asyncio.to_thread(read_text, given.text)


def _found(transcript: Transcript, given: Given) -> Notes:
    """The notes, the form's facts before those of the file. Raises InputError for a day that is none."""
    transcript = replace(
        transcript,
        meeting=given.meeting.strip() or transcript.meeting,
        venue=given.venue.strip() or transcript.venue,
    )
    return find_notes(transcript, day_of(given.held))


def _rows(form: FormData) -> tuple[Row, ...]:
    """The items of the form that are to stay. Raises InputError for a form that does not fit together."""
    columns = {
        name: [str(value) for value in form.getlist(name)]
        for name in ("kind", "item", "owner", "day", "due", "lines")
    }
    kept = {str(value) for value in form.getlist("keep")}
    try:
        rows = list(zip(*columns.values(), strict=True))
    except ValueError:
        raise InputError("The items of the form do not fit together.", hint="Find the notes again.") from None
    return tuple(_row(row) for place, row in enumerate(rows) if str(place) in kept)


def _row(values: Sequence[str]) -> Row:
    kind, text, owner, day, due, lines = values
    if kind not in ("decision", "action"):
        raise InputError("An item is neither a decision nor an action.", hint="Find the notes again.")
    row_kind = cast("Any", kind)
    return Row(kind=row_kind, text=text, owner=owner, day=day, due=due, lines=lines_of(lines))


def _sealed(request: Request, given: Given) -> tuple[Origin | None, Origin | None, tuple[Any, ...]]:
    folder = settings_of(request).data_folder
    heard, _ = sealing.opened(folder, given.heard)
    wrote, said = sealing.opened(folder, given.summary)
    return heard, wrote, said


async def _heard_plainly(request: Request, given: Given) -> HTMLResponse:
    """Without scripts: the form with what was heard, once all of it was."""
    told = hearing(reception_of(request), given.data, _spoken(given), office_of(request).officer)
    async with aclosing(told) as events:
        async for event in events:
            if isinstance(event, HeardMeeting):
                token = await asyncio.to_thread(sealed, settings_of(request).data_folder, event.origin)
                heard = replace(given, text=as_text(event.transcript), heard=token)
                return _form(request, heard, model=event.origin.model)
    raise AssertionError("the meeting comes last")


def _sound(given: Given) -> bytes:
    """Raises InputError."""
    if not given.data or not is_sound(given.name):
        raise InputError("There is no recording.", hint="Choose one as MP3, M4A, WAV, OGG or FLAC.")
    return given.data


def _spoken(given: Given) -> SpeechLanguage:
    """Raises InputError."""
    if given.language not in get_args(SpeechLanguage):
        raise InputError("The language of the recording is not known.", hint="Choose one of the list.")
    return cast("SpeechLanguage", given.language)


def _hold_to_rate(request: Request) -> None:
    hold_to_rate(request, office_of(request).officer)


def _form(
    request: Request, given: Given | None, error: BauhiniaError | None = None, model: str = ""
) -> HTMLResponse:
    return page(
        request,
        "notes.html",
        status=error.status if error else 200,
        given=given,
        error=error,
        model=model,
        spoken=get_args(SpeechLanguage),
        likely=SPOKEN.get(words_for(request).language, "en"),
        today=reception_of(request).context.today(),
        sounds=limits_of(request).file_bytes // 1_000_000,
        most_characters=MOST_CHARACTERS,
        most_lines=MOST_LINES,
    )


async def _result(request: Request, notes: Notes, given: Given) -> HTMLResponse:
    heard, wrote, said = await asyncio.to_thread(_sealed, request, given)
    return page(
        request,
        "notes_found.html",
        notes=replace(notes, summary=said),
        given=given,
        text=as_text(notes.transcript),
        cited=_cited(notes),
        heard=heard,
        wrote=wrote,
        undated=_undated(notes),
    )


def _cited(notes: Notes) -> Mapping[int, Line]:
    """The lines that items rest on, by number."""
    items: list[Decision | Action] = [*notes.decisions, *notes.actions]
    numbers = {number for item in items for number in item.lines}
    return {number: notes.transcript.line(number) for number in sorted(numbers)}


def _undated(notes: Notes) -> bool:
    """Whether days were left in their words because that of the meeting is not known."""
    return notes.held is None and any(item.due.words and item.due.day is None for item in notes.actions)
