from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
import tiny

from bauhinia.errors import Cancelled, Conflict, InputError, NotFound
from bauhinia.foundry.report import Silent
from bauhinia.foundry.training import PretrainingConfig, TrainingFigures, train

QUICK: dict[str, Any] = {
    "steps": 12,
    "batch": 4,
    "length": 64,
    "learning_rate": 1e-3,
    "checkpoint_every": 5,
    "threads": 1,
}


class Stops:
    """Asks to stop once a number of steps is done."""

    def __init__(self, after: int) -> None:
        self.after = after
        self.notes: list[tuple[int, int, str]] = []

    def step(self, done: int, total: int, note: str = "") -> None:
        """Remember it."""
        self.notes.append((done, total, note))

    def stopped(self) -> bool:
        """Asked before the step is told."""
        return len(self.notes) + 1 >= self.after


@pytest.fixture(scope="module")
def whole(base: Path, corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, TrainingFigures]:
    """A run that nothing disturbed, with all that can be watched."""
    folder = tmp_path_factory.mktemp("whole")
    config = PretrainingConfig(
        **QUICK, measure_every=4, sample_every=6, sample_prompts=("今日",), sample_tokens=4, ema=0.9,
        tracking="tensorboard", keep_checkpoints=True,
    )  # fmt: skip
    return folder, train(config, model=base, corpus=corpus, folder=folder, seed=3, report=Silent())


def test_all_tokens_are_trained_and_all_parameters_changed(whole: tuple[Path, TrainingFigures]) -> None:
    folder, figures = whole
    assert figures.tokens_in == figures.tokens_trained > 2500
    assert figures.parameters_changed == 20
    assert figures.loss_last < figures.loss_first - 0.3
    assert abs(figures.details["replay_share"] - 0.25) < 0.03
    assert json.loads((folder / "figures.json").read_text())["tokens_trained"] == figures.tokens_trained


def test_the_losses_are_logged_as_the_contract_says(whole: tuple[Path, TrainingFigures]) -> None:
    folder, figures = whole
    lines = tiny.lines(folder / "losses.jsonl")
    assert [line["step"] for line in lines] == list(range(1, 13))
    assert lines[-1]["tokens"] == figures.tokens_trained
    assert [line["step"] for line in lines if "replay_bpb" in line and "target_bpb" in line] == [4, 8, 12]
    assert lines[-1]["target_bpb"] < lines[3]["target_bpb"]
    assert max(line["lr"] for line in lines) == pytest.approx(1e-3)
    assert lines[-1]["lr"] < 0.15e-3
    assert [line["step"] for line in tiny.lines(folder / "samples.jsonl")] == [6, 12]


def test_the_model_can_be_loaded_and_is_in_float32(whole: tuple[Path, TrainingFigures]) -> None:
    from safetensors import safe_open

    with safe_open(whole[0] / "model" / "model.safetensors", "pt") as file:
        assert {file.get_slice(name).get_dtype() for name in file.keys()} == {"F32"}  # noqa: SIM118


def test_the_averaged_weights_are_the_model(whole: tuple[Path, TrainingFigures]) -> None:
    import torch
    from safetensors.torch import load_file

    folder = whole[0]
    average = torch.load(folder / "checkpoints/checkpoint-12/average_0.pt", weights_only=True)
    live = load_file(folder / "checkpoints/checkpoint-12/model.safetensors")
    saved = load_file(folder / "model/model.safetensors")
    name = "model.embed_tokens.weight"
    assert torch.equal(saved[name], average[name])
    assert not torch.equal(saved[name], live[name])


def test_tensorboard_is_written_where_the_recipe_says(whole: tuple[Path, TrainingFigures]) -> None:
    assert list((whole[0] / "tensorboard").rglob("events.out.tfevents.*"))


def test_a_stage_that_is_done_is_not_done_again(
    whole: tuple[Path, TrainingFigures], base: Path, corpus: Path
) -> None:
    folder, figures = whole
    assert (
        train(PretrainingConfig(), model=base, corpus=corpus, folder=folder, seed=3, report=Silent())
        == figures
    )


def test_a_stop_saves_and_a_rerun_gives_the_losses_of_a_run_never_stopped(
    base: Path, corpus: Path, tmp_path: Path
) -> None:
    config = PretrainingConfig(**QUICK, measure_every=4, ema=0.9)
    for folder, after in ((tmp_path / "a", 99), (tmp_path / "b", 7)):
        report = Stops(after)
        if after < 99:
            with pytest.raises(Cancelled):
                train(config, model=base, corpus=corpus, folder=folder, seed=3, report=report)
            assert len(report.notes) == 7
            assert not (folder / "model").exists()
        figures = train(config, model=base, corpus=corpus, folder=folder, seed=3, report=Silent())
        assert figures.tokens_in == figures.tokens_trained
    assert tiny.losses(tmp_path / "a") == tiny.losses(tmp_path / "b")
    model = "model/model.safetensors"
    assert (tmp_path / "a" / model).read_bytes() == (tmp_path / "b" / model).read_bytes()


def test_a_checkpoint_of_another_recipe_is_not_gone_on_from(base: Path, corpus: Path, tmp_path: Path) -> None:
    config = PretrainingConfig(**QUICK)
    with pytest.raises(Cancelled):
        train(config, model=base, corpus=corpus, folder=tmp_path, seed=3, report=Stops(2))
    with pytest.raises(Conflict, match="other settings"):
        train(config, model=base, corpus=corpus, folder=tmp_path, seed=4, report=Silent())


def test_training_stops_when_the_replay_set_gets_worse(base: Path, corpus: Path, tmp_path: Path) -> None:
    config = PretrainingConfig(
        **QUICK | {"steps": 60, "learning_rate": 2e-2},
        replay_share=0,
        measure_every=2,
        stop_above=1e-9,
        patience=2,
    )
    broken = tiny.make_corpus(tmp_path / "corpus")
    noise = [{"id": "n", "text": "\u0001\u0002\u0003" * 40} for _ in range(2)]
    tiny.write(broken / "heldout/english.jsonl", noise)
    figures = train(config, model=base, corpus=broken, folder=tmp_path / "s", seed=3, report=Silent())
    assert "replay set rose" in figures.stopped_early
    assert figures.steps < 60
    assert figures.tokens_trained < figures.tokens_in


def test_experts_are_counted_and_their_biases_move(corpus: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    base = tiny.make_model(tmp_path / "base", kind="deepseek")
    config = PretrainingConfig(**QUICK)
    figures = train(config, model=base, corpus=corpus, folder=tmp_path / "s", seed=3, report=Silent())
    for line in tiny.lines(tmp_path / "s/losses.jsonl"):
        (shares,) = line["expert_load"]
        assert len(shares) == 4
        assert math.isclose(sum(shares), 1, abs_tol=1e-3)
    bias = load_file(tmp_path / "s/model/model.safetensors")[
        "model.layers.1.mlp.gate.e_score_correction_bias"
    ]
    assert bias.abs().max() > 0
    assert figures.parameters_changed > 20


def test_a_corpus_that_is_not_there_or_broken_is_told(base: Path, tmp_path: Path) -> None:
    def attempt() -> None:
        train(
            PretrainingConfig(), model=base, corpus=tmp_path, folder=tmp_path / "s", seed=1, report=Silent()
        )

    with pytest.raises(NotFound, match=r"no train\.jsonl"):
        attempt()
    (tmp_path / "train.jsonl").write_bytes(b'{"kind": "text", "text": "a"}\n{"kind": "te\xff')
    with pytest.raises(InputError, match="Line 2"):
        attempt()


def test_a_base_that_is_no_model_is_told(corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no config\.json"):
        train(PretrainingConfig(), model=tmp_path, corpus=corpus, folder=tmp_path, seed=1, report=Silent())
