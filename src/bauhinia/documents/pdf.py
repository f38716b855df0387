"""PDF with text, through pypdfium2: lines, reading order, paragraphs, headings, lists, ruled tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pypdfium2 as pdfium

from ..errors import BrokenDocument, EmptyDocument
from .collecting import Bounds, Place, Reading
from .document import BlockKind, Cell
from .normal import BULLET, NUMBER_LABEL, tidy
from .ocr_engine import installed, require
from .pdf_annotations import Annotation
from .pdf_flow import HEADING_LETTERS, Flow, Look
from .pdf_layout import Page, Paragraph, doubts
from .pdf_lines import Line
from .pdf_pages import load_page, open_pdf
from .pdf_tables import Grid

_GARBAGE = 0.5
"""A page with a picture, of whose characters the file does not tell this part, is read from the picture."""
_INDENT = 8.0
"""Points between two levels of a list, at least."""
_DATE = re.compile(r"D:(\d{4})(\d{2})?(\d{2})?")


def read(data: bytes, reading: Reading) -> None:
    """Put the blocks of a PDF into `reading`.

    Raises PasswordNeeded, BrokenDocument, DocumentTooLarge, or EmptyDocument for a scan.
    """
    document = open_pdf(data)
    try:
        reading.pages = len(document)
        reading.bounds.check_pages(reading.pages)
        _open_form(document, reading)
        gathered = _gather(document, reading)
        _metadata(document, reading)
        outline = _outline(document)
    finally:
        document.close()
    _Writer(reading, gathered, outline).write()


def _open_form(document: Any, reading: Reading) -> None:
    """Have pdfium tell of the form's fields, where there is one. No script of it is run."""
    if document.get_formtype() in (pdfium.raw.FORMTYPE_XFA_FULL, pdfium.raw.FORMTYPE_XFA_FOREGROUND):
        reading.warn("The PDF holds an XFA form: what only that form shows was not read.")
    document.init_forms()


def page_texts(data: bytes, bounds: Bounds) -> list[str]:
    """The characters of each page in the order in which they were written.

    Raises PasswordNeeded, BrokenDocument, DocumentTooLarge.
    """
    document = open_pdf(data)
    try:
        bounds.check_pages(len(document))
        texts: list[str] = []
        for page in document:
            held = page.get_textpage()
            texts.append(str(held.get_text_range()))
            held.close()
            page.close()
    finally:
        document.close()
    return texts


def write_pages(reading: Reading, pages: list[Page]) -> None:
    """Put the blocks of pages, whose lines were read by other means, into `reading`."""
    _Writer(reading, pages, {}).write()


def _gather(document: Any, reading: Reading) -> list[Page]:
    pages: list[Page] = []
    pictures: list[int] = []
    broken: list[int] = []
    characters = unknown = 0
    fields: set[str] = set()
    for index in range(len(document)):
        loaded = load_page(document, index, fields=fields)
        if loaded is None:
            broken.append(index + 1)
            continue
        text = loaded.text
        if loaded.signatures:
            reading.unread["signature field"] += loaded.signatures
        characters += text.characters
        unknown += text.unknown
        page = loaded.page
        garbage = text.unknown > _GARBAGE * text.characters
        if loaded.pictures and (not page.lines or not loaded.shown or garbage):
            pictures.append(index + 1)
            page.lines, page.grids = [], []
        if text.slanted:
            reading.warn("Slanted text, such as a watermark, was left out.")
        pages.append(page)
    _judge(reading, pages, pictures, broken)
    if unknown > 0.05 * characters:
        reading.warn("Some characters could not be decoded, because the PDF does not say what they are.")
    return pages


def _judge(reading: Reading, pages: list[Page], pictures: list[int], broken: list[int]) -> None:
    """Say what is wrong with pages without text."""
    if not pages:
        raise BrokenDocument(
            "The PDF is damaged: none of its pages can be opened.",
            hint="Ask for the file again, or open it in a PDF viewer and print it to a new PDF.",
        )
    if not any(page.lines or page.grids or page.annotations for page in pages):
        if pictures:
            require()
            reading.scanned = pictures
            return
        raise EmptyDocument("The PDF has no text in it.", hint="Check that this is the right file.")
    if pictures and installed():
        reading.scanned = pictures
    elif pictures:
        reading.warn(
            f"{_listed(pictures)} without text, perhaps scanned, and not read: OCR is not installed."
        )
    if broken:
        reading.warn(f"{_listed(broken)} damaged and not read.")


def _listed(pages: list[int]) -> str:
    shown = ", ".join(str(page) for page in pages[:10]) + (" and others" if len(pages) > 10 else "")
    return f"Page {shown} is" if len(pages) == 1 else f"Pages {shown} are"


def _metadata(document: Any, reading: Reading) -> None:
    """Title, subject and dates; names of people and of programs are left where they are."""
    for key in ("Title", "Subject", "Keywords"):
        if value := tidy(document.get_metadata_value(key)):
            reading.metadata[key.lower()] = value[:500]
    for key, name in (("CreationDate", "created"), ("ModDate", "modified")):
        if found := _DATE.match(document.get_metadata_value(key)):
            reading.metadata[name] = "-".join(part for part in found.groups() if part)


def _outline(document: Any) -> dict[str, int]:
    """The bookmarks: level, from 1, by their text without spaces."""
    levels: dict[str, int] = {}
    try:
        for bookmark in document.get_toc(max_depth=6):
            levels.setdefault(_bare(bookmark.get_title()), bookmark.level + 1)
            if len(levels) >= 5_000:
                break
    except (pdfium.PdfiumError, ValueError, UnicodeError):
        return {}  # a damaged outline only helps less
    return levels


def _bare(text: str) -> str:
    text = tidy(text)
    if number := re.match(r"(?:\d+\.)*\d+\.?\s+|[一二三四五六七八九十]+、", text):
        text = text[number.end() :]
    return "".join(text.split()).casefold()


@dataclass(slots=True)
class _OpenTable:
    """The table that was written last."""

    number: int
    xs: list[float]
    heading: list[str]
    rows: int = 0
    last: str = ""
    """Id of its last block."""

    def goes_on(self, grid: Grid, last: str) -> bool:
        """Whether a table with nothing between is its rest: the same columns."""
        return (
            last == self.last
            and len(grid.xs) == len(self.xs)
            and all(abs(one - other) <= 3 for one, other in zip(grid.xs, self.xs, strict=True))
        )


class _Writer:
    """Turns the pages into blocks, knowing the whole document's sizes, indents and words."""

    def __init__(self, reading: Reading, pages: list[Page], outline: dict[str, int]) -> None:
        self.reading = reading
        self.outline = outline
        self.flow = Flow(pages)
        self.joining = self.flow.joining
        self.ranks = self._ranks()
        self.heading_title = self._find_title()
        self.indents = self._indents()
        self.running: set[str] = set()
        self.open_table: _OpenTable | None = None

    def write(self) -> None:
        """Every block, in order."""
        self.flow.join_over_pages()
        for page, flow in zip(self.flow.pages, self.flow.paragraphs, strict=True):
            self._running("header", page.header)
            notes = self.flow.notes(page, flow)
            pieces = self.flow.with_tables(page, flow)
            laid = _placed(page.annotations, pieces)
            self._annotations(laid[0], page.number)
            for piece, after in zip(pieces, laid[1:], strict=True):
                if isinstance(piece, Grid):
                    self._table(piece, page.number)
                elif piece in notes:
                    text = self.joining.text(piece)
                    marks = doubts(text, piece.lines)
                    self.reading.add("footnote", text, page=page.number, marks=marks)
                else:
                    self._paragraph(piece)
                self._annotations(after, page.number)
            self._running("footer", page.footer)
        self._title()

    def _annotations(self, found: Sequence[Annotation], page: int) -> None:
        for each in found:
            kind: BlockKind = "comment" if each.aside == "comment" else "paragraph"
            self.reading.put(Place(page=page, aside=each.aside), kind, each.text)

    def _ranks(self) -> dict[Look, int]:
        looks = {look for flow in self.flow.paragraphs for each in flow if (look := self.flow.heading(each))}
        ordered = sorted(looks, key=lambda look: (-look.size, not look.bold))
        return {look: min(rank, 6) for rank, look in enumerate(ordered, 1)}

    def _find_title(self) -> Paragraph | None:
        """The document's title: the first heading, when nothing else is as large."""
        named = _bare(str(self.reading.metadata.get("title", "")))
        for paragraph in self.flow.paragraphs[0] if named else ():
            if _bare(self.joining.text(paragraph)) == named and self.flow.heading(paragraph):
                return paragraph
        flows = self.flow.paragraphs
        looks = [(look, each) for flow in flows for each in flow if (look := self.flow.heading(each))]
        if not looks or [look.size for look, _ in looks].count(looks[0][0].size) > 1:
            return None
        first, title = looks[0]
        largest = max(look.size for look, _ in looks)
        return title if first.size == largest and first.size > self.flow.body else None

    def _indents(self) -> list[float]:
        """Where the items of lists begin, in points from the left, each the start of a level."""
        starts = sorted(
            each.first.x0
            for flow in self.flow.paragraphs
            for each in flow
            if _marker(each.first) and not self.flow.heading(each)
        )
        stops: list[float] = []
        for start in starts:
            if not stops or start - stops[-1] > _INDENT:
                stops.append(start)
        return stops

    def _table(self, grid: Grid, page: int) -> None:
        """A table, or the rest of one that goes on from the page before, without its repeated heading."""
        texts = list(grid.texts())
        heading = [text for row, _, text in texts if row == texts[0][0]]
        open_table = self.open_table
        if open_table is not None and open_table.goes_on(grid, self._last_of_body()):
            first = open_table.rows
            if heading == open_table.heading:
                texts = [each for each in texts if each[0] != texts[0][0]]
                first -= 1
        else:
            open_table, first = _OpenTable(self.reading.begin_table(), grid.xs, heading), 0
        for row, column, text in texts:
            cell = Cell(table=open_table.number, row=first + row, column=column)
            self.reading.add("table_cell", text, page=page, cell=cell)
        open_table.rows = first + len(grid.ys) - 1
        open_table.last = self._last_of_body()
        self.open_table = open_table

    def _last_of_body(self) -> str:
        """Id of the last block that is not a running line."""
        blocks = reversed(self.reading.blocks)
        return next((block.id for block in blocks if block.kind not in ("header", "footer")), "")

    def _paragraph(self, paragraph: Paragraph) -> None:
        text = self.joining.text(paragraph)
        kind: BlockKind = "paragraph"
        level = 0
        look = self.flow.heading(paragraph)
        listed = self.outline.get(_bare(text)) if len(text) <= HEADING_LETTERS else None
        if paragraph is self.heading_title:
            kind = "title"
        elif listed or look:
            kind, level = "heading", self._level(listed, look)
        elif _marker(paragraph.first):
            kind, level = "list_item", self._depth(paragraph.first)
            if bullet := BULLET.match(text):
                text = text[bullet.end() :]
        marks = doubts(text, paragraph.lines)
        self.reading.add(kind, text, page=paragraph.first.page, level=level, marks=marks)

    def _level(self, listed: int | None, look: Look | None) -> int:
        """By the bookmarks, else by size; the title takes no level of its own."""
        level = listed or (self.ranks[look] if look else 1)
        title = self.heading_title
        if title is not None:
            own = self.outline.get(_bare(self.joining.text(title)))
            alone = own == 1 and list(self.outline.values()).count(1) == 1
            level -= 1 if (alone or not listed) else 0
        return min(max(level, 1), 6)

    def _depth(self, line: Line) -> int:
        return max(0, min(5, sum(stop <= line.x0 + 0.5 for stop in self.indents) - 1))

    def _running(self, kind: BlockKind, lines: list[Line]) -> None:
        """A running line once, where it first stands; page numbers only make the first of their kind."""
        for line in sorted(lines, key=lambda each: (round(each.base), each.x0)):
            sign = kind + re.sub(r"\d+|^[ivxlc]+$", "#", line.text)
            if sign not in self.running:
                self.running.add(sign)
                self.reading.add(kind, line.text, page=line.page, marks=doubts(line.text, [line]))

    def _title(self) -> None:
        """From the metadata, unless it is a file's name, else the first and largest heading."""
        given = str(self.reading.metadata.get("title", ""))
        named = re.search(
            r"\.(docx?|pdf|xlsx?|pptx?|indd|rtf|odt|wpd|tex|typ)$|^microsoft |^untitled|^\(", given, re.I
        )
        headings = [block for block in self.reading.blocks if block.kind in ("heading", "title")]
        first = [block for block in headings if block.page == headings[0].page] if headings else []
        largest = min(first, key=lambda block: block.level, default=None)
        shown = largest.text if largest else ""
        # Some programs cut the title that they put into the metadata.
        self.reading.title = given if given and not named and not shown.startswith(given) else shown


def _marker(line: Line) -> bool:
    return bool(BULLET.match(line.text + " ") or NUMBER_LABEL.match(line.text))


def _placed(annotations: Sequence[Annotation], pieces: Sequence[Paragraph | Grid]) -> list[list[Annotation]]:
    """The annotations before the first piece of a page, and after each: where they stand on it."""
    placed: list[list[Annotation]] = [[] for _ in range(len(pieces) + 1)]
    for each in annotations:
        before = [
            index
            for index, piece in enumerate(pieces, 1)
            if (piece.top if isinstance(piece, Grid) else piece.first.middle) <= each.bottom
            and (piece.xs[0] if isinstance(piece, Grid) else piece.first.x0) <= each.x1
        ]
        placed[before[-1] if before else 0].append(each)
    return placed
