"""What is told of an exchange once it is over: its metrics and the end of its span."""

from __future__ import annotations

from ..ledger import Outcome
from ..telemetry import metrics
from .record import Notes


def observe(notes: Notes, outcome: Outcome, *, known_model: bool) -> None:
    """Count an exchange that was recorded. `known_model`: its model's name is ours, not a client's."""
    if notes.trace is not None:
        used = notes.usage
        notes.trace.end(outcome, prompt_tokens=used.prompt_tokens, completion_tokens=used.completion_tokens)
    if (series := metrics.active()) is None:
        return
    refusing = next((made for made in reversed(notes.decisions) if not made.allowed), None)
    series.exchange_ended(
        use=notes.use,
        model=notes.model if known_model else "unknown",
        outcome=outcome,
        reason=f"{refusing.stage}.{refusing.reason}" if refusing is not None else "ok",
        seconds=notes.seconds,
        first_piece=notes.first_piece,
        tokens={
            "prompt": notes.usage.prompt_tokens,
            "cached": notes.usage.cached_tokens,
            "completion": notes.usage.completion_tokens,
        },
    )
