"""The table of what is read and written back, in docs/documents.md, says what the probes say."""

from __future__ import annotations

import pytest
from coverage_probes import PROBES
from coverage_table import BEGIN, END, PAGE, Coverage, measure, page_with, table

from bauhinia.documents.formats import READERS
from bauhinia.documents.layout import LAYOUTS

MEASURED = measure()
LEFT = {"deleted text", "equation", "result of a formula", "attached file", "value of a form field"}
"""Elements that are never translated."""


@pytest.mark.parametrize("probe", PROBES, ids=" ".join)
def test_every_element_is_read_and_anchored(probe: tuple[str, str]) -> None:
    found = MEASURED[probe]
    assert (found.read != "", found.anchored) == (True, True)


@pytest.mark.parametrize("probe", PROBES, ids=" ".join)
def test_every_element_is_written_back_where_its_format_has_a_layout(probe: tuple[str, str]) -> None:
    form, element = probe
    stays = element in LEFT or form not in LAYOUTS or probe == ("vtt", "comment")
    assert MEASURED[probe].written is not stays


@pytest.mark.parametrize("form", ["docx", "pptx", "xlsx"])
def test_what_is_no_part_of_the_text_is_kept_apart(form: str) -> None:
    kept = {element: found.read for (each, element), found in MEASURED.items() if each == form}
    assert kept["comment"] == "comment" and kept["hidden text"] == "hidden"
    assert kept["heading"] == kept["table cell"] == "text"


def test_probes_are_of_formats_that_can_be_read() -> None:
    assert {form for form, _ in PROBES} <= set(READERS)


def test_the_page_says_what_the_probes_say() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page_with(text, table(MEASURED)) == text, "run scripts/write_coverage.py"


def test_the_table_tells_what_is_lost_and_what_is_written_back() -> None:
    both = {
        ("a", "x"): Coverage(read="hidden", anchored=True, written=True),
        ("b", "y"): Coverage(read="", anchored=False, written=False),
        ("b", "x"): Coverage(read="", anchored=False, written=True),
    }
    assert table(both).splitlines()[2:] == [
        "| x | read (aside), anchored, written | **not read**, written |",
        "| y |  | **not read** |",
    ]
    with pytest.raises(ValueError, match="coverage: begin"):
        page_with(f"{END}{BEGIN[:-1]}", "")
