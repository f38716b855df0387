"""Which kind of training a config is for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..report import Report
from . import stage
from .config import InstructionConfig, PreferenceConfig, PretrainingConfig, RewardConfig, TrainingConfig
from .figures import TrainingFigures
from .instruction import instruct
from .preference import prefer, reward
from .pretraining import pretrain
from .stage import Stage

_KINDS: dict[type[TrainingConfig], Callable[[Stage], TrainingFigures]] = {
    PretrainingConfig: pretrain,
    InstructionConfig: instruct,
    PreferenceConfig: prefer,
    RewardConfig: reward,
}


def run(
    config: TrainingConfig, *, model: Path, corpus: Path, folder: Path, seed: int, report: Report
) -> TrainingFigures:
    """Train as the config's kind says."""
    work = Stage(config=config, model=model, corpus=corpus, folder=folder, seed=seed, report=report)
    with stage.when_full(), stage.quiet(config.threads):
        return _KINDS[type(config)](work)
