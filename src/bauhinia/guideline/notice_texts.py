"""What is told before first use: terms, rules, limits and a briefing on each named risk, as versioned data.

A notice is a YAML file of `notices/`; an organisation puts its own of the same name into the folder
`notices` of the data folder. Whoever accepted other words is asked again (D-3.3-10, D-2.1.1-01, D-2.2.3-02).
"""

from __future__ import annotations

import hashlib
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

import orjson
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ..errors import InputError
from ..yaml_text import read_yaml
from .wordings import Words

FOLDER = Path(__file__).parent / "notices"
NAMES = ("terms", "rules", "limits", "briefing")
"""Every notice, in the order they are shown."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Part(_Strict):
    """A heading and what stands under it."""

    heading: Words
    points: tuple[Words, ...] = Field(min_length=1)


class Risk(_Strict):
    """A risk that the guideline names, under its own id."""

    id: str = Field(pattern="^R-[a-z-]+$")
    kind: Literal["model", "service"]
    beside: tuple[str, ...]
    """Tasks on whose page it is told again."""
    name: Words
    what: Words
    product: Words
    """What this product does about it."""
    you: Words
    """What is left for the officer."""


class Notice(_Strict):
    """A text that must be accepted before first use, and again once it says something else."""

    id: Literal["terms", "rules", "limits", "briefing"]
    version: str = Field(min_length=1, max_length=40)
    duties: tuple[str, ...] = ()
    title: Words
    sections: tuple[Part, ...] = ()
    risks: tuple[Risk, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Notice:
        if bool(self.sections) == bool(self.risks):
            raise ValueError("a notice has either `sections` or `risks`")
        return self

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that it says, so that no change of its words goes unasked."""
        return hashlib.sha256(orjson.dumps(self.model_dump(), option=orjson.OPT_SORT_KEYS)).hexdigest()


@lru_cache(maxsize=8)
def notices(own: Path | None = None) -> tuple[Notice, ...]:
    """Every notice; those that lie in the folder `own` take the place of ours.

    Read once for each folder: a server is started again after its texts were changed. Raises InputError for a
    file that is no notice.
    """
    return tuple(_read(_path(name, own), name) for name in NAMES)


def risks_beside(kind: str, found: tuple[Notice, ...]) -> list[Risk]:
    """The risks that are told on the page of that task (D-2.3.2-01)."""
    return [risk for notice in found for risk in notice.risks if kind in risk.beside]


def _path(name: str, own: Path | None) -> Path:
    given = own / f"{name}.yaml" if own is not None else None
    return given if given is not None and given.is_file() else FOLDER / f"{name}.yaml"


def _read(path: Path, name: str) -> Notice:
    try:
        notice = Notice.model_validate(read_yaml(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise InputError(
            f"The notice {path.name} cannot be used: {str(error)[:300]}",
            hint="Compare it with the one that Bauhinia ships, or take it out of the folder `notices`.",
        ) from error
    if notice.id != name:
        raise InputError(f"{path.name} says that it is `{notice.id}`.", hint=f"Write `id: {name}` in it.")
    return notice
