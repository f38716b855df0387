"""Subtitles: what is said when, in two languages, as SRT."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .storyboard import Words

FASTEST_HAN, FASTEST_LETTERS = 9.0, 22.0
"""Characters a second that can be read, in Chinese and in English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One sentence on the screen."""

    start: float
    """Seconds."""
    end: float
    words: Words
    scene: int
    """Which scene it belongs to; the label at the end belongs to the last."""


def reading_seconds(text: str) -> float:
    """How long a text has to stand to be read."""
    han = len(re.findall(r"[\u3400-\u9fff]", text))
    return han / FASTEST_HAN + (len(text) - han) / FASTEST_LETTERS


def srt(cues: tuple[Cue, ...], *, second: bool = False) -> str:
    """The cues of one language as an SRT file. A cue without that language is left out."""
    shown = [(cue, cue.words.second if second else cue.words.first) for cue in cues]
    blocks = [
        f"{number}\n{_stamp(cue.start)} --> {_stamp(cue.end)}\n{text}\n"
        for number, (cue, text) in enumerate(((cue, text) for cue, text in shown if text), 1)
    ]
    return "\n".join(blocks)


def _stamp(seconds: float) -> str:
    thousandths = round(seconds * 1_000)
    return (
        f"{thousandths // 3_600_000:02}:{thousandths // 60_000 % 60:02}:"
        f"{thousandths // 1_000 % 60:02},{thousandths % 1_000:03}"
    )
