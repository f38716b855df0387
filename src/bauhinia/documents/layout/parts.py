"""A zip package written again: parts that changed anew, every other one as it was."""

from __future__ import annotations

import io
import re
import zipfile

from lxml import etree

from ..collecting import Bounds
from ..package import Package, ordinary_names, parse_xml, strict_names

_AFTER = re.compile(rb"\s*\Z")
_DECLARATION = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<\?xml[^>]*\?>\s*")


class Parts:
    """The parts of a package, parsed on first use, changed in place and written together.

    Raises what `Package` does.
    """

    def __init__(self, data: bytes, bounds: Bounds) -> None:
        self.package = Package(data, bounds)
        self._data = data
        self._bounds = bounds
        self._originals: dict[str, bytes] = {}
        self._roots: dict[str, etree._Element] = {}
        self._changed: set[str] = set()
        self._replaced: dict[str, bytes] = {}

    def root(self, name: str) -> etree._Element:
        """A part's tree, with comments and instructions. Raises KeyError when there is no such part."""
        if name not in self._roots:
            data = ordinary_names(self._original(name))
            self._roots[name] = parse_xml(data, self._bounds, whole=True)
        return self._roots[name]

    def changed(self, name: str) -> None:
        """Say that the part's tree was changed."""
        assert name in self._roots, name
        self._changed.add(name)

    def add(self, name: str, data: bytes) -> None:
        """A new part, well-formed XML of our own, to be changed and written."""
        assert name not in self.package.names, name
        self._originals[name] = data
        self.root(name)
        self._changed.add(name)

    def current(self, name: str) -> bytes:
        """A part that is no XML, as it came or was replaced. Raises KeyError when there is no such part."""
        return self._replaced[name] if name in self._replaced else self._original(name)

    def replace(self, name: str, data: bytes) -> None:
        """Other bytes for a part that is no XML."""
        assert name in self.package.names, name
        self._replaced[name] = data

    def written(self) -> bytes:
        """The package; with nothing changed, the bytes that came in."""
        if not self._changed and not self._replaced:
            return self._data
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(self._data)) as before, zipfile.ZipFile(out, "w") as after:
            for entry in before.infolist():
                new = self._part(entry.filename)
                data = self._original(entry.filename) if new is None else new
                after.writestr(_like(entry), data, entry.compress_type)
            for name in sorted(self._changed - self.package.names):
                after.writestr(name, self._part(name) or b"", zipfile.ZIP_DEFLATED)
        return out.getvalue()

    def _original(self, name: str) -> bytes:
        """A part as it came. It is unpacked once, since what is unpacked is counted."""
        if name not in self._originals:
            self._originals[name] = self.package.read(name)
        return self._originals[name]

    def _part(self, name: str) -> bytes | None:
        """The part's new bytes; None when it stays."""
        if name not in self._changed:
            return self._replaced.get(name)
        return serialised(self._roots[name], self._originals[name])


def _like(entry: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """An entry of the same name, time and kind."""
    new = zipfile.ZipInfo(entry.filename, entry.date_time)
    new.compress_type, new.external_attr = entry.compress_type, entry.external_attr
    new.create_system = entry.create_system
    return new


def serialised(root: etree._Element, original: bytes) -> bytes:
    """A changed tree with the declaration, the encoding and the names of the part that it came from."""
    tree = root.getroottree()
    encoding = (tree.docinfo.encoding or "UTF-8").upper()
    if encoding not in ("UTF-8", "ASCII", "US-ASCII"):
        standalone = bool(tree.docinfo.standalone)
        written = etree.tostring(tree, encoding=encoding, xml_declaration=True, standalone=standalone)
        assert isinstance(written, bytes)
        return written
    declaration = _DECLARATION.match(original)
    body = etree.tostring(tree, encoding="UTF-8", xml_declaration=False)
    assert isinstance(body, bytes)
    head = declaration[0] if declaration else b""
    if encoding != "UTF-8":
        head = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    if ordinary_names(original) != original:
        body = strict_names(body)
    after = _AFTER.search(original)
    return head + body + (after[0] if after else b"")
