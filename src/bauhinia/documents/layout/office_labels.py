"""The AI label in an Office Open XML file's properties, as the files that we write ourselves carry it."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from lxml import etree

from ..ooxml import local
from .parts import Parts

PROPERTY = "AI-Label"
KEYWORD = "AI-generated"
_TYPES = "[Content_Types].xml"
_PART = "docProps/custom.xml"
_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
_CUSTOM = "{http://schemas.openxmlformats.org/officeDocument/2006/custom-properties}"
_VALUES = "{http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes}"
_CORE = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}"
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_EMPTY = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
    b'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"/>'
)


def set_label(parts: Parts, label: str) -> None:
    """Put the label into the package's properties; one that is there already gives way."""
    set_properties(parts, {PROPERTY: label})
    for relation in parts.package.relations("").values():
        if relation.kind == "core-properties" and relation.target in parts.package.names:
            _add_keyword(parts, relation.target)


def set_properties(parts: Parts, values: Mapping[str, str]) -> None:
    """Put values into the package's custom properties; those of the same names give way."""
    name = _custom_part(parts) or _new_part(parts)
    root = parts.root(name)
    for old in root.findall(f"{_CUSTOM}property"):
        if old.get("name") in values:
            root.remove(old)
    numbers = [int(each.get("pid", "1")) for each in root.findall(f"{_CUSTOM}property")]
    for number, (key, value) in enumerate(values.items(), max(numbers, default=1) + 1):
        new = etree.SubElement(root, f"{_CUSTOM}property", fmtid=_FORMAT_ID, name=key)
        new.set("pid", str(number))
        etree.SubElement(new, f"{_VALUES}lpwstr").text = value
    parts.changed(name)


def properties(parts: Parts) -> dict[str, str]:
    """The package's custom properties, as text."""
    name = _custom_part(parts)
    found = parts.root(name).findall(f"{_CUSTOM}property") if name else []
    return {each.get("name", ""): "".join(map(str, each.itertext())) for each in found}


def _custom_part(parts: Parts) -> str:
    """The name of the part that holds them; empty where there is none."""
    relations = parts.package.relations("").values()
    name = next((each.target for each in relations if each.kind == "custom-properties"), "")
    return name if name in parts.package.names else ""


def _new_part(parts: Parts) -> str:
    """A part for custom properties, told to the package."""
    parts.add(_PART, _EMPTY)
    types = parts.root(_TYPES)
    namespace = str(types.tag).rpartition("}")[0]
    etree.SubElement(types, f"{namespace}}}Override", PartName=f"/{_PART}", ContentType=_CONTENT_TYPE)
    parts.changed(_TYPES)
    relations = posixpath.join("_rels", ".rels")
    root = parts.root(relations)
    taken = {each.get("Id") for each in root}
    key = next(f"rId{number}" for number in range(1, len(taken) + 2) if f"rId{number}" not in taken)
    etree.SubElement(root, f"{_RELATIONS}Relationship", Id=key, Type=_KIND, Target=_PART)
    parts.changed(relations)
    return _PART


def _add_keyword(parts: Parts, name: str) -> None:
    root = parts.root(name)
    keywords = next((each for each in root if isinstance(each.tag, str) and local(each) == "keywords"), None)
    if keywords is None:
        keywords = etree.SubElement(root, f"{_CORE}keywords")
    words = keywords.text or ""
    if KEYWORD not in words:
        keywords.text = f"{words}; {KEYWORD}" if words.strip() else KEYWORD
        parts.changed(name)
