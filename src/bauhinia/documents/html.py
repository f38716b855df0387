"""HTML: what a reader of the page would see, with lxml; nothing is fetched, no script is run."""

from __future__ import annotations

import re

from lxml import etree

from .collecting import Place, Reading
from .decoding import decode
from .document import Aside, BlockKind, Cell
from .drawing import FILE_NAME
from .normal import join_lines, split_breaks

_SKIPPED = frozenset({
    "script", "style", "noscript", "template", "head", "title", "object", "embed", "applet", "audio",
    "video", "canvas", "svg", "math", "iframe", "frame", "select", "datalist", "textarea", "input",
    "button", "map", "area", "dialog",
})  # fmt: skip
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hgroup", "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "caption", "hr",
})  # fmt: skip
_UNREAD = {
    "iframe": "embedded page",
    "frame": "embedded page",
    "object": "embedded object",
    "embed": "embedded object",
    "img": "picture",
    "svg": "picture",
    "video": "video",
    "audio": "recording",
}
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*[01](?:\.\d+)?(?:px|pt)?\s*(?:;|!|$)"
    r"|font-size\s*:\s*0?\.\d+(?:px|pt)|(?<![\w-])opacity\s*:\s*0?(?:\.0\d*)?\s*(?:;|!|$)|(?<![\w-])color\s*:\s*transparent"
    r"|(?<![\w-])(?:left|top|right|bottom|text-indent|margin-left)\s*:\s*-\d{3,}|mso-hide\s*:\s*all"
    r"|clip(?:-path)?\s*:\s*(?:rect\(\s*0[^1-9]*\)|inset\((?:50|100)%)",
    re.I,
)
_WHITE_STYLE = re.compile(
    r"(?<![\w-])color\s*:\s*(?:white|#fff(?:fff)?|rgba?\(\s*255\s*,\s*255\s*,\s*255[^)]*\))\s*(?:;|!|$)", re.I
)
_GROUND = re.compile(r"background", re.I)
_BREAK = "\x01"
"""Stands for `<br>` while text is gathered; no text keeps it."""
_NEWLINE = re.compile(r"\s*\n\s*")


def read(data: bytes, reading: Reading) -> None:
    """Put the blocks of a web page into `reading`."""
    text, encoding = decode(data, html=True)
    reading.metadata["encoding"] = encoding
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    root = etree.fromstring(text.encode("utf-8", "replace"), parser) if text.strip() else None
    if root is None:
        return
    title = root.find(".//title")
    reading.title = " ".join((title.text or "").split()) if title is not None else ""
    if language := root.get("lang"):
        reading.metadata["language"] = str(language)[:35]
    walk = _Walk(reading)
    walk.element(root, 0)
    walk.flush()
    if not reading.title:
        reading.title = next((block.text for block in reading.blocks if block.kind == "heading"), "")


class _Walk:
    """Goes down the page, gathering inline text until a block begins or ends."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.gathered = ""
        self.heading = 0
        self.lists: list[int | None] = []
        """The number of the next item of each open list; None for bullets."""
        self.label = ""
        self.cells: list[Cell] = []
        self.preformatted = 0
        self.hidden = False
        self.waiting: list[tuple[Place, BlockKind, str]] = []
        """What stands beside the paragraph's text: hidden words, what is said in place of pictures."""

    def element(self, element: etree._Element, depth: int) -> None:
        """An element with all that is in it; the text after it is its parent's."""
        self.reading.bounds.check_nesting(depth)
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag and not self.hidden and _is_hidden(element):
            self._hide(element, depth)
            return
        if tag in _UNREAD:
            self.reading.unread[_UNREAD[tag]] += 1
        if tag in _SKIPPED or not tag:
            return
        if tag == "img":
            self._picture(element)
        elif tag == "br":
            self._break()
        elif tag in _BLOCKS:
            self.flush()
            self._block(tag, element, depth)
            self.flush()
        else:
            self._inside(element, depth)

    def flush(self) -> None:
        """End the paragraph that was being gathered; what stands beside its text follows it."""
        text, self.gathered = self.gathered, ""
        if self.hidden:
            self._beside("hidden", "paragraph", text.replace(_BREAK, " "))
            return
        if text.strip():
            self._put(text)
        self._settle()

    def _put(self, text: str) -> None:
        if self.cells:
            text = self.label + text.replace(_BREAK, " ")
            self.reading.add("table_cell", text, cell=self.cells[-1])
        else:
            kind: BlockKind = "heading" if self.heading else "list_item" if self.lists else "paragraph"
            level = self.heading or max(0, len(self.lists) - 1)
            lines = split_breaks(text.replace("\n", " ").replace(_BREAK, "\n"))
            lines = lines if kind == "paragraph" else [" ".join(lines)]
            for line in lines:
                self.reading.add(kind, self.label + line, level=level)
        self.label = ""

    def _hide(self, element: etree._Element, depth: int) -> None:
        """What the page does not show is kept apart, and the paragraph around it goes on."""
        gathered, self.gathered = self.gathered, ""
        label = self.label
        self.hidden = True
        self.element(element, depth)
        self.flush()
        self.hidden = False
        self.gathered, self.label = gathered, label
        self._settle()

    def _picture(self, element: etree._Element) -> None:
        """What is said in place of a picture; a mere file name says nothing."""
        words = element.get("alt", "")
        if not FILE_NAME.fullmatch(words.strip()):
            self._beside("hidden" if self.hidden else "", "alt_text", words)
            self._settle()

    def _settle(self) -> None:
        """Put what stands beside the text after the last block, unless a paragraph has begun."""
        if not self.hidden and not self.gathered.strip():
            for place, kind, words in self.waiting:
                self.reading.put(place, kind, words)
            self.waiting.clear()

    def _beside(self, aside: Aside, kind: BlockKind, text: str) -> None:
        if text.strip():
            self.waiting.append((Place(cell=self.cells[-1] if self.cells else None, aside=aside), kind, text))

    def _block(self, tag: str, element: etree._Element, depth: int) -> None:
        if tag == "table":
            self._table(element, depth)
        elif tag in ("ul", "ol", "menu"):
            self.lists.append(_number(element.get("start")) if tag == "ol" else None)
            self._inside(element, depth)
            self.flush()
            self.lists.pop()
        elif tag == "li":
            self._item(element, depth)
        elif tag[0] == "h" and tag[1:].isdigit():
            self.heading = int(tag[1])
            self._inside(element, depth)
            self.flush()
            self.heading = 0
        else:
            self.preformatted += tag == "pre"
            self._inside(element, depth)
            self.preformatted -= tag == "pre"

    def _item(self, element: etree._Element, depth: int) -> None:
        if self.lists and (number := self.lists[-1]) is not None:
            number = _number(element.get("value"), number)
            self.label = f"{number}. "
            self.lists[-1] = number + 1
        self._inside(element, depth)

    def _inside(self, element: etree._Element, depth: int) -> None:
        self._text(element.text)
        for child in element:
            self.element(child, depth + 1)
            self._text(child.tail)

    def _text(self, text: str | None) -> None:
        if not text:
            return
        if self.preformatted:
            first, *others = text.split("\n")
            self.gathered += first
            for line in others:
                self.flush()
                self.gathered = line
            return
        # A line end in the source is a space, except between East Asian characters.
        pieces = _NEWLINE.split(text)
        if self.gathered.endswith("\n") and pieces[0]:
            self.gathered = join_lines(self.gathered, pieces[0])
        else:
            self.gathered += pieces[0]
        for piece in pieces[1:]:
            joined = join_lines(self.gathered, piece) if piece else f"{self.gathered.rstrip()}\n"
            self.gathered = joined

    def _break(self) -> None:
        if self.preformatted:
            self.flush()
        else:
            self.gathered += _BREAK

    def _table(self, table: etree._Element, depth: int) -> None:
        number = self.reading.begin_table()
        for caption in table.iterchildren("caption"):
            self.element(caption, depth + 1)
        lists, self.lists = self.lists, []
        taken: set[tuple[int, int]] = set()
        for row, element in enumerate(_rows(table)):
            column = 0
            for cell in element.iterchildren("td", "th"):
                while (row, column) in taken:
                    column += 1
                down, across = _span(cell.get("rowspan")), _span(cell.get("colspan"))
                taken.update((row + i, column + j) for i in range(down) for j in range(across))
                self.flush()
                self.cells.append(Cell(table=number, row=row, column=column))
                self._inside(cell, depth + 1)
                self.flush()
                self.cells.pop()
                column += across
        self.lists = lists


def _is_hidden(element: etree._Element) -> bool:
    """Whether the page hides the element, from all readers or from those who listen to it."""
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden", "").strip().lower() == "true"
        or _HIDDEN_STYLE.search(element.get("style", "")) is not None
        or _is_white_on_white(element)
    )


def _is_white_on_white(element: etree._Element) -> bool:
    """White words where neither they nor what they stand in has a ground of its own. Style sheets are not
    read: a page that has one may colour anything."""
    named = element.tag == "font" and element.get("color", "").lower() in ("white", "#fff", "#ffffff")
    if not named and not _WHITE_STYLE.search(element.get("style", "")):
        return False
    around = (element, *element.iterancestors())
    return not any(
        _GROUND.search(each.get("style", "")) or each.get("bgcolor") or each.get("class") for each in around
    )


def _rows(table: etree._Element) -> list[etree._Element]:
    rows: list[etree._Element] = []
    for child in table.iterchildren("tr", "thead", "tbody", "tfoot"):
        rows += [child] if child.tag == "tr" else child.iterchildren("tr")
    return rows


def _number(value: str | None, otherwise: int = 1) -> int:
    return int(value) if value and re.fullmatch(r"-?\d{1,6}", value) else otherwise


def _span(value: str | None) -> int:
    """A row or column span, held to what any real table has."""
    return max(1, min(_number(value), 100))
