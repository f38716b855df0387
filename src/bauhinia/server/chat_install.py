"""What makes the chat an application on a phone: its manifest, its service worker, the notice without a network."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response

from .pages import page
from .words import LANGUAGES, words_for, words_of

chat_install_router = APIRouter(include_in_schema=False)
WORKER = Path(__file__).parent / "static" / "worker.js"


@chat_install_router.get("/chat/manifest.webmanifest")
async def manifest(request: Request) -> Response:
    """What a phone needs to keep the page among its applications."""
    words = words_for(request)
    described = {
        "name": words("chat.name"), "short_name": words("chat.short_name"), "start_url": "/chat",
        "scope": "/chat", "display": "standalone", "lang": words.language, "background_color": "#faf9f7",
        "theme_color": "#8b1d58",
        "icons": [{"src": "/static/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    }  # fmt: skip
    return JSONResponse(described, media_type="application/manifest+json")


@chat_install_router.get("/chat/worker.js")
async def worker() -> Response:
    """The service worker, allowed to see `/chat` itself besides what lies below."""
    headers = {"service-worker-allowed": "/chat", "cache-control": "no-cache"}
    return FileResponse(WORKER, media_type="text/javascript", headers=headers)


@chat_install_router.get("/chat/offline")
async def offline(request: Request) -> HTMLResponse:
    """The notice that the service worker keeps."""
    return page(request, "chat_offline.html", languages=LANGUAGES, words_of=words_of)
