"""Attention over pieces laid end to end, with the flash kernel that PyTorch itself brings (NVIDIA GPUs).

So a GPU needs no other package for packed rows: a mask of a row by itself would cost most of the time there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from .config import TrainingConfig

NAME = "varlen"
FLAT = {NAME, "flash_attention_2", "flash_attention_3"}
"""Those that want their pieces end to end."""


def attention_for(config: TrainingConfig, model: Path) -> str:
    """What the config says; else PyTorch's flash kernel on a GPU for heads of one size, or its plain one."""
    if config.attention != "auto":
        return config.attention
    shape = json.loads((model / "config.json").read_text(encoding="utf-8"))
    latent = "kv_lora_rank" in shape
    return NAME if torch.cuda.is_available() and not latent else "sdpa"


def end_to_end(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """For Transformers: the kernel where the bounds of pieces are told, plain attention where not."""

    def forward(module: Any, query: Any, key: Any, value: Any, mask: Any, **named: Any) -> tuple[Any, None]:
        bounds = named.get("cu_seq_lens_q")
        if bounds is None:
            plain: tuple[Any, None] = sdpa_attention_forward(module, query, key, value, mask, **named)
            return plain
        assert query.shape[0] == 1, "pieces lie end to end in one row"
        longest = named["max_length_q"]
        turned = (part[0].transpose(0, 1) for part in (query, key, value))
        heads = query.shape[1] != key.shape[1]
        told = kernel(
            *turned, bounds, bounds, longest, longest, scale=named.get("scaling"), window_size=(-1, 0),
            enable_gqa=heads,
        )  # fmt: skip
        return told[None], None

    return forward


def mask_where_padded(*, attention_mask: Any = None, **named: Any) -> Any:
    """A mask for batches that are padded; pieces end to end have their bounds."""
    return None if attention_mask is None else sdpa_mask(attention_mask=attention_mask, **named)


def register(kernel: Callable[..., Any] | None = None) -> None:
    """Make it known to Transformers by its name."""
    from torch.nn.attention.varlen import varlen_attn

    AttentionInterface.register(NAME, end_to_end(kernel or varlen_attn))
    AttentionMaskInterface.register(NAME, mask_where_padded)
