"""Every format that can be written back with its layout, in one table: a module and a row each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from ...language import Variety
from ..collecting import Bounds
from .unit import LayoutNote, Rewritten, Unit


class Layout(Protocol):
    """One file, taken apart. Nothing of it changes but the words of the units that are given anew."""

    @property
    def units(self) -> Sequence[Unit]:
        """Every unit, in reading order, of every story."""

    def write(self, targets: Mapping[str, str], to: Variety) -> Rewritten:
        """The file with tagged text `targets[unit id]` in each unit's place; units without one stay.

        Languages, fonts and punctuation follow `to`. With no targets the bytes of every part are the same.
        A target's tags must be valid (`tags.faults`); what no longer fits its place is fitted and noted.
        """


class LayoutMaker(Protocol):
    """The function `open_layout` of a format's module."""

    def __call__(self, data: bytes, bounds: Bounds) -> Layout:
        """Take a file apart. Raises DocumentError."""


class Marker(Protocol):
    """The function `mark` of a format's module, if its files can carry a label that nobody has to see."""

    def __call__(self, data: bytes, label: str, bounds: Bounds) -> bytes:
        """The file with the label in its metadata, and where the format says so on its page. Raises
        DocumentError."""


@dataclass(frozen=True, slots=True)
class LayoutFormat:
    """Where a format's writer is; loaded only when it is used."""

    module: str
    """In this package."""

    def open(self, data: bytes, bounds: Bounds) -> Layout:
        """Raises DocumentError."""
        maker: LayoutMaker = import_module(f".{self.module}", __package__).open_layout
        return maker(data, bounds)

    def marked(self, written: Rewritten, label: str, bounds: Bounds) -> Rewritten:
        """The file with the AI label in it; where the format has no place for one, a note that says so.

        Raises DocumentError.
        """
        marker: Marker | None = getattr(import_module(f".{self.module}", __package__), "mark", None)
        if marker is None:
            return Rewritten(data=written.data, notes=(*written.notes, _UNMARKED))
        return Rewritten(data=marker(written.data, label, bounds), notes=written.notes)


_UNMARKED = LayoutNote(
    unit="",
    check="label",
    message="A file of this kind has no place for the AI label: say it beside the file.",
)
LAYOUTS: dict[str, LayoutFormat] = {
    "docx": LayoutFormat("docx"),
    "pptx": LayoutFormat("pptx"),
    "xlsx": LayoutFormat("xlsx"),
    "odt": LayoutFormat("odf"),
    "ods": LayoutFormat("odf"),
    "odp": LayoutFormat("odf"),
    "html": LayoutFormat("html"),
    "md": LayoutFormat("markdown"),
    "txt": LayoutFormat("plain_text"),
    "srt": LayoutFormat("subtitles"),
    "vtt": LayoutFormat("webvtt"),
    "pdf": LayoutFormat("pdf"),
    "eml": LayoutFormat("mail"),
}
"""By the key of `formats.READERS`."""
