"""The workbook inside a chart follows the names that the chart shows, and names that grew are set smaller."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from ...errors import DocumentError
from ...language import Variety
from ..collecting import Bounds
from .chart_fit import fit_names
from .parts import Parts
from .workbook_fit import column_letters, column_number
from .xlsx import rewrite_cells

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_RANGE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?$")
_MOST_CELLS = 10_000


class Copied(NamedTuple):
    """A chart's copy of a cell, before anything is written."""

    sheet: str
    cell: str
    words: str
    copy: etree._Element


class ChartWorkbook:
    """A chart's part with the workbook that it takes its data from."""

    def __init__(self, parts: Parts, chart: str, bounds: Bounds) -> None:
        self._parts, self._bounds = parts, bounds
        self._root = parts.root(chart)
        self._copies = list(_copies(self._root))
        relations = parts.package.relations(chart).values()
        inside = (each.target for each in relations if each.kind == "package")
        self._workbook = next((name for name in inside if name in parts.package.names), "")

    def follow(self, to: Variety) -> bool:
        """Write the chart's new names into the cells that they are copies of. Whether every one was found,
        with the words that the chart had."""
        changed = [each for each in self._copies if (each.copy.text or "") != each.words]
        if not changed:
            return True
        fit_names(self._root, [(each.words, each.copy.text or "") for each in self._copies])
        if not self._workbook:
            return False
        said = {(each.sheet, each.cell): (each.words, each.copy.text or "") for each in changed}
        try:
            data, found = rewrite_cells(self._parts.current(self._workbook), self._bounds, said, to)
        except DocumentError:
            return False
        self._parts.replace(self._workbook, data)
        return found == len(said)


def _copies(root: etree._Element) -> Iterator[Copied]:
    for reference in root.iter(f"{_C}strRef"):
        match = _RANGE.match((reference.findtext(f"{_C}f") or "").strip())
        cells = list(_cells(match)) if match else []
        sheet = ((match[1] or match[2]) if match else "").replace("''", "'")
        for point in reference.iter(f"{_C}pt"):
            at, copy = int(point.get("idx", "-1")), point.find(f"{_C}v")
            if copy is not None and (copy.text or "").strip():
                yield Copied(sheet, cells[at] if 0 <= at < len(cells) else "", copy.text or "", copy)


def _cells(match: re.Match[str]) -> Iterator[str]:
    """The cells of a range of one row or column, in order."""
    first, top = column_number(match[3]), int(match[4])
    last, bottom = column_number(match[5] or match[3]), int(match[6] or match[4])
    if (last - first + 1) * (bottom - top + 1) > _MOST_CELLS:
        return
    for row in range(top, bottom + 1):
        for column in range(first, last + 1):
            yield f"{column_letters(column)}{row}"
