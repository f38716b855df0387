"""What a recipe's stages ask of the machines: tokens and operations, read from their own fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...errors import InputError
from .architecture import Architecture, read_architecture
from .flops import forward_flops, training_flops

__all__ = ["TRAINING", "Work", "architecture_in", "works"]

TRAINING = ("pretraining", "instruction", "preference", "reward")
"""Kinds of stage that train; the others are counted within the lost time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One training stage."""

    name: str
    kind: str
    steps: int
    rows: int
    """Rows of a step, all GPUs together; a pair of preferences is one row, an answer of a group is one."""
    length: int
    """Tokens of a row, at most."""
    micro_batch: int | None
    checkpointing: bool | None
    prompt: int = 0
    answer: int = 0
    """Tokens that the model writes itself for a row, where a reward is earned by them."""
    reference: bool = False
    """A copy of the model as it was is read beside it."""
    fields: Mapping[str, Any]
    """The stage's own fields, for launch files."""

    @property
    def sequences(self) -> int:
        """Sequences of a row: what was chosen, and what was rejected."""
        return 2 if self.kind == "preference" else 1

    @property
    def tokens(self) -> int:
        """Tokens that pass the training step."""
        return self.steps * self.rows * self.sequences * self.length

    @property
    def written(self) -> int:
        """Tokens that the model writes itself while it is trained."""
        return self.steps * self.rows * self.answer

    def flops(self, model: Architecture) -> float:
        """Operations of the whole stage, writing not counted."""
        each = training_flops(model, self.length)
        # GRPO reads every answer once more for the likelihoods that it is held against
        passes = int(self.reference) + int(self.kind == "reward")
        return self.tokens * (each + passes * forward_flops(model, self.length))


def architecture_in(recipe: Mapping[str, Any]) -> Architecture:
    """The architecture of a recipe's base. Raises NotFound where none is known."""
    base = recipe.get("base") or {}
    for key in ("architecture", "model", "folder", "repository"):
        name = base.get(key)
        if name and (key != "folder" or not base.get("repository")):
            return read_architecture(name)
    raise InputError(
        "The recipe's base names no model.",
        hint="Give `base` a model, a folder, an architecture or a repository.",
    )


def works(recipe: Mapping[str, Any], *, corpus_tokens: int | None = None) -> tuple[Work, ...]:
    """The training stages of a resolved recipe, in order.

    Raises InputError where a stage trains by epochs and nobody says how many tokens its corpus has.
    """
    return tuple(
        _work(stage, corpus_tokens) for stage in recipe.get("stages", ()) if stage.get("kind") in TRAINING
    )


def _work(stage: Mapping[str, Any], corpus_tokens: int | None) -> Work:
    kind, name = stage["kind"], stage["name"]
    batch, length = stage.get("batch", 8), stage.get("length", 1024)
    answer = min(stage.get("answer_tokens", 64), length) if kind == "reward" else 0
    return Work(
        name=name,
        kind=kind,
        steps=stage.get("steps") or _steps(name, stage.get("epochs", 1), batch * length, corpus_tokens),
        rows=batch,
        length=length,
        micro_batch=stage.get("micro_batch"),
        checkpointing=stage.get("recompute_activations"),
        prompt=length - answer if answer else 0,
        answer=answer,
        reference=kind == "preference" or bool(stage.get("beta") and kind == "reward"),
        fields=stage,
    )


def _steps(name: str, epochs: int, tokens_a_step: int, corpus_tokens: int | None) -> int:
    if corpus_tokens is None:
        raise InputError(
            f"Stage {name!r} trains for {epochs} epochs of a corpus whose size is not known yet.",
            hint="Give the stage `steps`, or say how many tokens the corpus has with --corpus-tokens.",
        )
    return max(1, -(-epochs * corpus_tokens // tokens_a_step))
