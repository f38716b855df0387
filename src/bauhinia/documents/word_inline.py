"""The text of one Word paragraph: runs, fields, revisions, and what hangs on them (text boxes, notes)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import etree

from .collecting import Reading, Span
from .document import Aside, MarkKind
from .drawing import alternative_text
from .formula import EQUATION, formula
from .ooxml import MC, A, M, W, attribute, chosen, flag, local, value_of
from .word_styles import Style, Styles, toggled
from .word_unseen import is_unseen

_TRANSPARENT = frozenset(
    f"{W}{name}" for name in ["hyperlink", "smartTag", "customXml", "dir", "bdo", "fldSimple", "rubyBase"]
)
_DELETED = frozenset({f"{W}del", f"{W}moveFrom"})
_INSERTED = frozenset({f"{W}ins", f"{W}moveTo"})
_SYMBOLS = {0xB7: "•", 0xA7: "▪", 0xFC: "✓", 0xFB: "✗", 0xFE: "☑", 0xFD: "☒", 0xA8: "☐", 0x6F: "☐", 0xE0: "→"}
"""Characters of the Wingdings font that forms and lists use; the low byte of their code."""
_GRAPHICS = ("chart", "chartex", "diagram")


class Hanging(NamedTuple):
    """Something anchored in a paragraph whose text follows it."""

    kind: str
    """`box`, `graphic`, `alt_text`, `footnote`, `endnote` or `comment`."""
    aside: Aside
    """What the run that holds it is, when it is hidden or deleted."""
    element: etree._Element | None = None
    """A text box's content; a chart's `a:graphicData`."""
    text: str = ""
    """The id of a note or a comment; an alternative text."""


@dataclass(slots=True)
class Paragraph:
    """What was gathered from one paragraph."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0
    """Characters in `pieces`."""
    marks: list[Span] = field(default_factory=list)
    beside: list[tuple[Aside, int, str]] = field(default_factory=list)
    """Hidden and deleted text, each with the place in the text where it stood."""
    hanging: list[Hanging] = field(default_factory=list)
    bold: bool = False
    """Whether all its text is bold."""

    @property
    def text(self) -> str:
        """As a reader sees it, not yet in normal form; a line end is `\\n`."""
        return "".join(self.pieces)

    def put(self, text: str, marks: tuple[MarkKind, ...]) -> None:
        """Add text. A mark that goes on where one of its kind ended is the same mark."""
        start, self.length = self.length, self.length + len(text)
        self.pieces.append(text)
        for kind in marks:
            goes_on = bool(self.marks) and kind == "inserted" and self.marks[-1][::2] == (kind, start)
            begun = self.marks.pop()[1] if goes_on else start
            self.marks.append((kind, begun, self.length))

    def put_beside(self, aside: Aside, text: str) -> None:
        """Add text that is hidden or deleted; what stood together stays together."""
        if self.beside and self.beside[-1][:2] == (aside, self.length):
            text = self.beside.pop()[2] + text
        self.beside.append((aside, self.length, text))


class Inline:
    """Gathers paragraphs; fields may begin in one and end in another, so it remembers them."""

    def __init__(self, reading: Reading, styles: Styles) -> None:
        self.reading = reading
        self.styles = styles
        self.fields: list[bool] = []
        """Of each open field, whether we are in its result (and not in its code)."""
        self.inserted = False
        """Whether what is gathered was inserted with tracked changes."""
        self._style = Style()
        self._into = Paragraph()
        self._aside: Aside = ""
        self._run_handlers: dict[str, Callable[[etree._Element], None]] = {
            f"{W}t": self._text,
            f"{W}tab": self._space,
            f"{W}ptab": self._space,
            f"{W}br": self._break,
            f"{W}cr": self._break,
            f"{W}noBreakHyphen": self._hyphen,
            f"{W}sym": self._symbol,
            f"{W}fldChar": self._field,
            f"{W}footnoteReference": self._note,
            f"{W}endnoteReference": self._note,
            f"{W}commentReference": self._note,
            f"{W}drawing": self._graphic,
            f"{W}pict": self._graphic,
            f"{W}object": self._object,
            f"{W}delText": self._deleted_text,
            f"{W}ruby": self._ruby,
            f"{MC}AlternateContent": self._alternate,
        }

    def paragraph(self, element: etree._Element, style: Style) -> Paragraph:
        """The text of a `w:p`."""
        self._style, self._into = style, Paragraph()
        self._into.bold = True
        self._children(element)
        self._into.bold = self._into.bold and bool(self._into.text.strip())
        return self._into

    def _children(self, element: etree._Element) -> None:
        for child in element:
            tag = child.tag
            if tag == f"{W}r":
                self._run(child)
            elif tag in _TRANSPARENT:
                self._children(child)
            elif tag in _INSERTED:
                self._within_insertion(child)
            elif tag in _DELETED:
                self._set_aside("deleted", self._children, child)
            elif tag == f"{W}sdt":
                self._control(child)
            elif tag in (f"{M}oMath", f"{M}oMathPara"):
                self._put(formula(child), "equation")
            elif tag == f"{MC}AlternateContent":
                if (choice := chosen(child)) is not None:
                    self._children(choice)
            elif tag == f"{W}subDoc":
                self.reading.unread["linked document"] += 1

    def _within_insertion(self, element: etree._Element) -> None:
        before, self.inserted = self.inserted, True
        self._children(element)
        self.inserted = before

    def _set_aside(
        self, aside: Aside, gather: Callable[[etree._Element], None], element: etree._Element
    ) -> None:
        """Gather what is beside the text; what was deleted is that, also when it was hidden."""
        before, self._aside = self._aside, self._aside or aside
        gather(element)
        self._aside = before

    def _run(self, run: etree._Element) -> None:
        properties = run.find(f"{W}rPr")
        own = self.styles.character(value_of(properties, "rStyle"))
        hidden = toggled(properties, "vanish", own.hidden or self._style.hidden) or is_unseen(run, properties)
        before = len(self._into.pieces)
        if hidden:
            self._set_aside("hidden", self._run_content, run)
        else:
            self._run_content(run)
        if not toggled(properties, "b", own.bold or self._style.bold):
            self._into.bold = self._into.bold and not "".join(self._into.pieces[before:]).strip()

    def _run_content(self, run: etree._Element) -> None:
        for child in run:
            if handler := self._run_handlers.get(child.tag):
                handler(child)

    def _control(self, control: etree._Element) -> None:
        content = control.find(f"{W}sdtContent")
        if content is not None and not flag(control.find(f"{W}sdtPr"), "showingPlcHdr"):
            self._children(content)

    def _put(self, text: str, mark: MarkKind | None = None) -> None:
        if not all(self.fields):
            return
        if self._aside:
            self._into.put_beside(self._aside, text)
        else:
            marks: tuple[MarkKind, ...] = (mark,) if mark else ()
            self._into.put(text, ("inserted", *marks) if self.inserted else marks)

    def _text(self, element: etree._Element) -> None:
        self._put(element.text or "")

    def _space(self, _element: etree._Element) -> None:
        self._put(" ")

    def _break(self, _element: etree._Element) -> None:
        self._put("\n")

    def _hyphen(self, _element: etree._Element) -> None:
        self._put("-")

    def _symbol(self, element: etree._Element) -> None:
        try:
            code = int(attribute(element, "char"), 16)
        except ValueError:
            return
        if "wingdings" in attribute(element, "font").lower() or 0xF000 <= code <= 0xF0FF:
            if (code & 0xFF) in _SYMBOLS:
                self._put(_SYMBOLS[code & 0xFF])
            else:
                self.reading.unread["symbol"] += 1
        elif 0x20 <= code < 0xD800:
            self._put(chr(code))

    def _field(self, element: etree._Element) -> None:
        kind = attribute(element, "fldCharType")
        if kind == "begin":
            self.fields.append(False)
        elif kind == "separate" and self.fields:
            self.fields[-1] = True
        elif kind == "end" and self.fields:
            self.fields.pop()

    def _note(self, element: etree._Element) -> None:
        self._hang(local(element).removesuffix("Reference"), text=attribute(element, "id"))

    def _hang(self, kind: str, element: etree._Element | None = None, text: str = "") -> None:
        self._into.hanging.append(Hanging(kind, self._aside, element, text))

    def _deleted_text(self, element: etree._Element) -> None:
        self._set_aside("deleted", self._text, element)

    def _graphic(self, element: etree._Element) -> None:
        """A drawing: its text boxes, its alternative text, its chart; a picture counts as unread."""
        first = len(self._into.hanging)
        self._drawn(element, set())
        if any(each.kind == "box" for each in self._into.hanging[first:]):
            return
        uris = [str(data.get("uri", "")).rpartition("/")[2] for data in element.iter(f"{A}graphicData")]
        if "picture" in uris or any(local(each) in ("imagedata", "blip") for each in element.iter()):
            self.reading.unread["picture"] += 1

    def _drawn(self, element: etree._Element, said: set[str]) -> None:
        for child in element:
            name = local(child)
            if child.tag == f"{W}txbxContent":
                self._hang("box", child)
            elif child.tag == f"{MC}AlternateContent":
                if (choice := chosen(child)) is not None:
                    self._drawn(choice, said)
            elif name == "graphicData" and str(child.get("uri", "")).rpartition("/")[2] in _GRAPHICS:
                self._hang("graphic", child)
            else:
                self._say(_alternative(child, name), said)
                self._drawn(child, said)

    def _say(self, text: str, said: set[str]) -> None:
        """An alternative text, once for a drawing, though the drawing and its picture both carry it."""
        if text and text not in said:
            said.add(text)
            self._hang("alt_text", text=text)

    def _object(self, element: etree._Element) -> None:
        if any(str(each.get("ProgID", "")).startswith("Equation") for each in element.iter()):
            self._put(EQUATION, "equation")
        else:
            self.reading.unread["embedded object"] += 1

    def _ruby(self, element: etree._Element) -> None:
        """Annotated characters, without the annotation (how they are pronounced)."""
        for base in element.iterchildren(f"{W}rubyBase"):
            self._children(base)

    def _alternate(self, element: etree._Element) -> None:
        choice = chosen(element)
        for child in choice if choice is not None else ():
            if handler := self._run_handlers.get(child.tag):
                handler(child)


def _alternative(element: etree._Element, name: str) -> str:
    if name in ("docPr", "cNvPr"):
        return alternative_text(element)
    return str(element.get("alt") or "").strip() if name in ("shape", "rect", "group") else ""
