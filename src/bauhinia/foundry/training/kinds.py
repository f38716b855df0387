"""Which kind of training a config is for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ...errors import Conflict
from ...store.folder import only_process, open_lock
from ..report import Report
from . import stage
from .config import InstructionConfig, PreferenceConfig, PretrainingConfig, RewardConfig, TrainingConfig
from .figures import TrainingFigures
from .instruction import instruct
from .preference import prefer, reward
from .pretraining import pretrain
from .stage import Stage

LOCK = "lock"
"""Held while a run trains, and let go of by the system however it ends."""

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
    with alone_in(folder), stage.when_full(), stage.quiet(config.threads):
        return _KINDS[type(config)](work)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """One run in a stage's folder: the processes of a launcher that was killed may still be at work there."""
    if stage.rank() != 0:
        yield
        return

    def in_use(_holder: str) -> Conflict:
        return Conflict(
            "Another process is training in this stage's folder.",
            hint="Wait for it, or end it; what a killed launcher started goes on by itself.",
        )

    with only_process(open_lock(folder / LOCK), in_use):
        yield
