"""Classifications: an ordered list, which is data, and how far each may go."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ..errors import InputError
from ..yaml_text import read_yaml

Endpoint = Literal["local", "remote"]
LOWEST = "unclassified"
"""What is said of text that nobody classified."""


class Level(BaseModel):
    """One classification, and its names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern="^[a-z_]+$")
    en: str
    zh_hant: str = Field(alias="zh-Hant-HK")
    zh_hans: str = Field(alias="zh-Hans")

    def name(self, language: str) -> str:
        """Its name in a language of the interface."""
        return {"zh-Hant-HK": self.zh_hant, "zh-Hans": self.zh_hans}.get(language, self.en)


class Classifications(BaseModel):
    """The list from the lowest to the highest, and the limits that nobody opens alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    levels: tuple[Level, ...] = Field(min_length=1)
    endpoints: dict[Endpoint, str]
    """The highest that each kind of endpoint may see by default."""
    between_departments: str
    """The highest that may be shared with another department."""

    @model_validator(mode="after")
    def _limits_are_levels(self) -> Classifications:
        if self.ids[0] != LOWEST or len(set(self.ids)) < len(self.ids):
            raise ValueError(f"The list begins with {LOWEST} and names each classification once.")
        for limit in (*self.endpoints.values(), self.between_departments):
            self.rank(limit)
        return self

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Every classification, the lowest first."""
        return tuple(level.id for level in self.levels)

    def level(self, classification: str) -> Level:
        """Raises InputError for one that is not in the list."""
        return self.levels[self.rank(classification)]

    def rank(self, classification: str) -> int:
        """Its place in the list. Raises InputError for one that is not in it."""
        if classification not in self.ids:
            raise InputError(
                "There is no such classification.", hint=f"The classifications are: {', '.join(self.ids)}."
            )
        return self.ids.index(classification)

    def within(self, classification: str, limit: str) -> bool:
        """Whether it is at most `limit`. What is not in the list is within nothing."""
        return classification in self.ids and self.rank(classification) <= self.rank(limit)

    def highest(self, classifications: Iterable[str]) -> str:
        """The highest of them, the lowest of the list where there are none. Raises InputError."""
        return max(classifications, key=self.rank, default=LOWEST)

    def below(self, classification: str) -> list[str]:
        """Every classification that is lower. Raises InputError."""
        return list(self.ids[: self.rank(classification)])


@lru_cache(maxsize=1)
def classifications() -> Classifications:
    """The shipped list."""
    text = files(__package__).joinpath("classifications.yaml").read_text(encoding="utf-8")
    return Classifications.model_validate(read_yaml(text))
