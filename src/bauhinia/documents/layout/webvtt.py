"""WebVTT: subtitles that can hold a comment, and so the AI label."""

from __future__ import annotations

import re

from ..collecting import Bounds
from .subtitles import open_layout

__all__ = ["mark", "open_layout"]
_HEADER = re.compile(rb"\A(?:\xef\xbb\xbf)?WEBVTT[^\r\n]*(?:\r\n|\n|\r|\Z)(?:[^\r\n]+(?:\r\n|\n|\r|\Z))*")


def mark(data: bytes, label: str, _bounds: Bounds) -> bytes:
    """The file with the label as its first comment."""
    header = _HEADER.match(data)
    at = header.end() if header else 0
    note = " ".join(label.replace("-->", "→").split())
    return data[:at] + f"\nNOTE {note}\n".encode() + data[at:]
