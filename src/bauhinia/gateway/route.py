"""Stage 3, route: which model may and can take this request."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..models import Backend, ChatRequest, Message, Tool, estimate_tokens
from .classification import Endpoint
from .exchange import Ask, Decision
from .redact import Redacted
from .texts import texts_of

_TEMPLATE_TOKENS = 8
"""What a chat template adds to each message, at most."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a request goes."""

    backend: Backend
    request: ChatRequest
    decision: Decision
    """`ok`, `unknown_model` or `too_long`."""


async def route(ask: Ask, redacted: Redacted, backend: Backend) -> Route:
    """Choose the model, and see that it can read this. That it may is decided before (`boundary.py`)."""
    request = ChatRequest(
        messages=redacted.messages,
        max_tokens=ask.max_tokens,
        temperature=ask.temperature,
        schema=redacted.schema,
        stop=ask.stop,
        tools=redacted.tools,
        tool_choice=ask.tool_choice,
        parallel=ask.parallel,
    )
    if ask.model not in (None, backend.model):
        decision = Decision("route", False, "unknown_model", f"There is no model called {ask.model!r} here.")
    else:
        decision = await _fits(request, backend)
    return Route(backend, request, decision)


def endpoint_of(url: str) -> Endpoint:
    """Whether what answers at `url` (empty for what is built in) is on this machine."""
    if not url:
        return "local"
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return "local"
    try:
        return "local" if ipaddress.ip_address(host).is_loopback else "remote"
    except ValueError:
        return "remote"


async def _fits(request: ChatRequest, backend: Backend) -> Decision:
    """Estimate, which is cheap and errs on the high side; count only when that says it does not fit."""
    room = backend.context_tokens - request.max_tokens - _TEMPLATE_TOKENS * len(request.messages)
    if estimated_tokens(request.messages, request.tools) <= room:
        return Decision("route", True, "ok")
    counted = await backend.count_tokens("\n".join(texts_of(request.messages, request.tools)))
    if counted <= room:
        return Decision("route", True, "ok")
    return Decision(
        "route",
        False,
        "too_long",
        f"{counted} tokens and an answer of {request.max_tokens} do not fit into {backend.context_tokens}.",
    )


def estimated_tokens(messages: Sequence[Message], tools: Sequence[Tool] = ()) -> int:
    """About how long these messages and tools are for a model."""
    return sum(map(estimate_tokens, texts_of(messages, tools)))
