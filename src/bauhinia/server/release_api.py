"""The API of where a draft stands. Programs read it; to accept is for a person at a page."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request

from ..pilot.claims import unverified
from ..pilot.release_checks import digest_of, kept_checks
from ..pilot.releasing import finished
from .state import office_of

release_api_router = APIRouter()


@release_api_router.get(
    "/api/tasks/{task}/release", summary="Whether a person has accepted a draft, and for what"
)
async def get_release(request: Request, task: str) -> dict[str, Any]:
    office = office_of(request)
    row = await office.task(task)
    draft = finished(row)
    standing = await office.release.standing(task, draft)
    checks = await kept_checks(office, task, digest_of(draft))
    return {
        "state": standing.state,
        "final": standing.is_final,
        "changed": standing.changed,
        "last": asdict(standing.last) if standing.last else None,
        "unverified": len(unverified(draft)),
        "checks": asdict(checks) if checks else None,
    }
