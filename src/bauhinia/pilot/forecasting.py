"""What a task will ask of the model, told before it begins: requests, tokens, HK$ and time.

The shares were measured on the samples (docs/quotas.md): a forecast is right to about a half.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..documents import Document
from ..documents.layout import plain
from ..gateway import Usage, estimate_tokens
from ..people import Amount, Standing
from .orders import (
    AnalyseOrder,
    AnyOrder,
    AskOrder,
    CompareOrder,
    DraftOrder,
    RedraftOrder,
    SummariseOrder,
    TranslateOrder,
)
from .reading import parts_of, tokens_of, variety_of
from .redraft import LEAST_TOKENS, WRITTEN
from .summarise import SPARE, STATEMENT_TOKENS, STATEMENTS
from .translate import SEGMENT_TOKENS

_INSTRUCTIONS = 300
"""Tokens of a request besides the text that it is about."""
_REDRAFT_INSTRUCTIONS = 750
"""The same of a redraft, whose examples are fenced one by one."""
_TRANSLATED_AGAIN = 1.25
"""Requests for a stretch of a translation: what fails a check is asked for again, and so are names alone."""
_REDRAFTED_AGAIN = 1.5
_BINDING = 0.4
"""Share of a paper's sentences that bind, name a date or an amount: they become rows of a table."""
_SENTENCE_TOKENS = 35
_ROWS_AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is asked of the model."""

    requests: int = 0
    usage: Usage = Usage()  # a frozen record


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The work, and what it means for the officer who orders it."""

    work: Work
    cost: int | None
    """Millionths of a HK$; None where the model's price is not known."""
    seconds: float | None
    """By the model's speed this week; None before it has written anything."""
    from_memory: float | None
    """Of a translation, the share that the memory holds."""
    standings: tuple[Standing, ...]
    """The quotas that it is held to, as they stand before it."""

    @property
    def amount(self) -> Amount:
        """What it takes of a quota."""
        usage = self.work.usage
        tokens = usage.prompt_tokens + usage.completion_tokens
        return Amount(requests=self.work.requests, tokens=tokens, cost=self.cost or 0)

    @property
    def too_much(self) -> Standing | None:
        """The quota that would be used up before the end."""
        return next((standing for standing in self.standings if not standing.fits(self.amount)), None)

    @property
    def sentence(self) -> str:
        """Such as `About 84 requests, 31 500 tokens, HK$0.21, 12 minutes; 62 % from memory`."""
        parts = [f"{self.work.requests:,} requests", f"{self.amount.tokens:,} tokens"]
        if self.cost:
            parts.append(f"HK${self.cost / 1_000_000:,.2f}")
        if self.seconds:
            parts.append(f"{math.ceil(self.seconds / 60):,} minutes")
        memory = "" if self.from_memory is None else f"; {int(100 * self.from_memory)} % from memory"
        return f"About {', '.join(parts)}{memory}"


def work_of(
    order: AnyOrder,
    documents: Mapping[str, Document],
    *,
    part_tokens: int,
    sources: Sequence[str] = (),
    from_memory: float = 0.0,
) -> Work:
    """What the order will ask, as it looks from its documents. `sources` are a translation's tagged texts."""
    tokens = sum(estimate_tokens(document.text) for document in documents.values())
    match order:
        case TranslateOrder():
            return _translation(sources, 1.0 - from_memory)
        case SummariseOrder():
            return _summary(order, documents, part_tokens)
        case RedraftOrder():
            return _redraft(documents[order.document])
        case AnalyseOrder(mode="table"):
            return _table(tokens)
        case AskOrder():
            return _one(2 * part_tokens, 200)
        case AnalyseOrder():
            return _one(min(tokens, 2 * part_tokens), 200)
        case DraftOrder():
            given = estimate_tokens(order.instructions) + min(tokens, 600 * max(1, len(documents)))
            return _several(4, given // 2, 120)
        case CompareOrder():
            return _one(min(tokens, part_tokens), 160) if order.overview else Work()


def _translation(sources: Sequence[str], share: float) -> Work:
    lengths = [estimate_tokens(plain(source)) for source in sources]
    stretches = sum(-(-length // SEGMENT_TOKENS) for length in lengths) * share
    requests = round(_TRANSLATED_AGAIN * stretches)
    written = round(_TRANSLATED_AGAIN * 1.5 * sum(lengths) * share)
    return _work(requests, _INSTRUCTIONS * requests + written, written)


def _summary(order: SummariseOrder, documents: Mapping[str, Document], part_tokens: int) -> Work:
    parts = parts_of(documents, part_tokens)
    statements = max(2 * len(parts), round(STATEMENTS[order.length] * SPARE))
    own = "zh-HK" if variety_of(documents).is_chinese else "en"
    translated = 0 if order.language == own else STATEMENTS[order.length]
    requests = len(parts) + translated
    read = tokens_of(parts) + _INSTRUCTIONS * requests
    return _work(requests, read, statements * STATEMENT_TOKENS // 2 + translated * 60)


def _redraft(document: Document) -> Work:
    lengths = [estimate_tokens(block.text) for block in document.blocks if block.kind in WRITTEN]
    lengths = [length for length in lengths if length >= LEAST_TOKENS]
    requests = round(_REDRAFTED_AGAIN * len(lengths))
    text = round(_REDRAFTED_AGAIN * sum(lengths))
    return _work(requests, _REDRAFT_INSTRUCTIONS * requests + text, text)


def _table(tokens: int) -> Work:
    rows = round(tokens / _SENTENCE_TOKENS * _BINDING)
    return _several(-(-rows // _ROWS_AT_ONCE), _ROWS_AT_ONCE * _SENTENCE_TOKENS, 60 * _ROWS_AT_ONCE)


def _one(read: int, written: int) -> Work:
    return _several(1, read, written)


def _several(requests: int, read: int, written: int) -> Work:
    """So many requests, each of which reads and writes that many tokens."""
    return _work(requests, (read + _INSTRUCTIONS) * requests, written * requests)


def _work(requests: int, read: int, written: int) -> Work:
    return Work(requests=requests, usage=Usage(prompt_tokens=read, completion_tokens=written))
