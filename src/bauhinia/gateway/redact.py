"""Stage 2, redact: personal data as the rules of the AI use say, kind by kind, the same in all messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..models import Message, Tool
from ..privacy import Pseudonyms
from ..privacy.answers import Given
from ..privacy.guarding import Guard
from ..privacy.policy import Action, Rules, policies
from .exchange import Ask, Decision
from .json_texts import changed, changed_text
from .texts import texts_of


@dataclass(frozen=True, slots=True)
class Redacted:
    """What may leave for the model."""

    messages: tuple[Message, ...]
    tools: tuple[Tool, ...]
    schema: dict[str, Any] | None
    pseudonyms: Pseudonyms
    given: Given
    """What the request holds as it came: an answer may repeat it."""
    decisions: tuple[Decision, ...]
    """`ok`, or one a rule that was applied, the strictest first: `blocked_personal`, which refuses,
    `redacted`, `pseudonymised`, `allowed_personal`."""


def redact(ask: Ask, rules: Rules) -> Redacted:
    """Apply the rules to every message, to what tools were given and are described by, and to the schema."""
    guard = Guard(rules)
    messages = tuple(_message(message, guard) for message in ask.messages)
    tools = tuple(_tool(tool, guard) for tool in ask.tools)
    schema = None if ask.schema is None else changed(ask.schema, guard.hide)
    given = Given(texts_of(ask.messages, ask.tools))
    return Redacted(messages, tools, schema, guard.pseudonyms, given, decisions_of(guard, rules))


def _message(message: Message, guard: Guard) -> Message:
    calls = tuple(
        replace(call, arguments=changed_text(call.arguments, guard.hide)) for call in message.tool_calls
    )
    return Message(message.role, guard.hide(message.content), calls, message.call)


def _tool(tool: Tool, guard: Guard) -> Tool:
    return replace(
        tool,
        description=guard.hide(tool.description),
        parameters=changed(tool.parameters, guard.hide),
    )


def redact_texts(texts: Sequence[str], rules: Rules) -> tuple[list[str], tuple[Decision, ...]]:
    """Apply the rules to texts that nothing is restored from."""
    guard = Guard(rules)
    return [guard.hide(text) for text in texts], decisions_of(guard, rules)


def decisions_of(guard: Guard, rules: Rules) -> tuple[Decision, ...]:
    """What was done with the personal data that was met, and why: how many of each kind, and no value."""
    made = [_decision(action, met, rules) for action, met in guard.met.items()]
    return tuple(made) or (Decision("redact", True, "ok"),)


_REASONS: dict[Action, tuple[str, str]] = {
    "block": ("blocked_personal", "The rules do not let this go to the model"),
    "redact": ("redacted", "Taken out"),
    "pseudonymise": ("pseudonymised", "Replaced, and put back in the answer"),
    "allow": ("allowed_personal", "Left as it is"),
}


def _decision(action: Action, met: dict[str, int], rules: Rules) -> Decision:
    reason, words = _REASONS[action]
    counts = ", ".join(f"{policies().kinds[kind].en} ({count})" for kind, count in met.items())
    why = " ".join(dict.fromkeys(rules[kind].reason("en") for kind in met))
    return Decision("redact", action != "block", reason, f"{words}: {counts}. {why}")
