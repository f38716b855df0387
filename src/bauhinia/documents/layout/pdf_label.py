"""The AI label as a small line at the bottom of a PDF's last page: over what is there, and nothing moves."""

from __future__ import annotations

import io
import json
import os
from typing import Any

import pikepdf
import typst

from .pdf_fonts import system_fonts

_SOURCE = b"""#let data = json("label.json")
#set page(width: data.width * 1pt, height: data.height * 1pt, margin: 0pt, fill: none)
#set text(font: data.fonts, size: 6.5pt, fill: rgb("#595959"), lang: "zh", region: "HK")
#place(bottom + left, dx: 24pt, dy: -8pt, box(width: (data.width - 48) * 1pt, data.label))
"""
_FONTS = (
    "Liberation Sans", "Arial", "Noto Sans CJK HK", "Noto Sans CJK SC", "Microsoft JhengHei", "SimSun",
    "Noto Serif CJK HK", "Noto Serif CJK SC",
)  # fmt: skip


def add_line(pdf: Any, label: str) -> None:
    """Put the label on the last page."""
    if not pdf.pages:
        return
    page = pdf.pages[-1]
    left, bottom, right, top = (float(each) for each in page.cropbox)
    turned = int(page.obj.get("/Rotate", 0)) % 180 == 90
    width, height = right - left, top - bottom
    drawn = _drawn(label, *((height, width) if turned else (width, height)))
    with pikepdf.open(io.BytesIO(drawn)) as line:
        page.add_overlay(line.pages[0], pikepdf.Rectangle(left, bottom, right, top))


def _drawn(label: str, width: float, height: float) -> bytes:
    os.environ.setdefault("RAYON_NUM_THREADS", "2")
    there = set(system_fonts().families())
    fonts = [name for name in _FONTS if name in there] or sorted(there)[:1]
    data = {"label": label, "width": width, "height": height, "fonts": fonts}
    files = {"main.typ": _SOURCE, "label.json": json.dumps(data).encode()}
    made = typst.Compiler(files, font_paths=system_fonts()).compile(format="pdf", pdf_tags=False)
    assert isinstance(made, bytes)
    return made
