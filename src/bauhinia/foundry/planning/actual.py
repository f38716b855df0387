"""What a finished run really cost, by the seconds that it recorded, and what its model costs to run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from ...errors import InputError, NotFound
from ...yaml_text import read_yaml
from .architecture import Architecture
from .flops import training_flops
from .hardware import assumptions, electricity, hardware
from .making import money
from .serving import Load, Serving, Weights, serving_of
from .work import TRAINING, architecture_in

__all__ = ["ActualCost", "ActualStage", "actual"]

RECIPE, RECORD, DONE = "recipe.yaml", "run.json", "DONE.json"


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ActualStage(_Fact):
    """One finished stage."""

    name: str
    kind: str
    seconds: float
    tokens: int | None
    """Tokens trained, where it trained."""
    utilisation: float | None
    """Part of the peak of the machine named, where it trained and the model's shape is known."""
    gpu_hours: float
    kwh: float
    hkd: float


class ActualCost(_Fact):
    """What a run cost."""

    recipe: str
    hardware: str
    gpus: int
    stages: tuple[ActualStage, ...]
    unfinished: tuple[str, ...]
    """Stages of the recipe without their mark: nothing of them is counted."""
    serving: Serving | None
    """What its model costs to run, estimated; None where the model's shape is not known."""
    assumptions: tuple[str, ...]

    @property
    def seconds(self) -> float:
        """Of all finished stages."""
        return sum(stage.seconds for stage in self.stages)

    @property
    def kwh(self) -> float:
        """Of all finished stages."""
        return sum(stage.kwh for stage in self.stages)

    @property
    def hkd(self) -> float:
        """Of all finished stages."""
        return sum(stage.hkd for stage in self.stages)


def actual(
    run: Path,
    *,
    machine: str,
    gpus: int | None = None,
    load: Load | None = None,
    weights: Weights = "bf16",
    serving_machine: str | None = None,
) -> ActualCost:
    """The cost of the stages that a run finished, on the machine named.

    The GPUs are those that `run.json` recorded, unless `gpus` says; the model is served on the same
    kind of machine unless `serving_machine` says. Raises NotFound where there is no run.
    """
    if not (run / RECIPE).is_file():
        raise NotFound(
            f"{run} is no run: it has no {RECIPE}.", hint="Name a folder that `bauhinia foundry run` made."
        )
    recipe = read_yaml((run / RECIPE).read_text(encoding="utf-8"))
    seen = len(_record(run / RECORD).get("environment", {}).get("accelerators") or ())
    count = gpus or max(1, seen)
    model = _architecture(recipe)
    marks = {stage["name"]: run / stage["name"] / DONE for stage in recipe["stages"]}
    done = {name: _record(mark) for name, mark in marks.items() if mark.is_file()}
    return ActualCost(
        recipe=recipe["name"],
        hardware=machine,
        gpus=count,
        stages=tuple(
            _stage(stage, done[stage["name"]], model, machine, count)
            for stage in recipe["stages"]
            if stage["name"] in done
        ),
        unfinished=tuple(name for name in marks if name not in done),
        serving=_serving(model, serving_machine or machine, load or Load(), weights),
        assumptions=tuple(_assumed(machine)),
    )


def _stage(
    stage: dict[str, Any], mark: dict[str, Any], model: Architecture | None, machine: str, gpus: int
) -> ActualStage:
    chip, power = hardware(machine), electricity()
    seconds = float(mark["seconds"])
    hours = seconds / 3600 * gpus
    kwh = hours * chip.kilowatts * assumptions().drawn_power.value * power.pue
    figures = mark.get("figures") or {}
    tokens = figures.get("tokens_trained") if stage["kind"] in TRAINING else None
    reached = None
    if tokens and model is not None and seconds:
        each = training_flops(model, stage.get("length", 1024))
        reached = tokens * each / (figures.get("seconds") or seconds) / (chip.peak() * gpus)
    return ActualStage(
        name=stage["name"],
        kind=stage["kind"],
        seconds=seconds,
        tokens=tokens,
        utilisation=reached,
        gpu_hours=hours,
        kwh=kwh,
        hkd=money(hours, kwh, chip, power),
    )


def _serving(model: Architecture | None, machine: str, load: Load, weights: Weights) -> Serving | None:
    if model is None:
        return None
    return serving_of(model, hardware(machine), load, assumptions(), electricity(), weights=weights)


def _architecture(recipe: dict[str, Any]) -> Architecture | None:
    """The model's shape, where it is known; without it the cost stands and the utilisation is left out."""
    try:
        return architecture_in(recipe)
    except InputError:
        return None


def _assumed(machine: str) -> Iterator[str]:
    chip, power, taken = hardware(machine), electricity(), assumptions()
    yield (
        "Seconds: those of each stage's mark, from its last beginning to its end; "
        "sessions that were killed before are not in them."
    )
    yield f"Price: HK${chip.hkd_per_hour:.2f} for a GPU's hour, {chip.priced} ({chip.price_source})."
    yield (
        f"Power: {chip.kilowatts:.3g} kW at most, {taken.drawn_power.value:.0%} of it drawn, "
        f"PUE {power.pue:g}; HK${power.hkd_per_kwh:g} a kWh. Nothing was metered."
    )


def _record(path: Path) -> dict[str, Any]:
    """The record in a file; of a file that is not there, an empty one. Raises InputError."""
    if not path.is_file():
        return {}
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(
            f"{path} cannot be read as JSON.", hint="Take a folder that `bauhinia foundry run` wrote."
        ) from error
    return found
