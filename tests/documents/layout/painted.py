"""What a written PDF shows, pixel by pixel: whether painted words lie on each other or on what was there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw

_SCALE = 2.0
"""Pixels a point."""
_INK = 64
"""Steps of grey that make a pixel ink, or an edge."""
_AROUND = (12, 16)
"""Pixels up and down, left and right, around replaced words that were theirs: underlines, frames, bullets."""
_LEAST = 40
"""Fewer pixels than this, about half a letter, are letters that touch."""
_CHANNELS = ((0, 255, 255), (255, 0, 255), (255, 255, 0))
"""Colours that darken one channel each: where two painted pieces meet, two channels are dark."""
Pixels = np.ndarray[Any, Any]


def painted_over(before: bytes, after: bytes) -> list[str]:
    """What painted words lie upon that the replaced ones did not; empty where nothing does."""
    found = []
    old, new = pdfium.PdfDocument(before), pdfium.PdfDocument(after)
    for index in range(len(new)):
        was = _grey(old[index])
        if np.array_equal(was, _grey(new[index])):
            continue
        base, paint = _grey(_without_paint(new[index])), _twice(_only_paint(new[index]))
        had = _twice(_only_text(old[index]))[1]
        found += [f"page {index + 1}: {each}" for each in _faults(was, base, *paint, had)]
    old.close()
    new.close()
    return found


def _faults(was: Pixels, base: Pixels, paint: Pixels, twice: Pixels, had: Pixels) -> Iterator[str]:
    """`paint` and `twice`: where something is painted, and where more than once; `had`: twice before."""
    own = _grown(abs(was.astype(int) - base) > _INK // 2, *_AROUND)
    for mask, how in (
        (paint & _edges(base) & ~own, "on other ink"),
        (twice & ~_grown(had, *_AROUND), "twice"),
    ):
        if mask.sum() > _LEAST:
            yield f"painted {how} at {_place(mask)}"


def _place(mask: Pixels) -> str:
    ys, xs = np.nonzero(mask)
    return f"{xs[0] / _SCALE:.0f}, {ys[0] / _SCALE:.0f} ({len(xs)} pixels)"


def _grey(page: Any) -> Pixels:
    pixels = page.render(scale=_SCALE, grayscale=True, may_draw_forms=False, draw_annots=False).to_numpy()
    return np.array(pixels[..., 0] if pixels.ndim == 3 else pixels)


def _without_paint(page: Any) -> Any:
    """The page without its last object, which is the paint."""
    raw.FPDFPage_RemoveObject(page.raw, raw.FPDFPage_GetObject(page.raw, _count(page) - 1))
    return page


def _only_paint(page: Any) -> Any:
    for index in reversed(range(_count(page) - 1)):
        raw.FPDFPage_RemoveObject(page.raw, raw.FPDFPage_GetObject(page.raw, index))
    return page


def _count(page: Any) -> int:
    return int(raw.FPDFPage_CountObjects(page.raw))


def _only_text(page: Any) -> Any:
    for index in reversed(range(_count(page))):
        piece = raw.FPDFPage_GetObject(page.raw, index)
        if raw.FPDFPageObj_GetType(piece) != raw.FPDF_PAGEOBJ_TEXT:
            raw.FPDFPage_RemoveObject(page.raw, piece)
    return page


def _twice(page: Any) -> tuple[Pixels, Pixels]:
    """Where text is drawn, and where more than one piece of it is: neighbours get different channels."""
    for index, piece in enumerate(_texts(page)):
        raw.FPDFPageObj_SetFillColor(piece, *_CHANNELS[index % 3], 255)
        raw.FPDFPageObj_SetBlendMode(piece, b"Multiply")
    pixels = page.render(scale=_SCALE, may_draw_forms=False, draw_annots=False).to_numpy()[..., :3]
    dark = np.array(pixels) < 255 - _INK
    return dark.any(axis=2), dark.sum(axis=2) > 1


def _texts(page: Any) -> Iterator[Any]:
    """The pieces of text of a page that holds nothing else, but for a form round them."""
    for index in range(_count(page)):
        piece = raw.FPDFPage_GetObject(page.raw, index)
        if raw.FPDFPageObj_GetType(piece) == raw.FPDF_PAGEOBJ_FORM:
            for inner in range(raw.FPDFFormObj_CountObjects(piece)):
                yield raw.FPDFFormObj_GetObject(piece, inner)
        else:
            yield piece


def _edges(grey: Pixels) -> Pixels:
    """Pixels where ink begins or ends: flat colour, such as a background, has none."""
    levels = grey.astype(int)
    edges = np.zeros(grey.shape, dtype=bool)
    edges[:, 1:] |= abs(levels[:, 1:] - levels[:, :-1]) > _INK
    edges[1:, :] |= abs(levels[1:, :] - levels[:-1, :]) > _INK
    return edges


def _grown(mask: Pixels, high: int, wide: int) -> Pixels:
    """The mask and what is near it."""
    grown = mask.copy()
    for step in range(1, high + 1):
        grown[step:] |= mask[:-step]
        grown[:-step] |= mask[step:]
    mask = grown.copy()
    for step in range(1, wide + 1):
        grown[:, step:] |= mask[:, :-step]
        grown[:, :-step] |= mask[:, step:]
    return grown
