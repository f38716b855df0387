"""Preference tuning (DPO) and tuning by a computed reward (GRPO), with TRL's trainers."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from datasets import Dataset
from trl import DPOConfig, DPOTrainer, GRPOConfig, GRPOTrainer

from ...errors import InputError
from . import checkpoints, rows, stage
from .changed import fingerprints
from .config import PreferenceConfig, RewardConfig
from .figures import TrainingFigures
from .packing import Passes
from .rewards import as_trl, reward_of
from .stage import Stage
from .trainer import Resumable

Rows = list[dict[str, Any]]


class PairTrainer(Resumable, DPOTrainer):
    """DPO that counts the tokens of the answers it compared."""

    def compute_loss(self, model: Any, inputs: Any, *arguments: Any, **named: Any) -> Any:
        """TRL's."""
        self.see(inputs["completion_mask"].sum(), inputs["completion_mask"].numel())
        return super().compute_loss(model, inputs, *arguments, **named)


class RewardTrainer(Resumable, GRPOTrainer):
    """GRPO that counts the tokens of the answers it made."""

    def compute_loss(self, model: Any, inputs: Any, *arguments: Any, **named: Any) -> Any:
        """TRL's."""
        self.see(inputs["completion_mask"].sum(), inputs["completion_mask"].numel())
        return super().compute_loss(model, inputs, *arguments, **named)


def prefer(work: Stage) -> TrainingFigures:
    """Learn to prefer what was chosen."""
    config = work.config
    assert isinstance(config, PreferenceConfig)
    tokenizer = stage.load_tokenizer(work.model)
    pairs = [
        {name: row[name] for name in ("prompt", "chosen", "rejected")}
        for row in rows.read_rows(work.corpus / rows.PREFERENCES)
    ]
    fitting = [pair for pair in pairs if _longest(tokenizer, pair) <= config.length]
    taken, steps = _ordered(work, fitting, per_step=config.batch)
    attention = _padded_attention(work)
    model, reference = (stage.load_model(work.model, attention) for _ in range(2))
    named = stage.arguments(work, steps=steps, micro_batch=stage.micro_batch(config))
    trainer = PairTrainer(
        model=model,
        ref_model=reference,
        args=DPOConfig(**named, max_length=None, beta=config.beta),
        train_dataset=Dataset.from_list(taken),
        processing_class=tokenizer,
    )
    planned = sum(len(row["chosen_ids"]) + len(row["rejected_ids"]) for row in trainer.train_dataset)
    return _run(
        work, trainer, model, tokenizer, taken, planned, {"left_out_as_too_long": len(pairs) - len(fitting)}
    )


def reward(work: Stage) -> TrainingFigures:
    """Learn what a program rewards."""
    config = work.config
    assert isinstance(config, RewardConfig)
    tokenizer = stage.load_tokenizer(work.model)
    asked = [{"prompt": prompt} for prompt in _prompts(work.corpus)]
    fitting = [row for row in asked if _tokens(tokenizer, row["prompt"]) <= config.length]
    taken, steps = _ordered(work, fitting, per_step=config.batch // config.generations)
    model = stage.load_model(work.model, _padded_attention(work))
    named = stage.arguments(work, steps=steps, micro_batch=stage.micro_batch(config))
    trainer = RewardTrainer(
        model=model,
        args=GRPOConfig(
            **named, num_generations=config.generations, max_completion_length=config.answer_tokens,
            temperature=config.temperature, beta=config.beta, shuffle_dataset=False, log_completions=False,
        ),
        reward_funcs=[as_trl(name, reward_of(name, config)) for name in config.rewards],
        train_dataset=Dataset.from_list(taken),
        processing_class=tokenizer,
    )  # fmt: skip
    return _run(
        work, trainer, model, tokenizer, taken, None, {"left_out_as_too_long": len(asked) - len(fitting)}
    )


def _run(
    work: Stage,
    trainer: Any,
    model: Any,
    tokenizer: Any,
    taken: Rows,
    planned: int | None,
    details: dict[str, Any],
) -> TrainingFigures:
    """`planned` tokens must be trained; where answers are only made on the way, what was made was trained."""
    before = fingerprints(model.named_parameters())
    size = stage.parameters_of(model)
    stage.require_room(work.folder, size)
    digest = work.digest(hashlib.sha256(json.dumps(taken).encode()).hexdigest(), before)
    checkpoint = work.resumes_from(digest)
    losses = stage.new_losses(work, checkpoint)
    losses.tokens = lambda: trainer.total_seen()[0]
    if checkpoint:
        trainer.seen_before = tuple(checkpoints.state_of(checkpoint)["seen"])

    def account() -> dict[str, Any]:
        targets, places = trainer.total_seen()
        assert planned in (None, targets), f"{planned} tokens in, {targets} trained"
        return {
            "tokens_in": planned or targets, "tokens_trained": targets, "tokens_padded": places - targets,
            "parameters": size, "details": details,
        }  # fmt: skip

    return stage.run(
        work, trainer, tokenizer=tokenizer, before=before, checkpoint=checkpoint, digest=digest,
        losses=losses, kept=[], account=account,
    )  # fmt: skip


def _ordered(work: Stage, there: Rows, *, per_step: int) -> tuple[Rows, int]:
    """The rows of all steps in an order that the seed decides; whole steps, so that none is filled up."""
    if not there:
        raise InputError(
            "No row of the corpus is short enough to train on, or there is none.",
            hint="Give the recipe a larger length, or the corpus stage a source.",
        )
    config = work.config
    steps = config.steps or math.ceil(len(there) * config.epochs / per_step)
    passes = Passes(there, work.seed)
    return [passes.take() for _ in range(steps * per_step)], steps


def _prompts(corpus: Path) -> list[list[dict[str, str]]]:
    """What is asked in the preferences and in the instructions; one of the files must be there."""
    asked: list[list[dict[str, str]]] = []
    if (corpus / rows.PREFERENCES).exists():
        asked += [row["prompt"] for row in rows.read_rows(corpus / rows.PREFERENCES)]
    if not asked or (corpus / rows.INSTRUCTIONS).exists():
        conversations = [row["messages"] for row in rows.read_rows(corpus / rows.INSTRUCTIONS)]
        asked += [messages[:-1] for messages in conversations if messages[-1]["role"] == "assistant"]
    return [messages for messages in asked if messages]


def _longest(tokenizer: Any, pair: dict[str, Any]) -> int:
    return max(_tokens(tokenizer, [*pair["prompt"], *pair[side]]) for side in ("chosen", "rejected"))


def _tokens(tokenizer: Any, messages: Sequence[dict[str, str]]) -> int:
    return len(tokenizer.apply_chat_template(list(messages), return_dict=True)["input_ids"])


def _padded_attention(work: Stage) -> str:
    """These trainers pad their batches; the flash kernel for pieces end to end has nothing to do there."""
    return "sdpa" if work.config.attention == "auto" else work.config.attention
