"""`bauhinia foundry plan` and `cost` as a person meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
import yaml
from typer.testing import CliRunner

from bauhinia.cli.faults import Verbs
from bauhinia.cli.foundry_plan import cost, plan

pytest.importorskip("torch", reason="the foundry's extra is not installed")

RECIPE = """
name: made-up
title: A made-up recipe
base: {folder: models/base, repository: deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B}
stages:
  - {name: corpus, kind: corpus, sources: [{kind: hkcancor}]}
  - {name: text, kind: pretraining, steps: 100, batch: 64, length: 4096, micro_batch: 1}
  - {name: pairs, kind: preference, epochs: 2, batch: 8, length: 1024, micro_batch: 1}
"""


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer(cls=Verbs)
    made.command()(plan)
    made.command()(cost)
    return made


@pytest.fixture
def recipe(tmp_path: Path) -> str:
    path = tmp_path / "made-up.yaml"
    path.write_text(RECIPE, encoding="utf-8")
    return str(path)


def test_a_plan_is_printed_and_launch_files_are_written(
    app: typer.Typer, recipe: str, tmp_path: Path
) -> None:
    folder = tmp_path / "launch"
    done = CliRunner().invoke(
        app, ["plan", recipe, "--gpus", "8", "--corpus-tokens", "1000000", "--launch", str(folder)]
    )

    assert done.exit_code == 0, done.output
    assert "What it costs to make" in done.output and "What it costs to run" in done.output
    assert "HK$" in done.output and "1,777,088,000" in done.output
    assert (folder / "accelerate" / "1-text.yaml").is_file()
    assert (folder / "slurm" / "swift-2-pairs.sbatch").is_file()
    assert "begin with" in done.stderr


def test_json_is_for_other_programs(app: typer.Typer, recipe: str) -> None:
    done = CliRunner().invoke(
        app,
        ["plan", recipe, "--hardware", "h200", "--gpus", "2", "--corpus-tokens", "9000", "--format", "json"],
    )
    found = json.loads(done.stdout)

    assert found["hardware"]["name"] == "h200"
    assert found["sharding"]["gpus"] == 2
    assert found["total"]["hkd"] > 0


def test_the_671_b_model_by_its_name(app: typer.Typer, recipe: str) -> None:
    done = CliRunner().invoke(
        app,
        [
            *("plan", recipe, "--architecture", "deepseek-v3-671b", "--gpus", "1024", "--weights", "fp8"),
            *("--tensor", "2", "--pipeline", "8", "--expert", "64", "--precision", "megatron"),
            *("--corpus-tokens", "9000", "--format", "markdown", "--officers", "20000"),
        ],
    )

    assert done.exit_code == 0, done.output
    assert "671,026,404,352" in done.output
    assert "TP2, PP8, EP64" in done.output
    assert "20,000 officers" in done.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--gpus", "8", "--tensor", "3", "--corpus-tokens", "9"], "The layout cannot be"),
        (["--gpus", "8", "--expert", "8", "--corpus-tokens", "9"], "which expert = 8 does not divide"),
        ([], "trains for 2 epochs of a corpus whose size is not known"),
        (["--hardware", "abacus", "--corpus-tokens", "9"], "There is no hardware called 'abacus'"),
        (["--precision", "fp1", "--corpus-tokens", "9"], "The layout cannot be"),
    ],
)
def test_what_cannot_be_is_a_sentence_and_a_next_step(
    app: typer.Typer, recipe: str, arguments: list[str], said: str
) -> None:
    done = CliRunner().invoke(app, ["plan", recipe, *arguments])

    assert done.exit_code == 1
    assert said in done.stderr
    assert "Traceback" not in done.output


def test_the_cost_of_a_run(app: typer.Typer, tmp_path: Path) -> None:
    (tmp_path / "recipe.yaml").write_text(yaml.safe_dump(yaml.safe_load(RECIPE)), encoding="utf-8")
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "DONE.json").write_text('{"seconds": 3600, "figures": {}}', encoding="utf-8")
    done = CliRunner().invoke(app, ["cost", str(tmp_path), "--hardware", "h100", "--gpus", "8"])

    assert done.exit_code == 0, done.output
    assert "187.200" in done.output  # 8 hours at HK$23.40
    assert "corpus, pairs" in done.output
