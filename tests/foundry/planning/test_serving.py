"""What it costs to run a model: the bounds by hand, against published rates, and the load of a department."""

from __future__ import annotations

import pytest

from bauhinia.errors import InputError
from bauhinia.foundry.planning import (
    Load,
    assumptions,
    count,
    electricity,
    hardware,
    rate_of,
    read_architecture,
    serving_of,
)
from bauhinia.foundry.planning.serving import Serving, Weights


def served(
    name: str, machine: str, load: Load, *, weights: Weights = "bf16", gpus: int | None = None
) -> Serving:
    return serving_of(
        read_architecture(name),
        hardware(machine),
        load,
        assumptions(),
        electricity(),
        weights=weights,
        gpus=gpus,
    )


def test_a_token_is_written_in_the_time_in_which_weights_and_cache_are_read() -> None:
    model = read_architecture("llama-3.1-8b")
    # so long a prompt that the memory holds one answer only
    rate = rate_of(model, hardware("h100"), Load(prompt=300_000, answer=2), assumptions(), gpus=1)
    found = count(model)

    assert (rate.sequences, rate.bound) == (1, "memory")
    read = 2 * (found.total - found.table) + 300_001 * 2 * 2 * 8 * 128 * 32
    assert rate.decoded == pytest.approx(3.35e12 * 0.6 / read)


def test_answers_are_as_many_as_leave_each_its_least_rate() -> None:
    model, load = read_architecture("llama-3.1-8b"), Load(prompt=1, answer=1, least_rate=100)
    rate = rate_of(model, hardware("h100"), load, assumptions())

    assert rate.bound == "operations"
    assert load.least_rate <= rate.each < load.least_rate * 1.01


def test_a_latent_cache_is_as_small_as_the_paper_says() -> None:
    load = Load()
    rate = rate_of(
        read_architecture("deepseek-v3-671b"), hardware("h200"), load, assumptions(), weights="fp8"
    )

    assert rate.cache_bytes == 61 * (512 + 64) * 2
    assert rate.gpus == 8


def test_a_window_bounds_the_cache() -> None:
    model = read_architecture("gemma-3-1b")
    short = rate_of(model, hardware("h100"), Load(prompt=100, answer=100), assumptions())
    long = rate_of(model, hardware("h100"), Load(prompt=16_000, answer=384), assumptions())

    assert long.cache_bytes < short.cache_bytes / 4


@pytest.mark.parametrize(
    ("machine", "measured"),
    [
        # MLPerf Inference, Llama-2-70B offline, FP8, 8 GPUs, as gpuaas.com quotes NVIDIA (26 May 2026)
        ("h200", 31_712),
        ("h100", 21_806),
    ],
)
def test_the_estimate_is_of_the_size_that_was_measured(machine: str, measured: float) -> None:
    """A bound, not a prediction: within a third of the measured rate, with answers that wait for prompts."""
    load = Load(prompt=294, answer=294, least_rate=1)
    rate = served("llama-3.1-70b", machine, load, weights="fp8", gpus=8).rate
    together = 1 / (1 / rate.decoded + 1 / rate.read)

    assert together == pytest.approx(measured, rel=0.34)


def test_deepseek_is_near_the_cluster_that_was_published() -> None:
    """SGLang on H100 nodes of 8, 2 000 tokens read: 52 300 read and 22 300 written a second a node."""
    rate = served("deepseek-v3-671b", "h100", Load(), weights="fp8").rate
    nodes = rate.gpus / 8

    assert rate.read / nodes == pytest.approx(52_300, rel=0.15)
    assert rate.decoded / nodes == pytest.approx(22_300, rel=0.15)


def test_the_laptops_rates_are_those_measured_with_the_default_model() -> None:
    rate = served("qwen2.5-coder-1.5b", "laptop", Load(officers=1, least_rate=1), weights="4-bit").rate

    assert rate.read == pytest.approx(22, rel=0.15)
    one = rate.decoded if rate.sequences == 1 else rate.each
    assert one <= 8.9 * 1.15


def test_more_officers_need_more_gpus_and_each_token_costs_less() -> None:
    few, many = (
        served("deepseek-v3-671b", "h200", Load(officers=number), weights="fp8") for number in (500, 100_000)
    )

    assert few.replicas == 1 < many.replicas
    assert many.busy <= 1
    assert many.hkd_a_million_tokens < few.hkd_a_million_tokens / 5
    assert many.hkd_a_day == pytest.approx(many.gpus * 24 * hardware("h200").hkd_per_hour)


def test_a_machine_of_ones_own_costs_its_electricity() -> None:
    found = served("qwen2.5-coder-1.5b", "laptop", Load(officers=1), weights="4-bit")

    assert found.hkd_a_day == pytest.approx(found.kwh_a_day * electricity().hkd_per_kwh)


def test_a_model_that_does_not_fit_is_refused() -> None:
    with pytest.raises(InputError, match="does not fit 8 x NVIDIA H100"):
        served("deepseek-v3-671b", "h100", Load(), gpus=8)
