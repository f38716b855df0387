"""That all of a model was trained: every parameter's bits before and after."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from ...errors import InputError


def fingerprints(parameters: Iterable[tuple[str, Any]]) -> dict[str, str]:
    """The digest of each tensor's bits; the experts of a layer, held in one tensor, are told apart."""
    return {name: _digest(tensor) for name, tensor in _told_apart(parameters)}


def require_changed(before: dict[str, str], after: dict[str, str]) -> int:
    """How many tensors changed: all of them, or the stage has failed and says which did not."""
    same = sorted(name for name, digest in before.items() if after.get(name) == digest)
    if same:
        more = f" and {len(same) - 3} more" if len(same) > 3 else ""
        raise InputError(
            f"{len(same)} of {len(before)} parameter tensors did not change: {', '.join(same[:3])}{more}.",
            hint=_why(same),
        )
    return len(before)


def _told_apart(parameters: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    for name, tensor in parameters:
        if tensor.dim() == 3 and ".experts." in name:
            yield from ((f"{name}[{number}]", part) for number, part in enumerate(tensor))
        else:
            yield name, tensor


def _digest(tensor: Any) -> str:
    import torch

    flat = tensor.detach().to("cpu").contiguous().reshape(-1).view(torch.uint8)
    return hashlib.blake2b(flat.numpy(), digest_size=16).hexdigest()


def _why(names: list[str]) -> str:
    if all(".experts." in name for name in names):
        return "No token reached these experts: train longer, with a larger batch or a larger expert_bias."
    return "Train longer or with a higher learning_rate; what no text reaches cannot be tuned."
