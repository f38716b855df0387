"""The zip container of Word-family files, opened with limits on what comes out of it."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import IO, NamedTuple

from lxml import etree

from ..errors import BrokenDocument, DocumentError, DocumentTooLarge, EncryptedDocument
from .collecting import Bounds
from .damage import password_needed

PARTS_LIMIT = 10_000
_CHUNK = 1 << 20
_ENCRYPTED, _STRONG = 1, 0x40
"""Flags of an entry."""
_AES = 99
"""Stands where the way of compression would."""
_NO_MEMORY = 2
"""libxml2's code for it."""
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError)
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", b"http://schemas.openxmlformats.org/officeDocument/2006/math"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
    (b"http://purl.oclc.org/ooxml/presentationml/main", b"http://schemas.openxmlformats.org/presentationml/2006/main"),
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
)  # fmt: skip
"""Names in "Strict Open XML" files and the ordinary ones for the same things."""


class Relation(NamedTuple):
    """A link from one part to another."""

    kind: str
    """Last step of the relationship type: `officeDocument`, `styles`, `header`, ..."""
    target: str
    """Name of the part, without a leading slash; a URL when external."""


class Package:
    """A zip file whose parts are read once each, within the limit of unpacked bytes."""

    def __init__(self, data: bytes, bounds: Bounds, password: bytes = b"") -> None:
        """Raises BrokenDocument, EncryptedDocument or DocumentTooLarge before anything is unpacked.

        With a password parts may be encrypted; `read` raises RuntimeError when it is not theirs.
        """
        self._bounds = bounds
        self._unpacked = 0
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
            raise broken() from error
        entries = self._zip.infolist()
        if len(entries) > PARTS_LIMIT:
            raise DocumentTooLarge(
                f"The file holds {len(entries):,} packed parts; the limit is {PARTS_LIMIT:,}.",
                hint="Save it again in the program that made it, or upload the files in it that you need.",
            )
        _refuse_locked(entries, password)
        self._zip.setpassword(password)
        self._check_unpacked(sum(entry.file_size for entry in entries))
        self.entries = tuple(entries)
        """What the zip lists, in order."""
        self.names = frozenset(entry.filename for entry in entries)

    def read(self, name: str | zipfile.ZipInfo) -> bytes:
        """One part's bytes. Raises KeyError when there is none, BrokenDocument when it is damaged."""
        chunks: list[bytes] = []
        try:
            with self._zip.open(name) as part:
                while chunk := part.read(_CHUNK):
                    self._count(len(chunk))
                    chunks.append(chunk)
        except _DAMAGE as error:
            if isinstance(error, DocumentError):
                raise
            raise broken() from error
        return b"".join(chunks)

    def elements(self, name: str, *tags: str) -> Iterator[etree._Element]:
        """The elements of those names in a part that may be large, each emptied when the next is asked for.

        A name may have any namespace: `{*}row`. Raises KeyError, BrokenDocument or DocumentTooLarge.
        """
        try:
            with self._zip.open(name) as part:
                counted = _Counted(part, self._count)
                yield from _streamed(counted, tags)
        except etree.XMLSyntaxError as error:
            _explain(error, self._bounds)
            raise broken() from error
        except _DAMAGE as error:
            if isinstance(error, DocumentError):
                raise
            raise broken() from error

    def _count(self, size: int) -> None:
        """Add to what was unpacked. The declared sizes were checked; they may lie."""
        self._unpacked += size
        self._check_unpacked(self._unpacked)

    def xml(self, name: str) -> etree._Element:
        """One part parsed. Raises KeyError, BrokenDocument or DocumentTooLarge."""
        return parse_xml(ordinary_names(self.read(name)), self._bounds)

    def relations(self, name: str) -> dict[str, Relation]:
        """The links that leave the part `name` (the package itself: an empty name), by their id."""
        folder, base = posixpath.split(name)
        part = posixpath.join(folder, "_rels", f"{base}.rels")
        if part not in self.names:
            return {}
        found: dict[str, Relation] = {}
        for link in self.xml(part):
            target = link.get("Target", "")
            if link.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[link.get("Id", "")] = Relation(link.get("Type", "").rpartition("/")[2], target)
        return found

    def _check_unpacked(self, size: int) -> None:
        if size > self._bounds.unpacked_bytes:
            raise DocumentTooLarge(
                f"The file unpacks to more than {_megabytes(self._bounds.unpacked_bytes)}, the limit.",
                hint="Remove large pictures and attachments from it, then upload it again.",
            )


def _refuse_locked(entries: Sequence[zipfile.ZipInfo], password: bytes) -> None:
    """Raises EncryptedDocument, or PasswordNeeded where a password would do."""
    locked = [entry for entry in entries if entry.flag_bits & _ENCRYPTED]
    if any(entry.compress_type == _AES or entry.flag_bits & _STRONG for entry in locked):
        raise EncryptedDocument(
            "The archive is encrypted in a way that cannot be opened here, such as AES.",
            hint="Unpack it with the program that made it, then upload the files in it that you need.",
        )
    if locked and not password:
        raise password_needed("The archive")


def ordinary_names(data: bytes) -> bytes:
    """A part with the ordinary names in the place of those of "Strict Open XML"."""
    if b"purl.oclc.org/ooxml" in data:
        for strict, ordinary in _STRICT:
            data = data.replace(strict, ordinary)
    return data


def strict_names(data: bytes) -> bytes:
    """The inverse of `ordinary_names`, for a part that had strict names."""
    for strict, ordinary in _STRICT:
        data = data.replace(ordinary, strict)
    return data


class _Counted:
    """A file whose bytes are counted as they are read."""

    def __init__(self, file: IO[bytes], count: Callable[[int], None]) -> None:
        self._file = file
        self._count = count

    def read(self, size: int = -1) -> bytes:
        """The next bytes. Raises what `count` raises."""
        data = self._file.read(size)
        self._count(len(data))
        return data


def _streamed(file: _Counted, tags: Sequence[str]) -> Iterator[etree._Element]:
    parser = etree.iterparse(
        file,
        events=("end",),
        tag=tags,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    for _, element in parser:
        document_type: object = element.getroottree().docinfo.doctype
        if document_type:
            raise broken()
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def parse_xml(data: bytes, bounds: Bounds, *, whole: bool = False) -> etree._Element:
    """XML from outside: no entity is resolved, no network is used, no DTD is accepted.

    `whole` keeps comments and instructions, for what is written again. Raises BrokenDocument or
    DocumentTooLarge.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=not whole,
        remove_pis=not whole,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        _explain(error, bounds)
        raise broken() from error
    except ValueError as error:
        raise broken() from error
    document_type: object = root.getroottree().docinfo.doctype if root is not None else None  # type: ignore[union-attr]
    if root is None or document_type:
        raise broken()
    return root


def _explain(error: etree.XMLSyntaxError, bounds: Bounds) -> None:
    """Raise what the parser's refusal means, when it is not damage."""
    if getattr(error, "code", None) == _NO_MEMORY:
        raise MemoryError from error
    if "depth" in str(error).lower():
        bounds.check_nesting(bounds.nesting + 1)
    if "PARSE_HUGE" in str(error):
        raise DocumentTooLarge(
            "The file has a single run of text of more than 10 million characters, which is the limit.",
            hint="Check that this is the right file, or copy its text into a new document.",
        ) from error


def broken() -> BrokenDocument:
    """The error for a damaged zip or XML part."""
    return BrokenDocument(
        "The file is damaged: its parts cannot be unpacked or are not valid.",
        hint="Open it in the program that made it, save it again, then upload the new file.",
    )


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.0f} MB" if size >= 1_000_000 else f"{size:,} bytes"
