"""The routes of the OpenAI-compatible API, but for files."""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from ...errors import BauhiniaError
from ...gateway import EmbeddingKind, Gateway, estimate_tokens
from .answered import chunks, completion, header
from .asked import classification_of, extra_of, json_body, read_ask, texts_to_embed, wants_usage
from .described import CHAT, EMBEDDINGS
from .faults import NoSuchModel, Unsupported, expect, fault
from .streaming import EventStream, unless_left

LABEL = "x-ai-generated"
GetGateway = Callable[[Request], Gateway]


class ReadsFiles(Protocol):
    """Gives the texts of files that are sent in messages."""

    async def in_place(self, body: dict[str, Any]) -> None:
        """Put text in place of every `file` part. Raises InputError."""


GetFiles = Callable[[Request], ReadsFiles]


def v1_router(gateway: GetGateway, files: GetFiles | None = None) -> APIRouter:
    """Routes under `/v1`; `gateway` gives the one door of the application that a request came to, `files`
    what reads the files in messages."""
    router = APIRouter()

    async def chat_completions(request: Request) -> Response:
        return await guarded(_chat(request, gateway(request), files and files(request)))

    async def embeddings(request: Request) -> Response:
        return await guarded(_embed(request, gateway(request)))

    async def models(request: Request) -> Response:
        return as_json({"object": "list", "data": _models(gateway(request))})

    async def model(request: Request) -> Response:
        return await guarded(_model(gateway(request), request.path_params["model"]))

    router.add_api_route(
        "/v1/chat/completions",
        chat_completions,
        methods=["POST"],
        summary="Ask the model",
        openapi_extra=CHAT,
    )
    router.add_api_route(
        "/v1/embeddings",
        embeddings,
        methods=["POST"],
        summary="Turn texts into vectors",
        openapi_extra=EMBEDDINGS,
    )
    router.add_api_route("/v1/models", models, methods=["GET"], summary="The models that there are")
    router.add_api_route("/v1/models/{model:path}", model, methods=["GET"], summary="One model")
    return router


async def guarded(work: Coroutine[Any, Any, Response]) -> Response:
    """The answer, or the error in OpenAI's shape."""
    try:
        return await work
    except BauhiniaError as error:
        return fault(error)


def as_json(value: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    """An answer in JSON."""
    return Response(orjson.dumps(value), 200, headers, "application/json")


async def _chat(request: Request, gateway: Gateway, files: ReadsFiles | None) -> Response:
    body = await json_body(request)
    if files is not None:
        await files.in_place(body)
    ask = read_ask(body, gateway)
    with_usage = wants_usage(body)
    if body.get("stream"):
        events = gateway.exchange(ask)
        first = await unless_left(request.receive, anext(events))
        return EventStream(
            chunks(events, first, gateway.model, with_usage), {LABEL: f"model={gateway.model}"}
        )
    answer = await unless_left(request.receive, gateway.ask(ask))
    return as_json(completion(answer), {LABEL: header(answer.label)})


async def _embed(request: Request, gateway: Gateway) -> Response:
    body = await json_body(request)
    texts = texts_to_embed(body.get("input"))
    if body.get("dimensions"):
        raise Unsupported("'dimensions' is not supported here.", param="dimensions", hint="Leave it out.")
    if body.get("model") not in (None, "", "default", gateway.embedder):
        raise NoSuchModel(f"There is no embedding model of that name; there is {gateway.embedder!r}.")
    form = body.get("encoding_format", "float")
    expect(form in ("float", "base64"), "encoding_format", "float or base64")
    kind: EmbeddingKind = "query" if extra_of(body).get("kind") == "query" else "passage"
    work = gateway.embed(
        texts, kind, officer=gateway.officer, use="api.embed", classification=classification_of(body)
    )
    vectors = await unless_left(request.receive, work)
    data = [
        {"object": "embedding", "index": index, "embedding": _packed(v) if form == "base64" else v}
        for index, v in enumerate(vectors)
    ]
    tokens = sum(map(estimate_tokens, texts))
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return as_json({"object": "list", "data": data, "model": gateway.embedder, "usage": usage})


def _packed(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


def _models(gateway: Gateway) -> list[dict[str, Any]]:
    names = (gateway.model, gateway.embedder)
    entries: list[dict[str, Any]] = [
        {"id": name, "object": "model", "created": 0, "owned_by": "bauhinia"} for name in names
    ]
    entries[0]["max_model_len"] = gateway.context_tokens
    return entries


async def _model(gateway: Gateway, name: str) -> Response:
    for entry in _models(gateway):
        if entry["id"] == name:
            return as_json(entry)
    raise NoSuchModel(
        "There is no model of that name here.", hint="GET /v1/models lists those that there are."
    )
