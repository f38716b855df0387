"""The shape of a model, by its numbers alone: enough to count parameters, operations and memory."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ...errors import InputError, NotFound
from ...yaml_text import read_yaml
from .config_json import SHAPES, shape_of

__all__ = [
    "Architecture",
    "Experts",
    "Latent",
    "architecture_of",
    "read_architecture",
    "shipped_architectures",
]

SUFFIX = ".yaml"


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Latent(_Shape):
    """Multi-head latent attention (MLA): queries and keys pass through low ranks."""

    query_rank: int | None
    """None where queries are projected at full rank, as in Moonlight."""
    key_value_rank: int
    nope: int
    """Channels of a head without position."""
    rope: int
    """Channels of a head with position; their keys are shared by every head."""
    value: int


class Experts(_Shape):
    """A mixture of experts in place of the feed-forward part, from some layer on."""

    routed: int
    active: int
    shared: int
    width: int
    dense_layers: int
    """How many layers at the front keep an ordinary feed-forward part."""


class Architecture(_Shape):
    """A decoder-only transformer."""

    name: str
    model_type: str
    hidden: int = Field(gt=0)
    layers: int = Field(gt=0)
    vocabulary: int = Field(gt=0)
    heads: int = Field(gt=0)
    key_value_heads: int = Field(gt=0)
    head: int
    """Channels of a head."""
    feed_forward: int
    """Width of the dense feed-forward part."""
    gated: bool = True
    tied: bool = False
    """The head that writes tokens is the table that reads them."""
    query_bias: bool = False
    output_bias: bool = False
    feed_forward_bias: bool = False
    norm_bias: bool = False
    query_norms: bool = False
    """Queries and keys are normalised by head."""
    norms: int = 2
    """Norms with weights in a layer, the final one of the model not counted; 0 where no norm has weights."""
    positions: int = 0
    """Learned positions."""
    lookups: int = 0
    """Parameters of further tables that are looked up and never multiplied."""
    windows: tuple[int, ...] = ()
    """How far back each layer of a repeating pattern looks; 0, and no pattern, is without limit."""
    latent: Latent | None = None
    experts: Experts | None = None
    predictors: int = 0
    """Layers that predict further tokens (MTP); trained only where a plan says so."""

    @property
    def query_key_width(self) -> int:
        """Channels over which a query and a key are multiplied, all heads together."""
        each = self.latent.nope + self.latent.rope if self.latent else self.head
        return self.heads * each

    @property
    def value_width(self) -> int:
        """Channels of the values that attention adds up, all heads together."""
        return self.heads * (self.latent.value if self.latent else self.head)

    @property
    def cached_width(self) -> int:
        """Numbers that a served model keeps of each token in each layer."""
        if self.latent:
            return self.latent.key_value_rank + self.latent.rope
        return 2 * self.key_value_heads * self.head

    @property
    def expert_layers(self) -> int:
        """Layers whose feed-forward part is a mixture of experts."""
        return self.layers - self.experts.dense_layers if self.experts else 0

    def window(self, layer: int) -> int:
        """How far back that layer looks; 0 is without limit."""
        return self.windows[layer % len(self.windows)] if self.windows else 0


def architecture_of(config: Mapping[str, Any], *, name: str = "") -> Architecture:
    """The architecture that a Hugging Face `config.json` describes.

    Raises InputError for a model type whose parts are not known here, and for missing numbers.
    """
    kind = config.get("model_type")
    if kind not in SHAPES:
        raise InputError(
            f"The shape of a model of type {kind!r} is not known.",
            hint=f"Known are {', '.join(sorted(SHAPES))}.",
        )
    try:
        return Architecture.model_validate({"name": name or kind, **shape_of(config)})
    except KeyError as error:
        raise InputError(
            f"The description of {name or kind} lacks {error.args[0]}.",
            hint="Give the model's whole config.json.",
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise InputError(
            f"The description of {name or kind} cannot be used: {place}: {first['msg']}.",
            hint="Give the model's whole config.json.",
        ) from error


def shipped_architectures() -> tuple[str, ...]:
    """Names of the architectures that come with the product."""
    return tuple(sorted(name.removesuffix(SUFFIX) for name in _shipped()))


def read_architecture(name: str | Path) -> Architecture:
    """The architecture of a shipped name, of a `config.json`, of a folder that holds one, or of a YAML file.

    Raises NotFound and InputError.
    """
    known = _named(str(name))
    if known is not None:
        return known
    path = Path(name)
    path = path / "config.json" if path.is_dir() else path
    if not path.is_file():
        raise NotFound(
            f"There is no architecture called {str(name)!r}.",
            hint=f"Name a config.json, or one of {', '.join(shipped_architectures())}.",
        )
    return _parsed(
        path.read_text(encoding="utf-8"), path.parent.name if path.suffix == ".json" else path.stem
    )


def _shipped() -> dict[str, Any]:
    """The files that describe architectures: ours, and those that the foundry trains from fresh weights."""
    places = [files(__package__).joinpath("architectures")]
    places.append(files("bauhinia.foundry").joinpath("architectures"))
    return {
        file.name: file
        for place in places
        if place.is_dir()
        for file in place.iterdir()
        if file.name.endswith(SUFFIX)
    }


def _named(name: str) -> Architecture | None:
    """The shipped architecture of that name, or of that model of a catalogue or hub."""
    for file, place in sorted(_shipped().items()):
        data = read_yaml(place.read_text(encoding="utf-8"))
        names = [file.removesuffix(SUFFIX), *data.get("also", ())]
        if name.lower() in (each.lower() for each in names):
            return _architecture(data, names[0])
    return None


def _parsed(text: str, name: str) -> Architecture:
    try:
        data = json.loads(text) if text.lstrip().startswith("{") else read_yaml(text)
    except (yaml.YAMLError, ValueError) as error:
        raise InputError(
            f"The description of {name} is neither JSON nor YAML.", hint="Give the model's config.json."
        ) from error
    if not isinstance(data, dict):
        raise InputError(f"The description of {name} holds no keys.", hint="Give the model's config.json.")
    return _architecture(data, name)


def _architecture(data: Mapping[str, Any], name: str) -> Architecture:
    if "model_type" not in data and "kv_lora_rank" in data:
        # the foundry's own small configurations are DeepSeek-V3's and do not repeat it
        data = {"model_type": "deepseek_v3", **data}
    return architecture_of(data, name=name)
