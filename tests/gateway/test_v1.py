"""The OpenAI-compatible API, over a real socket."""

from __future__ import annotations

import asyncio
import base64
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import orjson
import pytest
import uvicorn
from fastapi import FastAPI

from bauhinia.errors import ModelBusy
from bauhinia.gateway import Gateway
from bauhinia.models import FakeModel, Fault
from bauhinia.server.v1 import v1_router
from bauhinia.store import Database

Serve = Callable[[FakeModel], Any]
TRADITIONAL = "部門會在收到整份表格後的十個工作天內回覆申請人，並說明審批結果及理由。" * 6
ENGLISH = "The department will reply within ten working days after it has received the form. " * 4


@pytest.fixture
def serve(open_gateway: Callable[[FakeModel], Gateway]) -> Serve:
    """Serves `/v1` of a gateway with this model; gives a client of it."""

    @asynccontextmanager
    async def start(model: FakeModel) -> AsyncIterator[aiohttp.ClientSession]:
        gateway = open_gateway(model)
        app = FastAPI()
        app.include_router(v1_router(lambda _: gateway))
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
        serving = asyncio.create_task(server.serve())
        await until(lambda: server.started)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
                yield client
        finally:
            server.should_exit = True
            await serving

    return start


async def until(condition: Callable[[], bool]) -> None:
    """Wait, for at most two seconds."""
    async with asyncio.timeout(2):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


def chat(text: str = "Hello", **more: Any) -> dict[str, Any]:
    return {"model": "fake", "messages": [{"role": "user", "content": text}], **more}


async def post(
    client: aiohttp.ClientSession, body: Any, path: str = "/v1/chat/completions"
) -> tuple[int, Any]:
    async with client.post(path, json=body) as response:
        return response.status, await response.json()


async def events(response: aiohttp.ClientResponse) -> list[Any]:
    lines = (await response.text()).split("\n\n")
    data = [line.removeprefix("data: ") for line in lines if line]
    return [item if item == "[DONE]" else orjson.loads(item) for item in data]


async def test_a_completion_in_openais_shape_with_its_label(serve: Serve) -> None:
    async with serve(FakeModel()) as client:
        async with client.post("/v1/chat/completions", json=chat("My HKID is A123456(3).")) as response:
            header, body = response.headers["x-ai-generated"], await response.json()
        assert body["object"] == "chat.completion"
        assert body["choices"] == [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "My HKID is A123456(3)."},
                "finish_reason": "stop",
            }
        ]
        counts = body["usage"]
        assert counts["total_tokens"] == counts["prompt_tokens"] + counts["completion_tokens"] > 0
        assert body["bauhinia"]["label"]["entry"] == 1 and "entry=1" in header and "model=fake" in header
        assert [made["reason"] for made in body["bauhinia"]["decisions"]] == ["pseudonymised", "restored"]


async def test_a_stream_ends_with_label_usage_and_done(serve: Serve) -> None:
    async with serve(FakeModel(["Call PHONE-P1 now, please."], piece=4)) as client:
        body = chat("2345 6789", stream=True, stream_options={"include_usage": True})
        async with client.post("/v1/chat/completions", json=body) as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            got = await events(response)
    *chunks, last, usage, done = got
    assert done == "[DONE]" and usage["choices"] == [] and usage["usage"]["completion_tokens"] > 0
    assert chunks[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    text = "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks)
    assert text == "Call 2345 6789 now, please." and len(chunks) > 3
    assert last["choices"][0]["finish_reason"] == "stop" and last["bauhinia"]["label"]["entry"] == 1


async def test_thinking_is_beside_the_answer(serve: Serve) -> None:
    async with serve(FakeModel(["<think>Hm.</think>Yes."])) as client:
        _, body = await post(client, chat())
    assert body["choices"][0]["message"] == {
        "role": "assistant", "content": "Yes.", "reasoning_content": "Hm.",
    }  # fmt: skip


async def test_what_is_passed_on(serve: Serve) -> None:
    model = FakeModel()
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    body = chat(
        max_completion_tokens=50,
        temperature=0.7,
        stop="END",
        response_format={"type": "json_schema", "json_schema": {"name": "x", "schema": schema}},
        user="ignored",
        unheard_of={"ignored": True},
    )
    body["messages"] = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
    ]
    async with serve(model) as client:
        status, _ = await post(client, body)
    (request,) = model.requests
    assert status == 200
    assert [(m.role, m.content) for m in request.messages] == [("system", "Be brief."), ("user", "a\nb")]
    assert (request.max_tokens, request.temperature, request.stop, request.schema) == (
        50,
        0.7,
        ("END",),
        schema,
    )


@pytest.mark.parametrize(
    "change",
    [
        {"messages": []},
        {"messages": "Hello"},
        {"messages": [{"role": "tool", "content": "x"}]},
        {"messages": [{"role": ["user"], "content": "x"}]},
        {"messages": [{"role": "user", "content": None}]},
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]},
        {"messages": [1]},
        {"model": 3},
        {"max_tokens": -1},
        {"max_tokens": "many"},
        {"max_tokens": True},
        {"temperature": 3},
        {"temperature": "hot"},
        {"stop": [1]},
        {"n": 2},
        {"tools": [{"type": "function"}]},
        {"logprobs": True},
        {"response_format": {"type": "grammar"}},
        {"response_format": {"type": "json_schema", "json_schema": []}},
        {"response_format": "json"},
        {"bauhinia": {"reply_in": "fr"}},
        {"bauhinia": []},
    ],
)
async def test_a_wrong_body_gets_a_clear_400(serve: Serve, change: dict[str, Any]) -> None:
    model = FakeModel()
    async with serve(model) as client:
        status, body = await post(client, chat() | change)
    assert status == 400 and body["error"]["type"] == "invalid_request_error" and body["error"]["message"]
    assert model.requests == []


@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"{}", "text/plain", 415),
        (orjson.dumps(chat()), "text/plain", 415),
    ],
)
async def test_what_is_not_json(serve: Serve, data: bytes, content_type: str, status: int) -> None:
    async with (
        serve(FakeModel()) as client,
        client.post("/v1/chat/completions", data=data, headers={"content-type": content_type}) as response,
    ):
        assert response.status == status
        assert (await response.json())["error"]["message"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"model": "gpt-4"}, 404, "model_not_found"),
        ({"max_tokens": 100_000}, 413, "context_length_exceeded"),
        ({"bauhinia": {"classification": "secret"}}, 403, "Refused"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
async def test_refusals_keep_their_status(
    serve: Serve, change: dict[str, Any], status: int, code: str, stream: bool
) -> None:
    async with serve(FakeModel()) as client:
        got, body = await post(client, chat(stream=stream) | change)
    assert (got, body["error"]["code"]) == (status, code) and body["error"]["hint"]


async def test_a_busy_backend_is_429_and_a_break_in_a_stream_is_told(serve: Serve) -> None:
    busy = Fault(error=ModelBusy("Wait."))
    broken = Fault(text="Half an answer, ", error=ModelBusy("Wait."))
    async with serve(FakeModel([busy, broken], piece=4)) as client:
        assert (await post(client, chat()))[0] == 429
        async with client.post("/v1/chat/completions", json=chat(stream=True)) as response:
            got = await events(response)
    assert got[-1]["error"]["code"] == "rate_limit_exceeded" and "[DONE]" not in got


async def test_the_reply_language_can_be_asked_for(serve: Serve) -> None:
    extra = {"reply_in": "zh-Hant-HK"}
    for stream in (False, True):
        async with serve(FakeModel([ENGLISH, TRADITIONAL])) as client:
            body = chat(bauhinia=extra, stream=stream, max_tokens=2_000)
            async with client.post("/v1/chat/completions", json=body) as response:
                if stream:
                    got = [e for e in await events(response) if e != "[DONE]"]
                    text = "".join(e["choices"][0]["delta"].get("content", "") for e in got)
                    told = got[-1]["bauhinia"]
                else:
                    whole = await response.json()
                    text, told = whole["choices"][0]["message"]["content"], whole["bauhinia"]
        assert text == TRADITIONAL
        assert [made["reason"] for made in told["decisions"]] == ["asked_again"]


async def test_names_from_outside_are_kept_as_words(serve: Serve, database: Database) -> None:
    async with serve(FakeModel()) as client:
        unknown, _ = await post(client, chat(model="no\x00such\nmodel" * 100))
        unclear, _ = await post(client, chat(bauhinia={"classification": "\x00"}))
    assert (unknown, unclear) == (404, 403)
    assert await _outcomes(database) == ["refused", "refused"]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("first_delay", [0.0, 5.0])
async def test_a_client_that_hangs_up_frees_the_backend(
    serve: Serve, database: Database, stream: bool, first_delay: float
) -> None:
    model = FakeModel(["word " * 400], delay=0.02, first_delay=first_delay)
    async with serve(model) as client:
        work = asyncio.create_task(_read_a_little(client, stream))
        await until(lambda: model.active == 1)
        await asyncio.sleep(0.1)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await until(lambda: model.active == 0)
        assert model.cancelled == 1
    # The server has stopped by now, and with it every handler; the row is the ledger writer's to finish.
    async with asyncio.timeout(2):
        while not await _outcomes(database):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert await _outcomes(database) == ["cancelled"]


async def _read_a_little(client: aiohttp.ClientSession, stream: bool) -> None:
    async with client.post("/v1/chat/completions", json=chat(stream=stream)) as response:
        await response.content.readany()
        await asyncio.sleep(30)


async def _outcomes(database: Database) -> list[str]:
    async with database.maintenance() as connection:
        cursor = await connection.execute("SELECT body::jsonb->>'outcome' FROM ledger ORDER BY seq")
        return [row[0] for row in await cursor.fetchall()]


async def test_models_are_listed(serve: Serve) -> None:
    async with serve(FakeModel()) as client, client.get("/v1/models") as response:
        body = await response.json()
    assert body["object"] == "list" and body["data"][0]["id"] == "fake"


async def test_embeddings_in_both_encodings(serve: Serve, database: Database) -> None:
    async with serve(FakeModel()) as client:
        status, floats = await post(client, {"input": ["one", "two"], "model": "default"}, "/v1/embeddings")
        assert status == 200 and [row["index"] for row in floats["data"]] == [0, 1]
        packed = {"input": "one", "encoding_format": "base64"}
        _, coded = await post(client, packed, "/v1/embeddings")
        data = base64.b64decode(coded["data"][0]["embedding"])
        assert struct.unpack(f"<{len(data) // 4}f", data) == pytest.approx(floats["data"][0]["embedding"])
        assert coded["usage"]["prompt_tokens"] > 0
        for wrong in ({"input": []}, {"input": [1, 2]}, {"input": "x", "dimensions": 3}, {}):
            assert (await post(client, wrong, "/v1/embeddings"))[0] == 400
        assert (await post(client, {"input": "x", "model": "other"}, "/v1/embeddings"))[0] == 404
    assert await _outcomes(database) == ["answered", "answered"]
