"""How a model is made, as data: a base and the stages that follow, each with its part's own config."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ..errors import InputError, NotFound
from .kinds import KINDS, Kind
from .marks import digest

SUFFIX = ".yaml"
RESERVED = ("name", "kind")
"""Keys of a stage itself: a part's config cannot be given fields of these names."""
NAME = r"^[a-z0-9][a-z0-9.-]*$"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Base(_Record):
    """Where the weights begin: exactly one of the three."""

    model: str | None = None
    """A model of the catalogue, dequantised."""
    folder: Path | None = None
    """A Hugging Face folder on this machine."""
    architecture: str | None = None
    """One of `foundry/architectures/`: fresh weights, and a tokenizer trained on the corpus."""
    repository: str = ""
    """Where the folder can be had, for the person who lacks it: a repository of the hub."""

    @model_validator(mode="after")
    def _one_only(self) -> Base:
        given = [name for name in ("model", "folder", "architecture") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("a base is exactly one of model, folder and architecture")
        return self


class Stage(_Record):
    """One step of a recipe: its name, its kind, and the fields that the kind's part reads."""

    name: str
    kind: str
    config: Any
    """The part's own config, already checked."""

    @property
    def known(self) -> Kind:
        """What is known of its kind."""
        return KINDS[self.kind]

    def as_data(self) -> dict[str, Any]:
        """The stage as it stands in a resolved recipe: every field, the defaults too."""
        own = self.config.model_dump(mode="json", exclude=set(RESERVED))
        return {"name": self.name, "kind": self.kind, **own}


class Recipe(_Record):
    """A whole recipe, checked."""

    name: Annotated[str, Field(pattern=NAME)]
    title: str
    base: Base
    seed: int = Field(default=7, ge=0)
    """Seeds everything: order of the data, fresh weights, samples."""
    stages: tuple[Stage, ...]

    def as_data(self) -> dict[str, Any]:
        """The resolved recipe: nothing is left to a default that a later version could change."""
        return {
            "name": self.name,
            "title": self.title,
            "base": {
                key: value for key, value in self.base.model_dump(mode="json").items() if value is not None
            },
            "seed": self.seed,
            "stages": [stage.as_data() for stage in self.stages],
        }

    @property
    def hash(self) -> str:
        """SHA-256 of the resolved recipe without its title: the same making has the same hash."""
        return digest({key: value for key, value in self.as_data().items() if key != "title"})

    def as_yaml(self) -> str:
        """The resolved recipe as a file."""
        return yaml.safe_dump(self.as_data(), allow_unicode=True, sort_keys=False, width=100)

    def stage(self, name: str) -> Stage:
        """The stage of that name. Raises NotFound."""
        for stage in self.stages:
            if stage.name == name:
                return stage
        names = ", ".join(stage.name for stage in self.stages)
        raise NotFound(f"The recipe {self.name} has no stage called {name!r}.", hint=f"It has: {names}.")


def shipped() -> tuple[str, ...]:
    """Names of the recipes that come with the product."""
    found = (place.name for place in files(__package__).joinpath("recipes").iterdir())
    return tuple(sorted(name.removesuffix(SUFFIX) for name in found if name.endswith(SUFFIX)))


def load(name: str) -> Recipe:
    """The recipe of a shipped name, or of a file. Raises NotFound, or InputError with the place."""
    if name in shipped():
        text = files(__package__).joinpath("recipes", name + SUFFIX).read_text(encoding="utf-8")
        return parse(text, f"{name}{SUFFIX}")
    path = Path(name)
    if path.suffix not in (SUFFIX, ".yml"):
        raise NotFound(
            f"There is no recipe called {name!r}.",
            hint=f"Shipped: {', '.join(shipped())}; or name a {SUFFIX} file.",
        )
    return read(path)


def read(path: Path) -> Recipe:
    """The recipe in a file. Raises NotFound, and InputError saying which key and where."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotFound(f"There is no readable recipe {path}.", hint="Name a recipe or its file.") from error
    return parse(text, path.name)


def parse(text: str, where: str) -> Recipe:
    """The recipe that a YAML text holds. Raises InputError, saying which key is wrong and where."""
    try:
        data = yaml.load(text, _Plain)  # noqa: S506  # a safe loader that also refuses a key that stands twice
    except yaml.YAMLError as error:
        raise _refused(where, f"it is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(data, dict):
        raise _refused(where, "it holds no record of keys")
    stages = data.get("stages")
    if not isinstance(stages, list) or not stages:
        raise _refused(where, "`stages` must be a list of at least one stage")
    checked = tuple(_stage(stage, number, where) for number, stage in enumerate(stages, 1))
    try:
        recipe = Recipe.model_validate({**data, "stages": checked})
    except ValidationError as error:
        raise _refused(where, _first(error)) from error
    _in_order(recipe, where)
    return recipe


class _Plain(yaml.SafeLoader):
    """Plain data, in which no key hides another."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"the key `{key}` stands twice")
        return super().construct_mapping(node, deep)


def _stage(data: object, number: int, where: str) -> Stage:
    """One stage, its fields checked by the config of its kind."""
    place = f"stage {number}"
    if not isinstance(data, dict):
        raise _refused(where, f"{place} holds no record of keys")
    fields = dict(data)
    name, kind = fields.pop("name", None), fields.pop("kind", None)
    if not isinstance(name, str) or not re.match(NAME, name):
        raise _refused(where, f"{place} needs a `name` of small letters, digits and hyphens")
    if kind not in KINDS:
        raise _refused(where, f"stage {name!r} has the kind {kind!r}; there are {', '.join(KINDS)}")
    try:
        config = KINDS[kind].config_class().model_validate(fields)
    except ValidationError as error:
        raise _refused(where, f"in stage {name!r}, {_first(error)}") from error
    return Stage(name=name, kind=kind, config=config)


def _in_order(recipe: Recipe, where: str) -> None:
    """Raises InputError where two stages share a name, or one takes what no stage before it gives."""
    seen: set[str] = set()
    has_corpus = False
    for stage in recipe.stages:
        if stage.name in seen or stage.name == "base":
            raise _refused(where, f"two stages are called {stage.name!r} (`base` is the first model's)")
        if "corpus" in stage.known.takes and not has_corpus:
            raise _refused(where, f"stage {stage.name!r} needs a corpus, and no stage before it builds one")
        seen.add(stage.name)
        has_corpus = has_corpus or stage.known.gives == "corpus"


def _refused(where: str, why: str) -> InputError:
    return InputError(
        f"The recipe {where} cannot be used: {why}.",
        hint="docs/foundry.md describes recipes; `bauhinia foundry recipes` lists those that work.",
    )


def _first(error: ValidationError) -> str:
    """The first thing wrong, with its place, for a person."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"the key `{place}` is unknown"
    if first["type"] == "missing":
        return f"the key `{place}` is missing"
    message = first["msg"].removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    return f"`{place}`: {message}" if place else message
