"""What a person may decide about a training stage."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

RewardName = Literal["same_script", "valid_json", "length"]


class TrainingConfig(BaseModel):
    """What every kind of training has in common; a batch is counted over all processes together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    learning_rate: float = Field(default=1e-4, gt=0)
    """The peak."""
    schedule: Literal["cosine", "wsd"] = "cosine"
    """How the rate falls: along a cosine, or flat and then down over the last share `decay`."""
    warm_up: float = Field(default=0.05, ge=0, lt=1)
    """Share of the steps over which the rate rises from nothing to its peak."""
    decay: float = Field(default=0.2, gt=0, le=1)
    floor: float = Field(default=0.1, ge=0, le=1)
    """Share of the peak at which the rate ends."""
    steps: int | None = Field(default=None, ge=1)
    """Steps to train; where none are given, `epochs` passes over the rows."""
    epochs: int = Field(default=1, ge=1)
    batch: int = Field(default=8, ge=1)
    """Rows of `length` tokens a step, all processes together."""
    micro_batch: int | None = Field(default=None, ge=1)
    """Rows a process computes at once; the rest is accumulated. A whole batch where none is given."""
    length: int = Field(default=1024, ge=8)
    """Tokens a row."""
    weight_decay: float = Field(default=0.1, ge=0)
    beta_1: float = Field(default=0.9, ge=0, lt=1)
    beta_2: float = Field(default=0.95, ge=0, lt=1)
    clip: float = Field(default=1.0, ge=0)
    """Largest norm of the gradient; 0 for none."""
    ema: float | None = Field(default=None, gt=0, lt=1)
    """Decay of a running average of the weights; where one is given, the average is the stage's model."""
    recompute_activations: bool | None = None
    """Gradient checkpointing: on a GPU where nothing is said; on a CPU it costs time for nothing."""
    checkpoint_every: int = Field(default=50, ge=1)
    keep_checkpoints: bool = False
    """Whether the last checkpoint stays when the stage is done."""
    sample_every: int = Field(default=0, ge=0)
    """Steps between samples; 0 for none."""
    sample_prompts: tuple[str, ...] = ("香港政府", "今日天氣", "The Government")
    sample_tokens: int = Field(default=32, ge=1)
    tracking: Literal["none", "tensorboard", "mlflow"] = "none"
    threads: int | None = Field(default=None, ge=1)
    """Threads of a CPU; PyTorch's own choice where none are given."""
    attention: Literal["auto", "eager", "sdpa", "varlen", "flash_attention_2", "flash_attention_3"] = "auto"
    """Where nothing is said, PyTorch's flash kernel (`varlen`) on a GPU, and its plain one elsewhere."""

    @model_validator(mode="after")
    def _whole_batches(self) -> Self:
        if self.micro_batch is not None and self.batch % self.micro_batch:
            raise ValueError("micro_batch must divide batch")
        return self


class PretrainingConfig(TrainingConfig):
    """Continual pre-training: on the corpus's text, with rows of kind `replay` mixed in."""

    replay_share: float = Field(default=0.25, ge=0, lt=1)
    """Share of the tokens that is replayed; it holds at every step, not only over the whole."""
    measure_every: int = Field(default=0, ge=0)
    """Steps between measurements of bits per byte; 0 for none."""
    measure_tokens: int = Field(default=4096, ge=64)
    """Tokens of each held-out set that a measurement reads."""
    target_set: str = "cantonese"
    """The held-out set that should improve, by the name of its file."""
    replay_set: str = "english"
    """The held-out set that should stay."""
    stop_above: float | None = Field(default=None, gt=0)
    """Relative rise of the replay set's bits per byte at which training stops early."""
    patience: int = Field(default=2, ge=1)
    """Measurements in a row above that bound before it does."""
    expert_bias: float = Field(default=1e-3, ge=0)
    """How far a step moves the routing bias of an expert with too little or too much to do."""

    @model_validator(mode="after")
    def _measured(self) -> Self:
        if self.stop_above is not None and not self.measure_every:
            raise ValueError("stop_above needs measure_every")
        return self


class InstructionConfig(TrainingConfig):
    """Instruction tuning: only what the assistant says is trained; the rest is context."""

    learning_rate: float = Field(default=2e-5, gt=0)
    replay_share: float = Field(default=0.0, ge=0, lt=1)
    """Share of the tokens that is plain text of kind `replay`."""


class PreferenceConfig(TrainingConfig):
    """Preference tuning by DPO: what was chosen against what was rejected, held near its start."""

    learning_rate: float = Field(default=1e-6, gt=0)
    beta: float = Field(default=0.1, gt=0)
    """How firmly the model is held to where it started."""


class RewardConfig(TrainingConfig):
    """Tuning by a reward that a program computes (GRPO). Prompts: the preferences' and the instructions'."""

    learning_rate: float = Field(default=1e-6, gt=0)
    rewards: tuple[RewardName, ...] = Field(default=("same_script",), min_length=1)
    generations: int = Field(default=4, ge=2)
    """Answers a prompt, compared with one another."""
    answer_tokens: int = Field(default=64, ge=1)
    answer_characters: int = Field(default=200, ge=1)
    """What the reward `length` takes to be long enough and not too long."""
    temperature: float = Field(default=1.0, gt=0)
    beta: float = Field(default=0.0, ge=0)
    """Weight of the distance from the model it starts from."""

    @model_validator(mode="after")
    def _whole_groups(self) -> Self:
        if self.batch % self.generations:
            raise ValueError("generations must divide batch")
        return self
