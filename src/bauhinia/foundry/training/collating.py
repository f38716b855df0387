"""Rows to tensors. Positions start anew with each piece, and that is how a model tells pieces apart.

Without an attention mask, Transformers finds the pieces by their positions and lets none attend to another;
flash attention is given their bounds. No mask may be passed: it would be taken for one document.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .packing import IGNORED


class Collator:
    """Makes a batch of rows: one below the other, or end to end where `flat` (for flash attention)."""

    def __init__(self, *, pad: int, flat: bool = False) -> None:
        self.pad = pad
        self.flat = flat

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """`input_ids`, `labels` and `position_ids`, padded to the longest row."""
        longest = max(len(row["input_ids"]) for row in rows)
        filled = [self._filled(row, longest) for row in rows]
        return self._end_to_end(filled) if self.flat else self._below(filled)

    def _filled(self, row: dict[str, Any], longest: int) -> tuple[list[int], list[int], list[int]]:
        missing = longest - len(row["input_ids"])
        lengths = [*row["seq_lengths"], missing] if missing else row["seq_lengths"]
        positions = [place for length in lengths for place in range(length)]
        return row["input_ids"] + [self.pad] * missing, row["labels"] + [IGNORED] * missing, positions

    def _below(self, filled: list[tuple[list[int], list[int], list[int]]]) -> dict[str, Any]:
        import torch

        ids, labels, positions = (torch.tensor(part) for part in zip(*filled, strict=True))
        return {"input_ids": ids, "labels": labels, "position_ids": positions}

    def _end_to_end(self, filled: list[tuple[list[int], list[int], list[int]]]) -> dict[str, Any]:
        import torch

        batch = {name: part.reshape(1, -1) for name, part in self._below(filled).items()}
        starts = (batch["position_ids"][0] == 0).nonzero().flatten()
        bounds = torch.cat([starts, torch.tensor([batch["position_ids"].size(1)])]).to(torch.int32)
        longest = int(bounds.diff().max())
        return batch | {
            "cu_seq_lens_q": bounds, "cu_seq_lens_k": bounds, "max_length_q": longest,
            "max_length_k": longest,
        }  # fmt: skip
