"""Presentations, workbooks and OpenDocument files of other projects, taken apart and put together."""

from __future__ import annotations

import pytest
from file_makers import bounds
from source_packages import files_of, parts_of

from bauhinia.documents.layout import LAYOUTS, pieces, plain
from bauhinia.documents.layout.typography import typeset
from bauhinia.errors import DocumentError
from bauhinia.language import Variety
from bauhinia.models.pseudo import Pseudo, pseudo

PSEUDO: tuple[tuple[Pseudo, Variety], ...] = (
    ("accented", Variety.ENGLISH),
    ("chinese", Variety.TRADITIONAL),
)
EXEMPT = {"sheet_name"}
"""Stories whose words are cut to what the format allows."""


def alone(text: str) -> int:
    """How many things stand in the line."""
    return sum(piece.kind == "alone" for piece in pieces(text))


def check(data: bytes, form: str) -> int:
    """Nothing changes unasked; asked, every unit changes and keeps its tags. The number of units."""
    layout = LAYOUTS[form].open(data, bounds())
    assert layout.write({}, Variety.ENGLISH).data == data
    units = layout.units
    assert len({unit.id for unit in units}) == len(units)
    for kind, to in PSEUDO:
        targets = {unit.id: pseudo(unit.source, kind) for unit in units}
        written = layout.write(targets, to)
        assert not [note for note in written.notes if note.check == "tags"]
        assert [name for name, _ in parts_of(written.data)] == [name for name, _ in parts_of(data)]
        again = {unit.id: unit.source for unit in LAYOUTS[form].open(written.data, bounds()).units}
        for unit in units:
            wanted = typeset(targets[unit.id], to)
            if unit.story not in EXEMPT:
                assert plain(again[unit.id]).split() == plain(wanted).split(), unit.id
                assert alone(again[unit.id]) == alone(wanted), unit.id
    return len(units)


def check_all(package: str, form: str, request: pytest.FixtureRequest) -> int:
    total = 0
    for name, data in files_of(package, f".{form}", request).items():
        try:
            LAYOUTS[form].open(data, bounds())
        except DocumentError:
            continue
        try:
            total += check(data, form)
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}") from error
    return total


def test_presentations_of_python_pptx_come_back(request: pytest.FixtureRequest) -> None:
    assert check_all("python-pptx", "pptx", request) > 100
