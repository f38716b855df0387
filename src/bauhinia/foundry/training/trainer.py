"""TRL's trainers, made to lose no token, to resume to the last digit, and to leave no half checkpoint."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, Protocol

import torch
from accelerate.utils import DistributedType, FullyShardedDataParallelPlugin
from trl import SFTTrainer
from trl.trainer.utils import add_fused_lm_head

from . import checkpoints, next_token
from .config import TrainingConfig
from .packing import IGNORED
from .schedule import share_at


class Kept(Protocol):
    """Something with a state of its own in every checkpoint."""

    def save(self, checkpoint: Path, rank: int) -> None:
        """Write this process's part of it."""
        ...


class Resumable:
    """What every trainer here adds to its TRL class; stands before it among the bases."""

    config: TrainingConfig
    kept: list[Kept]
    digest: str
    """Of everything that decides the losses; a checkpoint with another one is not this stage's."""
    seen_before: tuple[int, int] = (0, 0)
    """What all processes saw before the checkpoint from which this run goes on."""
    _seen: Any = None

    def prepare(self, config: TrainingConfig, kept: list[Kept], digest: str) -> None:
        """Must be called before `train`."""
        self.config = config
        self.kept = kept
        self.digest = digest

    def see(self, targets: Any, places: int) -> None:
        """Count what the model of this process is given."""
        if self._seen is None:
            self._seen = torch.zeros(2, dtype=torch.int64, device=targets.device)
        self._seen[0] += targets
        self._seen[1] += places

    def total_seen(self) -> tuple[int, int]:
        """Targets and places that the models of all processes saw, in this run and those it goes on from."""
        mine: Any = self
        seen = (
            torch.zeros(2, dtype=torch.int64, device=mine.args.device) if self._seen is None else self._seen
        )
        targets, places = mine.accelerator.reduce(seen.clone()).tolist()
        return targets + self.seen_before[0], places + self.seen_before[1]

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> Any:
        """The rate by `schedule.share_at`."""
        trainer: Any = self
        if trainer.lr_scheduler is None:
            share = functools.partial(share_at, steps=num_training_steps, config=self.config)
            trainer.lr_scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer or trainer.optimizer, share)
            trainer._created_lr_scheduler = True
        return trainer.lr_scheduler

    def create_accelerator_and_postprocess(self) -> None:
        """Accelerate's. On CPUs it leaves FSDP out; put back, what runs there is what runs on GPUs."""
        trainer: Any = super()
        trainer.create_accelerator_and_postprocess()
        mine: Any = self
        state = mine.accelerator.state
        if mine.args.fsdp_plugin_args is not None and state.distributed_type == DistributedType.MULTI_CPU:
            state.distributed_type = DistributedType.FSDP
            state.fsdp_plugin = FullyShardedDataParallelPlugin(**mine.args.fsdp_plugin_args)
            mine.is_fsdp_enabled = True

    def create_model_card(self, *arguments: Any, **named: Any) -> None:
        """None: the foundry writes the card of a release."""

    def _is_for_nothing(self, mine: Any) -> bool:
        """Whether the model itself is saved next, and the checkpoint removed. Where several processes train,
        it is written all the same: that puts what the last measurement gathered back into shards."""
        last = mine.state.global_step >= mine.state.max_steps
        return last and mine.accelerator.num_processes == 1 and not self.config.keep_checkpoints

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        mine: Any = self
        if self._is_for_nothing(mine):
            return
        trainer: Any = super()
        trainer._save_checkpoint(model, trial)
        folder = Path(mine.args.output_dir) / f"checkpoint-{mine.state.global_step}"
        for part in self.kept:
            part.save(folder, mine.args.process_index)
        seen = self.total_seen()
        mine.accelerator.wait_for_everyone()
        if mine.is_world_process_zero():
            checkpoints.mark(folder, {"step": mine.state.global_step, "digest": self.digest, "seen": seen})
            checkpoints.keep_only(folder)
        mine.accelerator.wait_for_everyone()


class PackedTrainer(Resumable, SFTTrainer):
    """Trains on rows as `packing` made them, and counts what the model was given to predict."""

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        add_fused_lm_head(self.model, outputs=("log_probs",))

    def compute_loss(
        self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """The mean over the targets of the whole batch, however it is spread over steps and processes."""
        self.see((inputs["labels"] != IGNORED).sum(), inputs["labels"].numel())
        if self.aux_loss_enabled or return_outputs or num_items_in_batch is None:
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        spread = self.accelerator.num_processes if self.args.average_tokens_across_devices else 1
        return self._summed(model, inputs) / num_items_in_batch.clamp(min=1) * spread

    def _summed(self, model: Any, inputs: Any) -> Any:
        if self.accelerator.num_processes == 1 and next_token.suits(model, self.args.device):
            return next_token.summed_loss(model, inputs)
        return -model(**inputs, use_cache=False, fused_lm_head=True).log_probs.sum()
