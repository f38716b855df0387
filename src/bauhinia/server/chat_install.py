"""The chat as an application on a phone: its service worker, and the notice without a network."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, Response

from .pages import page
from .words import LANGUAGES, words_of

chat_install_router = APIRouter(include_in_schema=False)
WORKER = Path(__file__).parent / "static" / "worker.js"


@chat_install_router.get("/chat/worker.js")
async def worker() -> Response:
    """The service worker, allowed to see `/chat` itself besides what lies below."""
    headers = {"service-worker-allowed": "/chat", "cache-control": "no-cache"}
    return FileResponse(WORKER, media_type="text/javascript", headers=headers)


@chat_install_router.get("/chat/offline")
async def offline(request: Request) -> HTMLResponse:
    """The notice that the service worker keeps."""
    return page(request, "chat_offline.html", languages=LANGUAGES, words_of=words_of)
