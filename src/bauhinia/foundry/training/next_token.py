"""The loss of the next token on a CPU, with each product of matrices computed once.

TRL's fused head keeps no logits and computes them again on the way back; that is right on a GPU, and on a CPU
it cost a quarter of a step (57 against 75 tokens a second of one core, SmolLM2-135M, 4 rows of 256). Here the
gradient is made while the logits are there, some rows at a time.
"""

from __future__ import annotations

from typing import Any

import torch

from .packing import IGNORED

LOGITS = 64 * 2**20
"""How many logits are held at once: 256 MiB of them."""


class _Summed(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, hidden: Any, weight: Any, targets: Any) -> Any:
        total = torch.zeros((), dtype=torch.float64)
        of_hidden, of_weight = torch.empty_like(hidden), torch.zeros_like(weight)
        size = max(LOGITS // weight.shape[0], 1)
        for start in range(0, len(targets), size):
            part, wanted = hidden[start : start + size], targets[start : start + size]
            logits = part @ weight.t()
            norm = torch.logsumexp(logits, -1, keepdim=True)
            total += (norm - logits.gather(1, wanted[:, None])).double().sum()
            logits.sub_(norm).exp_()
            logits[torch.arange(len(wanted)), wanted] -= 1
            torch.mm(logits, weight, out=of_hidden[start : start + size])
            of_weight.addmm_(logits.t(), part)
        ctx.save_for_backward(of_hidden, of_weight)
        return total.to(hidden.dtype)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        of_hidden, of_weight = ctx.saved_tensors
        return of_hidden * gradients[0], of_weight * gradients[0], None


def suits(model: Any, device: Any) -> bool:
    """Whether the model's head is a plain product of matrices in float32 on a CPU, in one process."""
    head, shape = model.get_output_embeddings(), model.config.get_text_config()
    turned = (
        "final_logit_softcapping",
        "logit_scale",
        "output_multiplier",
        "lm_head_multiplier",
        "logits_scaling",
    )
    plain = (
        isinstance(head, torch.nn.Linear) and head.bias is None and type(head.weight) is torch.nn.Parameter
    )
    return device.type == "cpu" and plain and all(getattr(shape, name, None) is None for name in turned)


def summed_loss(model: Any, inputs: dict[str, Any]) -> Any:
    """The loss summed over the targets of a batch."""
    named = {name: part for name, part in inputs.items() if name != "labels"}
    hidden = model.base_model(**named, use_cache=False).last_hidden_state[:, :-1]
    wanted = inputs["labels"][:, 1:]
    there = wanted != IGNORED
    return _Summed.apply(hidden[there], model.get_output_embeddings().weight, wanted[there])
