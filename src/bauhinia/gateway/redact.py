"""Stage 2, redact: personal data out, pseudonyms in, the same ones across all messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..models import Message
from ..privacy import Pseudonyms
from .exchange import Decision


@dataclass(frozen=True, slots=True)
class Redacted:
    """What may leave for the model."""

    messages: tuple[Message, ...]
    pseudonyms: Pseudonyms
    decision: Decision
    """`ok` or `redacted`."""


def redact(messages: Sequence[Message]) -> Redacted:
    """Hide the personal data of every message."""
    pseudonyms = Pseudonyms()
    hidden = tuple(Message(message.role, pseudonyms.hide(message.content)) for message in messages)
    return Redacted(hidden, pseudonyms, _decision(pseudonyms))


def redact_texts(texts: Sequence[str]) -> tuple[list[str], Decision]:
    """Hide the personal data of texts that nothing is restored from."""
    pseudonyms = Pseudonyms()
    return [pseudonyms.hide(text) for text in texts], _decision(pseudonyms)


def _decision(pseudonyms: Pseudonyms) -> Decision:
    if not len(pseudonyms):
        return Decision("redact", True, "ok")
    counts = ", ".join(f"{kind} {count}" for kind, count in pseudonyms.counts.items() if count)
    return Decision("redact", True, "redacted", f"Replaced: {counts}.")
