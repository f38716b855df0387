"""Stages for the tests of runs: they write what real ones write, in no time, and can be told to fail."""

from __future__ import annotations

import errno
import json
import os
import time
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from bauhinia.errors import Cancelled
from bauhinia.foundry.kinds import KINDS, Kind
from bauhinia.foundry.report import Report


class StubConfig(BaseModel):
    """A stage of `steps` steps that each log a line."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: int = 3
    seconds: float = 0.0
    fail: str = ""
    """`full`: the disk is full at the second step. `interrupt`: the person stops it there."""


class Figures(BaseModel):
    steps: int


def corpus(config: StubConfig, *, folder: Path, report: Report) -> Figures:
    return _log(config, folder, report)


def train(
    config: StubConfig, *, folder: Path, report: Report, model: Path, corpus: Path, seed: int
) -> dict[str, Any]:
    before = json.loads((model / "weights.json").read_text())
    assert (corpus / "losses.jsonl").is_file()
    figures = _log(config, folder, report)
    (folder / "model").mkdir(exist_ok=True)
    (folder / "model" / "weights.json").write_text(json.dumps([*before, seed, config.steps]))
    return {"steps": figures.steps, "tokens_trained": 10 * figures.steps}


def measure(
    config: StubConfig, *, folder: Path, report: Report, models: dict[str, Path], corpus: Path
) -> Figures:
    (folder / "models.json").write_text(json.dumps(list(models)))
    return _log(config, folder, report)


def _log(config: StubConfig, folder: Path, report: Report) -> Figures:
    """Resumable: steps that are logged already are not done again."""
    losses = folder / "losses.jsonl"
    done = len(losses.read_text().splitlines()) if losses.is_file() else 0
    for step in range(done, config.steps):
        if report.stopped() or (config.fail == "interrupt" and step == 1 and not (folder / "asked").exists()):
            (folder / "asked").touch()
            raise Cancelled("The stub was stopped.")
        if config.fail == "full" and step == 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        with losses.open("a") as file:
            file.write(json.dumps({"step": step, "loss": 1 / (step + 1), "process": os.getpid()}) + "\n")
        report.step(step + 1, config.steps)
        time.sleep(config.seconds)
    return Figures(steps=config.steps)


def registered() -> dict[str, Kind]:
    """The kinds, with those of the stubs."""
    here = "stub_stages"
    config = f"{here}:StubConfig"
    return {
        **KINDS,
        "stub-corpus": Kind(config=config, work=f"{here}:corpus", gives="corpus"),
        "stub-training": Kind(
            config=config, work=f"{here}:train", takes=("model", "corpus", "seed"), gives="model"
        ),
        "stub-evaluation": Kind(
            config=config, work=f"{here}:measure", takes=("models", "corpus"), gives="results"
        ),
    }


RECIPE = """
name: stubbed
title: Stubs in a row
base: {folder: %(base)s}
seed: 11
stages:
  - {name: corpus, kind: stub-corpus, steps: 3, seconds: %(seconds)s}
  - {name: first, kind: stub-training, steps: 4, seconds: %(seconds)s%(more)s}
  - {name: second, kind: stub-training, steps: 2, seconds: %(seconds)s}
  - {name: evaluation, kind: stub-evaluation, steps: 2, seconds: %(seconds)s}
"""


def base_folder(folder: Path) -> Path:
    """A base that passes for a Hugging Face folder."""
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_text("weights")
    (folder / "weights.json").write_text("[1]")
    return folder
