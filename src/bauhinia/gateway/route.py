"""Stage 3, route: which model may and can take this request."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..models import Backend, ChatRequest, Message, estimate_tokens
from .classification import Endpoint
from .exchange import Ask, Decision

_TEMPLATE_TOKENS = 8
"""What a chat template adds to each message, at most."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a request goes."""

    backend: Backend
    request: ChatRequest
    decision: Decision
    """`ok`, `unknown_model` or `too_long`."""


async def route(ask: Ask, messages: tuple[Message, ...], backend: Backend) -> Route:
    """Choose the model, and see that it can read this. That it may is decided before (`boundary.py`)."""
    request = ChatRequest(
        messages=messages,
        max_tokens=ask.max_tokens,
        temperature=ask.temperature,
        schema=ask.schema,
        stop=ask.stop,
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
    if estimated_tokens(request.messages) <= room:
        return Decision("route", True, "ok")
    counted = await backend.count_tokens("\n".join(message.content for message in request.messages))
    if counted <= room:
        return Decision("route", True, "ok")
    return Decision(
        "route",
        False,
        "too_long",
        f"{counted} tokens and an answer of {request.max_tokens} do not fit into {backend.context_tokens}.",
    )


def estimated_tokens(messages: Sequence[Message]) -> int:
    """About how long these messages are for a model."""
    return sum(estimate_tokens(message.content) for message in messages)
