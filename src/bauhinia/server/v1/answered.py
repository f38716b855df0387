"""Answers in OpenAI's shape, whole and in chunks, with the label and what the gateway decided beside."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any

import orjson

from ...errors import BauhiniaError
from ...gateway import Answer, ExchangeEvent, Label, Piece, ToolCall, Usage
from ...language import Variety, detect
from .faults import fault_body


def completion(answer: Answer) -> dict[str, Any]:
    """A whole chat completion."""
    message: dict[str, Any] = {"role": "assistant", "content": answer.text}
    if answer.thinking:
        message["reasoning_content"] = answer.thinking
    if answer.tool_calls:
        message["content"] = answer.text or None
        message["tool_calls"] = [_call(call) for call in answer.tool_calls]
    return {
        "id": f"chatcmpl-{answer.label.entry}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": answer.label.model,
        "choices": [{"index": 0, "message": message, "finish_reason": answer.finish}],
        "usage": _usage(answer.usage),
        "bauhinia": _told(answer),
    }


def _call(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
    }


def _told(answer: Answer) -> dict[str, Any]:
    """The label in the language of the answer, and every decision that was more than `ok`."""
    label = answer.label
    variety = Variety.ENGLISH if answer.text.isascii() else detect(answer.text).variety
    return {
        "label": {
            "text": label.sentence(variety),
            "model": label.model,
            "digest": label.digest,
            "made_at": label.made_at,
            "entry": label.entry,
        },
        "decisions": [
            {"stage": made.stage, "reason": made.reason, "detail": made.detail}
            for made in answer.decisions
            if made.reason != "ok"
        ],
    }


def header(label: Label) -> str:
    """The label as a header."""
    return f"model={label.model}; entry={label.entry}; made={label.made_at}"


async def chunks(
    events: AsyncGenerator[ExchangeEvent, None], first: ExchangeEvent, model: str, with_usage: bool
) -> AsyncIterator[bytes]:
    """Server-sent events of one answer; calls of tools come whole, and the label with the last chunk."""
    head = {
        "id": f"chatcmpl-{time.time_ns():x}",
        "object": "chat.completion.chunk",
        "created": int(time.time()),
    }

    def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return _event({**head, "model": model, "choices": [choice], **more})

    yield chunk({"role": "assistant", "content": ""})
    async with aclosing(events):
        try:
            event = first
            while not isinstance(event, Answer):
                if isinstance(event, Piece):
                    yield chunk({"content": event.text})
                event = await anext(events)
            if event.tool_calls:
                yield chunk({"tool_calls": _numbered(event.tool_calls)})
            yield chunk({}, event.finish, bauhinia=_told(event))
            if with_usage:
                yield _event({**head, "model": model, "choices": [], "usage": _usage(event.usage)})
            yield b"data: [DONE]\n\n"
        except BauhiniaError as error:
            yield _event(fault_body(error))


def _numbered(calls: Sequence[ToolCall]) -> list[dict[str, Any]]:
    return [{"index": place, **_call(call)} for place, call in enumerate(calls)]


def _event(value: dict[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(value) + b"\n\n"
