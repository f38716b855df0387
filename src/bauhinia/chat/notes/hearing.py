"""A transcript from a recording: what was heard, in lines with their times and without speakers.

Who speaks is not told apart. The lines are given back as text first, for a person to put the speakers in and
to mend what was misheard: Whisper base is not fit for Chinese minutes by itself (docs/media.md), and marks
what it doubts.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from ...gateway import LOWEST
from ...people.quotas import HONG_KONG
from ...provenance import Origin
from ..speech import heard
from .transcript import DOUBTFUL, Line, Transcript, numbered

if TYPE_CHECKING:
    from ...gateway import Gateway
    from ...people import Officer
    from ..reading_aloud import SpeechLanguage
    from ..work import Progress

USE = "chat.notes"


class HeardMeeting(NamedTuple):
    """What a recording says."""

    transcript: Transcript
    origin: Origin
    """Which recogniser wrote it down."""


async def heard_meeting(
    gateway: Gateway,
    sound: bytes,
    language: SpeechLanguage,
    *,
    officer: Officer,
    classification: str = LOWEST,
    progress: Progress | None = None,
) -> HeardMeeting:
    """A recording written down. Cancelling ends it.

    Raises InputError, EmptyDocument where nothing was heard, MissingPart, Refused, ModelError, StoreError.
    """
    said = await heard(
        gateway, sound, language, officer=officer, use=USE, classification=classification, progress=progress
    )
    lines = (
        Line(
            number=0,
            speaker="",
            words=f"{DOUBTFUL} {each.text.strip()}" if each.doubtful else each.text.strip(),
            seconds=int(each.start),
        )
        for each in said.segments
        if each.text.strip()
    )
    return HeardMeeting(numbered(lines), Origin(model=said.model, made_at=_now(), answers=1))


def _now() -> str:
    return datetime.now(HONG_KONG).isoformat(timespec="seconds")
