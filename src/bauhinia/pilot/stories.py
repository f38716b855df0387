"""Which kinds of text a file can have, so that an officer is offered no others."""

from __future__ import annotations

from collections.abc import Mapping

from ..documents.layout import LAYOUTS, STORIES, Story

_WORD, _SLIDES, _SHEETS = {"docx", "odt"}, {"pptx", "odp"}, {"xlsx", "ods"}
_OFFICE = _WORD | _SLIDES | _SHEETS
_WEB = {"html", "eml"}
_FORMATS: dict[Story, set[str]] = {
    "body": set(LAYOUTS),
    "header": _OFFICE | {"pdf"},
    "footer": _OFFICE | {"pdf"},
    "footnote": _WORD | {"pdf"},
    "endnote": _WORD,
    "comment": _OFFICE,
    "text_box": _OFFICE,
    "speaker_note": _SLIDES,
    "chart": _OFFICE,
    "sheet_name": _SHEETS,
    "alt_text": _OFFICE | _WEB,
    "title": _OFFICE | _WEB | {"pdf"},
    "hidden": {"docx", "xlsx"} | _WEB,
}
FORMATS_OF: Mapping[Story, frozenset[str]] = {story: frozenset(_FORMATS[story]) for story in STORIES}
"""Of each kind of text the formats whose files can have it; keys of `LAYOUTS`."""
