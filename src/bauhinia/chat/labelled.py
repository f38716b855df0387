"""What is made, labelled as the product labels every file that leaves (`provenance`)."""

from __future__ import annotations

from dataclasses import replace

from ..people import Officer
from ..provenance import Labelling, Record, new_id, sentence_of
from .work import Label


def label_by(labelling: Labelling, record: Record, officer: Officer) -> Label:
    """The label of one song or film: its sentence, and files signed, kept and in the ledger (D-3.2.1-06).

    The first file has the record's trace id, which the sentence, the score and a film's corner show; each
    further one, such as the same song as MP3, has an id of its own, since each is kept by its id.
    """
    left = [record]

    async def sign(data: bytes, media_type: str) -> bytes:
        own = left.pop() if left else replace(record, id=new_id())
        return await labelling.labelled_media(data, media_type, own, officer=officer)

    return Label(sentence=sentence_of(record), sign=sign)


async def is_whole(labelling: Labelling, mp4: bytes) -> bool:
    """Whether a film's manifest is ours and fits: what `make_video` asks as `read_manifest`."""
    return (await labelling.check(mp4, "film.mp4")).state == "unaltered"
