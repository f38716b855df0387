"""The process that opens one file to label or to check it.

Its limits and what passes between it and its parent are those of `documents.child`. No key is here: it tells
what a file's content is, and puts a token in that was signed elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import PurePath
from typing import Any

from ..documents.child import Works, parse
from ..documents.collecting import Bounds
from ..documents.damage import damage_told
from ..documents.formats import READERS
from ..documents.package import parse_xml
from ..documents.sniff import sniff
from ..errors import EmptyDocument, UnsupportedFormat
from .carrier import FORMS, Taken, carrier_of
from .reference import REFERENCE

_XLIFF = frozenset({".xlf", ".xliff"})
_WORDS_OF_XLIFF = ("{*}source", "{*}target")
_CALENDAR = re.compile(rb"^(?:\xef\xbb\xbf)?BEGIN:VCALENDAR\s", re.I)
_WORDS_OF_EVENT = re.compile(r"^(?:SUMMARY|DESCRIPTION|LOCATION|DTSTART|DTEND)[;:].*", re.M | re.I)
_FOLD = re.compile(r"\r?\n[ \t]")


def form_of(data: bytes, name: str) -> str:
    """The file's format, one of `FORMS`. Raises DocumentError."""
    if PurePath(name).suffix.lower() in _XLIFF:
        return "xliff"
    if PurePath(name).suffix.lower() == ".ics" and _CALENDAR.match(data):
        return "ics"
    form = sniff(data, name)
    if form not in FORMS:
        raise UnsupportedFormat(
            f"{READERS[form].title[0].upper()}{READERS[form].title[1:]} carries no label of this system.",
            hint="Check the file as it was downloaded.",
        )
    return form


def look(data: bytes, order: dict[str, Any], bounds: Bounds) -> tuple[dict[str, Any], bytes]:
    """The tokens in a file, its content without them, and the references that its text names."""
    from .content import content_of  # numpy: nothing else here needs it

    name = order["name"]
    form = form_of(data, name)
    with damage_told(bounds):
        taken = carrier_of(form).take(data, bounds)
    texts = _texts(taken, name, form, bounds)
    references = dict.fromkeys(REFERENCE.findall("\n".join(texts)))
    return {
        "form": form,
        "tokens": taken.tokens,
        "content": asdict(content_of(texts)),
        "references": list(references),
    }, b""


def _texts(taken: Taken, name: str, form: str, bounds: Bounds) -> list[str]:
    if form == "ics":
        # Programs order and fold the lines anew; what an event says and when it is stays the same.
        said = _FOLD.sub("", taken.data.decode("utf-8", "replace"))
        return sorted(line.strip() for line in _WORDS_OF_EVENT.findall(said))
    if form == "xliff":
        root = parse_xml(taken.data, bounds)
        found = root.iter(*_WORDS_OF_XLIFF)
        return ["".join(map(str, each.itertext())) for each in found]
    from .content import texts_of

    try:
        return texts_of(parse(taken.data, name, bounds))
    except EmptyDocument:
        return []


def put(data: bytes, order: dict[str, Any], bounds: Bounds) -> tuple[dict[str, Any], bytes]:
    """The file with the token in it, and without any that it had."""
    carrier = carrier_of(form_of(data, order["name"]))
    with damage_told(bounds):
        return {"put": True}, carrier.put(carrier.take(data, bounds).data, order["token"], bounds)


def media(data: bytes, order: dict[str, Any], _bounds: Bounds) -> tuple[dict[str, Any], bytes]:
    """What the C2PA manifest of a picture, a sound or a film says."""
    from .media import read_manifest

    return {"manifest": asdict(read_manifest(data, order["media_type"], order["root"]))}, b""


WORKS: Works = {"look": look, "put": put, "media": media}
