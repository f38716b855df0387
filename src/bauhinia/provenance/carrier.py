"""How a format carries the signed label: one row a format, loaded only when it is used."""

from __future__ import annotations

import re
from importlib import import_module
from typing import NamedTuple, Protocol

from ..documents.collecting import Bounds

TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]{20,4000}\.[A-Za-z0-9_-]{20,8000}\.[A-Za-z0-9_-]{86}")
"""A signed record (`seal`) where it stands in a text."""
NAME = "AI-Provenance"
"""What the signed label is called in every format; the sentence for people is `AI-Label`."""


class Taken(NamedTuple):
    """What was found in a file."""

    tokens: list[str]
    data: bytes
    """The file without them where they stand in its text; else as it is."""


class Carrier(Protocol):
    """A format's way to hold the token where nobody has to see it."""

    def put(self, data: bytes, token: str, bounds: Bounds) -> bytes:
        """The file with the token in it. Raises DocumentError."""

    def take(self, data: bytes, bounds: Bounds) -> Taken:
        """The tokens in a file. Raises DocumentError."""


_CARRIERS = {
    "docx": "in_office:Office",
    "pptx": "in_office:Office",
    "xlsx": "in_office:Office",
    "odt": "in_opendocument:OpenDocument",
    "ods": "in_opendocument:OpenDocument",
    "odp": "in_opendocument:OpenDocument",
    "pdf": "in_pdf:Pdf",
    "html": "in_text:Html",
    "md": "in_text:Markdown",
    "txt": "in_text:PlainText",
    "csv": "in_text:Csv",
    "srt": "in_text:Srt",
    "vtt": "in_text:WebVtt",
    "eml": "in_text:Mail",
    "ics": "in_text:Calendar",
    "xliff": "in_text:Xliff",
}
FORMS = frozenset(_CARRIERS)
"""Every format of documents that can leave the office; no other does."""


def carrier_of(form: str) -> Carrier:
    """The carrier of one of `FORMS`."""
    module, _, name = _CARRIERS[form].partition(":")
    made: Carrier = getattr(import_module(f".{module}", __package__), name)()
    return made
