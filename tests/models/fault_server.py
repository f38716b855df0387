"""A model server that goes wrong on purpose, run as a process of its own. The last message names the fault.

Prints its port. `/seen` tells how often each message came and how many answers were broken off by the client.
"""

import asyncio
import json
from collections import Counter

from aiohttp import web

seen: Counter[str] = Counter()
bodies: dict[str, object] = {}
state = {"broken_off": 0}
HANG = 60


def sse(**event: object) -> bytes:
    return b"data: " + json.dumps(event).encode() + b"\n\n"


def piece(text: str = "", **delta: str) -> bytes:
    return sse(choices=[{"index": 0, "finish_reason": None, "delta": {"content": text, **delta}}])


def end(reason: str = "stop") -> bytes:
    return sse(choices=[{"index": 0, "finish_reason": reason, "delta": {}}])


USAGE = sse(
    choices=[],
    usage={"prompt_tokens": 7, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 5}},
)
DONE = b"data: [DONE]\n\n"
GOOD = [piece(role="assistant"), piece("Hello"), piece(", 世界"), end(), USAGE, DONE]


def called(index: int, *, name: str = "", key: str = "", arguments: str = "") -> bytes:
    function = {"name": name, "arguments": arguments} if name else {"arguments": arguments}
    call = {"index": index, "function": function} | ({"id": key, "type": "function"} if key else {})
    return sse(choices=[{"index": 0, "finish_reason": None, "delta": {"tool_calls": [call]}}])


STREAMS: dict[str, list[bytes]] = {
    "calls": [
        piece("Wait."),
        called(0, name="rain", key="c1"),
        called(0, arguments='{"place": "Tai'),
        called(0, arguments=' Po"}'),
        called(1, name="wind"),
        end("tool_calls"),
        USAGE,
        DONE,
    ],
    "nameless call": [called(0, arguments="{}"), end("tool_calls"), USAGE, DONE],
    "odd call": [sse(choices=[{"index": 0, "delta": {"tool_calls": [{"index": []}]}}]), end(), DONE],
    "good": GOOD,
    "bytewise": [bytes([byte]) for byte in b": ping\n\n" + b"".join(GOOD).replace(b"\n", b"\r\n")],
    "length": [piece("Hel"), end("length"), USAGE, DONE],
    "no usage": [piece("Hello"), end(), DONE],
    "no done": [piece("Hello"), end(), USAGE],
    "think": [piece("<th"), piece("ink>Hmm"), piece("</think>\n\nYes"), end(), USAGE, DONE],
    "reasoning": [piece(reasoning_content="Hmm"), piece("Yes"), end(), USAGE, DONE],
    "thinks first": [piece("Hmm"), piece("</think>"), piece("Yes"), end(), USAGE, DONE],
    "short": [piece("Hel")],
    "broken json": [piece("Hel"), b'data: {"choices": [\n\n'],
    "not an object": [b"data: [1]\n\n"],
    "html": [b"<html>login</html>"],
    "withheld": [end("content_filter")],
    "error event": [piece("Hel"), sse(error={"code": 500, "message": "out of memory"})],
    "endless line": [b"data: " + b"x" * 5_000_000],
}
STATUS = {"401": 401, "404": 404, "500": 500, "504": 504, "503 for ever": 503, "429 for ever": 429}


async def chat(request: web.Request) -> web.StreamResponse:
    body = await request.json()
    said = body["messages"][-1]["content"]
    bodies[said] = body
    seen[said] += 1
    if said == "429 twice" and seen[said] <= 2:
        return web.json_response({}, status=429, headers={"Retry-After": "0.05"})
    if said == "503 once" and seen[said] <= 1:
        return web.json_response({"error": {"message": "Loading model"}}, status=503)
    if said == "429 for an hour":
        return web.json_response({}, status=429, headers={"Retry-After": "3600"})
    if said == "too long":
        error = {"code": 400, "type": "exceed_context_size_error", "message": "secret words"}
        return web.json_response({"error": error}, status=400)
    if said in STATUS:
        return web.Response(status=STATUS[said], text="secret words")
    if said == "silent":
        await asyncio.sleep(HANG)
    response = web.StreamResponse(status=500 if said == "endless error" else 200)
    await response.prepare(request)
    if said in ("drop", "slow", "endless", "endless error"):
        await misbehave(said, request, response)
        return response
    for part in STREAMS.get(said, GOOD):
        await response.write(part)
    if said == "drop at the end":
        await asyncio.sleep(0.05)
        assert request.transport is not None
        request.transport.abort()
    return response


async def misbehave(said: str, request: web.Request, response: web.StreamResponse) -> None:
    assert request.transport is not None
    try:
        await response.write(piece("Hel"))
        if said == "drop":
            request.transport.abort()
        elif said == "slow":
            await asyncio.sleep(HANG)
        else:
            while True:
                await response.write(piece("and " * 100))
                await asyncio.sleep(0.005)
    except (ConnectionError, asyncio.CancelledError):
        state["broken_off"] += 1
        raise


async def embeddings(request: web.Request) -> web.Response:
    body = await request.json()
    if body["input"][0] == "query: too few":
        return web.json_response({"data": []})
    data = [{"index": n, "embedding": [3.0, 4.0 * (n + 1)]} for n, _ in enumerate(body["input"])]
    seen["".join(body["input"])] += 1
    return web.json_response({"data": data[::-1], "model": body["model"]})


async def models(_request: web.Request) -> web.Response:
    return web.json_response({"data": [{"id": "m", "max_model_len": 4_000}, {"id": "other"}]})


async def tokenize(request: web.Request) -> web.Response:
    body = await request.json()
    if "prompt" not in body:
        return web.json_response({"error": "prompt is needed"}, status=422)
    return web.json_response({"count": len(body["prompt"].split())})


async def look(_request: web.Request) -> web.Response:
    return web.json_response({"seen": seen, "bodies": bodies, **state})


async def serve() -> None:
    app = web.Application()
    app.router.add_post("/v1/chat/completions", chat)
    app.router.add_post("/v1/embeddings", embeddings)
    app.router.add_get("/v1/models", models)
    app.router.add_post("/vllm/tokenize", tokenize)
    app.router.add_post("/vllm/v1/chat/completions", chat)
    app.router.add_get("/seen", look)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve())
