"""Pixels of a page: a picture file decoded, or a page of a PDF drawn, within a limit of pixels."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from ..errors import BrokenDocument, DocumentTooLarge
from .collecting import Bounds
from .ocr_engine import LONGEST

_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP")
_LEAST_SIDE = 8
_SHARPEST = 300 / 72
"""Pixels a point that a PDF's page is drawn with at most."""
_WIDTH = 595.0
"""Points that a picture is taken to be wide, A4: its own resolution is seldom true."""


class Picture(NamedTuple):
    """A page as pixels."""

    pixels: Any
    """uint8, of shape (rows, columns, 3)."""
    scale: float
    """Points that a pixel is wide."""


def count_pictures(data: bytes, bounds: Bounds) -> int:
    """How many pages a picture file has. Raises BrokenDocument, DocumentTooLarge."""
    with _opened(data, bounds) as image:
        count = int(getattr(image, "n_frames", 1)) if image.format == "TIFF" else 1
    bounds.check_pages(count)
    return count


def picture(data: bytes, page: int, bounds: Bounds) -> Picture:
    """Page `page` (from 1) of a picture file. Raises BrokenDocument, DocumentTooLarge."""
    from PIL import Image, ImageOps

    with _opened(data, bounds) as image:
        if image.format == "TIFF":
            image.seek(page - 1)
            _check(image.size, bounds)
        image.draft("RGB", (LONGEST, LONGEST))
        whole = ImageOps.exif_transpose(image)
        if "A" in whole.getbands() or "transparency" in whole.info:
            layer = whole.convert("RGBA")
            whole = Image.new("RGBA", layer.size, "white")
            whole.alpha_composite(layer)
        shown = whole.convert("RGB")
        shown.thumbnail((LONGEST, LONGEST))
        return Picture(np.asarray(shown), _WIDTH / shown.width)


def drawn(data: bytes, page: int, bounds: Bounds) -> Picture:
    """Page `page` (from 1) of a PDF, drawn as large as the recogniser can use."""
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument(data)
    try:
        width, height = document[page - 1].get_size()
        scale = min(_SHARPEST, LONGEST / max(width, height, 1.0))
        _check((int(width * scale), int(height * scale)), bounds)
        pixels = document[page - 1].render(scale=scale, rev_byteorder=True).to_numpy()
        return Picture(np.array(pixels[:, :, :3]), 1 / scale)
    finally:
        document.close()


@contextmanager
def _opened(data: bytes, bounds: Bounds) -> Iterator[Any]:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = bounds.page_pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                _check(image.size, bounds)
                yield image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(bounds) from error
    except (OSError, SyntaxError, EOFError, ValueError) as error:
        if isinstance(error, BrokenDocument | DocumentTooLarge):
            raise
        raise _broken() from error


def _check(size: tuple[int, int], bounds: Bounds) -> None:
    if min(size) < _LEAST_SIDE:
        raise _broken()
    if size[0] * size[1] > bounds.page_pixels:
        raise _too_large(bounds)


def _broken() -> BrokenDocument:
    return BrokenDocument(
        "The picture is damaged and cannot be opened, or is too small to hold text.",
        hint="Scan the page again, or save the picture again as PNG, and upload that.",
    )


def _too_large(bounds: Bounds) -> DocumentTooLarge:
    return DocumentTooLarge(
        f"A page of the file has more than {bounds.page_pixels / 1e6:,.0f} million pixels, the limit.",
        hint="Scan it at 300 dots per inch, or make the picture smaller, then upload it again.",
    )
