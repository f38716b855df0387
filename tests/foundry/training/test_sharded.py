"""FSDP2 over two processes on CPUs: the losses of one process, and a killed run goes on."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
import tiny

from bauhinia.foundry.report import Silent
from bauhinia.foundry.training import PretrainingConfig, train
from bauhinia.foundry.training.launched import STOPPED, write_job

ENTRY = "bauhinia.foundry.training.launched"
CONFIG = PretrainingConfig(
    steps=20, batch=4, length=64, learning_rate=1e-3, checkpoint_every=4, measure_every=10, ema=0.9, threads=1
)


def job(folder: Path, base: Path, corpus: Path) -> Path:
    """The file of the job."""
    path = folder / "job.json"
    write_job(path, "pretraining", CONFIG, model=base, corpus=corpus, folder=folder / "s", seed=3)
    return path


def started(path: Path, *, processes: int) -> subprocess.Popen[str]:
    """The job, with a launcher where there are several processes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    several = ["-m", "torch.distributed.run", "--nproc-per-node", str(processes), "--master-port", str(port)]
    return subprocess.Popen(
        [sys.executable, *(several if processes > 1 else []), "-m", ENTRY, str(path)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip


def wait_for_lines(log: Path, count: int) -> None:
    """Until a log has so many lines."""
    until = time.monotonic() + 200
    while time.monotonic() < until:
        if log.exists() and log.read_bytes().count(b"\n") >= count:
            return
        time.sleep(0.01)
    pytest.fail("the training did not come so far")


def kill_all(running: subprocess.Popen[str]) -> None:
    """The launcher and what it started, which would outlive it."""
    launcher = psutil.Process(running.pid)
    for process in [*launcher.children(recursive=True), launcher]:
        process.kill()
    running.communicate()


def close(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> None:
    """The same lines to 1e-5."""
    for mine, expected in zip(one, other, strict=True):
        assert mine == pytest.approx(expected, abs=1e-5)


def test_two_processes_give_the_losses_of_one_and_go_on_after_a_kill(
    base: Path, corpus: Path, tmp_path: Path
) -> None:
    train(CONFIG, model=base, corpus=corpus, folder=tmp_path / "one", seed=3, report=Silent())
    path = job(tmp_path, base, corpus)
    killed = started(path, processes=2)
    wait_for_lines(tmp_path / "s/losses.jsonl", 5)
    kill_all(killed)
    assert not (tmp_path / "s/model").exists()
    assert list((tmp_path / "s/checkpoints").glob("*/complete.json"))
    resumed = started(path, processes=2)
    printed, _ = resumed.communicate(timeout=250)
    assert resumed.returncode == 0
    steps = [json.loads(line)["done"] for line in printed.splitlines() if line.startswith('{"done"')]
    assert steps[0] > 4
    assert steps[-1] == 20
    close(tiny.losses(tmp_path / "s"), tiny.losses(tmp_path / "one"))
    figures = json.loads((tmp_path / "s/figures.json").read_text())
    assert figures["tokens_in"] == figures["tokens_trained"]
    assert figures["parameters_changed"] == 20
    same_weights(tmp_path / "s/model", tmp_path / "one/model")


def same_weights(one: Path, other: Path) -> None:
    """To what two orders of adding differ by."""
    import torch
    from safetensors.torch import load_file

    mine, expected = load_file(one / "model.safetensors"), load_file(other / "model.safetensors")
    assert mine.keys() == expected.keys()
    assert all(torch.allclose(mine[name], expected[name], atol=1e-5) for name in mine)


def test_sigterm_saves_and_says_that_it_can_go_on(base: Path, corpus: Path, tmp_path: Path) -> None:
    running = started(job(tmp_path, base, corpus), processes=1)
    wait_for_lines(tmp_path / "s/losses.jsonl", 1)
    running.terminate()
    printed, _ = running.communicate(timeout=100)
    assert running.returncode == STOPPED
    assert json.loads(printed.splitlines()[-1])["error"] == "Cancelled"
    (checkpoint,) = (tmp_path / "s/checkpoints").iterdir()
    assert (checkpoint / "complete.json").exists()


def test_a_job_that_is_none_is_told(tmp_path: Path) -> None:
    path = tmp_path / "job.json"
    path.write_text('{"seed": 1}')
    running = started(path, processes=1)
    printed, _ = running.communicate(timeout=100)
    assert running.returncode == 1
    assert json.loads(printed)["error"] == "InputError"
