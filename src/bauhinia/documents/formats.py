"""Every format that can be read, in one table: a later format is one module and one row here."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

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
    module: str
    """In this package; loaded only when a file of this format is read."""

    def reader(self) -> Reader:
        """The module's `read`."""
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
    "csv": Format(title="a table of values", suffixes=(".csv", ".tsv", ".tab"), module="table_text"),
    "srt": Format(title="subtitles (SRT)", suffixes=(".srt",), module="subtitles"),
    "vtt": Format(title="subtitles (WebVTT)", suffixes=(".vtt",), module="subtitles"),
    "html": Format(title="a web page", suffixes=(".html", ".htm", ".xhtml"), module="html"),
}
SUFFIXES: dict[str, str] = {suffix: name for name, each in READERS.items() for suffix in each.suffixes}


def readable() -> str:
    """A sentence that lists what can be read."""
    listed = [each.suffixes[0] for each in READERS.values()]
    return f"This version reads {', '.join(listed[:-1])} and {listed[-1]} files."
