"""Scans: the pages of a picture file or of a PDF whose text is in pictures, read one at a time (OCR).

`read` only counts a picture's pages; `read_page` is the work of a process of its own, so that a page that
crashes or hangs costs that page, and cancelling leaves nothing running.
"""

from __future__ import annotations

from ..language import Variety, detect
from .collecting import Bounds, Reading
from .document import Block
from .ocr_cantonese import repaired, warning
from .ocr_engine import PictureLine, recognise, require
from .ocr_lines import page_lines
from .ocr_pictures import Picture, count_pictures, drawn, picture
from .pdf import write_pages
from .pdf_layout import Page


def read(data: bytes, reading: Reading) -> None:
    """Count a picture file's pages: each is to be read by `read_page`.

    Raises UnsupportedFormat where OCR is not installed, BrokenDocument, DocumentTooLarge.
    """
    require()
    reading.pages = count_pictures(data, reading.bounds)
    reading.scanned = list(range(1, reading.pages + 1))


def read_page(data: bytes, form: str, number: int, bounds: Bounds) -> tuple[list[Block], list[str]]:
    """Blocks and warnings of page `number` (from 1) of a file of format `form` (`pdf` or `picture`).

    Raises DocumentError subclasses.
    """
    require()
    shown = (drawn if form == "pdf" else picture)(data, number, bounds)
    reading = Reading(bounds)
    lines = _cantonese(recognise(shown.pixels), reading)
    write_pages(reading, [_page(shown, lines, number)])
    if not reading.blocks:
        reading.warn(f"No text was found in the picture of page {number}.")
    return reading.blocks, list(reading.all_warnings())


def _cantonese(found: list[PictureLine], reading: Reading) -> list[PictureLine]:
    """The lines repaired, with a warning, when the page is Cantonese."""
    text = "\n".join("".join(letter.text for letter in line.letters) for line in found)
    if detect(text).variety is not Variety.CANTONESE:
        return found
    reading.warn(warning())
    return [line._replace(letters=repaired(line.letters)) for line in found]


def _page(shown: Picture, found: list[PictureLine], number: int) -> Page:
    height, width = (side * shown.scale for side in shown.pixels.shape[:2])
    return Page(number, width, height, page_lines(found, shown.scale, number))
