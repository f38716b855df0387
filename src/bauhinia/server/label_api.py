"""Where a file came from, over HTTP, and the public key that proves it to others."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse

from ..pilot.provenance import provenance_of
from ..provenance import Verdict
from .api import uploaded
from .state import office_of

label_router = APIRouter()


@label_router.post(
    "/api/label/check", summary="Where a file came from, and whether it was altered (multipart, field `file`)"
)
async def check_label(request: Request) -> dict[str, Any]:
    return asdict(await checked(request))


async def checked(request: Request) -> Verdict:
    """The verdict on the form's file, which is not kept. Raises InputError, DocumentError."""
    sent = await uploaded(request)
    return await office_of(request).labels.check(sent.data, sent.name)


@label_router.get(
    "/api/tasks/{task}/provenance",
    summary="A draft's model, ledger entries, sources, edits and files",
)
async def provenance(request: Request, task: str) -> dict[str, Any]:
    return asdict(await provenance_of(office_of(request), task))


@label_router.get("/api/label/key", summary="The public key of our labels (PEM)")
async def public_key(request: Request) -> PlainTextResponse:
    return PlainTextResponse(office_of(request).labels.public_key(), media_type="application/x-pem-file")
