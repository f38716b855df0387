"""A Word paragraph as items: words with their looks, links, fields and other things in the line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import etree

from ..ooxml import W, attribute, flag, local
from .inline import Alone, Item, Look, Pair, Text, words_of
from .word_looks import Looks, shown_on_spaces

_HOLDERS = frozenset(
    f"{W}{name}" for name in ("hyperlink", "ins", "moveTo", "smartTag", "customXml", "dir", "bdo")
)
"""Elements that hold a stretch of a line. Tracked insertions are translated where they stand."""
_DROPPED = frozenset({f"{W}proofErr"})
"""Marks of the proofing of words that are no longer there."""
_CACHES = frozenset({f"{W}lastRenderedPageBreak", f"{W}softHyphen"})
_HYPHEN = "\u2011"
_CHOSEN = ("dropDownList", "comboBox", "date", "docPartList", "picture")
"""Content controls whose content is chosen and not written."""
_LIKE_TEXT = ("HYPERLINK", "TOC", "QUOTE", "INDEX")
"""Fields whose result is text for readers, and not computed from elsewhere."""


class RunPart(NamedTuple):
    """A thing out of a run: it is written in a run of its own, with these properties."""

    properties: etree._Element | None
    element: etree._Element


Thing = RunPart | etree._Element


class Hidden(NamedTuple):
    """Words that are not shown."""

    words: str
    look: Look
    parts: list[RunPart]


class Holder(NamedTuple):
    """What a pair stands for: an element and the one inside it that holds the line, or a field's two ends."""

    element: etree._Element | None
    content: etree._Element | None
    before: list[Thing]
    after: list[Thing]


@dataclass(slots=True)
class Line:
    """A paragraph taken apart."""

    items: list[Item]
    hidden: list[Hidden] = field(default_factory=list)


class _Mark(NamedTuple):
    """One of a field's three marks, or a code."""

    kind: str
    """`begin`, `separate`, `end` or `code`."""
    part: RunPart


_Raw = Text | Alone | Pair | _Mark


class Lines:
    """Takes one part's paragraphs apart, in order: a field may begin in one and end in another."""

    def __init__(self, looks: Looks) -> None:
        self._looks = looks
        self._open: list[bool] = []
        """Of each field that is open, whether we are in its result."""
        self._hidden: list[Hidden] = []
        self._is_hidden: Callable[[etree._Element | None], bool] = lambda _: False

    def line(self, paragraph: etree._Element) -> Line:
        """The items of a `w:p`, without its properties."""
        style = self._looks.paragraph_style(paragraph)
        self._hidden = []
        self._is_hidden = lambda properties: self._looks.hidden(properties, style)
        raw = self._children(paragraph)
        items = _without_noise(_collapsed(self._carried(raw)))
        return Line(items, self._hidden)

    def _children(self, parent: etree._Element) -> list[_Raw]:
        found: list[_Raw] = []
        for child in parent:
            tag = child.tag
            if tag == f"{W}r":
                found += self._run(child)
            elif tag in _HOLDERS:
                found.append(self._holder(child, child))
            elif tag == f"{W}sdt":
                found.append(self._control(child))
            elif tag == f"{W}fldSimple" and _is_text(attribute(child, "instr")):
                found.append(self._holder(child, child))
            elif tag not in _DROPPED and tag != f"{W}pPr":
                found.append(Alone([child]))
        return found

    def _holder(self, element: etree._Element, content: etree._Element) -> _Raw:
        """The element as a pair, or whole where a field begins in it and ends outside of it."""
        raw = self._children(content)
        if not _balanced(raw):
            return Alone([element])
        return Pair(Holder(element, content, [], []), _collapsed(raw))

    def _control(self, control: etree._Element) -> _Raw:
        content = control.find(f"{W}sdtContent")
        if content is None or not is_written(control):
            return Alone([control])
        return self._holder(control, content)

    def _run(self, run: etree._Element) -> Iterator[_Raw]:
        look = self._looks.of(run)
        hidden = self._is_hidden(look.properties)
        for child in run:
            tag = child.tag
            if tag == f"{W}rPr" or tag in _CACHES:
                continue
            part = RunPart(look.properties, child)
            if tag == f"{W}t" and hidden:
                self._hide(child.text or "", look, part)
                yield Alone([part])
            elif tag == f"{W}t":
                yield Text(child.text or "", look)
            elif tag == f"{W}noBreakHyphen":
                yield Text(_HYPHEN, look)
            elif tag == f"{W}fldChar":
                yield _Mark(attribute(child, "fldCharType"), part)
            elif tag == f"{W}instrText":
                yield _Mark("code", part)
            else:
                yield Alone([part])

    def _hide(self, words: str, look: Look, part: RunPart) -> None:
        """Hidden words that follow each other are one text."""
        last = self._hidden[-1] if self._hidden else None
        if last is not None and last.look == look and _follow(last.parts[-1], part):
            self._hidden[-1] = Hidden(last.words + words, look, [*last.parts, part])
        else:
            self._hidden.append(Hidden(words, look, [part]))

    def _carried(self, raw: list[_Raw]) -> list[_Raw]:
        """What belongs to the code of a field of an earlier paragraph is one thing; the fields that stay open
        are remembered."""
        end = 0
        stack = list(self._open)
        if not all(stack):
            end = len(raw)
            for at, item in enumerate(raw):
                _follow_marks(item, stack)
                if all(stack):
                    end = at + 1
                    break
        for item in raw:
            _follow_marks(item, self._open)
        return [Alone(_things(raw[:end])), *raw[end:]] if end else raw


def is_written(control: etree._Element) -> bool:
    """Whether a content control holds text that somebody wrote: not its prompt, not a choice, not data from
    elsewhere (but the document's title is translated, and so are the controls that show it)."""
    properties = control.find(f"{W}sdtPr")
    if properties is None:
        return True
    if flag(properties, "showingPlcHdr") or any(
        properties.find(f"{W}{name}") is not None for name in _CHOSEN
    ):
        return False
    bound = properties.find(f"{W}dataBinding")
    return bound is None or attribute(bound, "xpath").rstrip("/[1]").endswith("title")


def is_bound(control: etree._Element) -> bool:
    """Whether a content control shows data from elsewhere."""
    return control.find(f"{W}sdtPr/{W}dataBinding") is not None


def _is_text(instruction: str) -> bool:
    return (instruction.split() or [""])[0].upper() in _LIKE_TEXT


def _follow(before: RunPart, after: RunPart) -> bool:
    """Whether one run's text stands right after another's."""
    first, second = before.element.getparent(), after.element.getparent()
    return first is second or (first is not None and first.getnext() is second)


def _follow_marks(item: _Raw, stack: list[bool]) -> None:
    for mark in _marks(item):
        if mark == "begin":
            stack.append(False)
        elif mark == "separate" and stack:
            stack[-1] = True
        elif mark == "end" and stack:
            stack.pop()


def _marks(item: _Raw) -> list[str]:
    """The marks of fields in an item, in order. Text boxes have fields of their own."""
    if isinstance(item, _Mark):
        return [item.kind]
    if not isinstance(item, Alone):
        return []
    return [
        attribute(each, "fldCharType")
        for thing in item.things
        if not isinstance(thing, RunPart)
        for each in thing.iter(f"{W}fldChar")
        if not any(local(above) == "txbxContent" for above in each.iterancestors())
    ]


def _balanced(raw: Sequence[_Raw]) -> bool:
    depth = 0
    for item in raw:
        for mark in _marks(item):
            depth += (mark == "begin") - (mark == "end")
            if depth < 0:
                return False
    return depth == 0


def _collapsed(raw: Sequence[_Raw]) -> list[Item]:
    """The items with each whole field as one: a thing, or a pair where its result is text."""
    items: list[Item] = []
    at = 0
    while at < len(raw):
        item = raw[at]
        marks = _marks(item)
        if marks.count("begin") > marks.count("end"):
            end, whole = _field_end(raw, at)
            items.append(_field(raw[at:end]) if whole else Alone(_things(raw[at:end])))
            at = end
            continue
        items.append(Alone(_things([item])) if isinstance(item, _Mark) else item)
        at += 1
    return items


def _field_end(raw: Sequence[_Raw], start: int) -> tuple[int, bool]:
    """Where the field that begins at `start` ends; where its end is in a later paragraph, its code's end."""
    depth = 0
    code: int | None = None
    for at in range(start, len(raw)):
        for mark in _marks(raw[at]):
            depth += (mark == "begin") - (mark == "end")
            if mark == "separate" and depth == 1 and code is None:
                code = at + 1
        if depth == 0:
            return at + 1, True
    return (len(raw) if code is None else code), False


def _field(raw: Sequence[_Raw]) -> Item:
    """A whole field: its result is text inside a pair where it is text for readers."""
    marks = [item for item in raw if isinstance(item, _Mark)]
    depth = 0
    separate = None
    for at, item in enumerate(raw):
        for mark in _marks(item):
            depth += (mark == "begin") - (mark == "end")
            if mark == "separate" and depth == 1 and separate is None:
                separate = at
    codes = "".join(mark.part.element.text or "" for mark in marks if mark.kind == "code")
    plain_ends = isinstance(raw[0], _Mark) and isinstance(raw[-1], _Mark)
    if separate is None or not plain_ends or not _is_text(codes):
        return Alone(_things(raw))
    before, after = _things(raw[: separate + 1]), _things(raw[-1:])
    return Pair(Holder(None, None, before, after), _collapsed(raw[separate + 1 : -1]))


def _things(raw: Sequence[_Raw]) -> list[Thing]:
    """The items as things that are written as they were."""
    things: list[Thing] = []
    for item in raw:
        if isinstance(item, _Mark):
            things.append(item.part)
        elif isinstance(item, Alone):
            things += item.things
        elif isinstance(item, Text):
            things.append(_kept_text(item))
        else:
            holder: Holder = item.handle
            things += (
                [*holder.before, *_things(item.items), *holder.after]
                if holder.element is None
                else [holder.element]
            )
    return things


def _kept_text(text: Text) -> RunPart:
    assert isinstance(text.look, Look)
    element = etree.Element(f"{W}t")
    element.text = text.words
    element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return RunPart(text.look.properties, element)


def _without_noise(items: Sequence[Item]) -> list[Item]:
    """White space takes the look of the words before it, where its own look would not show."""
    result: list[Item] = []
    look: Look | None = None
    for item in items:
        if isinstance(item, Pair):
            item.items = _without_noise(item.items)
            look = None
        elif isinstance(item, Text):
            assert isinstance(item.look, Look)
            if item.words.strip() or shown_on_spaces(item.look) or (look and shown_on_spaces(look)):
                look = item.look
            elif look is not None:
                result.append(Text(item.words, look))
                continue
        result.append(item)
    return result


def has_words(items: Sequence[Item]) -> bool:
    """Whether a letter is among the items' words."""
    return any(map(str.isalpha, words_of(items)))
