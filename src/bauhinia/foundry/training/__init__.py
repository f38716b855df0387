"""Training with full parameters: continual pre-training, instructions, preferences, computed rewards.

PyTorch, Transformers and TRL are imported when a stage runs, not before.
"""

from __future__ import annotations

from pathlib import Path

from ...errors import InputError, MissingPart
from ..report import Report
from .config import (
    InstructionConfig,
    PreferenceConfig,
    PretrainingConfig,
    RewardConfig,
    RewardName,
    TrainingConfig,
)
from .figures import TrainingFigures

__all__ = [
    "InstructionConfig",
    "PreferenceConfig",
    "PretrainingConfig",
    "RewardConfig",
    "RewardName",
    "TrainingConfig",
    "TrainingFigures",
    "train",
]


def train(
    config: TrainingConfig, *, model: Path, corpus: Path, folder: Path, seed: int, report: Report
) -> TrainingFigures:
    """Run a stage in its folder, or finish it, or tell what it found where it is done already.

    `model` is the Hugging Face folder that it starts from. A run that was killed goes on from its last whole
    checkpoint with the same losses. Raises `Cancelled` when the report says stop, after saving.
    """
    done = TrainingFigures.read(folder)
    if done is not None:
        return done
    if not (model / "config.json").exists():
        raise InputError(
            f"{model.name} is no model folder: it has no config.json.", hint="Prepare the base first."
        )
    try:
        from . import kinds
    except ModuleNotFoundError as error:
        raise MissingPart(
            f"Training needs {error.name}, which is not installed.", hint="pip install 'bauhinia[foundry]'"
        ) from error
    folder.mkdir(parents=True, exist_ok=True)
    return kinds.run(config, model=model, corpus=corpus, folder=folder, seed=seed, report=report)
