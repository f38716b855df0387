"""Names in a chart that grew are set smaller, within the bound, where the schema wants it."""

from __future__ import annotations

import io

import pytest
from file_makers import bounds
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Cm, Pt

from bauhinia.documents.layout import LAYOUTS
from bauhinia.language import Variety


def deck(size: float | None = 18) -> bytes:
    """A slide with a chart of two categories and a legend."""
    made = Presentation()
    slide = made.slides.add_slide(made.slide_layouts[6])
    data = CategoryChartData()
    data.categories = ["North", "South"]
    data.add_series("Lifts", (4, 9))
    shown = slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Cm(2), Cm(2), Cm(14), Cm(9), data).chart
    shown.has_legend = True
    if size is None:
        shown._chartSpace.remove(shown._chartSpace.find("{*}txPr"))
    else:
        shown.font.size = Pt(size)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def translated(data: bytes, times: float) -> list[tuple[str, int | None]]:
    """The tags that follow the size in axis and legend, and the sizes, once names are that much longer."""
    layout = LAYOUTS["pptx"].open(data, bounds())
    targets = {unit.id: unit.source[0] * round(times * len(unit.source)) for unit in layout.units}
    chart = (
        Presentation(io.BytesIO(layout.write(targets, Variety.ENGLISH).data))
        .slides[0]
        .shapes[0]
        .chart._chartSpace
    )
    found = []
    for shown in chart.iter("{*}catAx", "{*}legend"):
        properties = shown.find("{*}txPr")
        run = None if properties is None else next(properties.iter("{*}defRPr"))
        after = properties.getnext() if properties is not None else None
        name = after.tag.rpartition("}")[2] if after is not None else ""
        found.append((name, None if run is None else int(run.get("sz"))))
    return found


@pytest.mark.parametrize(("times", "size"), [(1.2, 1500), (3, 1260)])
def test_names_that_grew_are_set_smaller_to_70_per_cent_at_the_least(times: float, size: int) -> None:
    assert translated(deck(), times) == [("crossAx", size), ("", size)]


def test_names_that_did_not_grow_and_charts_without_a_size_stay() -> None:
    assert {size for _, size in translated(deck(), 1)} == {None}
    assert {size for _, size in translated(deck(size=None), 3)} == {None}
