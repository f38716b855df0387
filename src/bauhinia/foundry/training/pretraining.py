"""Continual pre-training, and instruction tuning, which differs from it only in what is to be predicted."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Sequence
from typing import Any

from trl import SFTConfig

from ...errors import InputError
from . import rows, stage
from .attention import FLAT, attention_for
from .changed import fingerprints
from .checkpoints import state_of
from .collating import Collator
from .config import InstructionConfig, PretrainingConfig
from .figures import TrainingFigures
from .packing import Plan, Row, pack, plan, tokenised
from .stage import Stage
from .trainer import PackedTrainer
from .watching import Experts, HeldOut, Losses, Measuring, as_item


def pretrain(work: Stage) -> TrainingFigures:
    """Learn the corpus's text, with replay."""
    assert isinstance(work.config, PretrainingConfig)
    tokenizer = stage.load_tokenizer(work.model)
    learnt = pack(tokenised(tokenizer, rows.texts(work.corpus, replay=False)), work.config.length)
    return train_packed(work, tokenizer, learnt)


def train_packed(work: Stage, tokenizer: Any, learnt: Sequence[Row]) -> TrainingFigures:
    """Train on these rows in an order that the seed decides: all that was planned, or why not is told."""
    config = work.config
    assert isinstance(config, PretrainingConfig | InstructionConfig)
    order = _plan(work, tokenizer, learnt)
    attention = attention_for(config, work.model)
    model = stage.load_model(work.model, attention)
    before = fingerprints(model.named_parameters())
    size = stage.parameters_of(model)
    stage.require_room(work.folder, size)
    digest = work.digest(_digest(order), before)
    checkpoint = work.resumes_from(digest)
    collator = Collator(pad=tokenizer.pad_token_id, flat=attention in FLAT)
    trainer = packed_trainer(work, model, tokenizer, order, collator)
    if checkpoint:
        trainer.seen_before = tuple(state_of(checkpoint)["seen"])
    losses = stage.new_losses(work, checkpoint)
    losses.tokens = lambda: trainer.total_seen()[0]
    kept = _watchers(work, trainer, tokenizer, collator, losses)
    if checkpoint:
        for part in kept:
            if isinstance(part, Measuring):
                part.load(checkpoint)

    def account() -> dict[str, Any]:
        measured = next((part for part in kept if isinstance(part, Measuring)), None)
        return _account(order, trainer.total_seen(), measured) | {"parameters": size}

    return stage.run(
        work, trainer, tokenizer=tokenizer, before=before, checkpoint=checkpoint, digest=digest,
        losses=losses, kept=kept, account=account,
    )  # fmt: skip


def _plan(work: Stage, tokenizer: Any, learnt: Sequence[Row]) -> Plan:
    config = work.config
    assert isinstance(config, PretrainingConfig | InstructionConfig)
    replay: list[Row] = []
    if config.replay_share:
        replay = pack(tokenised(tokenizer, rows.texts(work.corpus, replay=True)), config.length)
    return plan(
        learnt, replay, share=config.replay_share, steps=config.steps, epochs=config.epochs,
        batch=config.batch, seed=work.seed,
    )  # fmt: skip


def packed_trainer(work: Stage, model: Any, tokenizer: Any, order: Plan, collator: Collator) -> PackedTrainer:
    from datasets import Dataset

    named = stage.arguments(work, steps=order.steps, micro_batch=stage.micro_batch(work.config))
    settings = SFTConfig(**named, max_length=None, dataset_kwargs={"skip_prepare_dataset": True})
    return PackedTrainer(
        model=model,
        args=settings,
        train_dataset=Dataset.from_list([as_item(row) for row in order.rows]),
        processing_class=tokenizer,
        data_collator=collator,
    )


def _watchers(
    work: Stage, trainer: PackedTrainer, tokenizer: Any, collator: Collator, losses: Losses
) -> list[Any]:
    config = work.config
    if not isinstance(config, PretrainingConfig):
        return []
    watchers: list[Any] = []
    if config.measure_every:
        target, replay = (
            _held_out(work, tokenizer, collator, name) for name in (config.target_set, config.replay_set)
        )
        if config.stop_above is not None and replay is None:
            raise InputError(
                f"The corpus has no held-out set {config.replay_set}, by which the training is to stop.",
                hint="Let the corpus stage hold some replay out, or leave stop_above away.",
            )
        watchers.append(Measuring(config, losses, target, replay))
    experts = Experts(trainer.model, config.expert_bias, losses, trainer.accelerator.reduce)
    return [*watchers, experts] if experts else watchers


def _held_out(work: Stage, tokenizer: Any, collator: Collator, name: str) -> HeldOut | None:
    """The first `measure_tokens` of a held-out set; None where the corpus has no such set."""
    config = work.config
    assert isinstance(config, PretrainingConfig)
    if not (work.corpus / "heldout" / f"{name}.jsonl").exists():
        return None
    taken, tokens, size = [], 0, 0
    for text in rows.held_out(work.corpus, name):
        pieces = tokenised(tokenizer, [text])
        if tokens >= config.measure_tokens or not pieces:
            continue
        taken += pieces
        tokens += len(pieces[0].ids)
        size += len(text.encode())
    packed = pack(taken, config.length)
    return HeldOut(packed, size, config.micro_batch or config.batch, collator) if packed else None


def _account(order: Plan, seen: tuple[int, int], measured: Measuring | None) -> dict[str, Any]:
    targets, places = seen
    early = measured.stopped_early if measured else ""
    bits = {"before": measured.state["start"], "after": measured.state["now"]} if measured else {}
    assert early or targets == order.targets, f"{order.targets} tokens in, {targets} trained"
    return {
        "tokens_in": order.targets,
        "tokens_trained": targets,
        "tokens_padded": places - sum(len(row.ids) for row in order.rows if row.targets) if not early else 0,
        "stopped_early": early,
        "details": {
            "replay_share": round(order.replayed / order.targets, 4),
            "passes": round(order.target_passes, 3),
            "replay_passes": round(order.replay_passes, 3),
            "bits_per_byte": bits,
        },
    }


def _digest(order: Plan) -> str:
    whole = hashlib.sha256()
    for row in order.rows:
        for part in (row.ids, row.labels, row.lengths):
            whole.update(array("q", [len(part), *part]).tobytes())
    return whole.hexdigest()
