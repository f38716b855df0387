"""What a training stage found, as `figures.json` holds it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FIGURES = "figures.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingFigures:
    """A stage's figures; a token counts where the model had to predict it."""

    steps: int
    tokens_in: int
    """Tokens to predict in the rows that the stage was to train on."""
    tokens_trained: int
    """Tokens that the model was given to predict, counted in the batches it saw."""
    tokens_padded: int
    """Places of those batches that held nothing."""
    parameters: int
    parameters_changed: int
    """The same number, or the stage has failed."""
    seconds: float
    tokens_per_second: float
    loss_first: float
    loss_last: float
    stopped_early: str = ""
    """Why, where it was."""
    details: dict[str, Any] = field(default_factory=dict)
    """What only one kind of training has."""

    def write(self, folder: Path) -> None:
        """Keep them; written last, they say that the stage's training is done."""
        write_whole(folder / FIGURES, json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n")

    @classmethod
    def read(cls, folder: Path) -> TrainingFigures | None:
        """Those of a stage that is done; None where it is not."""
        path = folder / FIGURES
        return cls(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def write_whole(path: Path, text: str) -> None:
    """Put a file in place in one piece: whoever reads it sees the old one or the new one."""
    beside = path.with_name(path.name + ".part")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
