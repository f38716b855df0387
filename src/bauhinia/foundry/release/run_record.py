"""A finished run, read back from its folder: what it was made from, stage by stage, and what it measured."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ...errors import InputError, NotFound
from ...yaml_text import read_yaml

TRAINING = ("pretraining", "instruction", "preference", "reward")
"""Kinds of stages that change weights."""
ROW_FILES = ("train", "instructions", "preferences")
"""Files of a corpus that stages train on."""
_USED_BY = {
    "pretraining": "train",
    "instruction": "instructions",
    "preference": "preferences",
    "reward": "instructions",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRecord:
    """One stage as it was done."""

    name: str
    kind: str
    folder: Path
    data: Mapping[str, Any]
    """The stage in the resolved recipe."""
    mark: Mapping[str, Any]
    """Its `DONE.json`."""

    @property
    def outputs(self) -> Mapping[str, str]:
        """SHA-256 of every file that it left, by its path in the stage's folder."""
        found: Mapping[str, str] = self.mark.get("outputs", {})
        return found

    @property
    def rows(self) -> tuple[str, ...]:
        """Which files of the corpus it trained on; replay is of the first one's rows."""
        own = _USED_BY.get(self.kind)
        used = {own} if own else set()
        if self.data.get("replay_share"):
            used.add("train")
        return tuple(name for name in ROW_FILES if name in used)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One finished run."""

    folder: Path
    recipe: Mapping[str, Any]
    record: Mapping[str, Any]
    """`run.json`: code, environment, seeds."""
    stages: tuple[StageRecord, ...]
    base: Mapping[str, Any] = field(default_factory=dict)
    """The mark of the base, where one was prepared."""

    @property
    def corpus(self) -> StageRecord:
        """The last corpus. Raises InputError."""
        return self._last("corpus")

    @property
    def export(self) -> StageRecord:
        """The last export. Raises InputError."""
        return self._last("export")

    @property
    def evaluation(self) -> StageRecord:
        """The last evaluation. Raises InputError."""
        return self._last("evaluation")

    @property
    def training(self) -> tuple[StageRecord, ...]:
        """The stages that changed weights, in order."""
        return tuple(stage for stage in self.stages if stage.kind in TRAINING)

    @property
    def row_files(self) -> tuple[str, ...]:
        """Files of the corpus that some stage trained on."""
        used = {name for stage in self.training for name in stage.rows}
        return tuple(name for name in ROW_FILES if name in used)

    @property
    def model(self) -> Path:
        """The folder of the newest model. Raises InputError."""
        if not self.training:
            raise _unfit(self.folder, "it trains nothing")
        return self.training[-1].folder / "model"

    def _last(self, kind: str) -> StageRecord:
        found = [stage for stage in self.stages if stage.kind == kind]
        if not found:
            raise _unfit(self.folder, f"it has no stage of the kind {kind}")
        return found[-1]


def read_run(folder: Path) -> RunRecord:
    """The run in that folder. Raises NotFound where there is none, InputError where a stage is not done."""
    try:
        recipe = read_yaml((folder / "recipe.yaml").read_text(encoding="utf-8"))
        stages = tuple(_stage(folder, data) for data in recipe["stages"])
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, KeyError) as error:
        raise NotFound(
            f"{folder} is no run of the foundry.",
            hint="Name a folder that `bauhinia foundry run` made, with its recipe.yaml in it.",
        ) from error
    for name in ("corpus", "evaluation", "export"):
        RunRecord(folder=folder, recipe=recipe, record={}, stages=stages)._last(name)
    base = read_json(folder / "base" / "DONE.json") if (folder / "base" / "DONE.json").is_file() else {}
    return RunRecord(
        folder=folder, recipe=recipe, record=read_json(folder / "run.json"), stages=stages, base=base
    )


def read_json(path: Path) -> dict[str, Any]:
    """The record in a file of the run. Raises InputError."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path} is missing or no JSON.",
            hint="Take a whole folder that `bauhinia foundry run` wrote, or resume the run.",
        ) from error
    if not isinstance(value, dict):
        raise InputError(f"{path} holds no record.", hint="Take a folder that `bauhinia foundry run` wrote.")
    return value


def rows_of(corpus: Path, name: str) -> Iterator[dict[str, Any]]:
    """The rows of one of the corpus's files, none where it has no such file. Raises InputError."""
    path = corpus / f"{name}.jsonl"
    if not path.is_file():
        return
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                row = json.loads(line)
                yield {**row, "id": str(row["id"]), "source": str(row["source"])}
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(
                    f"Row {number} of {path} has no id and source.",
                    hint="Build the corpus again: every row must lead to its source.",
                ) from error


def digest(value: object) -> str:
    """SHA-256 of a value's canonical JSON, as the marks of stages have it."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _stage(folder: Path, data: Mapping[str, Any]) -> StageRecord:
    place = folder / data["name"]
    mark = place / "DONE.json"
    if not mark.is_file():
        raise InputError(
            f"The run {folder.name} is not finished: its stage {data['name']!r} is not done.",
            hint=f"Run `bauhinia foundry resume {folder}`, then release it.",
        )
    return StageRecord(name=data["name"], kind=data["kind"], folder=place, data=data, mark=read_json(mark))


def _unfit(folder: Path, why: str) -> InputError:
    return InputError(
        f"The run {folder.name} cannot be released: {why}.",
        hint="A release needs a corpus, training, evaluation and export; see the recipe `rehearsal`.",
    )
