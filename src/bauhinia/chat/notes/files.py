"""A transcript from a file: text, subtitles (SRT, WebVTT), Word and what else holds words in lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from ...documents import Document
from ...documents.decoding import decode
from ...documents.reading import read_document
from ...errors import DocumentTooLarge
from ...settings import Limits
from .transcript import Line, Transcript, check_size, label_of, numbered, read_text, seconds_of

LARGEST_FILE = 10_000_000
"""Bytes of a transcript's file. Word's own frame takes most of it."""
SOUND = (".mp3", ".m4a", ".wav", ".ogg", ".oga", ".opus", ".flac", ".webm", ".mp4", ".aac")
"""What is heard and not read."""
CUES = (".srt", ".vtt")
_TEXT = (".txt", ".text", ".md", "")
_GOES_ON = re.compile(r"[，、,]$|[a-z0-9]$")
LONGEST_CUE = 400
"""Characters up to which subtitles of one sentence are put together again."""


def is_sound(name: str) -> bool:
    """Whether that is a recording, by its name."""
    return _suffix(name) in SOUND


async def read_file(data: bytes, name: str, limits: Limits) -> Transcript:
    """The transcript in a file. Raises DocumentError: too large, damaged, nothing said, another format."""
    if len(data) > LARGEST_FILE:
        raise DocumentTooLarge(
            f"The file is larger than {LARGEST_FILE // 1_000_000} MB.", hint="Give it in parts, or as text."
        )
    if _suffix(name) in _TEXT:
        return read_text(decode(data).text)
    document = await read_document(data, name, limits)
    check_size(document.text)
    if "cues" in document.metadata:
        return numbered(_whole(_cues(document)))
    return read_text("\n".join(_rows(document)))


def _suffix(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).suffix.lower()


def _cues(document: Document) -> Iterator[Line]:
    """A line a subtitle, with the speaker whom the file names, or the words begin with."""
    cues: dict[str, dict[str, Any]] = document.metadata["cues"]
    speaker = ""
    for block in document.blocks:
        cue = cues[block.id]
        label, words = label_of(block.text)
        if "speaker" in cue:
            label, words = str(cue["speaker"]), block.text
        speaker = label or speaker
        yield Line(number=0, speaker=speaker, words=words, seconds=seconds_of(str(cue["start"])))


def _whole(lines: Iterator[Line]) -> Iterator[Line]:
    """Subtitles put together where a sentence of one speaker goes on in the next."""
    before: Line | None = None
    for line in lines:
        if before is None:
            before = line
        elif _goes_on(before, line):
            joint = " " if before.words.isascii() else ""
            before = Line(
                number=0,
                speaker=line.speaker,
                words=f"{before.words}{joint}{line.words}",
                seconds=before.seconds,
            )
        else:
            yield before
            before = line
    if before is not None:
        yield before


def _goes_on(before: Line, line: Line) -> bool:
    together = len(before.words) + len(line.words) <= LONGEST_CUE
    return together and before.speaker == line.speaker and bool(_GOES_ON.search(before.words))


def _rows(document: Document) -> Iterator[str]:
    """The document's text in lines; of a table a line a row: time, speaker, words."""
    row: list[str] = []
    place: tuple[int, int] | None = None
    for block in document.blocks:
        at = (block.cell.table, block.cell.row) if block.cell else None
        if row and at != place:
            yield "\t".join(row)
            row = []
        place = at
        if at is None:
            yield from block.text.split("\n")
        else:
            row.append(" ".join(block.text.split()))
    if row:
        yield "\t".join(row)
