"""What is laid upon a PDF's pages and says something in words: tooltips of form fields, people's comments.

Values and choices of fields stay: programs compare them, and a person gave them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pikepdf

from ..normal import tidy
from .pdf_outline import words_of
from .tags import Piece, plain, tagged
from .unit import LayoutNote, Story, Unit

_REMARKS = frozenset((
    "/Text", "/Highlight", "/Underline", "/Squiggly", "/StrikeOut", "/Caret", "/Stamp", "/Ink", "/Line",
    "/Square", "/Circle", "/Polygon", "/PolyLine",
))  # fmt: skip
"""Comments that are shown in a window. One of free text is drawn on the page, as its program draws it."""


class Laid(NamedTuple):
    """One text, and where the file keeps it."""

    unit: Unit
    holder: Any
    key: str


def laid(pdf: Any) -> Iterator[Laid]:
    """The tooltips in the form's order, then the comments, page by page; those that have letters."""
    for index, field in enumerate(_fields(pdf)):
        yield from _unit(f"tooltip#{index}", "alt_text", field, "/TU", None)
    for number, page in enumerate(pdf.pages, 1):
        for index, each in enumerate(reversed(_listed(page.obj, "/Annots"))):
            if str(each.get("/Subtype", "")) in _REMARKS:
                yield from _unit(f"comment/{number}#{index}", "comment", each, "/Contents", number)


def write_laid(pdf: Any, changed: Mapping[str, str]) -> None:
    """Put the targets where the texts were. A comment's rich text, which says the same, is dropped."""
    for each in laid(pdf):
        if (target := changed.get(each.unit.id)) is not None:
            each.holder[each.key] = pikepdf.String(plain(target))
            if "/RC" in each.holder:
                del each.holder["/RC"]


def laid_notes(pdf: Any) -> Iterator[LayoutNote]:
    """What stays of forms and comments."""
    if any(True for _ in _fields(pdf)):
        message = "The values and choices of the form's fields keep their words."
        yield LayoutNote(unit="", check="form", message=message)
    if any(
        str(each.get("/Subtype", "")) == "/FreeText"
        for page in pdf.pages
        for each in _listed(page.obj, "/Annots")
    ):
        message = "Comments that are typed on the page itself keep their words."
        yield LayoutNote(unit="", check="unsupported", message=message)


def _unit(name: str, story: Story, holder: Any, key: str, page: int | None) -> Iterator[Laid]:
    words = tidy(words_of(holder.get(key)))
    if any(map(str.isalpha, words)):
        source = tagged([Piece("text", words)])
        yield Laid(Unit(id=name, story=story, source=source, page=page), holder, key)


def _fields(pdf: Any) -> Iterator[Any]:
    """The form's fields, each once, those inside others after them."""
    form = pdf.Root.get("/AcroForm")
    seen: set[tuple[int, int]] = set()
    waiting = _listed(form, "/Fields")
    while waiting:
        field = waiting.pop()
        if field.objgen not in seen or field.objgen == (0, 0):
            seen.add(field.objgen)
            yield field
            waiting += _listed(field, "/Kids")


def _listed(holder: Any, key: str) -> list[Any]:
    """The dictionaries of a list, the last first."""
    held = holder.get(key) if isinstance(holder, pikepdf.Dictionary) else None
    found = held if isinstance(held, pikepdf.Array) else ()
    return [each for each in reversed(list(found)) if isinstance(each, pikepdf.Dictionary)]
