"""The cost of a run that was made, from the marks that its stages left."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from bauhinia.errors import InputError, NotFound
from bauhinia.foundry.planning import Load, actual, as_json, as_markdown, read_architecture, training_flops

RECIPE = {
    "name": "rehearsal",
    "title": "A rehearsal",
    "base": {"model": "smollm2-135m-instruct"},
    "seed": 7,
    "stages": [
        {"name": "corpus", "kind": "corpus"},
        {"name": "text", "kind": "pretraining", "steps": 40, "batch": 4, "length": 256},
        {"name": "export", "kind": "export"},
    ],
}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    (tmp_path / "recipe.yaml").write_text(yaml.safe_dump(RECIPE), encoding="utf-8")
    (tmp_path / "run.json").write_text('{"environment": {"accelerators": []}}', encoding="utf-8")
    mark(tmp_path, "corpus", seconds=36.0)
    mark(tmp_path, "text", seconds=372.0, figures={"tokens_trained": 40_960, "seconds": 360.0})
    return tmp_path


def mark(run: Path, stage: str, **fields: Any) -> None:
    (run / stage).mkdir(exist_ok=True)
    (run / stage / "DONE.json").write_text(json.dumps({"stage": stage, **fields}), encoding="utf-8")


def test_seconds_become_hours_energy_and_money(run: Path) -> None:
    cost = actual(run, machine="laptop")
    corpus, text = cost.stages

    assert cost.seconds == 408
    assert (corpus.tokens, corpus.utilisation) == (None, None)
    assert text.gpu_hours == pytest.approx(372 / 3600)
    assert text.kwh == pytest.approx(372 / 3600 * 0.045 * 0.8 * 1.4)
    assert text.hkd == pytest.approx(text.kwh * 1.4)
    model = read_architecture("smollm2-135m")
    assert text.utilisation == pytest.approx(40_960 / 360 * training_flops(model, 256) / 0.14e12)
    assert cost.unfinished == ("export",)


def test_hired_machines_cost_their_hours(run: Path) -> None:
    (run / "run.json").write_text('{"environment": {"accelerators": ["H100"] }}', encoding="utf-8")

    assert actual(run, machine="h100").hkd == pytest.approx(408 / 3600 * 23.4)
    assert actual(run, machine="h100", gpus=8).hkd == pytest.approx(8 * 408 / 3600 * 23.4)


def test_the_cost_is_told_and_says_that_nothing_was_metered(run: Path) -> None:
    cost = actual(run, machine="laptop")

    assert "Nothing was metered" in as_markdown(cost)
    assert "Not finished, and not counted: export" in as_markdown(cost)
    assert json.loads(as_json(cost))["total"]["seconds"] == 408


def test_what_the_model_costs_to_run_is_told_beside_what_it_cost_to_make(run: Path) -> None:
    cost = actual(run, machine="laptop", serving_machine="h100", load=Load(officers=50), weights="4-bit")

    assert cost.serving is not None
    assert cost.serving.hkd_a_day == pytest.approx(24 * 23.4)
    assert "What it costs to run" in as_markdown(cost)
    assert "50 officers" in as_markdown(cost)


def test_a_model_whose_shape_is_unknown_still_has_a_cost(run: Path) -> None:
    (run / "recipe.yaml").write_text(
        yaml.safe_dump({**RECIPE, "base": {"model": "nobody-knows"}}), encoding="utf-8"
    )
    cost = actual(run, machine="laptop")
    text = cost.stages[1]

    assert (text.utilisation, cost.serving) == (None, None)
    assert text.hkd > 0


def test_a_folder_that_is_no_run_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="is no run"):
        actual(tmp_path, machine="laptop")


def test_a_broken_mark_is_refused(run: Path) -> None:
    (run / "text" / "DONE.json").write_text("{", encoding="utf-8")

    with pytest.raises(InputError, match="cannot be read as JSON"):
        actual(run, machine="laptop")
