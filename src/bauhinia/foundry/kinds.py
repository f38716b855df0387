"""Every kind of stage that a recipe may name: whose config it has, what does the work, what it takes.

A recipe names a kind and never code: the places below are the only ones that are imported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

from pydantic import BaseModel

from ..errors import MissingPart

Input = Literal["model", "models", "corpus", "seed"]
Output = Literal["corpus", "model", "results", "files"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of stage."""

    config: str
    """Where its config class is, `module:Class`."""
    work: str
    """Where the function is that does it: `work(config, *, folder, report, ...what it takes)`."""
    takes: tuple[Input, ...] = ()
    """What it is given of the stages before it: the newest model, every model so far, the newest corpus."""
    gives: Output

    def config_class(self) -> type[BaseModel]:
        """The class that a recipe's fields for this kind must fit."""
        found = _found(self.config)
        assert isinstance(found, type) and issubclass(found, BaseModel), f"{self.config} is no pydantic model"
        return found

    def worker(self) -> Callable[..., Any]:
        """The function that does a stage of this kind."""
        work = _found(self.work)
        assert callable(work)
        return work  # type: ignore[no-any-return]  # what a part returns is its figures


def _training(config: str) -> Kind:
    module = "bauhinia.foundry.training"
    return Kind(
        config=f"{module}:{config}",
        work=f"{module}:train",
        takes=("model", "corpus", "seed"),
        gives="model",
    )


KINDS: dict[str, Kind] = {
    "corpus": Kind(
        config="bauhinia.foundry.corpus:CorpusConfig", work="bauhinia.foundry.corpus:build", gives="corpus"
    ),
    "pretraining": _training("PretrainingConfig"),
    "instruction": _training("InstructionConfig"),
    "preference": _training("PreferenceConfig"),
    "reward": _training("RewardConfig"),
    "evaluation": Kind(
        config="bauhinia.foundry.measuring:MeasuringConfig",
        work="bauhinia.foundry.measuring:measure",
        takes=("models", "corpus"),
        gives="results",
    ),
    "export": Kind(
        config="bauhinia.foundry.export:ExportConfig",
        work="bauhinia.foundry.export:export",
        takes=("model", "corpus"),
        gives="files",
    ),
}
"""The kinds by their names in a recipe, in the order in which a run has them."""


def _found(place: str) -> Any:
    module, _, name = place.partition(":")
    try:
        return getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        raise MissingPart(
            f"This kind of stage needs {error.name}, which is not installed here.",
            hint="Run `scripts/setup foundry`.",
        ) from error
