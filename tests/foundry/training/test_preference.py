from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tiny

from bauhinia.errors import Cancelled, InputError
from bauhinia.foundry.report import Silent
from bauhinia.foundry.training import PreferenceConfig, RewardConfig, TrainingConfig, train

PAIRS: dict[str, Any] = {
    "steps": 8, "batch": 4, "micro_batch": 2, "length": 256, "learning_rate": 1e-3, "checkpoint_every": 3, "threads": 1,
}  # fmt: skip
REWARD = {
    **PAIRS,
    "steps": 6,
    "rewards": ("length",),
    "generations": 4,
    "answer_tokens": 8,
    "answer_characters": 6,
}


class StopsOnce:
    """Asks to stop at a step."""

    def __init__(self, at: int) -> None:
        self.left = at

    def step(self, done: int, total: int, note: str = "") -> None:
        """One less."""
        self.left -= 1

    def stopped(self) -> bool:
        """Before the step is told."""
        return self.left <= 1


def run(config: TrainingConfig, base: Path, corpus: Path, folder: Path, *, stop: bool) -> Any:
    """Whole, or stopped in the middle and gone on with."""
    if stop:
        with pytest.raises(Cancelled):
            train(config, model=base, corpus=corpus, folder=folder, seed=2, report=StopsOnce(4))
    return train(config, model=base, corpus=corpus, folder=folder, seed=2, report=Silent())


def test_what_was_chosen_comes_to_be_preferred(base: Path, corpus: Path, tmp_path: Path) -> None:
    figures = run(PreferenceConfig(**PAIRS), base, corpus, tmp_path / "a", stop=False)
    lines = tiny.lines(tmp_path / "a/losses.jsonl")
    assert figures.tokens_in == figures.tokens_trained > 0
    assert figures.parameters_changed == 20
    assert lines[0]["loss"] == pytest.approx(0.6931, abs=1e-3)
    assert lines[-1]["margin"] > 0.1
    assert lines[-1]["accuracy"] == 1.0
    run(PreferenceConfig(**PAIRS), base, corpus, tmp_path / "b", stop=True)
    assert tiny.losses(tmp_path / "a") == tiny.losses(tmp_path / "b")


def test_pairs_that_are_too_long_are_counted(base: Path, corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="short enough"):
        run(PreferenceConfig(**PAIRS | {"length": 16}), base, corpus, tmp_path, stop=False)


def test_a_computed_reward_is_learnt_from_and_a_stop_changes_nothing(
    base: Path, corpus: Path, tmp_path: Path
) -> None:
    figures = run(RewardConfig(**REWARD), base, corpus, tmp_path / "a", stop=False)
    lines = tiny.lines(tmp_path / "a/losses.jsonl")
    assert len(lines) == figures.steps == 6
    assert all(0 <= line["reward"] <= 1 for line in lines)
    assert figures.tokens_trained > 0
    run(RewardConfig(**REWARD), base, corpus, tmp_path / "b", stop=True)
    assert tiny.losses(tmp_path / "a") == tiny.losses(tmp_path / "b")


def test_a_reward_that_no_answer_earns_trains_nothing_and_is_told(
    base: Path, corpus: Path, tmp_path: Path
) -> None:
    config = RewardConfig(**REWARD | {"rewards": ("valid_json",), "steps": 1})
    with pytest.raises(InputError, match="did not change"):
        run(config, base, corpus, tmp_path, stop=False)


def test_groups_of_answers_must_fill_a_batch() -> None:
    with pytest.raises(ValueError, match="generations must divide batch"):
        RewardConfig(batch=6, generations=4)
