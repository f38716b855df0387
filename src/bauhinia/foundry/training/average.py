"""A running average of the weights, kept in float32 beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from .moments import Moment, Watcher


class Average(Watcher):
    """Moves towards the weights after each step; each process keeps the average of its own shard."""

    def __init__(self, decay: float, checkpoint: Path | None) -> None:
        self._decay = decay
        self._checkpoint = checkpoint
        self._weights: dict[str, Any] = {}

    def began(self, moment: Moment) -> None:
        """Start at the weights, or where the checkpoint was."""
        self._weights = {name: _local(weight).clone() for name, weight in moment.model.named_parameters()}
        if self._checkpoint is not None:
            kept = torch.load(_path(self._checkpoint, moment.rank), weights_only=True)
            for name, weight in self._weights.items():
                weight.copy_(kept[name])

    def stepped(self, moment: Moment) -> None:
        """One step towards the weights."""
        for name, weight in moment.model.named_parameters():
            self._weights[name].lerp_(_local(weight), 1 - self._decay)

    def save(self, checkpoint: Path, rank: int) -> None:
        """Write this process's part."""
        torch.save(self._weights, _path(checkpoint, rank))

    def put_into(self, model: Any) -> None:
        """Make the average the model's weights."""
        for name, weight in model.named_parameters():
            _local(weight).copy_(self._weights[name])


def _local(weight: Any) -> Any:
    part = weight.detach()
    return part.to_local() if hasattr(part, "to_local") else part


def _path(checkpoint: Path, rank: int) -> Path:
    return checkpoint / f"average_{rank}.pt"
