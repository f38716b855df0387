"""Every format that can be read, in one table: a later format is one module and one row here."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from ..errors import UnsupportedFormat
from .collecting import Reading


class Reader(Protocol):
    """The function `read` of a format's module."""

    def __call__(self, data: bytes, reading: Reading) -> None:
        """Put the file's blocks, pages, title, metadata and warnings into `reading`.

        Raises DocumentError subclasses; anything else counts as a damaged file.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format: what people call it, how its files are named, where its reader is."""

    title: str
    suffixes: tuple[str, ...]
    """The first is the usual one."""
    module: str = ""
    """In this package; loaded only when a file of this format is read."""
    through: str = ""
    """The format that LibreOffice makes of it first, for one that has no reader of its own."""

    def reader(self) -> Reader:
        """The module's `read`. Raises UnsupportedFormat where LibreOffice must make the file over first."""
        if self.through:
            raise UnsupportedFormat(
                f"{self.title[0].upper()}{self.title[1:]} is not read where it stands inside another file.",
                hint="Take it out and upload it by itself.",
            )
        read: Reader = import_module(f".{self.module}", __package__).read
        return read


READERS: dict[str, Format] = {
    "docx": Format(title="a Word document", suffixes=(".docx", ".docm", ".dotx"), module="docx"),
    "pptx": Format(
        title="a PowerPoint presentation", suffixes=(".pptx", ".pptm", ".ppsx", ".potx"), module="pptx"
    ),
    "xlsx": Format(title="an Excel workbook", suffixes=(".xlsx", ".xlsm", ".xltx"), module="xlsx"),
    "pdf": Format(title="a PDF", suffixes=(".pdf",), module="pdf"),
    "picture": Format(
        title="a picture",
        suffixes=(".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp"),
        module="ocr",
    ),
    "txt": Format(title="plain text", suffixes=(".txt", ".text"), module="text"),
    "md": Format(title="Markdown", suffixes=(".md", ".markdown"), module="markdown"),
    "odt": Format(title="an OpenDocument text", suffixes=(".odt", ".ott"), module="odf"),
    "ods": Format(title="an OpenDocument spreadsheet", suffixes=(".ods", ".ots"), module="odf"),
    "odp": Format(title="an OpenDocument presentation", suffixes=(".odp", ".otp"), module="odf"),
    "doc": Format(title="an old Word document", suffixes=(".doc", ".dot"), through="docx"),
    "rtf": Format(title="a Rich Text document", suffixes=(".rtf",), through="docx"),
    "ppt": Format(title="an old PowerPoint presentation", suffixes=(".ppt", ".pps"), through="odp"),
    "xls": Format(title="an old Excel workbook", suffixes=(".xls", ".xlt"), through="ods"),
    "csv": Format(title="a table of values", suffixes=(".csv", ".tsv", ".tab"), module="table_text"),
    "srt": Format(title="subtitles (SRT)", suffixes=(".srt",), module="subtitles"),
    "vtt": Format(title="subtitles (WebVTT)", suffixes=(".vtt",), module="subtitles"),
    "html": Format(title="a web page", suffixes=(".html", ".htm", ".xhtml"), module="html"),
    "eml": Format(title="an e-mail", suffixes=(".eml",), module="mail"),
    "msg": Format(title="an Outlook message", suffixes=(".msg",), module="outlook"),
    "zip": Format(title="a zip archive", suffixes=(".zip",), module="archive"),
}
SUFFIXES: dict[str, str] = {suffix: name for name, each in READERS.items() for suffix in each.suffixes}


def readable() -> str:
    """A sentence that lists what can be read."""
    listed = [each.suffixes[0] for each in READERS.values()]
    return f"This version reads {', '.join(listed[:-1])} and {listed[-1]} files."
