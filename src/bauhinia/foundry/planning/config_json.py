"""From the keys of a `config.json`, model type by model type, to our own words for the parts of a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Config = Mapping[str, Any]
Shape = dict[str, Any]


def shape_of(config: Config) -> Shape:
    """The fields of an `Architecture`, its name left out. Raises KeyError where a number is missing."""
    return SHAPES[config["model_type"]](config)


def _common(config: Config) -> Shape:
    heads = config["num_attention_heads"]
    return {
        "model_type": config["model_type"],
        "hidden": config["hidden_size"],
        "layers": config["num_hidden_layers"],
        "vocabulary": config["vocab_size"],
        "heads": heads,
        "key_value_heads": config.get("num_key_value_heads") or heads,
        "head": config.get("head_dim") or config["hidden_size"] // heads,
        "feed_forward": config["intermediate_size"],
        "tied": config.get("tie_word_embeddings", False),
    }


def _llama(config: Config) -> Shape:
    bias = config.get("attention_bias", False)
    return {
        **_common(config),
        "query_bias": bias,
        "output_bias": bias,
        "feed_forward_bias": config.get("mlp_bias", False),
    }


def _mistral(config: Config) -> Shape:
    window = config.get("sliding_window") or 0
    return {**_common(config), "windows": (window,) if window else ()}


def _qwen2(config: Config) -> Shape:
    return {**_common(config), "query_bias": True}


def _qwen3(config: Config) -> Shape:
    return {**_llama(config), "query_norms": True}


def _qwen3_moe(config: Config) -> Shape:
    return {
        **_qwen3(config),
        "experts": {
            "routed": config["num_experts"],
            "active": config["num_experts_per_tok"],
            "shared": 0,
            "width": config["moe_intermediate_size"],
            "dense_layers": len(config.get("mlp_only_layers") or ()),
        },
    }


def _gemma3(config: Config) -> Shape:
    every = config.get("sliding_window_pattern") or config.get("_sliding_window_pattern") or 6
    window = config["sliding_window"]
    return {
        **_common({"tie_word_embeddings": True, **config}),
        "query_norms": True,
        "norms": 4,
        "windows": (*(window,) * (every - 1), 0),
    }


def _deepseek(config: Config) -> Shape:
    return {
        **_common({"head_dim": config["qk_nope_head_dim"] + config["qk_rope_head_dim"], **config}),
        "output_bias": config.get("attention_bias", False),
        "latent": {
            "query_rank": config.get("q_lora_rank"),
            "key_value_rank": config["kv_lora_rank"],
            "nope": config["qk_nope_head_dim"],
            "rope": config["qk_rope_head_dim"],
            "value": config["v_head_dim"],
        },
        "experts": {
            "routed": config["n_routed_experts"],
            "active": config["num_experts_per_tok"],
            "shared": config["n_shared_experts"],
            "width": config["moe_intermediate_size"],
            "dense_layers": config["first_k_dense_replace"],
        },
        "predictors": config.get("num_nextn_predict_layers") or 0,
    }


def _mpt(config: Config) -> Shape:
    """MosaicML's MPT with learned positions, biases and tied tables, as LLM Foundry's benchmarks train it."""
    hidden, heads = config["d_model"], config["n_heads"]
    biased = not config.get("no_bias", False)
    return {
        "model_type": "mpt",
        "hidden": hidden,
        "layers": config["n_layers"],
        "vocabulary": config["vocab_size"],
        "heads": heads,
        "key_value_heads": heads,
        "head": hidden // heads,
        "feed_forward": config.get("expansion_ratio", 4) * hidden,
        "gated": False,
        "tied": True,
        "query_bias": biased,
        "output_bias": biased,
        "feed_forward_bias": biased,
        "norm_bias": biased,
        "positions": config["max_seq_len"] if config.get("learned_pos_emb", True) else 0,
    }


def _nanochat(config: Config) -> Shape:
    """nanochat's GPT: ungated, norms without weights, tables of values in every second layer."""
    hidden, heads, layers = config["n_embd"], config["n_head"], config["n_layer"]
    long, short = config["sequence_len"], config["sequence_len"] // config.get("short_window", 2)
    pattern = [0 if mark == "L" else short for mark in config["window_pattern"]]
    windows = [pattern[layer % len(pattern)] for layer in range(layers - 1)]
    assert long > short
    return {
        "model_type": "nanochat",
        "hidden": hidden,
        "layers": layers,
        "vocabulary": config["vocab_size"],
        "heads": heads,
        "key_value_heads": config["n_kv_head"],
        "head": hidden // heads,
        "feed_forward": 4 * hidden,
        "gated": False,
        "norms": 0,
        "windows": (*windows, 0),
        "lookups": (layers + 1) // 2 * config["vocab_size"] * (hidden // heads) * config["n_kv_head"],
    }


SHAPES: dict[str, Callable[[Config], Shape]] = {
    "llama": _llama,
    "mistral": _mistral,
    "qwen2": _qwen2,
    "qwen3": _qwen3,
    "qwen3_moe": _qwen3_moe,
    "gemma3_text": _gemma3,
    "deepseek_v3": _deepseek,
    "mpt": _mpt,
    "nanochat": _nanochat,
}
"""How each model type's `config.json` is read."""
