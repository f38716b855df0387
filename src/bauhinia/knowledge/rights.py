"""What a data sheet states: whose the documents are, by what right they are held, how far to trust them.

The choices are data (`sheets.yaml`). Nothing is added to a collection before they are made (D-2.1.3.1-03).
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from ..yaml_text import read_yaml

Grade = Literal["A", "B", "C"]


class Choice(BaseModel):
    """One of the choices, and its words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    en: str
    zh_hant: str = Field(alias="zh-Hant-HK")
    zh_hans: str = Field(alias="zh-Hans")
    asks: str = ""
    """What the reference should name."""

    def name(self, language: str) -> str:
        """Its words in a language of the interface."""
        return {"zh-Hant-HK": self.zh_hant, "zh-Hans": self.zh_hans}.get(language, self.en)


class Holding(BaseModel):
    """When a file is held for a person to look at."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unreadable: float
    hidden: float
    personal: int
    thin_pages: int
    thin_characters: int
    outlier: int
    outlier_files: int
    repeats: float


class Choices(BaseModel):
    """The shipped list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bases: tuple[Choice, ...]
    licensed: frozenset[str]
    """Bases that are nothing without the licence's name."""
    grades: tuple[Choice, ...]
    holding: Holding

    def basis(self, key: str, language: str = "en") -> str:
        """The words of a basis. One that is no longer listed is told by its id."""
        return next((each.name(language) for each in self.bases if each.id == key), key)

    def grade(self, key: str, language: str = "en") -> str:
        """What a trust grade means."""
        return next(each.name(language) for each in self.grades if each.id == key)


@lru_cache(maxsize=1)
def choices() -> Choices:
    """The shipped choices."""
    text = files(__package__).joinpath("sheets.yaml").read_text(encoding="utf-8")
    return Choices.model_validate(read_yaml(text))


def _line(most: int, least: int = 1) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=least, max_length=most)


class Statement(BaseModel):
    """What an officer states of a collection. Nothing of it has a default that says a right exists."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Annotated[str, _line(500)]
    """Where the documents come from."""
    basis: Annotated[str, _line(40)]
    """By what right they are held: an id of `choices().bases`."""
    reference: Annotated[str, _line(300)]
    """Where the permission can be looked up."""
    post: Annotated[str, _line(120)]
    """The post that answers for the collection (D-3.1-02)."""
    grade: Grade
    """How far the source is trusted (D-3.1-16)."""
    licence: Annotated[str, _line(300, 0)] = ""
    processing: Annotated[str, _line(2_000, 0)] = ""
    """What was done to the documents before they came here."""
    source_date: date | None = None
    """The date that the documents are of."""
    refresh_by: date | None = None
    """When they are to be fetched anew."""
    audit_days: int = Field(default=365, ge=1, le=3_650)
    """How often the documents are checked."""

    @field_validator("basis")
    @classmethod
    def _is_listed(cls, value: str) -> str:
        listed = [each.id for each in choices().bases]
        if value not in listed:
            raise ValueError(f"The rights basis is one of: {', '.join(listed)}.")
        return value

    @model_validator(mode="after")
    def _names_its_licence(self) -> Statement:
        if self.basis in choices().licensed and not self.licence:
            raise ValueError("Name the licence or the terms that the documents come under.")
        return self
