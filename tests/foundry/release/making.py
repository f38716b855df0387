"""A tiny finished run, made by program as the foundry's contract has it: no model is in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

WEIGHTS = b"GGUF of no model " * 64
ROWS = [
    {"id": "r1", "text": "落雨收衫", "source": "hkcancor", "licence": "CC-BY-4.0", "language": "yue", "kind": "text"},
    {"id": "r2", "text": "It rains.", "source": "samples", "licence": "Apache-2.0", "language": "en", "kind": "replay"},
]  # fmt: skip
PAIRS = [
    {"id": "p1", "source": "own", "licence": "Apache-2.0", "language": "yue",
     "prompt": [{"role": "user", "content": "落雨?"}], "chosen": [{"role": "assistant", "content": "係。"}],
     "rejected": [{"role": "assistant", "content": "是。"}]},
]  # fmt: skip
SUITES = {
    "bpb.cantonese": {"before": 3.4, "after": 2.1, "change": -1.3},
    "bpb.english": {"before": 1.09, "after": 1.1},
    "instructions": {"before": 0.4, "after": 0.39, "change": -0.01, "interval": [-0.1, 0.08]},
}
EXPORTED = {
    "model-f16.gguf": {"loss": 1.0, "loss_gap": 0.001, "top1": 0.998},
    "model-q8_0.gguf": {"loss": 1.01, "loss_gap": 0.011, "top1": 0.995},
    "model-q4_0.gguf": {"loss": 1.06, "loss_gap": 0.06, "top1": 0.95},
}
CONFIG = {"architectures": ["LlamaForCausalLM"], "max_position_embeddings": 512}


def make_run(
    folder: Path,
    *,
    suites: Mapping[str, Any] = SUITES,
    exported: Mapping[str, Any] = EXPORTED,
    base: Mapping[str, Any] | None = None,
    weights: bytes = WEIGHTS,
) -> Path:
    """A run of five stages in that folder, each with the mark that says it is done."""
    stages = [
        {"name": "corpus", "kind": "corpus"},
        {"name": "cpt", "kind": "pretraining", "learning_rate": 3e-4},
        {"name": "dpo", "kind": "preference", "replay_share": 0.25},
        {"name": "evaluation", "kind": "evaluation"},
        {"name": "export", "kind": "export"},
    ]
    files: dict[str, dict[str, bytes]] = {
        "base": {"model/model.safetensors": b"base"},
        "corpus": {"train.jsonl": _lines(ROWS), "preferences.jsonl": _lines(PAIRS), "manifest.json": _json(MANIFEST)},
        "cpt": {"model/model.safetensors": b"cpt", "model/config.json": _json(CONFIG), "figures.json": _json(FIGURES)},
        "dpo": {"model/model.safetensors": b"dpo", "model/config.json": _json(CONFIG), "figures.json": _json(FIGURES)},
        "evaluation": {"results.json": _json({"suites": suites})},
        "export": {
            **{name: weights + name.encode() for name in exported},
            "safetensors/model.safetensors": b"dpo",
            "export.json": _json({"files": exported}),
        },
    }  # fmt: skip
    for place, contents in files.items():
        for name, content in contents.items():
            path = folder / place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    recipe = {
        "name": "tiny", "title": "A tiny run", "base": base or {"model": "smollm2-135m-instruct"}, "seed": 7,
        "stages": stages,
    }  # fmt: skip
    (folder / "recipe.yaml").write_text(yaml.safe_dump(recipe))
    (folder / "run.json").write_bytes(_json(RECORD))
    mark(folder)
    return folder


def mark(folder: Path) -> None:
    """Mark every stage as done, as it lies there now."""
    recipe = yaml.safe_load((folder / "recipe.yaml").read_text())
    made: dict[str, str] = {}
    for stage in recipe["stages"]:
        if stage["kind"] != "corpus":
            made["base"] = digest(_mark(folder / "base", {"stage": "base"}))
        inputs = digest([stage, recipe["seed"], made])
        made[stage["name"]] = digest(
            _mark(folder / stage["name"], {"stage": stage["name"], "inputs": inputs})
        )


def digest(value: object) -> str:
    """As the foundry's marks have it."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _mark(folder: Path, told: dict[str, Any]) -> dict[str, str]:
    outputs = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "DONE.json"
    }
    (folder / "DONE.json").write_bytes(
        _json({**told, "began": "2026-11-27T09:00:00+00:00", "ended": "2026-11-27T09:06:00+00:00",
               "seconds": 360.0, "figures": {}, "outputs": outputs})
    )  # fmt: skip
    return outputs


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _lines(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(_json(row) + b"\n" for row in rows)


MANIFEST = {"sources": {"hkcancor": {"sha256": "ab" * 32, "consent": "published", "read": 3, "kept": 1}}}
FIGURES = {
    "tokens_in": 40,
    "tokens_trained": 40,
    "parameters": 134_515_008,
    "parameters_changed": 134_515_008,
}
RECORD = {
    "code": {"version": "0.7.0", "commit": "0" * 40},
    "environment": {"processor": "two cores", "packages": {"torch": "2.13.0", "trl": "1.16.0"}},
    "seed": 7,
}
