"""Bits per byte: how well a model foretells a text, whatever its tokenizer."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import log
from typing import Any, NamedTuple

TOKENS_AT_ONCE = 1024
"""Positions in one batch: their scores over the vocabulary are held at once."""
RESAMPLES = 1000


class Read(NamedTuple):
    """One document as a model read it."""

    bits: float
    bytes: int
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Documents as a model read them."""

    documents: tuple[Read, ...]

    @property
    def bits_per_byte(self) -> float:
        """All bits over all bytes, so that a long document counts for its length."""
        return sum(read.bits for read in self.documents) / sum(read.bytes for read in self.documents)

    @property
    def bytes(self) -> int:
        """Bytes of all of them."""
        return sum(read.bytes for read in self.documents)

    @property
    def tokens(self) -> int:
        """Tokens of all of them."""
        return sum(read.tokens for read in self.documents)


class Window(NamedTuple):
    """A stretch of a document's tokens that the model reads at once."""

    document: int
    begin: int
    end: int
    scored_from: int
    """The first position whose token this window scores; those before it are context alone."""


def windows(lengths: Sequence[int], *, size: int, stride: int) -> Iterator[Window]:
    """Windows over documents of these lengths (the start token counted) that score every token once.

    Position 0 is the start token, which is given and not scored. Each window after the first moves on by
    `stride` and scores only what no window before it did, with at least `size - stride` tokens of context.
    """
    assert 0 < stride < size
    for document, length in enumerate(lengths):
        begin, scored = 0, 1
        while scored < length:
            end = min(begin + size, length)
            yield Window(document, begin, end, scored)
            begin, scored = begin + stride, end


def bits_per_byte(
    model: Any,
    tokenizer: Any,
    texts: Sequence[str],
    *,
    size: int,
    stride: int,
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> Measured:
    """How many bits the model needs for each byte of the texts, each text read by itself.

    For a text of UTF-8 length B whose tokens are t1 ... tn, with s the start token (the tokenizer's
    beginning-of-text token, or its end-of-text token where it has none):

        bits = - sum over i = 1 ... n of log2 p(ti | s, t1 ... t(i-1))
        bits per byte = sum of bits over the texts / sum of B over the texts

    Context is cut to `size` tokens in windows that move by `stride`; every token is scored exactly once, the
    first one too, and neither s nor any closing token is scored. Special tokens in a text are read as text.
    """
    import torch

    start = tokenizer.bos_token_id if tokenizer.bos_token_id is not None else tokenizer.eos_token_id
    rows = [[start, *_tokens(tokenizer, text)] for text in texts]
    bits = [0.0] * len(rows)
    todo = sorted(
        windows([len(row) for row in rows], size=size, stride=stride), key=lambda w: w.begin - w.end
    )
    done, total = 0, sum(window.end - window.begin for window in todo)
    model.eval()
    for batch in _batches(todo):
        with torch.inference_mode():
            for window, lost in zip(batch, _losses(model, rows, batch), strict=True):
                bits[window.document] += lost
        done += sum(window.end - window.begin for window in batch)
        told(done, total)
    sizes = [len(text.encode()) for text in texts]
    read = (Read(b, size, len(row) - 1) for b, size, row in zip(bits, sizes, rows, strict=True))
    return Measured(documents=tuple(read))


def _tokens(tokenizer: Any, text: str) -> list[int]:
    found: list[int] = tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"]
    return found


def _batches(todo: Sequence[Window]) -> Iterator[list[Window]]:
    """Windows of like length together; longest first, so that memory is asked for at once."""
    batch: list[Window] = []
    for window in todo:
        longest = batch[0].end - batch[0].begin if batch else window.end - window.begin
        if batch and longest * (len(batch) + 1) > TOKENS_AT_ONCE:
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch


def _losses(model: Any, rows: Sequence[Sequence[int]], batch: Sequence[Window]) -> list[float]:
    """The bits of each window's scored tokens. Padding is on the right, where no scored token sees it."""
    import torch

    longest = batch[0].end - batch[0].begin
    ids = torch.zeros((len(batch), longest), dtype=torch.long)
    mask = torch.zeros_like(ids)
    for place, window in enumerate(batch):
        length = window.end - window.begin
        ids[place, :length] = torch.tensor(rows[window.document][window.begin : window.end])
        mask[place, :length] = 1
    device = next(model.parameters()).device
    ids, mask = ids.to(device), mask.to(device)
    logits = model(input_ids=ids, attention_mask=mask, use_cache=False).logits.float()
    lost = torch.nn.functional.cross_entropy(
        logits[:, :-1].reshape(-1, logits.shape[-1]), ids[:, 1:].reshape(-1), reduction="none"
    ).view(len(batch), -1)
    found = []
    for place, window in enumerate(batch):
        first, last = window.scored_from - window.begin - 1, window.end - window.begin - 1
        found.append(float(lost[place, first:last].double().sum()) / log(2))
    return found


def change(before: Measured, after: Measured) -> tuple[float, tuple[float, float]]:
    """By what share bits per byte changed, with its 95 % interval over the choice of documents.

    The interval is the percentile bootstrap over documents, each kept with itself before and after; its draws
    are the same every time.
    """
    assert len(before.documents) == len(after.documents)
    pairs = list(zip(before.documents, after.documents, strict=True))
    draw = random.Random(0)  # noqa: S311  # resampling, no secret
    found = sorted(_ratio(draw.choices(pairs, k=len(pairs))) for _ in range(RESAMPLES))
    return _ratio(pairs), (found[int(0.025 * RESAMPLES)], found[int(0.975 * RESAMPLES) - 1])


def _ratio(pairs: Sequence[tuple[Read, Read]]) -> float:
    return sum(after.bits for _, after in pairs) / sum(before.bits for before, _ in pairs) - 1
