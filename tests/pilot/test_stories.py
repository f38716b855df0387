"""No file has a kind of text that the order page does not offer for its format."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bauhinia.documents import read_units
from bauhinia.documents.formats import SUFFIXES
from bauhinia.documents.layout import LAYOUTS, STORIES
from bauhinia.pilot.stories import FORMATS_OF
from bauhinia.settings import Limits

SAMPLES = sorted(
    path
    for path in (Path(__file__).parents[2] / "samples").rglob("*.*")
    if SUFFIXES.get(path.suffix.lower()) in LAYOUTS and path.suffix != ".md"
)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_every_story_of_a_sample_is_offered(path: Path) -> None:
    units = asyncio.run(read_units(path.read_bytes(), path.name, Limits()))
    form = SUFFIXES[path.suffix.lower()]
    assert {unit.story for unit in units} <= {story for story in STORIES if form in FORMATS_OF[story]}


def test_every_format_has_a_body_and_no_unknown_format_is_named() -> None:
    assert FORMATS_OF["body"] == set(LAYOUTS)
    assert set().union(*FORMATS_OF.values()) == set(LAYOUTS)
