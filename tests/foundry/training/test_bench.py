from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

BENCH = Path(__file__).parents[3] / "bench"


def test_the_benchmark_is_rehearsed_on_a_cpu() -> None:
    done = subprocess.run(
        [sys.executable, BENCH / "training.py", "--rehearse"], capture_output=True, text=True, check=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    told = json.loads(done.stdout.splitlines()[-1])["rehearsed_tokens_per_second"]
    assert set(told) == {"ours", "TRL defaults"}
    assert min(told.values()) > 0


def test_the_formula_counts_the_head_and_half_of_the_square(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BENCH)
    import training

    shape = SimpleNamespace(**training.SHAPE)
    layer = 1536 * (1536 + 2 * 256) + 1536 * 1536 + 3 * 1536 * 8960
    matrices = 28 * layer + 151936 * 1536
    assert matrices == 1_543_569_408
    assert training.flops(shape, [1]) == 6.0 * matrices + 6 * 28 * 1536
    whole = training.flops(shape, [4096])
    assert whole - 6.0 * matrices * 4096 == 6 * 28 * 1536 * 4096**2
    assert training.flops(shape, [2048, 2048]) < whole


def test_padding_is_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BENCH)
    import torch

    import training

    positions, labels = (
        torch.tensor([[0, 1, 2, 0, 1, 0, 1]]),
        torch.tensor([[-100, 5, 6, -100, 7, -100, -100]]),
    )
    assert training.lengths_of({"position_ids": positions, "labels": labels}) == [3, 2]
