"""A run killed again and again loses nothing: its losses are those of a run that nobody killed, to the last digit."""

from __future__ import annotations

import multiprocessing
import random
import time
from pathlib import Path
from typing import Any

import pytest
import tiny

from bauhinia.foundry.training import PretrainingConfig

GOLDEN = Path(__file__).parent / "golden"
TOLERANCE = 1e-5
"""What the losses of two machines may differ by: other processors add in another order."""

QUICK: dict[str, Any] = {
    "steps": 30, "batch": 4, "micro_batch": 2, "length": 64, "learning_rate": 1e-3, "threads": 1, "ema": 0.9,
    "measure_every": 6,
}  # fmt: skip


def run_stage(config: dict[str, Any], model: Path, corpus: Path, folder: Path) -> None:
    """What the child does."""
    from bauhinia.foundry.report import Silent
    from bauhinia.foundry.training import train

    train(PretrainingConfig(**config), model=model, corpus=corpus, folder=folder, seed=3, report=Silent())


@pytest.fixture(scope="module")
def children() -> Any:
    """Makes children that have PyTorch loaded already, and have computed nothing yet."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["bauhinia.foundry.training.kinds", "transformers.models.llama.modeling_llama", "datasets"]
    )
    return context


def undisturbed(children: Any, *arguments: Any) -> None:
    """Run a child to its end."""
    child = children.Process(target=run_stage, args=arguments)
    child.start()
    child.join(200)
    assert child.exitcode == 0


def killed(children: Any, lines: int, pause: float, *arguments: Any) -> bool:
    """Whether a child could be killed once it had logged so many lines and gone on for a moment."""
    log = arguments[-1] / "losses.jsonl"
    child = children.Process(target=run_stage, args=arguments)
    child.start()
    until = time.monotonic() + 200
    while child.is_alive() and time.monotonic() < until:
        if log.exists() and log.read_bytes().count(b"\n") >= lines:
            time.sleep(pause)
            break
        time.sleep(0.005)
    child.kill()
    child.join()
    return bool(child.exitcode == -9)


@pytest.mark.parametrize("kind", ["llama", "qwen2"])
def test_the_losses_are_those_that_were_committed(kind: str, corpus: Path, tmp_path: Path) -> None:
    base = tiny.make_model(tmp_path / "base", kind=kind)
    run_stage({**QUICK, "checkpoint_every": 50}, base, corpus, tmp_path / "s")
    expected = tiny.lines(GOLDEN / f"{kind}.jsonl")
    for line, golden in zip(tiny.losses(tmp_path / "s"), expected, strict=True):
        assert line == pytest.approx(golden, abs=TOLERANCE)


def test_killed_at_any_step_it_gives_the_same_losses_and_the_same_model(
    children: Any, base: Path, corpus: Path, tmp_path: Path
) -> None:
    undisturbed(children, {**QUICK, "checkpoint_every": 50}, base, corpus, tmp_path / "whole")
    chance = random.Random(7)
    given = {**QUICK, "checkpoint_every": 2}, base, corpus, tmp_path / "killed"
    kills = sum(killed(children, lines, chance.uniform(0, 0.1), *given) for lines in (2, 11, 24))
    undisturbed(children, *given)
    assert kills >= 2
    assert tiny.losses(tmp_path / "killed") == tiny.losses(tmp_path / "whole")
    model = "model/model.safetensors"
    assert (tmp_path / "killed" / model).read_bytes() == (tmp_path / "whole" / model).read_bytes()


def test_half_a_checkpoint_is_thrown_away(children: Any, base: Path, corpus: Path, tmp_path: Path) -> None:
    given = {**QUICK, "checkpoint_every": 2, "steps": 10}, base, corpus, tmp_path / "s"
    while not killed(children, 5, 0, *given):
        pytest.fail("it ended before it could be killed")
    half = tmp_path / "s/checkpoints/checkpoint-9"
    half.mkdir()
    (half / "trainer_state.json").write_text('{"global_step": 9')
    undisturbed(children, *given)
    undisturbed(children, *given[:3], tmp_path / "whole")
    assert tiny.losses(tmp_path / "s") == tiny.losses(tmp_path / "whole")
