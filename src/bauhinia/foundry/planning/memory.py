"""Bytes on the GPU that holds most, by formula: weights, gradients, optimiser, activations.

Activations are in BF16 and attention is never spelled out (FlashAttention), so a layer keeps, of each token:
its inputs and its norms' outputs, queries, keys, values and what attention gives, and of each feed-forward
part its input, gate, rise, activation and product. With checkpointing a layer keeps its input only, and one
layer at a time is whole. A pipeline's first stage keeps as many sequences at once as it has stages.
"""

from __future__ import annotations

from dataclasses import dataclass

from .architecture import Architecture
from .hardware import assumptions
from .parameters import attention_products, count
from .sharding import Sharding

__all__ = ["Memory", "activation_bytes_per_token", "memory_of"]

GB = 1e9
HALF = 2
"""Bytes of a BF16 number."""
LOGIT = 6
"""Bytes of a logit where all are there at once: BF16, and FP32 for the loss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Bytes of one GPU."""

    weights: float
    gradients: float
    optimiser: float
    activations: float
    gathered: float
    """Layers put together for work that are kept in parts."""
    reserve: float
    """What the system and the allocator take."""

    @property
    def total(self) -> float:
        """All of it."""
        states = self.weights + self.gradients + self.optimiser
        return states + self.activations + self.gathered + self.reserve


def memory_of(
    model: Architecture, sharding: Sharding, sequence: int, *, frozen_copies: int = 0, reserve_gb: float = 4.0
) -> Memory:
    """The memory of the fullest GPU. `frozen_copies` are further models that are only read (a reference)."""
    states, zero = sharding.states, sharding.zero
    dense, experts = _held(model, sharding)

    def kept(size: float, cut: bool) -> float:
        if not cut:
            return size * (dense + experts)
        return size * (dense / sharding.replicas + experts / sharding.expert_replicas)

    weights = kept(states.weights, zero >= 3) + frozen_copies * kept(states.gathered, zero >= 3)
    gradients = kept(states.gradients, zero >= 2)
    optimiser = kept(states.optimiser, zero >= 1)
    activations = _activations(model, sharding, sequence)
    gathered = _gathered(model, sharding) if zero >= 3 and sharding.gpus > 1 else 0.0
    known = weights + gradients + optimiser + activations + gathered
    taken = assumptions()
    reserve = reserve_gb * GB + taken.memory_fragments.value * known
    return Memory(
        weights=weights,
        gradients=gradients,
        optimiser=optimiser,
        activations=activations,
        gathered=gathered,
        reserve=reserve,
    )


def activation_bytes_per_token(model: Architecture, layer: int) -> float:
    """Bytes that a layer keeps of a token without checkpointing."""
    latent = model.latent
    queries, values = model.query_key_width, model.value_width
    keys = queries if latent else model.key_value_heads * model.head
    spread = values if latent else keys
    low = (latent.query_rank or 0) + latent.key_value_rank + latent.rope if latent else 0
    attention = 2 * model.hidden + queries + keys + spread + 2 * low + values
    return HALF * (attention + 2 * model.hidden + _feed_forward_numbers(model, layer))


def _feed_forward_numbers(model: Architecture, layer: int) -> int:
    """Numbers that the feed-forward part keeps of a token, its input not."""
    experts = model.experts
    each = 4 if model.gated else 2
    if experts is None or layer < experts.dense_layers:
        return each * model.feed_forward
    chosen = experts.active + experts.shared
    return chosen * 4 * experts.width + 2 * experts.active * model.hidden + 2 * experts.routed


def _held(model: Architecture, sharding: Sharding) -> tuple[float, float]:
    """Parameters of the fullest stage before ZeRO cuts them: those of no expert, and the experts'."""
    found = count(model)
    layers = found.total - found.routed - found.table - found.head
    ends = found.table + found.head if sharding.pipeline == 1 else max(found.table, found.head)
    dense = (layers / sharding.pipeline + ends) / sharding.tensor
    return dense, found.routed / (sharding.pipeline * sharding.expert)


def _activations(model: Architecture, sharding: Sharding, sequence: int) -> float:
    """Activations of the first stage, which keeps as many sequences at once as there are stages."""
    tokens = sharding.micro_batch * sequence / (sharding.context * sharding.tensor)
    each = [activation_bytes_per_token(model, layer) for layer in range(model.layers)]
    checkpointed = HALF * model.hidden * model.layers + max(each)
    layers = checkpointed if sharding.checkpointing else sum(each)
    logits = 0 if sharding.fused_loss else LOGIT * model.vocabulary
    return tokens * (layers + logits)


def _gathered(model: Architecture, sharding: Sharding) -> float:
    """Two layers in the precision of the work, and one layer's gradients on their way."""
    states, experts = sharding.states, model.experts
    layer: float = attention_products(model)
    dense = (3 if model.gated else 2) * model.hidden * model.feed_forward
    if experts is None:
        layer += dense
    else:
        layer += 3 * model.hidden * experts.width * (experts.routed / sharding.expert + experts.shared)
    return (2 * states.gathered + states.gradients) * layer / sharding.tensor
