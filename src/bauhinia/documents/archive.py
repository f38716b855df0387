"""Zip archives: each readable file in them, in order. Nothing is unpacked to the disk."""

from __future__ import annotations

import zipfile

from ..errors import DocumentTooLarge
from .collecting import Reading
from .decoding import decode
from .enclosed import read_enclosed
from .package import Package

RATIO_MOST = 200
"""Times that an archive may grow when it is unpacked; office text grows five- to tenfold."""
_SMALL = 10_000_000
"""Bytes that any archive may unpack to, whatever its ratio."""
_UTF8_NAME = 0x800


def read(data: bytes, reading: Reading) -> None:
    """Put the blocks of each file in the archive into `reading`.

    Raises DocumentTooLarge, EncryptedDocument, BrokenDocument.
    """
    package = Package(data, reading.bounds)
    unpacked = sum(entry.file_size for entry in package.entries)
    if unpacked > max(_SMALL, RATIO_MOST * len(data)):
        raise DocumentTooLarge(
            f"The archive grows more than {RATIO_MOST} times when it is unpacked, the limit.",
            hint="Take out the files that you need and upload those.",
        )
    for entry in package.entries:
        if not entry.is_dir() and not entry.filename.startswith("__MACOSX/"):
            read_enclosed(package.read(entry), entry_name(entry), reading)


def entry_name(entry: zipfile.ZipInfo) -> str:
    """The entry's name; one that does not say that it is UTF-8 is in whatever its maker's system used."""
    if entry.flag_bits & _UTF8_NAME:
        return entry.filename
    try:
        return decode(entry.filename.encode("cp437")).text
    except (UnicodeEncodeError, ValueError):
        return entry.filename
