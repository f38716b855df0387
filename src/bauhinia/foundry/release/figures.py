"""What a run measured, by the names that a gate asks for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...errors import InputError
from ...evaluation.gate import Figure
from .config import ReleaseConfig
from .run_record import RunRecord, read_json

RESULTS, EXPORT = "results.json", "export.json"
SERVED = "served"
"""What the figures of the file that is served are called by, besides its own format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GgufFile:
    """One exported GGUF."""

    format: str
    """`f16`, `q8_0`, `q4_0`, ..."""
    name: str
    figures: Mapping[str, float]
    """`loss`, `loss_gap`, `top1` where they were measured."""


def figures_of(run: RunRecord, config: ReleaseConfig) -> dict[str, Figure]:
    """Every figure of the evaluation and of the export. Raises InputError where a file is missing."""
    results = read_json(run.evaluation.folder / RESULTS)
    return from_papers(results, gguf_files(run), config.serve)


def from_papers(results: Mapping[str, Any], files: Iterable[GgufFile], serve: str) -> dict[str, Figure]:
    """The same from what the papers of a run or of a release say."""
    found = dict(_flat("", results.get("suites", {})))
    for file in files:
        names = [file.format, SERVED] if file.format == serve else [file.format]
        found |= {f"{name}.{key}": Figure(value) for name in names for key, value in file.figures.items()}
    return found


def gguf_files(run: RunRecord) -> tuple[GgufFile, ...]:
    """The exported GGUF files with what `export.json` says of each. Raises InputError."""
    return told_files(read_json(run.export.folder / EXPORT), run.export.outputs)


def told_files(told: Mapping[str, Any], names: Iterable[str]) -> tuple[GgufFile, ...]:
    """Those of these files that are GGUFs, with what the export says of each."""
    return tuple(
        GgufFile(format=format_of(name), name=name, figures=_of_file(told, name))
        for name in sorted(names)
        if name.endswith(".gguf") and "/" not in name
    )


def format_of(name: str) -> str:
    """`q8_0` of `model-q8_0.gguf`."""
    return name.removesuffix(".gguf").removeprefix("model-")


def served_file(run: RunRecord, config: ReleaseConfig) -> GgufFile:
    """The GGUF that the config asks for. Raises InputError."""
    files = gguf_files(run)
    for file in files:
        if file.format == config.serve:
            return file
    formats = ", ".join(file.format for file in files) or "none"
    raise InputError(
        f"The run {run.folder.name} has no GGUF of the format {config.serve!r}.",
        hint=f"It exported: {formats}. Name one of them with --serve.",
    )


def trained(run: RunRecord) -> list[dict[str, Any]]:
    """The figures of each training stage, with its name, kind and seconds."""
    found = []
    for stage in run.training:
        path = stage.folder / "figures.json"
        figures = read_json(path) if path.is_file() else dict(stage.mark.get("figures", {}))
        found.append(
            {"stage": stage.name, "kind": stage.kind, "seconds": stage.mark.get("seconds"), **figures}
        )
    return found


def _flat(place: str, told: Mapping[str, Any]) -> Iterator[tuple[str, Figure]]:
    """Suites by name; one that has parts gives a figure a part."""
    for name, value in told.items():
        if not isinstance(value, Mapping):
            continue
        full = f"{place}.{name}" if place else name
        if "after" in value:
            yield full, Figure(number(value["after"]), number(value.get("before")), _interval(value))
        else:
            yield from _flat(full, value)


def _interval(told: Mapping[str, Any]) -> tuple[float, float] | None:
    """Of the change, where the suite has one."""
    ends = told.get("interval")
    if not isinstance(ends, list) or len(ends) != 2:
        return None
    low, high = map(number, ends)
    return None if low is None or high is None else (low, high)


def number(value: object) -> float | None:
    """A figure that is a number, or a record with one and its interval; None for anything else."""
    if isinstance(value, Mapping):
        value = next((value[key] for key in ("value", "share", "mean") if key in value), None)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _of_file(told: Mapping[str, Any], name: str) -> dict[str, float]:
    """What the export says of one file."""
    files = told.get("files", {})
    record = files.get(name) or files.get(format_of(name)) or {}
    wanted = {"loss": ("loss",), "loss_gap": ("loss_gap",), "top1": ("top1", "top1_agreement")}
    found = {}
    for key, names in wanted.items():
        value = next((number(record[each]) for each in names if each in record), None)
        if value is not None:
            found[key] = value
    return found
