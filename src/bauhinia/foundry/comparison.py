"""Runs side by side: what was asked, what it took, what came of it, and where their losses part."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import InputError
from .live import losses
from .marks import finished, read_json
from .measuring import AFTER, BEFORE, RESULTS
from .run import recipe_of, record_of


class Row(NamedTuple):
    """One line of a comparison: what it is, and each run's figure as text."""

    what: str
    cells: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether the runs do not all say the same."""
        return len(set(self.cells)) > 1


class Parting(NamedTuple):
    """Where the losses of one stage of two runs stop being the same."""

    stage: str
    step: int
    losses: tuple[float, float]


class Comparison(NamedTuple):
    """Several runs side by side."""

    runs: tuple[str, ...]
    asked: tuple[Row, ...]
    """Keys of the recipes in which they differ."""
    figures: tuple[Row, ...]
    partings: tuple[Parting, ...]
    """First steps at which a run's loss is not the first run's, to the last digit."""


def compare(folders: Sequence[Path]) -> Comparison:
    """Compare two runs or more. Raises InputError for fewer, NotFound for a folder that is no run."""
    if len(folders) < 2:
        raise InputError(
            "A comparison needs two runs or more.", hint="Name their folders one after the other."
        )
    recipes = [dict(_flat("", _by_name(recipe_of(folder).as_data()))) for folder in folders]
    asked = [row for row in _rows(recipes) if row.differs and row.what != "title"]
    figures = [dict(_figures(folder)) for folder in folders]
    partings = [parting for other in folders[1:] for parting in _partings(folders[0], other)]
    return Comparison(
        tuple(folder.name for folder in folders), tuple(asked), tuple(_rows(figures)), tuple(partings)
    )


def _by_name(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """Stages by their names, so that one more of them does not make all differ."""
    stages = {stage["name"]: {k: v for k, v in stage.items() if k != "name"} for stage in recipe["stages"]}
    return {**recipe, "stages": stages}


def _flat(place: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(f"{place}.{key}" if place else str(key), inner)
    else:
        yield place, json.dumps(value, ensure_ascii=False)


def _rows(told: Sequence[Mapping[str, str]]) -> list[Row]:
    keys = list(dict.fromkeys(key for each in told for key in each))
    return [Row(key, tuple(each.get(key, "") for each in told)) for key in keys]


def _figures(folder: Path) -> Iterator[tuple[str, str]]:
    """What one run came to, by what it is called."""
    record = record_of(folder)
    yield "status", str(record["status"])
    yield "recipe", f"{record['recipe']} {record['hash'][:8]}"
    for stage in recipe_of(folder).stages:
        mark = finished(folder / stage.name)
        if mark is None:
            continue
        yield f"{stage.name}: seconds", f"{mark['seconds']:.0f}"
        told = mark["figures"]
        for key in ("tokens_trained", "tokens_per_second", "rows"):
            if isinstance(told.get(key), int | float):
                yield f"{stage.name}: {key.replace('_', ' ')}", f"{told[key]:,.0f}"
        if rows := losses(folder / stage.name):
            yield f"{stage.name}: last loss", f"{rows[-1]['loss']:.4f}"
        if (folder / stage.name / RESULTS).is_file():
            yield from _suites(folder / stage.name)


def _suites(folder: Path) -> Iterator[tuple[str, str]]:
    for name, suite in read_json(folder / RESULTS)["suites"].items():
        low, high = suite["interval"]
        if name.startswith("bpb."):
            yield name, f"{suite[BEFORE]:.3f} → {suite[AFTER]:.3f}"
        else:
            yield name, f"{suite[BEFORE]:.1%} → {suite[AFTER]:.1%}"
        yield f"{name}: change", f"{suite['change']:+.1%} ({low:+.1%} to {high:+.1%})"


def _partings(first: Path, other: Path) -> Iterator[Parting]:
    for stage in recipe_of(first).stages:
        mine, theirs = losses(first / stage.name), losses(other / stage.name)
        for a, b in zip(mine, theirs, strict=False):
            if a["loss"] != b["loss"]:
                yield Parting(stage.name, int(a["step"]), (a["loss"], b["loss"]))
                break
