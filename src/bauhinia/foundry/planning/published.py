"""Our formula held against figures that others published, each with its error and the reason for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from ...yaml_text import read_yaml
from .architecture import read_architecture
from .flops import Convention, training_flops
from .hardware import hardware

__all__ = ["WITHIN", "Comparison", "Published", "compared", "not_checked", "published"]

WITHIN = 0.15
"""Greatest error at which a published figure counts as met."""


class Published(BaseModel):
    """A rate that somebody measured: operations a second, or a part of the peak, and tokens, of one GPU."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    architecture: str
    hardware: str
    sequence: int
    document: int | None = None
    """Mean length of a document in a pack, where that is known or taken for granted."""
    tflops: float | None = None
    mfu: float | None = None
    tokens: float
    adapters: bool = False
    counts: dict[str, bool] = {}
    """What the source counts as operations, where that differs from us."""
    why: str = ""
    source: str

    @model_validator(mode="after")
    def _one_rate(self) -> Published:
        if (self.tflops is None) == (self.mfu is None):
            raise ValueError("a published figure states exactly one of tflops and mfu")
        return self

    @property
    def rate(self) -> float:
        """Operations a second that one GPU is said to have done."""
        if self.tflops is not None:
            return self.tflops * 1e12
        assert self.mfu is not None
        return self.mfu * hardware(self.hardware).peak()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A published figure beside ours."""

    published: Published
    predicted: float
    """Tokens a second of one GPU, by our count of operations."""
    by_their_count: float
    """The same by what the source counts."""

    @property
    def error(self) -> float:
        """How far our figure is off, as a part of the published one."""
        return self.predicted / self.published.tokens - 1

    @property
    def error_by_their_count(self) -> float:
        """How far it is off when we count as they do."""
        return self.by_their_count / self.published.tokens - 1

    @property
    def within(self) -> bool:
        """Whether ours agrees."""
        return abs(self.error) <= WITHIN


@cache
def _data() -> dict[str, Any]:
    text = files(__package__).joinpath("published.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = read_yaml(text)
    return data


def published() -> tuple[Published, ...]:
    """Every published figure that can be held against ours."""
    return tuple(Published.model_validate(figure) for figure in _data()["figures"])


def not_checked() -> tuple[tuple[str, str], ...]:
    """Published figures that cannot, each with why."""
    return tuple((each["name"], each["why"]) for each in _data()["not_checked"])


def compared(figure: Published) -> Comparison:
    """A published figure beside what our formula gives for the same rate of operations."""
    model = read_architecture(figure.architecture)
    length = figure.document or figure.sequence
    ours = training_flops(model, length, adapters=figure.adapters)
    theirs = training_flops(model, length, Convention(**figure.counts), adapters=figure.adapters)
    return Comparison(published=figure, predicted=figure.rate / ours, by_their_count=figure.rate / theirs)
