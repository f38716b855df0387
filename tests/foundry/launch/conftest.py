"""Plans of two made-up recipes: one dense model on one node, one of 671 B on 32."""

from __future__ import annotations

from typing import Any

import pytest

from bauhinia.foundry.launch import Job, jobs
from bauhinia.foundry.planning import Plan, plan

TRAINED = {
    "learning_rate": 1e-5,
    "schedule": "cosine",
    "warm_up": 0.02,
    "floor": 0.1,
    "weight_decay": 0.1,
    "beta_1": 0.9,
    "beta_2": 0.95,
    "clip": 1.0,
    "length": 4096,
    "micro_batch": 1,
    "checkpoint_every": 50,
}
STAGES: list[dict[str, Any]] = [
    {"name": "corpus", "kind": "corpus"},
    {"name": "text", "kind": "pretraining", "steps": 400, "batch": 1024, "replay_share": 0.25, **TRAINED},
    {"name": "instructions", "kind": "instruction", "steps": 100, "batch": 512, **TRAINED},
    {"name": "preferences", "kind": "preference", "steps": 50, "batch": 512, "beta": 0.1, **TRAINED},
    {
        "name": "reward",
        "kind": "reward",
        "steps": 20,
        "batch": 512,
        "generations": 4,
        "answer_tokens": 1024,
        "rewards": ["same_script", "length"],
        "beta": 0.001,
        **TRAINED,
    },
]


def recipe(repository: str, *stages: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": "made-up",
        "title": "A made-up recipe",
        "base": {"folder": "/models/base", "repository": repository},
        "seed": 11,
        "stages": list(stages or STAGES),
    }


@pytest.fixture(scope="session")
def dense_recipe() -> dict[str, Any]:
    return recipe("deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B")


@pytest.fixture(scope="session")
def large_recipe() -> dict[str, Any]:
    return recipe("deepseek-ai/DeepSeek-V3-Base")


@pytest.fixture(scope="session")
def dense(dense_recipe: dict[str, Any]) -> Plan:
    return plan(dense_recipe, gpus=8)


@pytest.fixture(scope="session")
def large(large_recipe: dict[str, Any]) -> Plan:
    return plan(large_recipe, gpus=256, weights="fp8")


@pytest.fixture(scope="session")
def dense_jobs(dense: Plan, dense_recipe: dict[str, Any]) -> tuple[Job, ...]:
    return jobs(dense, dense_recipe)


@pytest.fixture(scope="session")
def large_jobs(large: Plan, large_recipe: dict[str, Any]) -> tuple[Job, ...]:
    return jobs(large, large_recipe)
