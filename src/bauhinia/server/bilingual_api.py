"""A translation that a human translator sends back, over HTTP; `/export` is how it was sent."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request

from .api import uploaded
from .state import office_of

bilingual_router = APIRouter()


@bilingual_router.post(
    "/api/tasks/{task}/import",
    summary="Take back a translation from a translator: XLIFF, or a table of Word or Excel (multipart)",
)
async def take_back_file(request: Request, task: str) -> dict[str, Any]:
    from ..pilot.returning import read_back, take_back

    office = office_of(request)
    row = await office.tasks.get(task)
    sent = await uploaded(request)
    rows = await read_back(row, sent.data, sent.name)
    return asdict(await take_back(office, row, rows))
