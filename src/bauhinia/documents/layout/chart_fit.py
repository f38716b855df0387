"""Names in a chart that grew are set smaller, so that they do not take the room of what is drawn."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from lxml import etree

LEAST = 0.7
"""Of their size, at the least: as on slides."""
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_NAMED = ("catAx", "legend")
"""What shows names of categories and series."""


def fit_names(root: etree._Element, names: Sequence[tuple[str, str]]) -> bool:
    """Set the axis and the legend smaller by as much as the names (before, after) grew; whether it was done.
    A chart that does not say how large its letters are stays."""
    grown = sum(_width(after) for _, after in names) / max(sum(_width(before) for before, _ in names), 1)
    size = _size(root.find(f"{_C}txPr"))
    if grown <= 1.05 or size is None:
        return False
    for shown in root.iter(*(f"{_C}{name}" for name in _NAMED)):
        own = _size(shown.find(f"{_C}txPr")) or size
        _set(shown, round(own * max(LEAST, 1 / grown)))
    return True


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def _size(properties: etree._Element | None) -> int | None:
    """Hundredths of a point."""
    run = None if properties is None else properties.find(f"{_A}p/{_A}pPr/{_A}defRPr")
    said = "" if run is None else run.get("sz", "")
    return int(said) if said.isdigit() else None


def _set(shown: etree._Element, size: int) -> None:
    properties = shown.find(f"{_C}txPr")
    if properties is None:
        properties = etree.fromstring(_PROPERTIES)
        after = shown.find(f"{_C}crossAx" if shown.tag == f"{_C}catAx" else f"{_C}extLst")
        shown.append(properties) if after is None else after.addprevious(properties)
    for run in properties.iter(f"{_A}defRPr"):
        run.set("sz", str(size))


_PROPERTIES = (
    f'<c:txPr xmlns:c="{_C[1:-1]}" xmlns:a="{_A[1:-1]}"><a:bodyPr/><a:lstStyle/>'
    "<a:p><a:pPr><a:defRPr/></a:pPr><a:endParaRPr/></a:p></c:txPr>"
)
"""In the place that the schema gives it: before the axis that is crossed, and last in a legend."""
