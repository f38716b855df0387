"""DeepSeek-V3 made from nothing: its configuration, fresh weights, and how its experts shared the work.

`training` balances the experts as DeepSeek did it, without an auxiliary loss (arXiv 2408.15664): each expert
has a bias that counts only when experts are chosen, never in what they answer; after every step the bias of
an expert that got more than its share of tokens falls, and that of one that got less rises. What each expert
got stands in `losses.jsonl` as `expert_load`: a list a layer with experts, of each expert's share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ..errors import InputError, NotFound
from ..yaml_text import read_yaml

Load = dict[str, list[float]]
"""By layer, the share of its tokens that each expert got; the shares of a layer sum to 1."""


class Architecture(BaseModel):
    """The shape of a DeepSeek-V3 model, in the words of its Hugging Face configuration."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    vocab_size: int = Field(ge=512)
    hidden_size: int = Field(gt=0)
    intermediate_size: int = Field(gt=0)
    moe_intermediate_size: int = Field(gt=0)
    num_hidden_layers: int = Field(gt=0)
    first_k_dense_replace: int = Field(ge=0)
    """Layers at the bottom that have no experts."""
    num_attention_heads: int = Field(gt=0)
    q_lora_rank: int = Field(gt=0)
    kv_lora_rank: int = Field(gt=0)
    qk_nope_head_dim: int = Field(gt=0)
    qk_rope_head_dim: int = Field(gt=0, multiple_of=2)
    v_head_dim: int = Field(gt=0)
    n_routed_experts: int = Field(gt=1)
    num_experts_per_tok: int = Field(gt=0)
    n_shared_experts: int = Field(gt=0)
    n_group: int = Field(gt=0)
    """Groups of experts; a token goes to experts of `topk_group` of them only."""
    topk_group: int = Field(gt=0)
    routed_scaling_factor: float = Field(gt=0)
    max_position_embeddings: int = Field(gt=0)
    rope_theta: float = Field(gt=0)

    @model_validator(mode="after")
    def _experts_fit_their_groups(self) -> Architecture:
        experts, left_over = divmod(self.n_routed_experts, self.n_group)
        if left_over or experts < 2:
            raise ValueError("n_routed_experts must make n_group equal groups of two or more")
        if self.topk_group > self.n_group or self.num_experts_per_tok > experts * self.topk_group:
            raise ValueError("num_experts_per_tok must fit into topk_group groups")
        if self.first_k_dense_replace >= self.num_hidden_layers:
            raise ValueError("first_k_dense_replace must leave a layer with experts")
        return self

    @classmethod
    def named(cls, name: str) -> Architecture:
        """A shipped architecture. Raises NotFound."""
        folder = files(__package__).joinpath("architectures")
        names = sorted(each.name.removesuffix(".yaml") for each in folder.iterdir())
        if name not in names:
            raise NotFound(
                f"There is no architecture called {name!r}.", hint=f"There are: {', '.join(names)}."
            )
        return cls.parse(folder.joinpath(f"{name}.yaml").read_text(encoding="utf-8"), name)

    @classmethod
    def parse(cls, text: str, where: str) -> Architecture:
        """An architecture from YAML. Raises InputError, which says what is wrong with it."""
        try:
            return cls.model_validate(read_yaml(text))
        except (yaml.YAMLError, ValidationError) as error:
            raise InputError(f"The architecture {where} cannot be used.", hint=_reason(error)) from error

    def config(self) -> Any:
        """The transformers configuration. The begin token is 0, the end token 1, padding 2."""
        from transformers import DeepseekV3Config

        shape = self.model_dump(exclude={"name", "rope_theta"})
        return DeepseekV3Config(
            **shape,
            num_key_value_heads=self.num_attention_heads,
            rope_parameters={"rope_type": "default", "rope_theta": self.rope_theta},
            # No layers that predict the token after the next: llama.cpp's converter leaves them out.
            num_nextn_predict_layers=0,
            bos_token_id=0,
            eos_token_id=1,
            pad_token_id=2,
            # transformers takes these for granted; llama.cpp's converter wants them said.
            scoring_func="sigmoid",
            topk_method="noaux_tc",
        )


def fresh(architecture: Architecture, tokenizer: Path, folder: Path, seed: int) -> Path:
    """Write a Hugging Face folder of random weights, with the tokenizer that lies in `tokenizer`.

    The same architecture and seed give the same weights. Raises InputError when the tokenizer has more
    tokens than the architecture has rows for them.
    """
    import torch
    from transformers import AutoTokenizer, DeepseekV3ForCausalLM

    words = AutoTokenizer.from_pretrained(tokenizer)
    if len(words) > architecture.vocab_size:
        raise InputError(
            f"The tokenizer has {len(words):,} tokens; {architecture.name} has room for "
            f"{architecture.vocab_size:,}.",
            hint="Train the tokenizer for this architecture, or raise its vocab_size.",
        )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = DeepseekV3ForCausalLM(architecture.config())
    model.save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


def experts_without_gradient(model: Any) -> list[str]:
    """The routed experts, `layer.expert`, that the last backward pass did not reach."""
    missing = []
    for name, parameter in model.named_parameters():
        if ".experts." not in name or parameter.dim() != 3:
            continue
        layer = next(part for part in name.split(".") if part.isdigit())
        reached = (
            [False] * len(parameter) if parameter.grad is None else parameter.grad.flatten(1).any(1).tolist()
        )
        missing += [f"{layer}.{expert}" for expert, there in enumerate(reached) if not there]
    return sorted(set(missing))


class LayerLoad(NamedTuple):
    """How evenly the experts of one layer shared the tokens of a run."""

    layer: str
    least: float
    """The least share of any expert over the last quarter of the logged steps, 1.0 being an even share."""
    most: float
    """The largest share, likewise."""
    violation: float
    """The largest share less 1.0 (MaxVio of arXiv 2408.15664), over the last quarter of the logged steps."""
    violation_first: float
    """The same over the first quarter."""
    dead: int
    """Experts that got no token in the last quarter."""


def loads(losses: Path) -> list[tuple[int, Load]]:
    """The steps of a `losses.jsonl` that tell the load of experts, in order.

    Layers are counted from 1, those without experts left out.
    """
    told = []
    for line in losses.read_bytes().splitlines():
        # The last line of a run that was killed may be cut off.
        with suppress(orjson.JSONDecodeError):
            row = orjson.loads(line)
            if row.get("expert_load"):
                told.append((int(row["step"]), _by_layer(row["expert_load"])))
    return told


def summarise(told: list[tuple[int, Load]]) -> list[LayerLoad]:
    """How evenly experts shared the work, by layer. Empty where nothing was told."""
    if not told:
        return []
    quarter = max(1, len(told) // 4)
    first = [load for _, load in told[:quarter]]
    last = [load for _, load in told[-quarter:]]
    return [_layer_load(layer, first, last) for layer in told[-1][1]]


def load_series(told: list[tuple[int, Load]], layer: str) -> Mapping[str, list[tuple[int, float]]]:
    """For a plot: by expert, its share of a layer at each step, 1.0 being an even share."""
    experts = range(len(told[-1][1][layer])) if told else range(0)
    return {
        f"expert {expert}": [(step, load[layer][expert] * len(load[layer])) for step, load in told]
        for expert in experts
    }


def _by_layer(shares: list[list[float]]) -> Load:
    return {str(layer): each for layer, each in enumerate(shares, start=1)}


def _layer_load(layer: str, first: list[Load], last: list[Load]) -> LayerLoad:
    early, late = _mean_shares(layer, first), _mean_shares(layer, last)
    return LayerLoad(
        layer=layer,
        least=round(min(late), 4),
        most=round(max(late), 4),
        violation=round(max(late) - 1, 4),
        violation_first=round(max(early) - 1, 4),
        dead=sum(share == 0 for share in late),
    )


def _mean_shares(layer: str, told: Iterable[Load]) -> list[float]:
    """Each expert's share over the steps, 1.0 being an even one."""
    rows = [load[layer] for load in told]
    return [len(rows[0]) * sum(shares) / len(rows) for shares in zip(*rows, strict=True)]


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return f"{f'At {place}: ' if place else ''}{first['msg']}."
    return str(error).splitlines()[0]
