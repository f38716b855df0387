"""A training stage as a program of its own, for one process or many.

    python -m bauhinia.foundry.training.launched JOB.json
    torchrun --nproc-per-node N -m bauhinia.foundry.training.launched JOB.json
    accelerate launch --config_file CONFIG.yaml -m bauhinia.foundry.training.launched JOB.json

Progress goes to standard output, a line of JSON a step, from the first process. SIGTERM saves and ends it, as
a scheduler wants it; started again, it goes on.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ...errors import BauhiniaError, Cancelled, InputError
from ..memory_reuse import keep_freed_memory
from . import train
from .config import InstructionConfig, PreferenceConfig, PretrainingConfig, RewardConfig, TrainingConfig

STOPPED = 75
"""Exit status where it was stopped and can go on (EX_TEMPFAIL)."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Pretraining(_Part):
    kind: Literal["pretraining"]
    config: PretrainingConfig


class _Instruction(_Part):
    kind: Literal["instruction"]
    config: InstructionConfig


class _Preference(_Part):
    kind: Literal["preference"]
    config: PreferenceConfig


class _Reward(_Part):
    kind: Literal["reward"]
    config: RewardConfig


class Job(_Part):
    """What `train` is called with."""

    stage: Annotated[_Pretraining | _Instruction | _Preference | _Reward, Field(discriminator="kind")]
    model: Path
    corpus: Path
    folder: Path
    seed: int

    @classmethod
    def read(cls, path: Path) -> Job:
        """A job from its file."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise InputError(
                f"{path.name} is no training job: {error}", hint="Let the run write it."
            ) from error


def write_job(
    path: Path, kind: str, config: TrainingConfig, *, model: Path, corpus: Path, folder: Path, seed: int
) -> None:
    """The file of a job, for a program that is started elsewhere."""
    whole = {
        "stage": {"kind": kind, "config": config.model_dump(mode="json")},
        "model": str(model), "corpus": str(corpus), "folder": str(folder), "seed": seed,
    }  # fmt: skip
    path.write_text(json.dumps(whole, ensure_ascii=False, indent=2), encoding="utf-8")


class Printed:
    """Tells its progress on standard output, and stops at SIGTERM."""

    def __init__(self) -> None:
        self._first = os.environ.get("RANK", "0") == "0"
        self._stopped = False
        signal.signal(signal.SIGTERM, self._stop)

    def step(self, done: int, total: int, note: str = "") -> None:
        """A line."""
        self.tell({"done": done, "total": total, "note": note})

    def stopped(self) -> bool:
        """Whether SIGTERM came."""
        return self._stopped

    def tell(self, line: dict[str, object]) -> None:
        """A line of JSON, from the first process only."""
        if self._first:
            print(json.dumps(line, ensure_ascii=False), flush=True)

    def _stop(self, *_: object) -> None:
        self._stopped = True


def main(arguments: list[str]) -> int:
    """Run the job in the file that is named; the exit status."""
    report = Printed()
    keep_freed_memory()
    try:
        job = Job.read(Path(arguments[0]))
        train(
            job.stage.config,
            model=job.model,
            corpus=job.corpus,
            folder=job.folder,
            seed=job.seed,
            report=report,
        )
    except BauhiniaError as error:
        report.tell({"error": error.code, "message": error.message, "hint": error.hint})
        return STOPPED if isinstance(error, Cancelled) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
