"""The learning rate of each step, as a share of its peak: up, then down to a floor (re-warm and decay)."""

from __future__ import annotations

import math

from .config import TrainingConfig


def share_at(step: int, steps: int, config: TrainingConfig) -> float:
    """The share at a step, counted from 0; the last step ends just above the floor."""
    warm = math.ceil(config.warm_up * steps)
    if step < warm:
        return (step + 1) / (warm + 1)
    return config.floor + (1 - config.floor) * _left(step, warm, steps, config)


def _left(step: int, warm: int, steps: int, config: TrainingConfig) -> float:
    if config.schedule == "cosine":
        return (1 + math.cos(math.pi * (step - warm) / max(steps - warm, 1))) / 2
    falling = max(round(config.decay * steps), 1)
    return min(1.0, (steps - step) / falling)
