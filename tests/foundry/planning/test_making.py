"""A plan of a recipe: what is asked of the machines, what is held in memory, what it costs, and what is refused."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from pydantic import ValidationError

from bauhinia.errors import InputError, NotFound
from bauhinia.foundry.planning import (
    Sharding,
    as_data,
    as_json,
    as_markdown,
    count,
    default_sharding,
    hardware,
    known_hardware,
    memory_of,
    plan,
    read_architecture,
    render,
    training_flops,
    works,
)
from bauhinia.foundry.planning.sharding import check_fit

CORPUS = {"name": "corpus", "kind": "corpus"}
TEXT = {"name": "text", "kind": "pretraining", "steps": 100, "batch": 64, "length": 4096, "micro_batch": 1}
PAIRS = {"name": "pairs", "kind": "preference", "steps": 10, "batch": 64, "length": 1024, "micro_batch": 1}
REWARD = {
    "name": "reward",
    "kind": "reward",
    "steps": 10,
    "batch": 64,
    "length": 1024,
    "answer_tokens": 512,
    "generations": 4,
}


def recipe(*stages: dict[str, Any], base: dict[str, str] | None = None) -> dict[str, Any]:
    return {
        "name": "made-up",
        "title": "A made-up recipe",
        "base": base or {"repository": "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B", "folder": "/models/r1"},
        "stages": list(stages),
    }


def test_tokens_operations_hours_and_money_follow_from_one_another() -> None:
    found = plan(recipe(CORPUS, TEXT), machine="h100", gpus=8, utilisation=0.5)
    [stage] = found.stages
    model = read_architecture("deepseek-r1-distill-qwen-1.5b")

    assert stage.tokens == 100 * 64 * 4096
    assert stage.flops == stage.tokens * training_flops(model, 4096)
    pure = stage.flops / (8 * 989e12 * 0.5)
    assert stage.hours == pytest.approx(pure * 1.1 / 3600)
    assert stage.gpu_hours == pytest.approx(8 * stage.hours)
    assert stage.hkd == pytest.approx(stage.gpu_hours * hardware("h100").hkd_per_hour)
    assert stage.kwh == pytest.approx(stage.gpu_hours * 10.2 / 8 * 0.8 * 1.4)
    assert stage.tokens_a_second == pytest.approx(0.5 * 989e12 / training_flops(model, 4096))
    assert found.not_counted == ("corpus",)
    assert found.hkd == stage.hkd


def test_preferences_pass_twice_and_are_read_by_the_reference_as_well() -> None:
    [pairs] = works(recipe(PAIRS))
    model = read_architecture("deepseek-r1-distill-qwen-1.5b")

    assert pairs.tokens == 10 * 64 * 2 * 1024
    assert pairs.flops(model) / pairs.tokens == pytest.approx(training_flops(model, 1024) * 4 / 3)


def test_a_reward_costs_the_writing_of_its_answers_too() -> None:
    written = plan(recipe(REWARD), gpus=8).stages[0]
    silent = plan(recipe({**REWARD, "kind": "pretraining"}), gpus=8, utilisation=written.utilisation).stages[
        0
    ]

    assert written.written == 10 * 64 * 512
    assert written.hours > silent.hours * 4 / 3


def test_epochs_need_the_size_of_the_corpus() -> None:
    by_epochs = {**TEXT, "steps": None, "epochs": 2}

    with pytest.raises(InputError, match="'text' trains for 2 epochs") as refused:
        plan(recipe(by_epochs))
    assert "--corpus-tokens" in refused.value.hint
    assert plan(recipe(by_epochs), corpus_tokens=1_000_000).stages[0].tokens >= 2_000_000


def test_what_does_not_fit_is_said_and_fits_on_more() -> None:
    eight = recipe(TEXT, base={"repository": "meta-llama/Llama-3.1-8B"})
    one = plan(eight, gpus=1).stages[0]

    assert not one.fits
    assert "take more GPUs" in one.notes[0]
    assert plan(eight, gpus=8).stages[0].fits


def test_a_batch_that_does_not_divide_is_noted() -> None:
    assert "does not divide among 24 replicas" in plan(recipe(TEXT), gpus=24).stages[0].notes[0]


def test_the_671_b_model_on_256_gpus_is_cut_as_it_was_published() -> None:
    found = plan(recipe(TEXT, base={"repository": "deepseek-ai/DeepSeek-V3-Base"}), gpus=256, weights="fp8")

    assert (found.sharding.pipeline, found.sharding.expert) == (4, 64)
    assert found.stages[0].fits
    # NeMo Automodel measured 865 (1 024 GPUs) to 1 002 (256) tokens a second of each GPU
    assert 850 < found.stages[0].tokens_a_second < 1010


def test_states_are_sixteen_bytes_a_parameter_and_zero_cuts_them() -> None:
    model = read_architecture("deepseek-r1-distill-qwen-1.5b")
    total = count(model).total
    whole, cut = (memory_of(model, Sharding(gpus=gpus), 4096) for gpus in (1, 8))

    assert whole.weights + whole.gradients + whole.optimiser == 16 * total
    assert cut.weights + cut.gradients + cut.optimiser == pytest.approx(2 * total)
    replicas = memory_of(model, Sharding(gpus=8, zero=1), 4096)
    assert (replicas.weights, replicas.optimiser) == (4 * total, pytest.approx(total))


def test_experts_are_cut_among_those_that_share_them() -> None:
    model = read_architecture("moonlight-16b-a3b")
    held = memory_of(model, Sharding(gpus=8, expert=8, zero=1, precision="megatron"), 8192)
    found = count(model)

    assert held.weights == pytest.approx(2 * (found.total - found.routed + found.routed / 8))


def test_checkpointing_keeps_less_and_a_reference_more() -> None:
    model = read_architecture("llama-3.1-8b")
    kept = memory_of(model, Sharding(checkpointing=False), 4096)
    again = memory_of(model, Sharding(), 4096)

    assert again.activations < kept.activations / 5
    assert memory_of(model, Sharding(), 4096, frozen_copies=1).weights == again.weights * 1.5


def test_memory_is_near_what_was_measured() -> None:
    """KempnerForge, 8.03 B parameters on one H200, BF16, batch 4 x 4096, full checkpointing: 80.7 GB held."""
    model = read_architecture("llama-3.1-8b")
    layout = Sharding(precision="bf16", micro_batch=4, fused_loss=False)
    held = memory_of(model, layout, 4096)

    assert held.total - held.reserve == pytest.approx(80.7e9, rel=0.15)


@pytest.mark.parametrize(
    ("layout", "why"),
    [
        ({"gpus": 8, "tensor": 3}, "cannot be cut by tensor"),
        ({"gpus": 8, "pipeline": 8, "expert": 2}, "cannot be cut by expert"),
        ({"gpus": 8, "tensors": 2}, "Extra inputs"),
    ],
)
def test_a_layout_that_cannot_be_is_refused(layout: dict[str, int], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Sharding.model_validate(layout)


@pytest.mark.parametrize(
    ("layout", "why"),
    [
        (Sharding(gpus=8, tensor=8), "12 attention heads"),
        (Sharding(gpus=8, expert=8), "1 experts"),
        (Sharding(gpus=64, pipeline=64), "fewer than 64 pipeline stages"),
    ],
)
def test_a_model_that_cannot_be_cut_so_is_refused(layout: Sharding, why: str) -> None:
    with pytest.raises(InputError, match=why):
        check_fit(read_architecture("deepseek-r1-distill-qwen-1.5b"), layout)


@pytest.mark.parametrize("name", ["deepseek-v3-671b", "moonlight-16b-a3b", "qwen3-30b-a3b", "qwen3-8b"])
@pytest.mark.parametrize("gpus", [1, 2, 8, 24, 256, 1024])
def test_the_layout_that_is_chosen_fits_the_model(name: str, gpus: int) -> None:
    model = read_architecture(name)

    check_fit(model, default_sharding(model, gpus))


def test_every_kind_of_hardware_says_its_price_its_month_and_where_they_are_from() -> None:
    for name in known_hardware():
        chip = hardware(name)
        assert chip.priced.startswith("20")
        assert chip.source and chip.price_source, name
    with pytest.raises(NotFound, match="no hardware called 'abacus'"):
        hardware("abacus")


def test_a_plan_lists_what_it_takes_for_granted() -> None:
    said = "\n".join(plan(recipe(TEXT, PAIRS), gpus=8).assumptions)

    for word in ("Layout", "Utilisation", "Peak", "HK$23.40", "PUE 1.4", "Lost time", "bandwidth"):
        assert word in said
    assert "40%, as given" in "\n".join(plan(recipe(TEXT), utilisation=0.4).assumptions)


def test_a_plan_is_told_in_three_ways_and_the_figures_agree() -> None:
    from rich.console import Console

    found = plan(recipe(TEXT, PAIRS), gpus=8)
    drawn = StringIO()
    Console(width=160, file=drawn).print(render(found))
    text, markdown, data = drawn.getvalue(), as_markdown(found), json.loads(as_json(found))

    hkd = f"{found.hkd:,.0f}" if found.hkd >= 100 else f"{found.hkd:,.2f}"
    assert hkd in text and hkd in markdown
    assert data["total"]["hkd"] == pytest.approx(found.hkd)
    assert data == as_data(found)
    assert markdown.count("| what | text | pairs |") == 2
    assert [stage["name"] for stage in data["stages"]] == ["text", "pairs"]


def test_a_recipe_without_a_known_base_is_refused() -> None:
    with pytest.raises(InputError, match="names no model"):
        plan({"name": "x", "base": {}, "stages": [TEXT]})
