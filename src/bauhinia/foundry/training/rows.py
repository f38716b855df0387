"""The corpus's files, as the training reads them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...errors import InputError, NotFound

TRAIN = "train.jsonl"
INSTRUCTIONS = "instructions.jsonl"
PREFERENCES = "preferences.jsonl"
TEXT_KINDS = frozenset({"text", "parallel"})


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a JSONL file in its order; a line that is no object is told by its number."""
    if not path.exists():
        raise NotFound(
            f"The corpus has no {path.name}.",
            hint="Run the corpus stage first; its recipe names the sources.",
        )
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield _row(line, path, number)


def texts(corpus: Path, *, replay: bool) -> list[str]:
    """Either the texts to replay or the texts to learn, in the file's order."""
    kinds = {"replay"} if replay else TEXT_KINDS
    return [row["text"] for row in read_rows(corpus / TRAIN) if row.get("kind") in kinds]


def held_out(corpus: Path, name: str) -> list[str]:
    """The texts of a held-out set."""
    return [row["text"] for row in read_rows(corpus / "heldout" / f"{name}.jsonl")]


def _row(line: bytes, path: Path, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, UnicodeDecodeError) as error:
        raise _broken(path, number) from error
    if not isinstance(row, dict):
        raise _broken(path, number)
    return row


def _broken(path: Path, number: int) -> InputError:
    return InputError(
        f"Line {number} of {path.name} is not a row of a corpus.",
        hint="Run the corpus stage again: it writes whole files.",
    )
