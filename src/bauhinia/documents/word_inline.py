"""The text of one Word paragraph: runs, fields, revisions, and what hangs on them (text boxes, notes)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from .collecting import Reading
from .ooxml import MC, A, M, W, attribute, flag, local, value_of
from .word_styles import Style, Styles, toggled

_TRANSPARENT = frozenset(
    f"{W}{name}"
    for name in ["hyperlink", "smartTag", "customXml", "ins", "moveTo", "dir", "bdo", "fldSimple", "rubyBase"]
)
_DELETED = frozenset({f"{W}del", f"{W}moveFrom"})
_SYMBOLS = {0xB7: "•", 0xA7: "▪", 0xFC: "✓", 0xFB: "✗", 0xFE: "☑", 0xFD: "☒", 0xA8: "☐", 0x6F: "☐", 0xE0: "→"}
"""Characters of the Wingdings font that forms and lists use; the low byte of their code."""
_GRAPHICS = {"chart": "chart", "chartex": "chart", "diagram": "diagram"}


@dataclass(slots=True)
class Paragraph:
    """What was gathered from one paragraph."""

    pieces: list[str] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)
    """Contents of text boxes anchored here."""
    notes: list[tuple[str, str]] = field(default_factory=list)
    """`footnote` or `endnote`, and its id."""
    bold: bool = False
    """Whether all its text is bold."""

    @property
    def text(self) -> str:
        """As a reader sees it, not yet in normal form; a line end is `\\n`."""
        return "".join(self.pieces)


class Inline:
    """Gathers paragraphs; fields may begin in one and end in another, so it remembers them."""

    def __init__(self, reading: Reading, styles: Styles) -> None:
        self.reading = reading
        self.styles = styles
        self.fields: list[bool] = []
        """Of each open field, whether we are in its result (and not in its code)."""
        self._style = Style()
        self._into = Paragraph()
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
            f"{W}drawing": self._graphic,
            f"{W}pict": self._graphic,
            f"{W}object": self._object,
            f"{W}delText": self._deleted,
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
            elif tag in _DELETED:
                self._deleted(child)
            elif tag == f"{W}sdt":
                self._control(child)
            elif tag in (f"{M}oMath", f"{M}oMathPara"):
                self._put(formula(child))
            elif tag == f"{MC}AlternateContent":
                if (choice := chosen(child)) is not None:
                    self._children(choice)
            elif tag == f"{W}subDoc":
                self.reading.unread["linked document"] += 1

    def _run(self, run: etree._Element) -> None:
        properties = run.find(f"{W}rPr")
        own = self.styles.character(value_of(properties, "rStyle"))
        hidden = toggled(properties, "vanish", own.hidden or self._style.hidden)
        if hidden and run.find(f"{W}t") is not None:
            self.reading.warn("Hidden text was left out.")
        before = len(self._into.pieces)
        for child in run:
            if (handler := self._run_handlers.get(child.tag)) and not (hidden and child.tag == f"{W}t"):
                handler(child)
        if not toggled(properties, "b", own.bold or self._style.bold):
            self._into.bold = self._into.bold and not "".join(self._into.pieces[before:]).strip()

    def _control(self, control: etree._Element) -> None:
        content = control.find(f"{W}sdtContent")
        if content is not None and not flag(control.find(f"{W}sdtPr"), "showingPlcHdr"):
            self._children(content)

    def _put(self, text: str) -> None:
        if all(self.fields):
            self._into.pieces.append(text)

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
        self._into.notes.append((local(element).removesuffix("Reference"), attribute(element, "id")))

    def _graphic(self, element: etree._Element) -> None:
        boxes = len(self._into.boxes)
        self._boxes(element)
        if len(self._into.boxes) > boxes:
            return
        for data in element.iter(f"{A}graphicData"):
            last = str(data.get("uri", "")).rpartition("/")[2]
            self.reading.unread[_GRAPHICS.get(last, "picture")] += 1
            return
        if any(local(each) == "imagedata" for each in element.iter()):
            self.reading.unread["picture"] += 1

    def _boxes(self, element: etree._Element) -> None:
        for child in element:
            if child.tag == f"{W}txbxContent":
                self._into.boxes.append(child)
            elif child.tag == f"{MC}AlternateContent":
                if (choice := chosen(child)) is not None:
                    self._boxes(choice)
            else:
                self._boxes(child)

    def _object(self, _element: etree._Element) -> None:
        self.reading.unread["embedded object"] += 1

    def _deleted(self, _element: etree._Element) -> None:
        self.reading.warn("Text deleted with tracked changes was left out; inserted text was read.")

    def _ruby(self, element: etree._Element) -> None:
        """Annotated characters, without the annotation (how they are pronounced)."""
        for base in element.iterchildren(f"{W}rubyBase"):
            self._children(base)

    def _alternate(self, element: etree._Element) -> None:
        choice = chosen(element)
        for child in choice if choice is not None else ():
            if handler := self._run_handlers.get(child.tag):
                handler(child)


def chosen(alternate: etree._Element) -> etree._Element | None:
    """Of the versions of one thing that newer and older programs draw, the newer."""
    for name in ("Choice", "Fallback"):
        if (found := alternate.find(f"{MC}{name}")) is not None:
            return found
    return None


def formula(element: etree._Element) -> str:
    """The characters of a formula, in order; how they are set is lost."""
    return "".join(each.text or "" for each in element.iter(f"{M}t"))
