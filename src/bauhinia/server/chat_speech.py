"""An answer of the assistant read aloud: by the speech server of the settings, else espeak-ng; labelled."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from ..chat.conversations import answer_of
from ..chat.guests import is_guest
from ..chat.labelled import label_by
from ..chat.reading_aloud import SpeechLanguage
from ..chat.speech import LONGEST_TEXT, EspeakSpeaker, Speaker, speech_server
from ..chat.tools.result import HONG_KONG
from ..chat.work import Work, work_folder
from ..errors import NotFound
from ..gateway import LOWEST
from ..language import Variety
from ..provenance import Origin, Record, new_id
from .chat_pages import reception_of
from .state import office_of, settings_of

chat_speech_router = APIRouter(include_in_schema=False)
USE = "chat.answer"
SPOKEN: dict[Variety, SpeechLanguage] = {
    Variety.ENGLISH: "en",
    Variety.CANTONESE: "yue",
    Variety.TRADITIONAL: "yue",
    Variety.SIMPLIFIED: "cmn",
}
"""What is written for Hong Kong is read in Cantonese."""


@chat_speech_router.get("/chat/c/{key}/spoken/{number}")
async def spoken(request: Request, key: str, number: int) -> Response:
    """The answer of that turn as WAV. Raises NotFound, OverQuota, MissingPart, and what the door raises."""
    reception, office = reception_of(request), office_of(request)
    _, turns = await reception.conversations.get(key)
    turn = next((each for each in turns if each.number == number), None)
    if turn is None:
        raise NotFound("There is no such answer.", hint="It may have been asked anew. Load the page again.")
    if is_guest(office.officer):
        reception.rate.take(request.client.host if request.client else "")
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
