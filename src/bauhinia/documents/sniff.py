"""What a file really is, from its bytes, and whether its name agrees."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from pathlib import PurePath

from ..errors import (
    BrokenDocument,
    DocumentError,
    MislabelledDocument,
    UnsupportedFormat,
)
from .damage import password_needed
from .formats import READERS, SUFFIXES, readable

_OTHER_SUFFIXES = {
    ".xlsb": "a binary Excel workbook (.xlsb)",
    ".odg": "an OpenDocument drawing (.odg)",
    **dict.fromkeys((".fodt", ".fods", ".fodp"), "an OpenDocument file in one piece (flat XML)"),
    ".epub": "an e-book (.epub)",
    ".pages": "a Pages document (.pages)",
    ".wps": "a WPS document (.wps)",
    ".xml": "an XML file (.xml)",
    ".json": "a JSON file (.json)",
    ".rar": "a RAR archive (.rar)",
    ".7z": "a 7-Zip archive (.7z)",
    ".gif": "a moving picture (.gif)",
    ".heic": "a picture of a telephone (.heic)",
}
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"{\\rtf", "rtf"),
    (b"\x89PNG\r\n", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", ".gif"),
    (b"II*\x00", "picture"),
    (b"MM\x00*", "picture"),
    (b"Rar!\x1a", ".rar"),
    (b"7z\xbc\xaf\x27\x1c", ".7z"),
)
_BITMAP = re.compile(rb"BM.{4}\0{4}", re.S)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SUBTITLES = re.compile(rb"^(?:\xef\xbb\xbf)?WEBVTT(?=\s)")
_HTML = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_STREAMS = {
    "EncryptedPackage": "encrypted",
    "WordDocument": "doc",
    "PowerPoint Document": "ppt",
    "Workbook": "xls",
    "__substg1.0_": "msg",
}
"""Streams of old office files, whose names stand in the container as UTF-16, and what each tells."""
_FLAT = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*>\s*<office:document\b")
_OPEN_KINDS = {"text": "odt", "spreadsheet": "ods", "presentation": "odp", "graphics": ".odg"}
_CONTROL = re.compile(rb"[\x00-\x06\x0e-\x19\x1c-\x1f]")
_MAIL = re.compile(
    rb"^(?:(?:from|to|cc|subject|date|received|return-path|delivered-to|message-id|mime-version|content-type"
    rb"|reply-to|sender|x-[a-z0-9-]+):[^\n]*\n(?:[ \t][^\n]*\n)*){3}",
    re.I,
)
_TEXTS = frozenset({"txt", "md", "html", "csv", "srt", "vtt", "eml"})
_PAGE_TEXTS = frozenset({"txt", "md", "html"})
"""Names that a web page may have; called a table of values it is mislabelled."""


def sniff(data: bytes, name: str) -> str:
    """The name of the reader for this file: a key of `READERS`.

    Raises MislabelledDocument when the bytes are something else than the name says, UnsupportedFormat,
    PasswordNeeded, or BrokenDocument when they are nothing known.
    """
    suffix = PurePath(name).suffix.lower()
    said = SUFFIXES.get(suffix)
    real = kind_of(data)
    if said is None and suffix:
        raise _not_read(suffix, real)
    if real in READERS:
        texts = _PAGE_TEXTS if real == "html" else _TEXTS
        if said in (None, real) or {said, real} <= texts:
            return said or real
        raise _mislabelled(suffix, READERS[real].title, READERS[real].suffixes[0])
    if real == "encrypted":
        raise password_needed("The file")
    if real == "unknown":
        raise BrokenDocument(
            "The file is damaged, or is not a document at all.",
            hint=f"Check that it opens in the program that made it. {readable()}",
        )
    if said is None:
        raise _unsupported(real)
    raise _mislabelled(suffix, _OTHER_SUFFIXES[real], "")


def kind_of(data: bytes) -> str:
    """What the bytes are: a key of `READERS`, a suffix such as `.doc`, `encrypted`, or `unknown`."""
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _kind_of_zip(data)
    if data.startswith(_OLE):
        return _kind_of_ole(data)
    if (data.startswith(b"RIFF") and data[8:12] == b"WEBP") or _BITMAP.match(data):
        return "picture"
    for magic, suffix in _MAGIC:
        if data.startswith(magic):
            return suffix
    if _FLAT.match(data[:4096]):
        return ".fodt"
    if _HTML.match(data[:4096]):
        return "html"
    if _SUBTITLES.match(data[:16]):
        return "vtt"
    if not _looks_like_text(data[:65_536]):
        return "unknown"
    return "eml" if _MAIL.match(data[:4096]) else "txt"


def _kind_of_zip(data: bytes) -> str:
    try:
        file = zipfile.ZipFile(io.BytesIO(data))
        names = file.namelist()
        opened = _open_kind(file) if "content.xml" in names else ""
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        return "unknown"
    if "xl/workbook.bin" in names:
        return ".xlsb"
    for folder, kind in (("word/", "docx"), ("ppt/", "pptx"), ("xl/", "xlsx")):
        if "[Content_Types].xml" in names and any(name.startswith(folder) for name in names):
            return kind
    if opened:
        return opened
    return ".epub" if "META-INF/container.xml" in names else "zip"


def _open_kind(file: zipfile.ZipFile) -> str:
    """Of a zip with OpenDocument content, by its type; `odt` when it says none that is known."""
    try:
        with file.open("mimetype") as part:
            said = part.read(200).decode("latin-1").strip()
    except (KeyError, RuntimeError, zlib.error):
        return "odt"
    kind = said.removeprefix("application/vnd.oasis.opendocument.")
    return _OPEN_KINDS.get(kind.removesuffix("-template"), "odt")


def _kind_of_ole(data: bytes) -> str:
    """By the names of its streams."""
    names = _streams(data)
    return next((kind for stream, kind in _STREAMS.items() if any(stream in name for name in names)), "doc")


def _streams(data: bytes) -> list[str]:
    """The names at the top of the container, so that what is embedded in the file does not count.

    Of a damaged container, those that are written anywhere in it.
    """
    from olefile import OleFileIO  # type: ignore[import-untyped]

    try:
        with OleFileIO(io.BytesIO(data)) as file:
            if names := [str(entry.name) for entry in file.root.kids]:
                return names
    except (OSError, ValueError, LookupError, AttributeError, TypeError, RecursionError, struct.error):
        pass
    return [stream for stream in _STREAMS if stream.encode("utf-16-le") in data]


def _looks_like_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return True
    zeros = head.count(b"\x00")
    if zeros and zeros < len(head) * 0.02:
        return False
    controls = len(_CONTROL.findall(head)) - zeros
    # UTF-16 without a mark has zeros, nearly all of them in the same one of two places.
    even = head[0::2].count(b"\x00")
    one_sided = min(even, zeros - even) <= zeros * 0.05
    return one_sided and controls <= len(head) * 0.01


def _not_read(suffix: str, real: str) -> DocumentError:
    if suffix in _OTHER_SUFFIXES and real in READERS and real not in _TEXTS:
        return _mislabelled(suffix, READERS[real].title, READERS[real].suffixes[0])
    return _unsupported(suffix)


def _unsupported(suffix: str) -> UnsupportedFormat:
    what = _OTHER_SUFFIXES.get(suffix, f"a file of a kind that is not known here ({suffix[:20]})")
    return UnsupportedFormat(
        f"The file is {what}, which this version does not read.",
        hint=f"Open it in the program that made it and save it as .docx or .pdf. {readable()}",
    )


def _mislabelled(suffix: str, what: str, right: str) -> MislabelledDocument:
    hint = f"Rename it so that it ends in {right}, then upload it again." if right else (
        f"Open it in the program that made it, save it as .docx or .pdf, then upload that. {readable()}"
    )  # fmt: skip
    return MislabelledDocument(f"The file's name ends in {suffix}, but it is really {what}.", hint=hint)
