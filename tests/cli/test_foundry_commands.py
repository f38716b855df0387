"""`bauhinia foundry` as a person meets it, in a process of its own, on stages that take no time."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

FOUNDRY = Path(__file__).parents[1] / "foundry"
PROGRAM = f"""
import sys
sys.path.insert(0, {str(FOUNDRY)!r})
import stub_stages
from bauhinia.foundry import kinds
kinds.KINDS.update(stub_stages.registered())
from bauhinia.cli import main
main()
"""
RECIPE = """
name: stubbed
title: Stubs in a row
base: {folder: %(base)s}
stages:
  - {name: corpus, kind: stub-corpus, steps: 2}
  - {name: training, kind: stub-training, steps: %(steps)d, seconds: 0.05}
  - {name: evaluation, kind: stub-evaluation}
"""

Run = Callable[..., subprocess.CompletedProcess[str]]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", PROGRAM, "foundry", *arguments]


@pytest.fixture
def foundry(tmp_path: Path) -> Run:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "COLUMNS": "100"}
        return subprocess.run(
            command(*arguments),
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def asked(tmp_path: Path) -> Callable[..., Path]:
    base = tmp_path / "base"
    base.mkdir()
    (base / "config.json").write_text("{}")
    (base / "model.safetensors").write_text("weights")
    (base / "weights.json").write_text("[1]")

    def write(name: str = "asked.yaml", *, steps: int = 4) -> Path:
        path = tmp_path / name
        path.write_text(RECIPE % {"base": base, "steps": steps}, encoding="utf-8")
        return path

    return write


def test_a_run_tells_its_stages_and_where_it_lies(
    foundry: Run, asked: Callable[..., Path], tmp_path: Path
) -> None:
    done = foundry("run", str(asked()), "--out", "made")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "Done: made\n"
    lines = done.stderr.splitlines()
    assert [line for line in lines if re.fullmatch(r"\d/3 [a-z]+", line)] == [
        "1/3 corpus",
        "2/3 training",
        "3/3 evaluation",
    ]
    again = foundry("resume", "made")
    assert again.stderr.splitlines() == [
        "1/3 corpus: done before",
        "2/3 training: done before",
        "3/3 evaluation: done before",
    ]
    shown = foundry("show", "made").stdout
    assert "Stubs in a row (stubbed " in shown
    assert re.search(r"training +done in \d+ s, 40 tokens trained", shown)
    assert json.loads(foundry("show", "made", "--json").stdout)["status"] == "finished"


def test_without_a_folder_the_same_recipe_goes_on_in_the_same_place(
    foundry: Run, asked: Callable[..., Path]
) -> None:
    first, second = foundry("run", str(asked())), foundry("run", str(asked()))
    assert re.fullmatch(r"Done: runs/stubbed-[0-9a-f]{8}-\d{8}\n", first.stdout)
    assert second.stdout == first.stdout
    assert "done before" in second.stderr


def test_ctrl_c_saves_and_says_how_to_go_on(foundry: Run, asked: Callable[..., Path], tmp_path: Path) -> None:
    process = subprocess.Popen(
        command("run", str(asked(steps=200)), "--out", "made"),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    losses = tmp_path / "made" / "training" / "losses.jsonl"
    until = time.monotonic() + 60
    while not losses.is_file() and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    said, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert "Stopping: what is done is saved first." in told
    assert "What to do: What was done is kept. Go on with `bauhinia foundry resume made`." in told
    assert "Traceback" not in told + said
    stopped = json.loads((tmp_path / "made" / "run.json").read_text())
    assert stopped["status"] == "cancelled"
    steps = len(losses.read_text().splitlines())
    assert 0 < steps < 200
    shown = foundry("show", "made").stdout
    assert "Go on with `bauhinia foundry resume made`." in shown
    resumed = foundry("resume", "made")
    assert resumed.returncode == 0, resumed.stderr
    assert [json.loads(line)["step"] for line in losses.read_text().splitlines()] == list(range(200))


def test_runs_are_compared(foundry: Run, asked: Callable[..., Path]) -> None:
    foundry("run", str(asked("one.yaml")), "--out", "one")
    foundry("run", str(asked("two.yaml", steps=5)), "--out", "two")
    told = foundry("compare", "one", "two").stdout
    assert re.search(r"stages.training.steps +│ 4 +│ 5", told)
    assert "The losses are the same to the last digit." in told
    assert foundry("compare", "one", "two", "--equal").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("run", "nonesuch"), "There is no recipe called 'nonesuch'."),
        (("resume", "nowhere"), "nowhere is no run: it has no recipe.yaml."),
        (("show", "nowhere"), "nowhere is no run: it has no recipe.yaml."),
        (("compare", "nowhere"), "A comparison needs two runs or more."),
        (("export", "nowhere"), "nowhere is no run: it has no recipe.yaml."),
        (("rehearse", "nowhere", "--only-write"), "foundry.md has no place for the figures."),
    ],
)
def test_what_cannot_be_done_is_a_sentence(foundry: Run, arguments: tuple[str, ...], sentence: str) -> None:
    done = foundry(*arguments)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "What to do: " in done.stderr
    assert "Traceback" not in done.stderr


def test_the_shipped_recipes_are_listed_with_their_stages(foundry: Run) -> None:
    told = foundry("recipes").stdout
    assert "corpus → pretraining → instruction → preference → evaluation → export" in told
    for name in (
        "rehearsal",
        "rehearsal-without-replay",
        "deepseek-tiny",
        "r1-distill-qwen-1.5b",
        "deepseek-v3-671b",
    ):
        assert re.search(rf"^{re.escape(name)} ", told, re.MULTILINE)


def test_nothing_heavy_is_imported_before_a_verb_runs() -> None:
    check = (
        "import sys; from bauhinia.cli import app; "
        "heavy = {'torch', 'transformers', 'trl', 'datatrove', 'pydantic', 'yaml'} & set(sys.modules); "
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
