"""Subtitles (SRT, WebVTT): a block a cue; its time is kept beside the text, in `metadata["cues"]`."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

from ..errors import BrokenDocument
from .collecting import Reading
from .decoding import decode
from .normal import join_lines

_STAMP = r"(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}"
_TIMES = re.compile(rf"\s*({_STAMP})\s*-->\s*({_STAMP})(.*)")
_TAG = re.compile(rf"</?(?:[ibuvc]|lang|ruby|rt|font)\b[^<>]*>|<{_STAMP}>|\{{\\[^{{}}]*\}}", re.I)
_SPEAKER = re.compile(r"<v(?:\.[^\s>]+)?\s+([^<>]+)>")
_NO_TEXT = ("STYLE", "REGION")


class Cue(NamedTuple):
    """A piece of text with the time at which it is shown."""

    start: str
    """As the file writes it: `00:00:01,000`."""
    end: str
    lines: tuple[str, ...]
    note: bool = False
    """A comment in the file, which is never shown; it has no time."""


def read(data: bytes, reading: Reading) -> None:
    """Put the cues of a subtitle file into `reading`.

    `metadata["cues"]` gives for the id of each block its `index` among all cues of the file (from 0), its
    `start`, its `end` and, where the file names one, its `speaker`.
    """
    text, encoding = decode(data)
    reading.metadata["encoding"] = encoding
    web = text.startswith("WEBVTT")
    cues: dict[str, dict[str, str | int]] = reading.metadata.setdefault("cues", {})
    index = -1
    for cue in _cues(text):
        said = ""
        for line in cue.lines:
            said = join_lines(said, plain(line, web=web))
        if cue.note:
            reading.add_aside("comment", "comment", said)
            continue
        index += 1
        blocks = len(reading.blocks)
        reading.add("paragraph", said)
        if len(reading.blocks) > blocks:
            speaker = _SPEAKER.search(" ".join(cue.lines))
            named = {"speaker": plain(speaker[1], web=web)} if speaker else {}
            cues[reading.blocks[-1].id] = {"index": index, "start": cue.start, "end": cue.end, **named}
    if index < 0:
        raise BrokenDocument(
            "The file has no subtitles in it: no line gives a time such as 00:00:01,000 --> 00:00:02,500.",
            hint="Check that it is the right file; if it is plain text, rename it so that it ends in .txt.",
        )


def plain(line: str, *, web: bool) -> str:
    """A line without the tags that set its looks; WebVTT also writes some characters as entities."""
    line = _TAG.sub("", line)
    return html.unescape(line) if web else line


def _cues(text: str) -> Iterator[Cue]:
    """The cues and notes, in order. A blank line ends each."""
    lines = [*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""]
    place = 0
    while place < len(lines):
        line = lines[place]
        end = _end(lines, place)
        if times := _TIMES.match(line):
            yield Cue(times[1], times[2], tuple(lines[place + 1 : end]))
            place = end
        elif line.startswith("NOTE") and line[4:5] in ("", " ", "\t"):
            yield Cue("", "", (line[4:], *lines[place + 1 : end]), note=True)
            place = end
        elif line.strip() in _NO_TEXT:
            place = end
        else:
            place += 1


def _end(lines: list[str], place: int) -> int:
    """Where what begins at `place` ends: at a blank line, or where another cue begins without one."""
    for index in range(place + 1, len(lines)):
        if not lines[index].strip():
            return index
        if _TIMES.match(lines[index]):
            return index - 1 if index - 1 > place and lines[index - 1].strip().isdigit() else index
    return len(lines)
