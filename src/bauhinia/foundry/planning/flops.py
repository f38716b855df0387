"""Floating-point operations of one token, by a formula that says what it counts.

A product with a matrix of n parameters costs 2 n operations a token. Attention costs, in each layer,
2 x (query-key width + value width) x the tokens attended to: under a causal mask a token of a document of
s tokens attends to (s + 1) / 2 on average, and within a window of w to w - w (w - 1) / 2s. The backward
pass costs twice the forward pass. The head counts; tables that are looked up, norms, activations, routing's
sort and the work that checkpointing repeats do not: these are a model's operations, not the machine's.
"""

from __future__ import annotations

from dataclasses import dataclass

from .architecture import Architecture
from .parameters import count

__all__ = ["Convention", "forward_flops", "training_flops"]

BACKWARD = 2
"""The backward pass beside the forward pass: one product for the inputs, one for the weights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Convention:
    """What a count of operations counts: ours by default; another's, to hold our count against theirs."""

    causal: bool = True
    """Only the keys that the mask lets through; else all of them, as the PaLM paper has it."""
    lookups: bool = False
    """Tables that are looked up count as products, and norms and biases as well."""
    predictors: bool = False
    """The layers that predict further tokens are trained too."""


OURS = Convention()


def attended(sequence: int, window: int, *, causal: bool = True) -> float:
    """Tokens that a token attends to on average, in documents of `sequence` tokens."""
    reach = min(window, sequence) if window else sequence
    if not causal:
        return reach
    return reach - reach * (reach - 1) / (2 * sequence)


def attention_flops(model: Architecture, sequence: int, convention: Convention = OURS) -> float:
    """Operations of attention itself in the forward pass, a token."""
    width = 2 * (model.query_key_width + model.value_width)
    layers = model.layers + (model.predictors if convention.predictors else 0)
    return sum(
        width * attended(sequence, model.window(layer), causal=convention.causal) for layer in range(layers)
    )


def product_flops(model: Architecture, convention: Convention = OURS) -> float:
    """Operations of the products with the model's matrices in the forward pass, a token."""
    found = count(model)
    multiplied = found.multiplied
    if convention.lookups:
        multiplied = found.active if not model.tied else max(found.active, found.multiplied)
    if convention.predictors:
        multiplied += found.predictors_multiplied
    return 2.0 * multiplied


def forward_flops(model: Architecture, sequence: int, convention: Convention = OURS) -> float:
    """Operations of the forward pass, a token of documents of `sequence` tokens.

    Packed documents do not attend to each other: `sequence` is a document's length, not the pack's.
    """
    return product_flops(model, convention) + attention_flops(model, sequence, convention)


def training_flops(
    model: Architecture, sequence: int, convention: Convention = OURS, *, adapters: bool = False
) -> float:
    """Operations of a training step, a token.

    With adapters the weights are frozen and their gradients are not computed: two thirds of the products.
    """
    backward = 1 if adapters else BACKWARD
    products = product_flops(model, convention) * (1 + backward)
    return products + attention_flops(model, sequence, convention) * (1 + BACKWARD)
