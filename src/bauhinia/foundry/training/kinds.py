"""Which kind of training a config is for."""

from __future__ import annotations

from pathlib import Path

from ..report import Report
from . import stage
from .config import PretrainingConfig, TrainingConfig
from .figures import TrainingFigures
from .pretraining import pretrain
from .stage import Stage


def run(
    config: TrainingConfig, *, model: Path, corpus: Path, folder: Path, seed: int, report: Report
) -> TrainingFigures:
    """Train as the config's kind says."""
    work = Stage(config=config, model=model, corpus=corpus, folder=folder, seed=seed, report=report)
    with stage.quiet(config.threads):
        assert isinstance(config, PretrainingConfig)
        return pretrain(work)
