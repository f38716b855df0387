"""Long work on a meeting as server-sent events: a recording heard, a summary worded. Leaving ends it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import asdict
from typing import TYPE_CHECKING

from ..chat.line import Waiting
from ..chat.notes.finding import Notes, Stated
from ..chat.notes.hearing import HeardMeeting, heard_meeting
from ..chat.notes.sealing import sealed
from ..chat.notes.summary import Summarised, summarised
from ..chat.notes.transcript import as_text
from ..errors import BauhiniaError
from ..people import Officer
from .events import encode, failed
from .hearing_events import in_turn

if TYPE_CHECKING:
    from ..chat.reading_aloud import SpeechLanguage
    from ..chat.reception import Reception
    from ..settings import Settings

Told = Waiting | tuple[str, float] | HeardMeeting


def hearing(
    reception: Reception, sound: bytes, language: SpeechLanguage, by: Officer
) -> AsyncGenerator[Told, None]:
    """A meeting's recording in its turn, the meeting last.

    Raises InputError, MissingPart, Refused, ModelError, StoreError.
    """
    return in_turn(
        reception,
        by,
        lambda progress: heard_meeting(reception.gateway, sound, language, officer=by, progress=progress),
    )


async def heard_lines(told: AsyncGenerator[Told, None], settings: Settings) -> AsyncIterator[bytes]:
    """The events `waiting`, `progress`, then `heard` or `failed`."""
    try:
        async with aclosing(told) as events:
            async for event in events:
                match event:
                    case Waiting():
                        yield encode("waiting", asdict(event))
                    case HeardMeeting():
                        text = as_text(event.transcript)
                        token = await asyncio.to_thread(sealed, settings.data_folder, event.origin)
                        yield encode("heard", {"text": text, "token": token, "model": event.origin.model})
                    case (what, share):
                        yield encode("progress", {"what": what, "share": share})
    except BauhiniaError as error:
        yield failed(error)


async def summing_up(
    reception: Reception, notes: Notes, by: Officer
) -> AsyncGenerator[Waiting | Stated | Summarised, None]:
    """Who waits is told; then each sentence as it is borne out; the whole last. Closing it ends the work.

    Raises Refused, ModelError, StoreError.
    """
    async with reception.line.joined(by.id) as waiting:
        async for standing in waiting:
            yield standing
        async with aclosing(summarised(notes.transcript, reception.gateway, by)) as told:
            async for event in told:
                yield event


async def summary_lines(
    told: AsyncGenerator[Waiting | Stated | Summarised, None], settings: Settings
) -> AsyncIterator[bytes]:
    """The events `waiting`, `said`, then `summary` or `failed`."""
    try:
        async with aclosing(told) as events:
            async for event in events:
                match event:
                    case Waiting():
                        yield encode("waiting", asdict(event))
                    case Stated():
                        yield encode("said", asdict(event))
                    case Summarised():
                        yield encode("summary", await _ended(event, settings))
    except BauhiniaError as error:
        yield failed(error)


async def _ended(event: Summarised, settings: Settings) -> dict[str, object]:
    token = ""
    if event.origin is not None:
        token = await asyncio.to_thread(sealed, settings.data_folder, event.origin, event.summary)
    model = event.origin.model if event.origin else ""
    return {"token": token, "model": model, "withdrawn": event.withdrawn, "left_out": event.left_out}
