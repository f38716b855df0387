"""A server that replays the published shapes of speech, film and song interfaces, and can fail."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

SOUND = b"RIFF\x24\x00\x00\x00WAVEfmt "
FILM = b"\x00\x00\x00\x18ftypmp42"


@dataclass
class MediaServer:
    """What it was asked, and what it is to answer."""

    url: str = ""
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    status: int = 200
    looks: int = 0
    fails: bool = False
    file: str = "/v1/audio?path=song.wav"
    heard: dict[str, Any] = field(
        default_factory=lambda: {
            "text": "圖書館開門",
            "duration": 2.5,
            "segments": [
                {"start": 0.0, "end": 1.2, "text": "圖書館"},
                {"start": 1.2, "end": 2.5, "text": "開門"},
            ],
        }
    )


@asynccontextmanager
async def media_server() -> AsyncIterator[MediaServer]:
    """Running on a port of its own."""
    state = MediaServer()
    app = web.Application(client_max_size=50_000_000)

    @web.middleware
    async def watch(request: web.Request, handler: Any) -> web.StreamResponse:
        state.keys.add(request.headers.get("Authorization", ""))
        if state.status != 200:
            return web.json_response({"error": "no"}, status=state.status)
        answer: web.StreamResponse = await handler(request)
        return answer

    app.middlewares.append(watch)
    for method, path, handler in _routes(state):
        app.router.add_route(method, path, handler)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    state.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"  # type: ignore[union-attr]
    try:
        yield state
    finally:
        await runner.cleanup()


def _routes(state: MediaServer) -> list[tuple[str, str, Any]]:
    async def transcriptions(request: web.Request) -> web.Response:
        form = await request.post()
        file = form["file"]
        given = {name: value for name, value in form.items() if isinstance(value, str)}
        state.asked.append(("transcriptions", {**given, "bytes": len(file.file.read())}))  # type: ignore[union-attr]
        return web.json_response(state.heard)

    async def speech(request: web.Request) -> web.Response:
        state.asked.append(("speech", await request.json()))
        return web.Response(body=SOUND, content_type="audio/wav")

    async def videos(request: web.Request) -> web.Response:
        assert request.content_type == "multipart/form-data"
        state.asked.append(("videos", dict(await request.post())))
        return web.json_response({"id": "video_1", "status": "queued"})

    async def video(_: web.Request) -> web.Response:
        state.looks += 1
        done = "failed" if state.fails else "completed"
        return web.json_response({"id": "video_1", "status": "in_progress" if state.looks < 2 else done})

    async def content(_: web.Request) -> web.Response:
        return web.Response(body=FILM, content_type="video/mp4")

    async def release(request: web.Request) -> web.Response:
        state.asked.append(("song", await request.json()))
        return web.json_response({"data": {"task_id": "t1", "status": "queued"}, "code": 200, "error": None})

    async def result(_: web.Request) -> web.Response:
        state.looks += 1
        status = 0 if state.looks < 2 else 2 if state.fails else 1
        told = json.dumps([{"file": state.file, "status": status}])
        return web.json_response({"data": [{"task_id": "t1", "status": status, "result": told}], "code": 200})

    async def audio(request: web.Request) -> web.Response:
        assert request.query["path"] == "song.wav"
        return web.Response(body=SOUND, content_type="audio/wav")

    return [
        ("POST", "/v1/audio/transcriptions", transcriptions), ("POST", "/v1/audio/speech", speech),
        ("POST", "/v1/videos", videos), ("GET", "/v1/videos/video_1", video),
        ("GET", "/v1/videos/video_1/content", content), ("POST", "/release_task", release),
        ("POST", "/query_result", result), ("GET", "/v1/audio", audio),
    ]  # fmt: skip
