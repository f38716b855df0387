"""Text files whose units are spans of their characters: everything between the spans stays as it is."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ...language import Variety
from ..decoding import decode
from .tags import faults, projected
from .typography import typeset
from .unit import LayoutNote, Rewritten, Unit

Raw = Callable[[int, int], str]
"""The file's characters from one place to another, with what was written in between."""
_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be", codecs.BOM_UTF8: "utf-8"}
_DROPPED = "Formatting inside the paragraph was lost in translation; its words are all there."
_LOSSY = "The file has bytes that are no characters of its encoding; they were replaced by marks."


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in a span's place, and what is to be said of it."""

    text: str
    note: str = ""
    """A sentence about text that no longer fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A unit and the characters that it stands for."""

    unit: Unit
    start: int
    end: int
    write: Callable[[str, Raw], Written]
    inner: bool = False
    """An attribute, which may stand inside another unit's span."""


class SpanLayout:
    """A text file taken apart into spans that do not overlap, but for inner ones."""

    def __init__(
        self,
        data: bytes,
        spans: Callable[[str], Sequence[Span]],
        *,
        html: bool = False,
        whole: Callable[[str, Variety], Sequence[tuple[int, int, str]]] | None = None,
    ) -> None:
        """`whole` gives changes of the file itself, such as its language. Raises DocumentError."""
        self._data = data
        self.text, self._encoding = decode(data, html=html)
        self._html = html
        self._spans = spans(self.text)
        self._whole = whole

    @property
    def units(self) -> Sequence[Unit]:
        """Every unit, in order."""
        return [span.unit for span in self._spans]

    def write(self, targets: Mapping[str, str], to: Variety) -> Rewritten:
        """The file with the targets in their places; see `Layout.write`."""
        wanted = [span for span in self._spans if span.unit.id in targets]
        if not wanted:
            return Rewritten(data=self._data)
        notes: list[LayoutNote] = []
        done: list[tuple[int, int, str]] = list(self._whole(self.text, to)) if self._whole else []

        def raw(start: int, end: int) -> str:
            return _spliced(self.text, start, end, done)

        for span in sorted(wanted, key=lambda span: not span.inner):
            target = _valid(span.unit, targets[span.unit.id], notes)
            written = span.write(typeset(target, to), raw)
            if written.note:
                notes.append(LayoutNote(unit=span.unit.id, check="fit", message=written.note, too_long=True))
            done = [each for each in done if not (span.start <= each[0] and each[1] <= span.end)]
            done.append((span.start, span.end, written.text))
        if "\ufffd" in self.text:
            notes.append(LayoutNote(unit="", check="unsupported", message=_LOSSY))
        return Rewritten(data=self._encoded(raw(0, len(self.text))), notes=tuple(notes))

    def with_end(self, text: str) -> bytes:
        """The file with more text at its end."""
        return self._encoded(self.text + text.replace("\n", self.newline))

    @property
    def newline(self) -> str:
        """How its lines end."""
        return "\r\n" if "\r\n" in self.text else "\n"

    def _encoded(self, text: str) -> bytes:
        """In the file's own encoding, with its mark; in UTF-8 where that lacks a character (a web page writes
        such characters as numbers)."""
        for mark, encoding in _MARKS.items():
            if self._data.startswith(mark):
                return mark + text.encode(encoding)
        try:
            return text.encode(self._encoding, "xmlcharrefreplace" if self._html else "strict")
        except UnicodeEncodeError:
            return text.encode("utf-8")


def _valid(unit: Unit, target: str, notes: list[LayoutNote]) -> str:
    """The target with valid tags; a note says when some were lost."""
    if not faults(unit.source, target):
        return target
    notes.append(LayoutNote(unit=unit.id, check="tags", message=_DROPPED))
    return projected(unit.source, target)


def _spliced(text: str, start: int, end: int, done: Sequence[tuple[int, int, str]]) -> str:
    result: list[str] = []
    at = start
    for first, last, words in sorted(done):
        if first >= at and last <= end:
            result += [text[at:first], words]
            at = last
    return "".join([*result, text[at:end]])
