"""Minutes as a file that leaves: written, labelled by the product's one way out, and only then given."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import NamedTuple

from ...language import Variety
from ...people import Officer
from ...people.quotas import HONG_KONG
from ...provenance import Labelling, Origin, Record, new_id, sentence_of
from .corrections import sure_only
from .finding import Notes
from .hearing import USE
from .minutes import docx_of

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_TITLE = {
    Variety.ENGLISH: "Minutes",
    Variety.TRADITIONAL: "會議記錄",
    Variety.CANTONESE: "會議記錄",
    Variety.SIMPLIFIED: "会议记录",
}
_BY_PROGRAM = {
    Variety.ENGLISH: "Found by program in a transcript; no language model had a part. Check before use.",
    Variety.TRADITIONAL: "由程式從謄本找出，並無語言模型參與。使用前請核對。",
    Variety.CANTONESE: "由程式從謄本找出，並無語言模型參與。使用前請核對。",
    Variety.SIMPLIFIED: "由程序从誊本找出，并无语言模型参与。使用前请核对。",
}
"""The visible label where no model was asked."""


class IssuedNotes(NamedTuple):
    """The file."""

    name: str
    data: bytes
    media_type: str


async def issued_notes(
    notes: Notes, *, labels: Labelling, by: Officer, origin: Origin | None = None
) -> IssuedNotes:
    """The minutes in Word with their visible label and signed record; without what may only be a decision.

    `origin`: the model that worded the summary or wrote down the recording. Raises DocumentError, StoreError.
    """
    language = notes.transcript.language
    record = Record(
        id=new_id(),
        use=USE,
        origin=origin,
        department=by.department,
        issued_at=datetime.now(HONG_KONG).isoformat(timespec="seconds"),
        language=language.value,
    )
    sentence = _BY_PROGRAM.get(language, _BY_PROGRAM[Variety.ENGLISH])
    label = sentence_of(record) or f"{sentence} [{record.reference}]"
    data = await asyncio.to_thread(docx_of, sure_only(notes), label)
    name = f"{_name(notes)}.docx"
    return IssuedNotes(name, await labels.labelled(data, name, record, officer=by), MEDIA_TYPE)


def _name(notes: Notes) -> str:
    title = _TITLE.get(notes.transcript.language, _TITLE[Variety.ENGLISH])
    return f"{title} {notes.held.isoformat()}" if notes.held else title
