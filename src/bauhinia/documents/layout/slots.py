"""A package whose units each know how they are written: what Office formats have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from lxml import etree

from ...language import Variety
from ..collecting import Bounds
from .drawing_text import drawing_items, fill_drawing
from .inline import Taken, take
from .parts import Parts
from .tags import Piece, faults, plain, projected, tagged
from .typography import typeset
from .unit import LayoutNote, Rewritten, Story, Unit

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What XML cannot hold."""
_DROPPED = "Formatting inside the paragraph was lost in translation; its words are all there."


@dataclass(slots=True)
class Writing:
    """One writing of a file: what its units need to know, and what a person should hear of."""

    parts: Parts
    to: Variety
    notes: list[LayoutNote] = field(default_factory=list)

    def note(self, unit: str, check: str, message: str, *, too_long: bool = False) -> None:
        """Tell once what should be looked at."""
        said = LayoutNote(unit=unit, check=check, message=message, too_long=too_long)
        if said not in self.notes:
            self.notes.append(said)


@dataclass(frozen=True, slots=True)
class Slot:
    """A unit with the way to write it: `write` takes tagged text whose tags are valid."""

    unit: Unit
    part: str
    write: Callable[[str, Writing], None]


@dataclass(slots=True)
class Slots:
    """Gathers the units of a file."""

    parts: Parts
    found: list[Slot] = field(default_factory=list)

    def add(
        self,
        key: str,
        story: Story,
        source: str,
        write: Callable[[str, Writing], None],
        *,
        page: int | None = None,
        most: int | None = None,
    ) -> None:
        """A unit, if it has a letter. The part is what stands before `#` in its key."""
        if any(map(str.isalpha, plain(source))):
            unit = Unit(id=key, story=story, source=source, page=page, most_characters=most)
            self.found.append(Slot(unit, key.partition("#")[0], write))

    def words(
        self,
        key: str,
        story: Story,
        at: Sequence[tuple[etree._Element, str]],
        *,
        page: int | None = None,
        most: int | None = None,
        cut: bool = False,
    ) -> None:
        """Words without formatting, in attributes or, where the name is empty, in elements; all alike. With
        `cut` what is longer than `most` is cut off and noted."""
        element, name = at[0]
        words = (element.get(name) if name else element.text) or ""

        def write(target: str, writing: Writing) -> None:
            said = plain(target)
            if cut and most is not None and len(said) > most:
                said = said[:most].rstrip()
                writing.note(key, "limit", f"It was cut to the {most} characters that its place can hold.")
            for each, attribute in at:
                if attribute:
                    each.set(attribute, said)
                else:
                    each.text = said

        self.add(key, story, tagged([Piece("text", words)]) if words else "", write, page=page, most=most)

    def drawn(self, key: str, story: Story, paragraph: etree._Element, page: int | None) -> Taken:
        """An `a:p`, and what was taken out of it."""
        taken = take(drawing_items(paragraph))
        self.add(
            key,
            story,
            taken.source,
            lambda target, writing: fill_drawing(paragraph, taken.woven(target), writing.to),
            page=page,
        )
        return taken


class Dissection(Protocol):
    """One format's file, taken apart."""

    @property
    def slots(self) -> Sequence[Slot]:
        """Its units in order."""

    def finish(self, writing: Writing, written: Mapping[str, str]) -> None:
        """What follows when the words are in: `written` is the typeset target of each unit."""


class PackageLayout:
    """A `Layout` of a format that can be dissected."""

    def __init__(self, data: bytes, bounds: Bounds, dissect: Callable[[Parts, Bounds], Dissection]) -> None:
        self._data = data
        self._bounds = bounds
        self._dissect = dissect
        self._parts, self._dissection = self._taken_apart()
        self._spent = False

    def _taken_apart(self) -> tuple[Parts, Dissection]:
        parts = Parts(self._data, self._bounds)
        return parts, self._dissect(parts, self._bounds)

    @property
    def units(self) -> Sequence[Unit]:
        """Every unit; see `Layout.units`."""
        return [slot.unit for slot in self._dissection.slots]

    def write(self, targets: Mapping[str, str], to: Variety) -> Rewritten:
        """The file with the targets in their places; see `Layout.write`."""
        if self._spent:
            # Writing changes the trees: a second time starts from the file again.
            self._parts, self._dissection = self._taken_apart()
        self._spent = True
        writing = Writing(self._parts, to)
        written: dict[str, str] = {}
        for slot in self._dissection.slots:
            if slot.unit.id in targets:
                target = self._sound(slot.unit, targets[slot.unit.id], writing)
                written[slot.unit.id] = target
                slot.write(target, writing)
                self._parts.changed(slot.part)
        if not written:
            return Rewritten(data=self._data)
        self._dissection.finish(writing, written)
        return Rewritten(data=self._parts.written(), notes=tuple(writing.notes))

    def _sound(self, unit: Unit, target: str, writing: Writing) -> str:
        if faults(unit.source, target):
            target = projected(unit.source, target)
            writing.note(unit.id, "tags", _DROPPED)
        return _ILLEGAL.sub("", typeset(target, writing.to))
