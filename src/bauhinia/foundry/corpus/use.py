"""Preference rows from use, as `bauhinia foundry preferences` wrote them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from ...errors import InputError
from ..snapshot_files import MANIFEST, MARKER, PAIRS
from .rows import read_lines


def rows_from_use(folders: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """The pairs of these snapshots; each row's `of` is its snapshot. Raises InputError for a folder that is
    no whole snapshot."""
    for folder in folders:
        name = snapshot_of(folder)
        for row in read_lines(folder / PAIRS):
            yield {**row, "of": name}


def snapshot_of(folder: Path) -> str:
    """The id of a snapshot whose pairs are as they were written. Raises InputError."""
    try:
        marked = json.loads((folder / MARKER).read_bytes())
        told = json.loads((folder / MANIFEST).read_bytes())
        sound = marked["snapshot"] == told["snapshot"] and told["files"][PAIRS] == _digest(folder / PAIRS)
    except (OSError, ValueError, KeyError, TypeError):
        sound = False
    if not sound:
        raise InputError(
            f"{folder} is no whole snapshot of preference data.",
            hint="Write it again with `bauhinia foundry preferences`.",
        )
    return str(told["snapshot"])


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
