"""Every format that can be written back with its layout, in one table: a module and a row each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from ...language import Variety
from ..collecting import Bounds
from .unit import Rewritten, Unit


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


@dataclass(frozen=True, slots=True)
class LayoutFormat:
    """Where a format's writer is; loaded only when it is used."""

    module: str
    """In this package."""

    def open(self, data: bytes, bounds: Bounds) -> Layout:
        """Raises DocumentError."""
        maker: LayoutMaker = import_module(f".{self.module}", __package__).open_layout
        return maker(data, bounds)


LAYOUTS: dict[str, LayoutFormat] = {
    "docx": LayoutFormat("docx"),
}
"""By the key of `formats.READERS`."""
