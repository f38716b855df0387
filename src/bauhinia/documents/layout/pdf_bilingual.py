"""An original and its translation on one sheet, page beside page."""

from __future__ import annotations

import io
from typing import Any

import pikepdf

from ...errors import BrokenDocument

_RULE = b"q 0.7 G 0.5 w %.2f %.2f m %.2f %.2f l S Q\n"


def side_by_side(original: bytes, translated: bytes) -> bytes:
    """A PDF whose pages show a page of the original on the left and the same page translated on the right.

    Links and form fields are not carried over. Raises BrokenDocument when one of the two cannot be opened or
    they differ in their number of pages.
    """
    try:
        with pikepdf.open(io.BytesIO(original)) as left, pikepdf.open(io.BytesIO(translated)) as right:
            return _together(left, right)
    except pikepdf.PdfError as error:
        raise BrokenDocument(
            "One of the two PDFs is damaged and cannot be put beside the other.",
            hint="Open it in a PDF viewer and print it to a new PDF.",
        ) from error


def _together(left: Any, right: Any) -> bytes:
    if len(left.pages) != len(right.pages):
        raise BrokenDocument(
            f"The two PDFs do not have the same pages: {len(left.pages)} and {len(right.pages)}.",
            hint="Give the original and the file that was written from it.",
        )
    made = pikepdf.new()
    for one, other in zip(left.pages, right.pages, strict=True):
        _put(made, one, other)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _put(made: Any, one: Any, other: Any) -> None:
    """A sheet as wide as both pages, with a thin rule between."""
    (wide, high), (wide_too, high_too) = _shown(one), _shown(other)
    height = max(high, high_too)
    sheet = made.add_blank_page(page_size=(wide + wide_too, height))
    sheet.add_overlay(one, pikepdf.Rectangle(0, height - high, wide, height))
    sheet.add_overlay(other, pikepdf.Rectangle(wide, height - high_too, wide + wide_too, height))
    sheet.contents_add(_RULE % (wide, 0, wide, height))


def _shown(page: Any) -> tuple[float, float]:
    """Width and height of a page as displayed."""
    left, bottom, right, top = (float(value) for value in page.cropbox)
    wide, high = abs(right - left), abs(top - bottom)
    return (high, wide) if int(page.obj.get("/Rotate", 0)) % 180 else (wide, high)
