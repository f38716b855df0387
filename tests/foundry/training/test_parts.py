from __future__ import annotations

import errno
import importlib.util
import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from bauhinia.errors import Conflict, InputError, MissingPart, StoreError
from bauhinia.foundry.report import Silent
from bauhinia.foundry.training import PretrainingConfig, checkpoints, train
from bauhinia.foundry.training.schedule import share_at


@pytest.mark.parametrize("schedule", ["cosine", "wsd"])
def test_the_rate_rises_to_its_peak_and_falls_to_the_floor(schedule: str) -> None:
    config = PretrainingConfig.model_validate(
        {"schedule": schedule, "warm_up": 0.1, "floor": 0.1, "decay": 0.2}
    )
    rates = [share_at(step, 100, config) for step in range(100)]
    assert rates[0] < 0.1
    assert rates[:10] == sorted(rates[:10])
    assert max(rates) == 1.0
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert 0.1 <= rates[-1] < 0.15
    if schedule == "wsd":
        assert rates[10:80] == [1.0] * 70


def test_without_warm_up_the_first_step_is_at_the_peak() -> None:
    assert share_at(0, 10, PretrainingConfig(warm_up=0)) == 1.0


@pytest.mark.parametrize(
    "wrong",
    [
        {"learning_rat": 1},
        {"replay_share": 1.0},
        {"batch": 4, "micro_batch": 3},
        {"stop_above": 0.1},
        {"ema": 1.0},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        PretrainingConfig.model_validate(wrong)


def test_a_tensor_that_did_not_change_is_named_and_so_is_an_expert() -> None:
    import torch

    from bauhinia.foundry.training.changed import fingerprints, require_changed

    weights = {"norm.weight": torch.ones(4), "mlp.experts.up": torch.ones(3, 2, 2)}
    before = fingerprints(weights.items())
    changed = {name: weight + torch.finfo(torch.float32).eps for name, weight in weights.items()}
    assert require_changed(before, fingerprints(changed.items())) == 4
    changed["mlp.experts.up"][1] = 1.0
    with pytest.raises(InputError, match=r"1 of 4 .*mlp\.experts\.up\[1\]") as told:
        require_changed(before, fingerprints(changed.items()))
    assert "No token reached" in told.value.hint


def test_only_a_checkpoint_with_its_marker_counts(tmp_path: Path) -> None:
    for step in (5, 10, 15):
        (tmp_path / f"checkpoint-{step}").mkdir()
    for step in (5, 10):
        checkpoints.mark(tmp_path / f"checkpoint-{step}", {"step": step})
    assert checkpoints.latest(tmp_path) == tmp_path / "checkpoint-10"
    assert not (tmp_path / "checkpoint-15").exists()
    checkpoints.keep_only(tmp_path / "checkpoint-10")
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint-10"]


def test_a_log_is_cut_back_to_the_checkpoint_and_loses_its_half_line(tmp_path: Path) -> None:
    log = tmp_path / "losses.jsonl"
    log.write_text('{"step": 1}\n{"step": 2}\n{"step": 3}\n{"ste')
    checkpoints.cut_after(log, 2)
    assert [json.loads(line)["step"] for line in log.read_text().splitlines()] == [1, 2]


def test_a_disk_without_room_is_told_before_anything_is_begun(tmp_path: Path) -> None:
    from bauhinia.foundry.training.stage import require_room

    require_room(tmp_path, 1000, free=lambda _: 32_000)
    with pytest.raises(StoreError, match="GiB free"):
        require_room(tmp_path, 1000, free=lambda _: 31_999)


def test_two_runs_do_not_train_in_one_folder(base: Path, corpus: Path, tmp_path: Path) -> None:
    from bauhinia.foundry.training.kinds import alone_in

    config = PretrainingConfig(steps=1, batch=2, length=32, threads=1)
    with alone_in(tmp_path), pytest.raises(Conflict, match="Another process"):
        train(config, model=base, corpus=corpus, folder=tmp_path, seed=1, report=Silent())


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        RuntimeError("I/O error: No space left on device (os error 28)"),
    ],
)
def test_a_disk_that_fills_up_on_the_way_is_told(error: Exception) -> None:
    from bauhinia.foundry.training.stage import when_full

    with pytest.raises(StoreError, match="disk is full"), when_full():
        raise error
    with pytest.raises(RuntimeError, match="else"), when_full():
        raise RuntimeError("something else")


def test_a_loss_that_is_no_number_ends_the_training(base: Path, corpus: Path, tmp_path: Path) -> None:
    config = PretrainingConfig(steps=30, batch=2, length=32, learning_rate=1e9, warm_up=0, clip=0, threads=1)
    with pytest.raises(InputError, match="is no number"):
        train(config, model=base, corpus=corpus, folder=tmp_path, seed=1, report=Silent())


@pytest.mark.skipif(importlib.util.find_spec("mlflow") is not None, reason="MLflow is installed here")
def test_a_tracker_that_is_not_installed_is_told(base: Path, corpus: Path, tmp_path: Path) -> None:
    config = PretrainingConfig(steps=1, batch=2, length=32, tracking="mlflow")
    with pytest.raises(MissingPart, match="mlflow"):
        train(config, model=base, corpus=corpus, folder=tmp_path, seed=1, report=Silent())


def test_the_package_is_there_without_pytorch() -> None:
    import subprocess
    import sys

    code = "import sys, bauhinia.foundry.training as t; print('torch' in sys.modules, t.PretrainingConfig().length)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "1024"]
