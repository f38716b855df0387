"""What pages say of an officer's own data: whether models learn from it, and whether to look through it."""

from __future__ import annotations

from typing import Any

from fastapi import Request

from ..pilot.own_data import OwnData
from .state import office_of


async def care_of(request: Request) -> dict[str, Any]:
    """Values for `parts/care.html`: `trains`, whether the officer's consent to training stands (D-3.3-17),
    and `look_due`, whether a reminder is due (D-3.3-18)."""
    office = office_of(request)
    verdict = await office.consents.may_use(office.officer.id, "training")
    return {"trains": verdict.allowed, "look_due": (await OwnData(office).holdings()).due}
