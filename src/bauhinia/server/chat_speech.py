"""Voice in and out of the assistant: an answer read aloud and labelled, and a question written down.

Out: the speech server of the settings, else espeak-ng. In: the listener of the settings, else Whisper here;
what was heard goes back to who said it, to be checked and sent by them, and is kept nowhere.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Request, UploadFile
from starlette.responses import Response, StreamingResponse

from ..chat.conversations import answer_of
from ..chat.labelled import label_by
from ..chat.line import Waiting
from ..chat.reading_aloud import SpeechLanguage
from ..chat.speech import LONGEST_TEXT, EspeakSpeaker, Speaker, heard, speech_server
from ..chat.tools.result import HONG_KONG
from ..chat.work import Work, work_folder
from ..errors import BauhiniaError, InputError, NotFound
from ..gateway import LOWEST, Heard
from ..language import Variety
from ..people import Officer
from ..provenance import Origin, Record, new_id
from .chat_pages import hold_to_rate, reception_of
from .events import LIVE, encode, failed
from .hearing_events import in_turn
from .state import office_of, settings_of

if TYPE_CHECKING:
    from ..chat.reception import Reception

chat_speech_router = APIRouter(include_in_schema=False)
USE = "chat.answer"
SPOKEN: dict[Variety, SpeechLanguage] = {
    Variety.ENGLISH: "en",
    Variety.CANTONESE: "yue",
    Variety.TRADITIONAL: "yue",
    Variety.SIMPLIFIED: "cmn",
}
"""What is written for Hong Kong is read in Cantonese."""
LONGEST_SECONDS = 60.0
"""Of a question that is spoken."""
LARGEST_SOUND = 12_000_000
"""Bytes: a minute as WAV of two channels."""


@chat_speech_router.get("/chat/c/{key}/spoken/{number}")
async def spoken(request: Request, key: str, number: int) -> Response:
    """The answer of that turn as WAV. Raises NotFound, OverQuota, MissingPart, and what the door raises."""
    reception, office = reception_of(request), office_of(request)
    _, turns = await reception.conversations.get(key)
    turn = next((each for each in turns if each.number == number), None)
    if turn is None:
        raise NotFound("There is no such answer.", hint="It may have been asked anew. Load the page again.")
    hold_to_rate(request, office.officer)
    answer = answer_of(turn.answer)
    speaker = _speaker(request)
    async with work_folder("spoken") as folder:
        sound = await speaker.speak(answer.text[:LONGEST_TEXT], SPOKEN[answer.language], folder, Work())
    now = datetime.now(HONG_KONG).isoformat(timespec="seconds")
    record = Record(
        id=new_id(),
        use=USE,
        origin=Origin(model=", ".join(filter(None, (answer.model, speaker.name))), made_at=now),
        department=office.officer.department,
        issued_at=now,
        language=answer.language.value,
    )
    labelled = await label_by(office.labels, record, office.officer).sign(sound, "audio/wav")
    return Response(labelled, media_type="audio/wav", headers={"cache-control": "private, max-age=3600"})


def _speaker(request: Request) -> Speaker:
    settings, office = settings_of(request), office_of(request)
    if not settings.speaker_url:
        return EspeakSpeaker()
    name = settings.speaker_model or "speech server"
    return speech_server(office.gateway, name, officer=office.officer, use=USE, classification=LOWEST)


@chat_speech_router.post("/chat/hear")
async def hear(request: Request, file: UploadFile, language: Annotated[SpeechLanguage, Form()]) -> Response:
    """A spoken question as events: `waiting`, `progress`, then `heard` or `failed`. It is not asked here.
    Raises OverQuota, InputError."""
    reception, by = reception_of(request), office_of(request).officer
    hold_to_rate(request, by)
    sound = await file.read(LARGEST_SOUND + 1)
    if len(sound) > LARGEST_SOUND:
        raise InputError(
            f"The recording has more than {LARGEST_SOUND // 1_000_000} MB.",
            hint="Speak for a minute at most.",
        )
    lines = _heard_lines(reception, sound, language, by)
    return StreamingResponse(lines, media_type="text/event-stream", headers=LIVE)


async def _heard_lines(
    reception: Reception, sound: bytes, language: SpeechLanguage, by: Officer
) -> AsyncGenerator[bytes, None]:
    events = in_turn(
        reception,
        by,
        lambda progress: heard(
            reception.gateway, sound, language, officer=by, use=USE, classification=LOWEST,
            progress=progress, longest=LONGEST_SECONDS,
        ),
    )  # fmt: skip
    try:
        async with aclosing(events):
            async for event in events:
                match event:
                    case Waiting():
                        yield encode("waiting", asdict(event))
                    case Heard():
                        yield encode("heard", _written_down(event))
                    case (what, share):
                        yield encode("progress", {"what": what, "share": share})
    except BauhiniaError as error:
        yield failed(error)


def _written_down(said: Heard) -> dict[str, object]:
    """What was heard, piece by piece, each with whether the recogniser is sure of it. Raises InputError."""
    pieces = [
        {"text": each.text.strip(), "doubtful": each.doubtful} for each in said.segments if each.text.strip()
    ]
    if not pieces:
        raise InputError("Nothing was heard.", hint="Speak nearer to the microphone, or write your question.")
    return {"pieces": pieces, "model": said.model}
