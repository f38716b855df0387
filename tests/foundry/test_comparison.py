"""Runs side by side."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bauhinia.errors import InputError
from bauhinia.foundry import plots, recipe, run
from bauhinia.foundry.comparison import compare
from bauhinia.foundry.marks import write_json

pytestmark = pytest.mark.usefixtures("stubs")


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    from stub_stages import RECIPE, base_folder

    base = base_folder(tmp_path / "given")
    made = []
    for name, more in (("one", ""), ("two", ", fail: none")):
        asked = recipe.parse(RECIPE % {"base": base, "more": more, "seconds": 0.0}, "stubbed.yaml")
        made.append(run.run(asked, tmp_path / name))
    return made[0], made[1]


def test_only_what_differs_in_the_recipes_is_told(two: tuple[Path, Path]) -> None:
    found = compare(two)
    assert [(row.what, row.cells) for row in found.asked] == [("stages.first.fail", ('""', '"none"'))]
    assert found.partings == ()
    figures = {row.what: row.cells for row in found.figures}
    assert figures["first: tokens trained"] == ("40", "40")
    assert figures["first: last loss"] == ("0.2500", "0.2500")


def test_where_losses_part_is_told_to_the_last_digit(two: tuple[Path, Path]) -> None:
    losses = two[1] / "first" / "losses.jsonl"
    rows = [json.loads(line) for line in losses.read_text().splitlines()]
    rows[2]["loss"] += 1e-16 * 4
    losses.write_text("".join(json.dumps(row) + "\n" for row in rows))
    (parting,) = compare(two).partings
    assert (parting.stage, parting.step) == ("first", 2)


def test_measured_suites_stand_with_their_intervals(two: tuple[Path, Path]) -> None:
    suite = {"before": 3.4, "after": 2.1, "change": -0.382, "interval": [-0.4, -0.36]}
    for folder in two:
        write_json(folder / "evaluation" / "results.json", {"suites": {"bpb.cantonese": suite}})
    figures = {row.what: row.cells[0] for row in compare(two).figures}
    assert figures["bpb.cantonese"] == "3.400 → 2.100"
    assert figures["bpb.cantonese: change"] == "-38.2% (-40.0% to -36.0%)"


def test_one_run_alone_cannot_be_compared(two: tuple[Path, Path]) -> None:
    with pytest.raises(InputError):
        compare(two[:1])


def test_plots_are_the_same_bytes_and_hold_every_series() -> None:
    series = {"loss": [(1.0, 3.0), (2.0, 2.5), (3.0, 2.0)], "with <replay>": [(1.0, 1.0), (3.0, 1.1)]}
    drawn = plots.lines("Losses", series, across="step", up="loss")
    assert drawn == plots.lines("Losses", series, across="step", up="loss")
    assert drawn.count("<polyline") == 2
    assert "with &lt;replay&gt;" in drawn
    assert "prefers-color-scheme: dark" in drawn
    assert "nothing measured yet" in plots.lines("Losses", {}, across="step", up="loss")


def test_bars_stand_on_the_ground() -> None:
    drawn = plots.bars("Bits", {"a": {"before": 2.0, "after": 1.0}, "b": {"before": 1.0}}, up="bits")
    assert drawn.count("<rect") == 1 + 3
    flat = plots.lines("One", {"x": [(1.0, 5.0)]}, across="step", up="loss")
    assert "<circle" in flat
