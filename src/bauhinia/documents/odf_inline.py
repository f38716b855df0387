"""The text of one OpenDocument paragraph: spans, fields, changes, and what hangs on them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import etree

from .document import MarkKind
from .odf_styles import DRAW, MATHML, OFFICE, TEXT, Styles
from .ooxml import local, number_of

_WHITE = re.compile(r"[ \t\r\n]+")
_SKIPPED = frozenset({
    f"{TEXT}tracked-changes", f"{TEXT}script", f"{OFFICE}annotation-end", f"{TEXT}alphabetical-index-mark",
    f"{TEXT}ruby-text", f"{TEXT}note-citation", f"{OFFICE}event-listeners", f"{OFFICE}forms",
})  # fmt: skip
_SPACES_MOST = 100


class Hung(NamedTuple):
    """Something that stands in a paragraph and is told after it."""

    kind: str
    """`note`, `comment`, `shape`, `deleted`, `hidden`."""
    element: etree._Element | None = None
    text: str = ""


@dataclass(slots=True)
class Gathered:
    """What was gathered from one paragraph."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0
    marks: list[tuple[MarkKind, int, int]] = field(default_factory=list)
    hung: list[Hung] = field(default_factory=list)

    @property
    def text(self) -> str:
        """As a reader sees it; a line end is `\\n`."""
        return "".join(self.pieces)


class Inline:
    """Gathers paragraphs; insertions may begin in one and end in another, so it remembers them."""

    def __init__(self, styles: Styles, deletions: dict[str, etree._Element], formula: Formula) -> None:
        self._styles = styles
        self._deletions = deletions
        self._formula = formula
        self._inserting: set[str] = set()
        self._into = Gathered()
        self._handlers: dict[str, Callable[[etree._Element], None]] = {
            f"{TEXT}s": self._spaces,
            f"{TEXT}tab": lambda _: self._put(" "),
            f"{TEXT}line-break": lambda _: self._put("\n"),
            f"{TEXT}note": self._hang("note"),
            f"{OFFICE}annotation": self._hang("comment"),
            f"{TEXT}span": self._span,
            f"{TEXT}hidden-text": self._hidden,
            f"{TEXT}hidden-paragraph": self._hidden,
            f"{TEXT}change": self._change,
            f"{TEXT}change-start": self._change,
            f"{TEXT}change-end": self._change,
            f"{DRAW}frame": self._frame,
            f"{DRAW}a": self._children,
        }

    def gather(self, element: etree._Element) -> Gathered:
        """The text of a `text:p` or `text:h`."""
        self._into = Gathered()
        self._text(element.text)
        self._children(element)
        return self._into

    def change(self, element: etree._Element, into: Gathered) -> None:
        """A mark of a tracked change: where an insertion begins or ends, where a deletion was made."""
        name = str(element.get(f"{TEXT}change-id", ""))
        kind = local(element)
        if kind == "change" and name in self._deletions:
            into.hung.append(Hung("deleted", self._deletions[name]))
        elif kind == "change-start" and name not in self._deletions:
            self._inserting.add(name)
        elif kind == "change-end":
            self._inserting.discard(name)

    def _change(self, element: etree._Element) -> None:
        self.change(element, self._into)

    def _children(self, element: etree._Element) -> None:
        for child in element:
            if (handler := self._handlers.get(child.tag)) is not None:
                handler(child)
            elif str(child.tag).startswith(DRAW):
                self._into.hung.append(Hung("shape", child))
            elif child.tag not in _SKIPPED:
                self._text(child.text)
                self._children(child)
            self._text(child.tail)

    def _text(self, text: str | None) -> None:
        if text:
            self._put(_WHITE.sub(" ", text))

    def _put(self, text: str, kind: MarkKind | None = None) -> None:
        into = self._into
        start, into.length = into.length, into.length + len(text)
        into.pieces.append(text)
        if kind:
            into.marks.append((kind, start, into.length))
        if self._inserting:
            last = into.marks[-1] if into.marks else None
            if last is not None and last[0] == "inserted" and last[2] == start:
                into.marks[-1] = ("inserted", last[1], into.length)
            else:
                into.marks.append(("inserted", start, into.length))

    def _spaces(self, element: etree._Element) -> None:
        self._put(" " * min(max(1, number_of(element.get(f"{TEXT}c"), 1)), _SPACES_MOST))

    def _span(self, element: etree._Element) -> None:
        if self._styles.get("text", element.get(f"{TEXT}style-name")).hidden:
            self._into.hung.append(Hung("hidden", text=plain(element)))
            return
        self._text(element.text)
        self._children(element)

    def _hidden(self, element: etree._Element) -> None:
        words = element.get(f"{TEXT}string-value") or plain(element)
        self._into.hung.append(Hung("hidden", text=words))

    def _frame(self, element: etree._Element) -> None:
        if equation := self._formula(element):
            self._put(equation, "equation")
        else:
            self._into.hung.append(Hung("shape", element))

    def _hang(self, kind: str) -> Callable[[etree._Element], None]:
        return lambda element: self._into.hung.append(Hung(kind, element))


Formula = Callable[[etree._Element], str]
"""The characters of the formula that a frame holds; empty when it holds something else."""


def plain(element: etree._Element) -> str:
    """All characters in an element, notes and comments left out."""
    pieces = [element.text or ""]
    for child in element:
        name = local(child)
        if name in ("s", "tab", "line-break"):
            pieces.append(" ")
        elif name not in ("annotation", "note"):
            pieces.append(plain(child))
        pieces.append(child.tail or "")
    return "".join(pieces)


def equation(root: etree._Element) -> str:
    """The characters of a MathML formula in order; how they are set is lost."""
    parts: Sequence[str] = [
        each.text or ""
        for each in root.iter(*(f"{MATHML}{name}" for name in ("mi", "mn", "mo", "mtext", "ms")))
    ]
    return "".join(part.strip() for part in parts)
