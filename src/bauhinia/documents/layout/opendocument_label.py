"""The AI label in an OpenDocument file's metadata, as the files that we write ourselves carry it, and at the
end of a text."""

from __future__ import annotations

from lxml import etree

from ..collecting import Bounds
from ..normal import without_illegal
from .office_labels import KEYWORD, PROPERTY
from .parts import Parts
from .word_label import BOOKMARK

_META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_MANIFEST = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_PART = "meta.xml"
_CONTENT = "content.xml"
_LIST = "META-INF/manifest.xml"
_EMPTY = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    b'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" office:version="1.3"/>'
)


def mark(data: bytes, label: str, bounds: Bounds) -> bytes:
    """The file with the label as a user-defined property and a keyword; one that is there already gives way.
    Raises DocumentError."""
    parts = Parts(data, bounds)
    meta = set_property(parts, PROPERTY, label)
    if all(each.text != KEYWORD for each in meta.iter(f"{_META}keyword")):
        etree.SubElement(meta, f"{_META}keyword").text = KEYWORD
    _add_last_line(parts, without_illegal(label))
    return parts.written()


def _add_last_line(parts: Parts, label: str) -> None:
    """In a text, the label as the last paragraph; one that we put there before gives way."""
    body = (
        parts.root(_CONTENT).find(f"{_OFFICE}body/{_OFFICE}text") if _CONTENT in parts.package.names else None
    )
    if body is None:
        return
    for found in body.findall(f"{_TEXT}p/{_TEXT}bookmark"):
        if found.get(f"{_TEXT}name") == BOOKMARK and (old := found.getparent()) is not None:
            body.remove(old)
    line = etree.SubElement(body, f"{_TEXT}p")
    place = etree.SubElement(line, f"{_TEXT}bookmark", {f"{_TEXT}name": BOOKMARK})
    place.tail = label
    parts.changed(_CONTENT)


def set_property(parts: Parts, name: str, value: str) -> etree._Element:
    """Put a user-defined property into the file's metadata, in place of one of the same name; the metadata's
    element. Raises DocumentError."""
    if _PART not in parts.package.names:
        _add_part(parts)
    root = parts.root(_PART)
    meta = root.find(f"{_OFFICE}meta")
    if meta is None:
        meta = etree.SubElement(root, f"{_OFFICE}meta")
    for old in meta.findall(f"{_META}user-defined"):
        if old.get(f"{_META}name") == name:
            meta.remove(old)
    said = etree.SubElement(meta, f"{_META}user-defined", {f"{_META}name": name})
    said.text = without_illegal(value)
    parts.changed(_PART)
    return meta


def property_of(parts: Parts, name: str) -> str:
    """A user-defined property; empty where there is none. Raises DocumentError."""
    if _PART not in parts.package.names:
        return ""
    found = parts.root(_PART).iter(f"{_META}user-defined")
    return next((each.text or "" for each in found if each.get(f"{_META}name") == name), "")


def _add_part(parts: Parts) -> None:
    """A part for metadata, told to the package's list."""
    parts.add(_PART, _EMPTY)
    if _LIST in parts.package.names:
        told = {f"{_MANIFEST}full-path": _PART, f"{_MANIFEST}media-type": "text/xml"}
        etree.SubElement(parts.root(_LIST), f"{_MANIFEST}file-entry", told)
        parts.changed(_LIST)
