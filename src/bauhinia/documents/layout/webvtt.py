"""WebVTT: subtitles that can hold a comment, and so the AI label beside the cue that says it."""

from __future__ import annotations

import re

from ..collecting import Bounds
from .subtitles import last_cue, open_layout

__all__ = ["mark", "open_layout"]
_HEADER = re.compile(rb"\A(?:\xef\xbb\xbf)?WEBVTT[^\r\n]*(?:\r\n|\n|\r|\Z)(?:[^\r\n]+(?:\r\n|\n|\r|\Z))*")


def mark(data: bytes, label: str, bounds: Bounds) -> bytes:
    """The file with the label as its first comment and its last cue."""
    layout = open_layout(data, bounds)
    data = layout.with_end(last_cue(layout.text, label, "."))
    header = _HEADER.match(data)
    at = header.end() if header else 0
    note = " ".join(label.replace("-->", "→").split())
    return data[:at] + f"\nNOTE {note}\n".encode() + data[at:]
