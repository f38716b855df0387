"""Checkpoints that are whole or not there: the marker is written last; a folder without one is removed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from .figures import write_whole

MARKER = "complete.json"


def mark(folder: Path, state: dict[str, Any]) -> None:
    """Say that a checkpoint is whole, with what the trainer itself does not keep."""
    write_whole(folder / MARKER, json.dumps(state))


def latest(folder: Path) -> Path | None:
    """The last whole checkpoint; the halves that a killed run left are removed."""
    whole = []
    for checkpoint in folder.glob("checkpoint-*"):
        if (checkpoint / MARKER).exists():
            whole.append(checkpoint)
        else:
            shutil.rmtree(checkpoint)
    return max(whole, key=step_of, default=None)


def step_of(checkpoint: Path) -> int:
    """The step after which it was made."""
    return int(checkpoint.name.rpartition("-")[2])


def state_of(checkpoint: Path) -> dict[str, Any]:
    """What its marker says."""
    state: dict[str, Any] = json.loads((checkpoint / MARKER).read_text())
    return state


def keep_only(checkpoint: Path) -> None:
    """Remove the ones before it: its marker first, so that none is ever half there with one."""
    for other in checkpoint.parent.glob("checkpoint-*"):
        if other != checkpoint:
            (other / MARKER).unlink(missing_ok=True)
            shutil.rmtree(other)


def cut_after(path: Path, step: int) -> None:
    """Drop the lines of a JSONL log that a killed run wrote after its last checkpoint, and any half line."""
    if not path.exists():
        return
    kept = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            whole = json.loads(line)
        except ValueError:
            continue
        if whole["step"] <= step:
            kept.append(line + "\n")
    write_whole(path, "".join(kept))
