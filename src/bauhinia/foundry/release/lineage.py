"""From the file that is served back to every row that it learnt from, in digests that hold on to one another.

Each stage's `inputs` is the digest of its own settings, the seed and what the stages before it left;
`outputs` are the files that it left. So whoever changes a row, a file or a setting changes all digests after.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from ...errors import InputError
from .run_record import RunRecord, StageRecord, digest, file_digest, rows_of

ROWS = "rows.jsonl"
"""File of a release: a line for each row that was trained on."""


class RowSource(NamedTuple):
    """Where a row came from."""

    id: str
    set: str
    """`train`, `instructions` or `preferences`."""
    source: str
    licence: str
    sha256: str
    """Of the row's canonical JSON."""


def row_sources(run: RunRecord) -> Iterator[RowSource]:
    """Every row of the files that some stage trained on, in their order. Raises InputError."""
    for name in run.row_files:
        for row in rows_of(run.corpus.folder, name):
            yield RowSource(row["id"], name, row["source"], str(row.get("licence", "")), digest(row))


def write_rows(run: RunRecord, path: Path) -> int:
    """Write a line for each row; how many. Raises InputError."""
    count = 0
    with path.open("wb") as file:
        for row in row_sources(run):
            file.write(orjson.dumps(row._asdict()) + b"\n")
            count += 1
    return count


def read_rows(path: Path) -> Iterator[RowSource]:
    """The rows that a release was trained on."""
    with path.open("rb") as file:
        for line in file:
            yield RowSource(**orjson.loads(line))


def lineage_of(run: RunRecord, rows: Path, count: int) -> dict[str, Any]:
    """The chain from the rows to the exported files. Raises InputError where the run's own marks disagree."""
    made = {
        "recipe": {key: run.recipe.get(key) for key in ("name", "title", "base", "seed")},
        "rows": {"file": ROWS, "count": count, "sha256": file_digest(rows), "corpus": run.corpus.name},
        "base": dict(run.base.get("outputs", {})),
        "stages": [_link(stage) for stage in run.stages],
    }
    if broken := broken_links(made):
        raise InputError(
            f"The run {run.folder.name} is not as it was made: {broken}",
            hint="Something in the folder was changed after a stage was done. Run that recipe again.",
        )
    return made | {"end": digest(made)}


def broken_links(lineage: Mapping[str, Any]) -> str:
    """The first stage that was not made of what stands before it, as a sentence; empty where all hold."""
    before: dict[str, str] = {}
    for stage in lineage["stages"]:
        if stage["kind"] != "corpus" and lineage["base"]:
            before["base"] = digest(lineage["base"])
        if stage["inputs"] != digest([stage["settings"], lineage["recipe"]["seed"], before]):
            return f"the stage {stage['name']!r} was made of something else."
        before[stage["name"]] = digest(stage["outputs"])
    return ""


def changed_files(stages: Iterable[StageRecord]) -> str:
    """The first file of these stages that is not as its mark says; empty where all are."""
    for stage in stages:
        for name, sha256 in stage.outputs.items():
            path = stage.folder / name
            if not path.is_file() or file_digest(path) != sha256:
                return f"{stage.name}/{name}"
    return ""


def _link(stage: StageRecord) -> dict[str, Any]:
    keys = ("began", "ended", "seconds")
    return {
        "name": stage.name,
        "kind": stage.kind,
        "settings": dict(stage.data),
        "trained_on": list(stage.rows),
        "inputs": stage.mark.get("inputs", ""),
        "outputs": dict(stage.outputs),
        **{key: stage.mark[key] for key in keys if key in stage.mark},
    }


def as_file(lineage: Mapping[str, Any]) -> str:
    """The lineage as it lies in a release."""
    return json.dumps(lineage, ensure_ascii=False, indent=1) + "\n"
