"""A run as lines of plain text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .marks import finished, read_json
from .measuring import AFTER, BEFORE, RESULTS
from .run import recipe_of, record_of


def shown(folder: Path) -> Iterator[str]:
    """The run's recipe, its stages with what each took, and what was measured. Raises NotFound."""
    recipe, record = recipe_of(folder), record_of(folder)
    yield f"{recipe.title} ({recipe.name} {recipe.hash[:8]}, seed {recipe.seed})"
    machine = record["environment"]
    yield f"begun {record['began']} on {machine['cores']} cores {machine['processor']}: {record['status']}"
    for stage in recipe.stages:
        yield f"  {stage.name:<20} {_state(folder / stage.name)}"
    for stage in recipe.stages:
        if (folder / stage.name / RESULTS).is_file():
            yield from _measured(folder / stage.name)
    if record["status"] != "finished":
        yield f"Go on with `bauhinia foundry resume {folder}`."


def _state(folder: Path) -> str:
    mark = finished(folder)
    if mark is None:
        return "begun" if folder.is_dir() else "to come"
    trained = mark["figures"].get("tokens_trained")
    more = f", {trained:,} tokens trained" if isinstance(trained, int) else ""
    return f"done in {mark['seconds']:.0f} s{more}"


def _measured(folder: Path) -> Iterator[str]:
    for name, suite in read_json(folder / RESULTS)["suites"].items():
        low, high = suite["interval"]
        yield (
            f"  {name:<20} {suite[BEFORE]:.3f} → {suite[AFTER]:.3f} "
            f"({suite['change']:+.1%}, 95 % interval {low:+.1%} to {high:+.1%})"
        )
