"""The OpenAI-compatible API: chat completions, embeddings and the list of models, through the one door.

Bodies are checked by hand: this is the hot path. What a client sends that we do not know is ignored, but
what would change the meaning of an answer and is not done here (`tools`, `n`, `logprobs`) is refused.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import struct
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from contextlib import aclosing, suppress
from typing import Any, TypeVar

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ..errors import BauhiniaError, Cancelled, InputError, NotFound
from ..gateway import (
    LOWEST,
    Answer,
    Ask,
    EmbeddingKind,
    ExchangeEvent,
    Gateway,
    Label,
    Message,
    Piece,
    Usage,
    estimate_tokens,
)
from ..language import Variety

logger = logging.getLogger(__name__)

Result = TypeVar("Result")
GetGateway = Callable[[Request], Gateway]

DEFAULT_TOKENS = 1_024
_LONGEST = 4_000_000
_ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
_NOT_DONE_HERE = (
    "tools",
    "functions",
    "function_call",
    "logprobs",
    "top_logprobs",
    "logit_bias",
    "audio",
    "prediction",
    "web_search_options",
    "store",
    "background",
)
_HEADER = "x-ai-generated"


class Unsupported(InputError):
    """A field that would change the answer's meaning and is not done here."""


class NotJson(InputError):
    """A body that is not sent as JSON."""

    status = 415


def v1_router(gateway: GetGateway) -> APIRouter:
    """Routes under `/v1`; `gateway` gives the one door of the application that a request came to."""
    router = APIRouter()

    async def chat_completions(request: Request) -> Response:
        return await _guarded(_chat(request, gateway(request)))

    async def embeddings(request: Request) -> Response:
        return await _guarded(_embed(request, gateway(request)))

    async def models(request: Request) -> Response:
        return await _guarded(_models(gateway(request)))

    router.add_route("/v1/chat/completions", chat_completions, methods=["POST"])
    router.add_route("/v1/embeddings", embeddings, methods=["POST"])
    router.add_route("/v1/models", models, methods=["GET"])
    return router


async def _guarded(work: Coroutine[Any, Any, Response]) -> Response:
    try:
        return await work
    except BauhiniaError as error:
        headers = None if error.retry_after is None else {"retry-after": str(error.retry_after)}
        return _json(error_body(error), error.status, headers)


_CODES = {"NotFound": "model_not_found", "OverQuota": "insufficient_quota"}
"""OpenAI's words for some of our errors."""


def error_body(error: BauhiniaError) -> dict[str, Any]:
    """An error in OpenAI's shape, with our hint beside."""
    kind = "invalid_request_error" if isinstance(error, InputError) else "api_error"
    code = _CODES.get(error.code, error.code)
    return {
        "error": {"message": error.message, "type": kind, "param": None, "code": code, "hint": error.hint}
    }


# Reading what was asked


async def _body(request: Request) -> dict[str, Any]:
    # Browsers send other types across origins without asking first; JSON they do not.
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise NotJson("The body must be JSON.", hint="Send the header `content-type: application/json`.")
    data = await request.body()
    if len(data) > _LONGEST:
        raise InputError("The body is too long.", hint=f"Send at most {_LONGEST // 1_000_000} MB.")
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise InputError("The body is not valid JSON.", hint="Check quotes, commas and encoding.") from None
    if not isinstance(body, dict):
        raise InputError("The body must be a JSON object.")
    return body


def read_ask(body: dict[str, Any], gateway: Gateway) -> Ask:
    """What a chat completion's body asks for. Raises InputError."""
    for name in _NOT_DONE_HERE:
        if body.get(name):
            raise Unsupported(f"{name!r} is not supported here.", hint="Leave it out.")
    if body.get("n", 1) not in (1, None):
        raise Unsupported("Only one answer at a time ('n' = 1) is given.", hint="Ask several times.")
    extra = _extra(body)
    model = body.get("model")
    _expect(model is None or isinstance(model, str), "model", "a string")
    return Ask(
        officer=gateway.officer,
        use="api.chat",
        messages=_messages(body.get("messages")),
        reply_in=_variety(extra.get("reply_in")),
        max_tokens=_tokens(body),
        temperature=_temperature(body.get("temperature")),
        schema=_schema(body.get("response_format")),
        stop=_stop(body.get("stop")),
        model=None if model in ("", "default") else model,
        classification=_text(extra, "classification", LOWEST),
        retractable=not body.get("stream"),
    )


def _extra(body: dict[str, Any]) -> dict[str, Any]:
    """What a client of ours may add to OpenAI's fields: `reply_in`, `classification`, `kind`."""
    extra = body.get("bauhinia")
    _expect(extra is None or isinstance(extra, dict), "bauhinia", "an object")
    return extra or {}


def _expect(right: bool, name: str, what: str) -> None:
    if not right:
        raise InputError(f"{name!r} must be {what}.", hint="See the API's description.")


def _text(values: dict[str, Any], name: str, otherwise: str) -> str:
    value = values.get(name, otherwise)
    _expect(isinstance(value, str), name, "a string")
    return str(value)


def _messages(values: Any) -> tuple[Message, ...]:
    _expect(isinstance(values, list) and bool(values), "messages", "a list with at least one message")
    return tuple(map(_message, values))


def _message(value: Any) -> Message:
    _expect(isinstance(value, dict), "messages", "a list of objects")
    role = _ROLES.get(value.get("role")) if isinstance(value.get("role"), str) else None
    if role is None:
        raise InputError("A message's 'role' must be system, developer, user or assistant.")
    return Message(role, _content(value.get("content")))  # type: ignore[arg-type]


def _content(value: Any) -> str:
    if isinstance(value, str):
        return value
    _expect(isinstance(value, list), "content", "a string or a list of parts")
    parts = []
    for part in value:
        if not isinstance(part, dict) or part.get("type") != "text" or not isinstance(part.get("text"), str):
            raise Unsupported("Only text can be sent in a message.", hint="Leave out images and audio.")
        parts.append(part["text"])
    return "\n".join(parts)


def _tokens(body: dict[str, Any]) -> int:
    value = body.get("max_completion_tokens") or body.get("max_tokens") or DEFAULT_TOKENS
    _expect(isinstance(value, int) and not isinstance(value, bool) and value > 0, "max_tokens", "over 0")
    return int(value)


def _temperature(value: Any) -> float:
    if value is None:
        return 0.0
    number = isinstance(value, int | float) and not isinstance(value, bool)
    _expect(number and 0 <= value <= 2, "temperature", "from 0 to 2")
    return float(value)


def _stop(value: Any) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value or []
    right = isinstance(values, list) and len(values) <= 16 and all(isinstance(v, str) and v for v in values)
    _expect(right, "stop", "a string or at most 16 strings")
    return tuple(values)


def _schema(value: Any) -> dict[str, Any] | None:
    if value is None:
        return None
    _expect(isinstance(value, dict), "response_format", "an object")
    match value.get("type"):
        case "text":
            return None
        case "json_object":
            return {"type": "object"}
        case "json_schema":
            named = value.get("json_schema")
            schema = named.get("schema") if isinstance(named, dict) else None
            _expect(isinstance(schema, dict), "response_format.json_schema.schema", "an object")
            return dict(schema)  # type: ignore[arg-type]
    raise InputError("'response_format.type' must be text, json_object or json_schema.")


def _variety(value: Any) -> Variety | None:
    if value is None:
        return None
    try:
        return Variety(value)
    except ValueError:
        tags = ", ".join(variety for variety in Variety if variety is not Variety.UNKNOWN)
        raise InputError(f"'bauhinia.reply_in' must be one of {tags}.") from None


# Answering


async def _chat(request: Request, gateway: Gateway) -> Response:
    body = await _body(request)
    ask = read_ask(body, gateway)
    if body.get("stream"):
        events = gateway.exchange(ask)
        first = await _unless_left(request.receive, anext(events))
        options = body.get("stream_options")
        with_usage = isinstance(options, dict) and bool(options.get("include_usage"))
        return _EventStream(_chunks(events, first, gateway.model, with_usage), gateway.model)
    answer = await _unless_left(request.receive, gateway.ask(ask))
    return _json(_completion(answer), 200, {_HEADER: _header(answer.label)})


def _completion(answer: Answer) -> dict[str, Any]:
    message = {"role": "assistant", "content": answer.text}
    if answer.thinking:
        message["reasoning_content"] = answer.thinking
    return {
        "id": f"chatcmpl-{answer.label.entry}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": answer.label.model,
        "choices": [{"index": 0, "message": message, "finish_reason": answer.finish}],
        "usage": _usage(answer.usage),
        "bauhinia": _told(answer),
    }


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
    }


def _told(answer: Answer) -> dict[str, Any]:
    """The label, and every decision that was more than `ok`."""
    label = answer.label
    return {
        "label": {
            "text": label.sentence(),
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


def _header(label: Label) -> str:
    return f"model={label.model}; entry={label.entry}; made={label.made_at}"


async def _chunks(
    events: AsyncGenerator[ExchangeEvent, None], first: ExchangeEvent, model: str, with_usage: bool
) -> AsyncIterator[bytes]:
    """Server-sent events of one answer; the label comes with the last chunk."""
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
            yield chunk({}, event.finish, bauhinia=_told(event))
            if with_usage:
                yield _event({**head, "model": model, "choices": [], "usage": _usage(event.usage)})
            yield b"data: [DONE]\n\n"
        except BauhiniaError as error:
            yield _event(error_body(error))


def _event(value: dict[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(value) + b"\n\n"


async def _embed(request: Request, gateway: Gateway) -> Response:
    body = await _body(request)
    texts = _texts(body.get("input"))
    if body.get("dimensions"):
        raise Unsupported("'dimensions' is not supported here.", hint="Leave it out.")
    if body.get("model") not in (None, "", "default", gateway.embedder):
        raise NotFound(f"There is no embedding model of that name; there is {gateway.embedder!r}.")
    extra = _extra(body)
    kind: EmbeddingKind = "query" if extra.get("kind") == "query" else "passage"
    work = gateway.embed(
        texts,
        kind,
        officer=gateway.officer,
        use="api.embed",
        classification=_text(extra, "classification", LOWEST),
    )
    vectors = await _unless_left(request.receive, work)
    packed = body.get("encoding_format") == "base64"
    data = [
        {"object": "embedding", "index": index, "embedding": _packed(vector) if packed else vector}
        for index, vector in enumerate(vectors)
    ]
    tokens = sum(map(estimate_tokens, texts))
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return _json({"object": "list", "data": data, "model": gateway.embedder, "usage": usage}, 200)


def _texts(value: Any) -> list[str]:
    texts = [value] if isinstance(value, str) else value
    right = isinstance(texts, list) and 0 < len(texts) <= 2_048 and all(isinstance(t, str) for t in texts)
    _expect(right, "input", "1 to 2,048 texts")
    return list(texts)


def _packed(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


async def _models(gateway: Gateway) -> Response:
    names = [gateway.model, gateway.embedder]
    entries = [{"id": name, "object": "model", "created": 0, "owned_by": "bauhinia"} for name in names]
    entries[0]["max_model_len"] = gateway.context_tokens
    return _json({"object": "list", "data": entries}, 200)


def _json(value: dict[str, Any], status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(value), status, headers, "application/json")


# Clients that leave


async def _unless_left(receive: Receive, work: Coroutine[Any, Any, Result]) -> Result:
    """The work's result; when the client hangs up first the work is cancelled. Raises Cancelled then."""
    worker = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_left(receive))
    try:
        await asyncio.wait((worker, leaving), return_when=asyncio.FIRST_COMPLETED)
        if worker.done():
            return worker.result()
        raise Cancelled("The client left before the answer was ready.")
    finally:
        for task in (worker, leaving):
            if not task.done():
                task.cancel()
                with suppress(asyncio.CancelledError, BauhiniaError):
                    await task


async def _left(receive: Receive) -> None:
    """Ends when the client has hung up."""
    while (await receive())["type"] != "http.disconnect":
        pass


class _EventStream(Response):
    """Server-sent events; the work behind them stops as soon as the client hangs up."""

    def __init__(self, chunks: AsyncIterator[bytes], model: str) -> None:
        super().__init__(
            headers={"cache-control": "no-store", "x-accel-buffering": "no", _HEADER: f"model={model}"},
            media_type="text/event-stream",
        )
        del self.headers["content-length"]
        self._chunks = chunks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        with suppress(Cancelled):
            await _unless_left(receive, self._send_all(send))

    async def _send_all(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        async with aclosing(self._chunks) as chunks:  # type: ignore[type-var]
            async for chunk in chunks:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
