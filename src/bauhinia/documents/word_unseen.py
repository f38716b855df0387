"""Runs of Word text that a reader of the page does not see: white on white, and too small to read.

White text is common in coloured cells and boxes. It counts as hidden only where nothing gives it a ground:
no shading or highlight of the run, its paragraph or its cell, no table style, no text box, no coloured page.
"""

from __future__ import annotations

import re

from lxml import etree

from .ooxml import W, attribute, number_of, value_of

SMALLEST = 4
"""Half points: at two points and less, a line of text is a smudge."""
_WHITE = re.compile(r"f[5-9a-f]f[5-9a-f]f[5-9a-f]", re.I)


def is_unseen(run: etree._Element, properties: etree._Element | None) -> bool:
    """Whether a `w:r` with these properties is there and cannot be read."""
    if properties is None:
        return False
    if 0 < number_of(value_of(properties, "sz"), 0) <= SMALLEST:
        return True
    return _WHITE.fullmatch(value_of(properties, "color") or "") is not None and not _on_colour(
        run, properties
    )


def _on_colour(run: etree._Element, properties: etree._Element) -> bool:
    if _coloured(properties.find(f"{W}shd")) or value_of(properties, "highlight") not in (
        None,
        "none",
        "white",
    ):
        return True
    for above in run.iterancestors():
        if above.tag in (f"{W}txbxContent", f"{W}hdr", f"{W}ftr"):
            return True
        own = above.find(f"{above.tag}Pr") if above.tag in (f"{W}p", f"{W}tc", f"{W}tr", f"{W}tbl") else None
        if own is not None and (_coloured(own.find(f"{W}shd")) or own.find(f"{W}tblStyle") is not None):
            return True
        if above.tag == f"{W}document":
            return above.find(f"{W}background") is not None
    return False


def _coloured(shading: etree._Element | None) -> bool:
    if shading is None:
        return False
    fill = attribute(shading, "fill") or ""
    return attribute(shading, "val") not in (None, "clear", "nil") or (
        fill.lower() not in ("", "auto") and _WHITE.fullmatch(fill) is None
    )
