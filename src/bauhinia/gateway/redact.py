"""Stage 2, redact: personal data out, pseudonyms in, the same ones across all messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..models import Message, Tool
from ..privacy import Pseudonyms
from .exchange import Ask, Decision
from .json_texts import changed, changed_text


@dataclass(frozen=True, slots=True)
class Redacted:
    """What may leave for the model."""

    messages: tuple[Message, ...]
    tools: tuple[Tool, ...]
    schema: dict[str, Any] | None
    pseudonyms: Pseudonyms
    decision: Decision
    """`ok` or `redacted`."""


def redact(ask: Ask) -> Redacted:
    """Hide the personal data of every message, of what tools were given and are described by, and of the
    schema."""
    pseudonyms = Pseudonyms()
    messages = tuple(_message(message, pseudonyms) for message in ask.messages)
    tools = tuple(_tool(tool, pseudonyms) for tool in ask.tools)
    schema = None if ask.schema is None else changed(ask.schema, pseudonyms.hide)
    return Redacted(messages, tools, schema, pseudonyms, _decision(pseudonyms))


def _message(message: Message, pseudonyms: Pseudonyms) -> Message:
    calls = tuple(
        replace(call, arguments=changed_text(call.arguments, pseudonyms.hide)) for call in message.tool_calls
    )
    return replace(message, content=pseudonyms.hide(message.content), tool_calls=calls)


def _tool(tool: Tool, pseudonyms: Pseudonyms) -> Tool:
    return replace(
        tool,
        description=pseudonyms.hide(tool.description),
        parameters=changed(tool.parameters, pseudonyms.hide),
    )


def redact_texts(texts: Sequence[str]) -> tuple[list[str], Decision]:
    """Hide the personal data of texts that nothing is restored from."""
    pseudonyms = Pseudonyms()
    return [pseudonyms.hide(text) for text in texts], _decision(pseudonyms)


def _decision(pseudonyms: Pseudonyms) -> Decision:
    if not len(pseudonyms):
        return Decision("redact", True, "ok")
    counts = ", ".join(f"{kind} {count}" for kind, count in pseudonyms.counts.items() if count)
    return Decision("redact", True, "redacted", f"Replaced: {counts}.")
