"""Counted by formula against the models themselves, built on the meta device: no weights, no memory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bauhinia.errors import InputError, NotFound
from bauhinia.foundry.planning import architecture_of, count, read_architecture, shipped_architectures

TINY: dict[str, dict[str, Any]] = {
    "llama": {"hidden_size": 48, "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 80},
    "llama biased": {
        "hidden_size": 48,
        "num_attention_heads": 4,
        "num_key_value_heads": 4,
        "intermediate_size": 80,
        "attention_bias": True,
        "mlp_bias": True,
        "tie_word_embeddings": True,
    },
    "mistral": {
        "hidden_size": 48,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "intermediate_size": 80,
    },
    "qwen2": {"hidden_size": 48, "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 80},
    "qwen3": {
        "hidden_size": 48,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 16,
        "intermediate_size": 80,
    },
    "qwen3_moe": {
        "hidden_size": 48,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 16,
        "intermediate_size": 80,
        "moe_intermediate_size": 24,
        "num_experts": 8,
        "num_experts_per_tok": 2,
        "mlp_only_layers": [0],
    },
    "gemma3_text": {
        "hidden_size": 48,
        "num_attention_heads": 4,
        "num_key_value_heads": 1,
        "head_dim": 16,
        "intermediate_size": 80,
        "sliding_window": 32,
    },
    "deepseek_v3": {
        "hidden_size": 64,
        "num_attention_heads": 4,
        "num_key_value_heads": 4,
        "intermediate_size": 96,
        "moe_intermediate_size": 32,
        "q_lora_rank": 24,
        "kv_lora_rank": 16,
        "qk_nope_head_dim": 16,
        "qk_rope_head_dim": 8,
        "v_head_dim": 16,
        "n_routed_experts": 8,
        "num_experts_per_tok": 2,
        "n_shared_experts": 2,
        "n_group": 2,
        "topk_group": 1,
        "first_k_dense_replace": 1,
    },
}
TINY["deepseek_v3 whole queries, biased"] = {
    **TINY["deepseek_v3"],
    "q_lora_rank": None,
    "attention_bias": True,
}
REAL = [
    "deepseek-r1-distill-qwen-1.5b",
    "deepseek-v3-671b",
    "gemma-3-1b",
    "llama-3.1-8b",
    "moonlight-16b-a3b",
    "qwen2.5-coder-1.5b",
    "qwen3-30b-a3b",
    "qwen3-8b",
    "smollm2-135m",
]


def built(config: dict[str, Any]) -> Any:
    """The model of a `config.json` as Transformers builds it, without weights."""
    torch = pytest.importorskip("torch", reason="the foundry's extra is not installed")
    from transformers import AutoConfig, AutoModelForCausalLM

    settings = {key: value for key, value in config.items() if key != "model_type"}
    made = AutoConfig.for_model(config["model_type"], **settings)
    with torch.device("meta"):
        return AutoModelForCausalLM.from_config(made)


def config_of(name: str) -> dict[str, Any]:
    import yaml

    import bauhinia.foundry.planning as package

    assert package.__file__
    place = Path(package.__file__).parent / "architectures" / f"{name}.yaml"
    data = yaml.safe_load(place.read_text(encoding="utf-8"))
    return {key: value for key, value in data.items() if key not in ("title", "source", "also")}


@pytest.mark.parametrize("kind", TINY)
def test_a_tiny_model_of_every_kind_is_counted_exactly(kind: str) -> None:
    config = {"model_type": kind.split(" ")[0], "num_hidden_layers": 3, "vocab_size": 160, **TINY[kind]}

    model = built(config)

    assert count(architecture_of(config)).total == sum(each.numel() for each in model.parameters())


@pytest.mark.parametrize("name", REAL)
def test_a_real_configuration_is_counted_exactly(name: str) -> None:
    model = built(config_of(name))

    assert count(read_architecture(name)).total == sum(each.numel() for each in model.parameters())


@pytest.mark.parametrize(
    ("name", "total"),
    [
        # as the tables of mosaicml/llm-foundry's benchmarks state them
        ("mpt-1b-2048", 1_315_950_592),
        ("mpt-1b-4096", 1_320_144_896),
    ],
)
def test_a_model_that_transformers_lacks_has_the_published_count(name: str, total: int) -> None:
    assert count(read_architecture(name)).total == total


def test_of_deepseek_v3_a_token_uses_the_published_37_billion() -> None:
    found = count(read_architecture("deepseek-v3-671b"))

    assert round(found.total / 1e9) == 671
    assert 36.5e9 < found.active < 38e9
    assert found.multiplied < found.active < found.total
    # the layer that predicts a second token: 14 billion on the hub beside the 671, its tables counted again there
    assert 11e9 < found.predictors < 12e9


def test_a_models_matrices_are_those_that_torch_multiplies() -> None:
    """The products of a dense model are its linear layers, which a forward pass multiplies once each."""
    torch = pytest.importorskip("torch", reason="the foundry's extra is not installed")
    model = built(config_of("qwen3-8b"))
    linear = sum(part.weight.numel() for part in model.modules() if isinstance(part, torch.nn.Linear))

    assert count(read_architecture("qwen3-8b")).multiplied == linear


def test_every_shipped_architecture_says_where_its_numbers_are_from() -> None:
    import yaml

    import bauhinia.foundry.planning as package

    assert package.__file__
    for place in (Path(package.__file__).parent / "architectures").iterdir():
        data = yaml.safe_load(place.read_text(encoding="utf-8"))
        assert data["title"] and data["source"], place.name
    assert {"deepseek-v3-671b", "moonlight-16b-a3b"} <= set(shipped_architectures())


def test_a_config_json_a_folder_and_a_hub_name_are_read_alike(tmp_path: Path) -> None:
    config = {**config_of("smollm2-135m"), "torch_dtype": "bfloat16", "rope_theta": 1e5}
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    expected = count(read_architecture("smollm2-135m"))

    assert count(read_architecture(tmp_path)) == expected
    assert count(read_architecture(tmp_path / "config.json")) == expected
    assert count(read_architecture("HuggingFaceTB/SmolLM2-135M-Instruct")) == expected


def test_an_unknown_type_is_refused_and_the_known_ones_named() -> None:
    with pytest.raises(InputError, match="'mamba' is not known") as refused:
        architecture_of({"model_type": "mamba"})
    assert "deepseek_v3" in refused.value.hint


def test_a_missing_number_is_named() -> None:
    with pytest.raises(InputError, match="lacks vocab_size"):
        architecture_of(
            {"model_type": "llama", "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1}
        )


def test_a_name_that_nothing_has_is_not_found() -> None:
    with pytest.raises(NotFound, match="no architecture called 'gpt-9'"):
        read_architecture("gpt-9")
