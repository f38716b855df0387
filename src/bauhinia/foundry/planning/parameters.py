"""How many parameters a model has, by formula: all of them, and those that one token uses."""

from __future__ import annotations

from dataclasses import dataclass

from .architecture import Architecture, Experts

__all__ = ["Parameters", "count"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """A model's parameters, each counted once."""

    total: int
    """Every trainable number; a tied table once; predictors of further tokens not."""
    active: int
    """Those that one token passes: the experts that are not chosen are left out."""
    multiplied: int
    """Those of `active` that are factors of a matrix product: no table that is looked up, no norm, no bias.
    A tied table is one, as the head."""
    routed: int
    """Those of `total` that belong to routed experts."""
    table: int
    """Those of the table that reads tokens."""
    head: int
    """Those of the head that writes tokens, where it is not the table."""
    predictors: int
    """Further ones, of layers that predict further tokens (MTP)."""
    predictors_multiplied: int
    """Those of them that one token is multiplied with; the head counts again for each such layer."""


def count(model: Architecture) -> Parameters:
    """The parameters of a model."""
    table = model.vocabulary * model.hidden
    head = 0 if model.tied else table
    routed = _routed(model)
    idle = _idle(model.experts, model.hidden) * model.expert_layers
    multiplied = sum(_layer_products(model, layer) for layer in range(model.layers))
    products = multiplied + idle
    extras = sum(_layer_extras(model, layer) for layer in range(model.layers)) + _norm(model, final=True)
    positions = model.positions * model.hidden + model.lookups
    total = products + extras + table + head + positions
    last = model.layers - 1
    joint = 2 * model.hidden * model.hidden
    predictor = _layer_products(model, last) + joint
    return Parameters(
        total=total,
        active=total - idle,
        multiplied=multiplied + table,
        routed=routed,
        table=table,
        head=head,
        predictors=model.predictors
        * (
            predictor
            + _idle(model.experts, model.hidden)
            + _layer_extras(model, last)
            + 3 * _norm(model, final=True)
        ),
        predictors_multiplied=model.predictors * (predictor + table),
    )


def attention_products(model: Architecture) -> int:
    """Parameters of one layer's attention that a token is multiplied with."""
    hidden, latent = model.hidden, model.latent
    if latent is None:
        keys = model.key_value_heads * model.head
        return hidden * (2 * model.heads * model.head + 2 * keys)
    rank = latent.query_rank
    queries = model.query_key_width * hidden if rank is None else rank * (hidden + model.query_key_width)
    keys = hidden * (latent.key_value_rank + latent.rope)
    keys += latent.key_value_rank * model.heads * (latent.nope + latent.value)
    return queries + keys + model.value_width * hidden


def _feed_forward(model: Architecture, width: int) -> int:
    return (3 if model.gated else 2) * model.hidden * width


def _layer_products(model: Architecture, layer: int) -> int:
    """Parameters of a layer that one token is multiplied with."""
    experts = model.experts
    if experts is None or layer < experts.dense_layers:
        return attention_products(model) + _feed_forward(model, model.feed_forward)
    chosen = (experts.active + experts.shared) * _feed_forward(model, experts.width)
    return attention_products(model) + chosen + model.hidden * experts.routed


def _layer_extras(model: Architecture, layer: int) -> int:
    """Parameters of a layer's norms and biases."""
    found = model.norms * _norm(model)
    if model.query_norms:
        found += 2 * model.head
    if model.latent is not None:
        found += model.latent.key_value_rank + (model.latent.query_rank or 0)
        if model.output_bias:
            found += model.latent.key_value_rank + model.latent.rope + (model.latent.query_rank or 0)
    if model.query_bias:
        found += (model.heads + 2 * model.key_value_heads) * model.head
    if model.output_bias:
        found += model.hidden
    if model.feed_forward_bias and (model.experts is None or layer < model.experts.dense_layers):
        found += (2 if model.gated else 1) * model.feed_forward + model.hidden
    return found


def _norm(model: Architecture, *, final: bool = False) -> int:
    """Weights of one norm over the hidden channels."""
    if final and model.norms == 0:
        return 0
    return model.hidden * (2 if model.norm_bias else 1)


def _idle(experts: Experts | None, hidden: int) -> int:
    """Parameters of one layer's experts that a token does not choose; experts are always gated."""
    return (experts.routed - experts.active) * 3 * hidden * experts.width if experts else 0


def _routed(model: Architecture) -> int:
    experts = model.experts
    return model.expert_layers * experts.routed * 3 * model.hidden * experts.width if experts else 0
