"""How a model lies on its GPUs: which dimension is cut how many times, and what is kept of each parameter."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ...errors import InputError
from .architecture import Architecture

__all__ = ["PRECISIONS", "Sharding", "States", "check_fit", "default_sharding", "sharding_of"]

Precision = Literal["fp32-masters", "bf16", "megatron"]


class States(BaseModel):
    """Bytes that training keeps of each parameter, each kind cut as its ZeRO stage says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weights: int
    gradients: int
    optimiser: int
    """Moments, and the masters where the weights are not the masters."""
    gathered: int
    """Bytes of a parameter while its layer is at work on a GPU that keeps only a part of it."""


PRECISIONS: dict[str, States] = {
    "fp32-masters": States(weights=4, gradients=4, optimiser=8, gathered=2),
    "bf16": States(weights=2, gradients=2, optimiser=4, gathered=2),
    "megatron": States(weights=2, gradients=4, optimiser=12, gathered=2),
}
"""What the foundry's trainer keeps; pure BF16; and Megatron's BF16 weights beside FP32 masters."""


class Sharding(BaseModel):
    """The layout of a training run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gpus: int = Field(default=1, ge=1)
    tensor: int = Field(default=1, ge=1)
    pipeline: int = Field(default=1, ge=1)
    expert: int = Field(default=1, ge=1)
    context: int = Field(default=1, ge=1)
    zero: Literal[0, 1, 2, 3] = 3
    """ZeRO's stage, what replicas cut: nothing, the optimiser, gradients too, weights too (FSDP2)."""
    checkpointing: bool = True
    """Only each layer's input is kept; the rest is computed again in the backward pass."""
    micro_batch: int = Field(default=1, ge=1)
    """Sequences that a GPU works on at once."""
    precision: Precision = "fp32-masters"
    fused_loss: bool = True
    """The logits are never all there at once."""

    @model_validator(mode="after")
    def _divides(self) -> Sharding:
        cut = self.tensor * self.pipeline * self.context
        if self.gpus % cut:
            raise ValueError(f"{self.gpus} GPUs cannot be cut by tensor x pipeline x context = {cut}")
        if (self.gpus // self.pipeline) % self.expert:
            raise ValueError(
                f"the {self.gpus // self.pipeline} GPUs of a stage cannot be cut by expert = {self.expert}"
            )
        return self

    @property
    def data(self) -> int:
        """Replicas, each of which sees its own sequences."""
        return self.gpus // (self.tensor * self.pipeline * self.context)

    @property
    def replicas(self) -> int:
        """GPUs among which ZeRO cuts what is not an expert."""
        return self.data * self.context

    @property
    def expert_replicas(self) -> int:
        """GPUs that keep the same experts."""
        return self.gpus // (self.pipeline * self.expert)

    @property
    def states(self) -> States:
        """Bytes of each parameter."""
        return PRECISIONS[self.precision]

    def words(self) -> str:
        """The layout in a line."""
        cuts = [("TP", self.tensor), ("PP", self.pipeline), ("EP", self.expert), ("CP", self.context)]
        parts = [f"{name}{size}" for name, size in cuts if size > 1]
        parts.append({0: "replicas", 1: "ZeRO-1", 2: "ZeRO-2", 3: "FSDP2 (ZeRO-3)"}[self.zero])
        parts.append(self.precision)
        if self.checkpointing:
            parts.append("checkpointing")
        return ", ".join(parts)


def check_fit(model: Architecture, sharding: Sharding) -> None:
    """Raises InputError where the model cannot be cut so."""
    whole = [
        ("tensor", sharding.tensor, model.heads, "attention heads"),
        ("expert", sharding.expert, model.experts.routed if model.experts else 1, "experts"),
    ]
    for name, size, count, what in whole:
        if count % size:
            raise InputError(
                f"{model.name} has {count} {what}, which {name} = {size} does not divide.",
                hint=f"Choose a divisor of {count}.",
            )
    if sharding.pipeline > model.layers:
        raise InputError(
            f"{model.name} has {model.layers} layers, fewer than {sharding.pipeline} pipeline stages.",
            hint="Take fewer stages.",
        )


def default_sharding(model: Architecture, gpus: int) -> Sharding:
    """A layout known to work: FSDP2; for a large mixture of experts, that published for DeepSeek-V3."""
    experts = model.experts
    if experts is None or gpus < 8:
        return Sharding(gpus=gpus)
    if model.layers >= 48 and experts.routed >= 128 and gpus % 256 == 0 and model.latent is not None:
        return Sharding(gpus=gpus, pipeline=4, expert=64, precision="bf16")
    expert = max(size for size in (1, 2, 4, 8) if experts.routed % size == 0 and gpus % size == 0)
    return Sharding(gpus=gpus, expert=expert)


def sharding_of(model: Architecture, gpus: int, **cuts: Any) -> Sharding:
    """The default layout with what was decided instead; what is None was not decided. Raises InputError."""
    said = {name: value for name, value in cuts.items() if value is not None}
    # one cut that is chosen makes the rest of a published layout meaningless
    begin = {"gpus": gpus} if said else default_sharding(model, gpus).model_dump()
    try:
        return Sharding.model_validate({**begin, **said})
    except ValidationError as error:
        why = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise InputError(f"The layout cannot be: {why}.", hint="Take other sizes, or other GPUs.") from error
