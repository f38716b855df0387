"""The release gate: thresholds that are data, held against figures that were measured.

A rule whose figure was not measured is not met, unless the gate says that it may be missing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ..errors import InputError
from ..yaml_text import read_yaml

Measure = Literal["value", "size", "drop", "rise", "kept", "certain_fall"]
"""`value` is the figure after training and `size` its distance from zero; `drop`, `rise` and `kept` hold it
against the figure before, as shares of that; `certain_fall` is how far it fell at the least, by the interval
of the change: what chance explains is no fall."""
Reason = Literal["ok", "too_low", "too_high", "not_measured", "not_needed"]


class Figure(NamedTuple):
    """One thing measured, after training and, where it was, before."""

    after: float | None
    before: float | None = None
    change: tuple[float, float] | None = None
    """The interval of after minus before."""


class Rule(BaseModel):
    """One threshold. Exactly one of the bounds is given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    en: str
    """What is measured, as the beginning of a sentence that ends in a share."""
    figure: str
    """Its name among the figures: `bpb.cantonese`, `served.loss_gap`, ..."""
    measure: Measure
    at_least: float | None = None
    at_most: float | None = None
    needed: bool = True
    """Whether a run in which it was not measured fails."""

    @model_validator(mode="after")
    def _has_one_bound(self) -> Rule:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError(f"The rule {self.id} needs either at_least or at_most.")
        return self


class Gate(BaseModel):
    """The rules that a release must meet, all of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: str
    rules: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_each_once(self) -> Gate:
        if len({rule.id for rule in self.rules}) < len(self.rules):
            raise ValueError("A gate names each rule once.")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """How one rule was met, or was not."""

    rule: Rule
    reason: Reason
    value: float | None
    """What was measured, in the rule's measure."""

    @property
    def met(self) -> bool:
        """Whether it does not stand in the way."""
        return self.reason in ("ok", "not_needed")

    @property
    def sentence(self) -> str:
        """What was measured and what is asked."""
        rule = self.rule
        bound = (
            f"at least {rule.at_least:.1%}" if rule.at_least is not None else f"at most {rule.at_most:.1%}"
        )
        value = "not measured" if self.value is None else f"{self.value:.1%}"
        return f"{rule.en}: {value} ({bound} is asked)."


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a gate says of a run."""

    gate: str
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether every rule is met."""
        return all(check.met for check in self.checks)

    @property
    def failures(self) -> tuple[str, ...]:
        """A sentence for each rule that is not met."""
        return tuple(check.sentence for check in self.checks if not check.met)


def load_gate(path: Path | None = None) -> Gate:
    """The gate of that file, or the foundry's. Raises InputError."""
    try:
        text = (
            path.read_text(encoding="utf-8")
            if path is not None
            else files(__package__).joinpath("gates/foundry.yaml").read_text(encoding="utf-8")
        )
        return Gate.model_validate(read_yaml(text))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise InputError(
            f"The gate {path or 'of the foundry'} cannot be read.", hint=f"Mend the file. {_reason(error)}"
        ) from error


def judge(gate: Gate, figures: Mapping[str, Figure]) -> Verdict:
    """Hold every rule against the figures."""
    return Verdict(
        gate=gate.id, checks=tuple(_checked(rule, figures.get(rule.figure)) for rule in gate.rules)
    )


def _checked(rule: Rule, figure: Figure | None) -> Check:
    value = None if figure is None else _measured(rule.measure, figure)
    if value is None:
        return Check(rule=rule, reason="not_measured" if rule.needed else "not_needed", value=None)
    reason: Reason = "ok"
    if rule.at_least is not None and not value >= rule.at_least:
        reason = "too_low"
    elif rule.at_most is not None and not value <= rule.at_most:
        reason = "too_high"
    return Check(rule=rule, reason=reason, value=value)


def _measured(measure: Measure, figure: Figure) -> float | None:
    """The figure in that measure; None where what it needs was not measured, or is no number."""
    after, before = figure.after, figure.before
    if after is None or not math.isfinite(after):
        return None
    if measure in ("value", "size"):
        return abs(after) if measure == "size" else after
    if measure == "certain_fall":
        return None if figure.change is None else max(0.0, -figure.change[1])
    if before is None or not math.isfinite(before):
        return None
    if measure == "kept":
        return after / before if before > 0 else 1.0
    if after == before:
        return 0.0
    change = (after - before) / before if before > 0 else math.copysign(math.inf, after - before)
    return -change if measure == "drop" else change


def _reason(error: Exception) -> str:
    """The first thing that is wrong, in a line."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"At {'.'.join(str(part) for part in first['loc']) or 'the top'}: {first['msg']}."
    return str(error).splitlines()[0]
