"""PDF files opened, and their pages taken in: words, ruled tables, pictures."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import pypdfium2 as pdfium

from ..errors import BrokenDocument
from .damage import password_needed
from .pdf_annotations import Annotation, PageAnnotations, page_annotations
from .pdf_layout import Page
from .pdf_lines import Hidden, PageText, Rule, Turn, page_text, page_turn
from .pdf_objects import PageInk, page_ink
from .pdf_tables import page_objects, take_tables


class LoadedPage(NamedTuple):
    """One page as pdfium shows it."""

    page: Page
    text: PageText
    turn: Turn
    rules: list[Rule]
    pictures: int
    shown: bool
    """As `pdf_tables.PageObjects` has it."""
    ink: PageInk | None
    """The page's objects one by one; only when they were asked for."""
    signatures: int = 0
    """Fields for signatures."""


def open_pdf(data: bytes) -> Any:
    """A pypdfium2 document, to be closed. Raises PasswordNeeded or BrokenDocument."""
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise password_needed("The PDF") from error
        raise BrokenDocument(
            "The PDF is damaged and cannot be opened.",
            hint="Ask for the file again, or open it in a PDF viewer and print it to a new PDF.",
        ) from error


def load_page(
    document: Any, index: int, *, inked: bool = False, fields: set[str] | None = None
) -> LoadedPage | None:
    """Page `index`, from 0; None when it is damaged. With `inked` its words tell which objects draw them;
    with `fields`, the form's fields that were read so far, its fields and comments are read."""
    try:
        page = document[index]
    except pdfium.PdfiumError:
        return None
    try:
        turn = page_turn(page)
        objects = page_objects(page, turn)
        ink = page_ink(page, turn) if inked else None
        text = page_text(
            page,
            turn,
            index + 1,
            objects.rules,
            ink.numbers if ink else None,
            grounds=cache(lambda: [shape.box for shape in (ink or page_ink(page, turn)).shapes]),
            invisible=not objects.pictures and objects.shown,
        )
        laid = (
            page_annotations(document, page, turn, fields) if fields is not None else PageAnnotations([], 0)
        )
    finally:
        page.close()
    grids, lines = take_tables(objects.rules, text.lines) if objects.rules else ([], text.lines)
    page_shown = Page(
        index + 1, *turn.shown, lines, grids, annotations=[*laid.shown, *map(_aside, text.hidden)]
    )
    return LoadedPage(
        page_shown, text, turn, objects.rules, objects.pictures, objects.shown, ink, laid.signatures
    )


def _aside(hidden: Hidden) -> Annotation:
    return Annotation(hidden.text, "hidden", hidden.x0, hidden.x1, hidden.base)
