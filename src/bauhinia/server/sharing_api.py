"""The API of classifications and of what is shared."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.responses import Response

from ..errors import Refused
from ..gateway import classifications
from ..people import Officer, signed_in
from ..pilot.releasing import share_draft
from ..pilot.sharing import MOST_DAYS, USUAL_DAYS
from .state import office_of

sharing_router = APIRouter()


class ShareBody(BaseModel):
    """What is to be shared, with whom, for how long."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    document: str = ""
    task: str = ""
    """A finished draft; either this or `document`."""
    receiver: str = Field(alias="with", min_length=1, max_length=200)
    """An officer, as typed to sign in, or a department's short name."""
    days: int = Field(default=USUAL_DAYS, ge=1, le=MOST_DAYS)
    unverified: bool = False
    """Says that one knows that nobody has accepted the draft, and shares it all the same."""

    @model_validator(mode="after")
    def _one_thing(self) -> ShareBody:
        if bool(self.document) == bool(self.task):
            raise ValueError("Name a document or a task.")
        return self


class Classified(BaseModel):
    """A classification to be given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    classification: str


def sharer() -> Officer:
    """Who shares. Raises Refused where nobody signs in: there is nobody to share with."""
    if (officer := signed_in()) is None:
        raise Refused(
            "Nobody signs in to this server, so there is nobody to share with.",
            stage="share",
            hint="Run the server with BAUHINIA_SIGN_IN=accounts.",
        )
    return officer


@sharing_router.get("/api/classifications", summary="The classifications, from the lowest to the highest")
async def list_classifications() -> list[dict[str, Any]]:
    return [level.model_dump(by_alias=True) for level in classifications().levels]


@sharing_router.put("/api/documents/{document}/classification", summary="Classify a document")
async def classify(request: Request, document: str, body: Classified) -> dict[str, Any]:
    office = office_of(request)
    await office.sharing.classify(office.officer, document, body.classification)
    return asdict(await office.shelf.card(document))


@sharing_router.post(
    "/api/documents/{document}/copy", status_code=201, summary="Copy a shared document to one's own shelf"
)
async def copy_document(request: Request, document: str) -> dict[str, Any]:
    return asdict(await office_of(request).sharing.copy(sharer(), document))


@sharing_router.get("/api/shares", summary="What one shares, and what others share with one")
async def list_shares(request: Request) -> dict[str, Any]:
    sharing = office_of(request).sharing
    return {
        "given": [asdict(share) for share in await sharing.all_given()],
        "received": [asdict(share) for share in await sharing.received()],
    }


@sharing_router.post(
    "/api/shares", status_code=201, summary="Let an officer or a department read a document or a draft"
)
async def share(request: Request, body: ShareBody) -> dict[str, str]:
    kind, key = ("task", body.task) if body.task else ("document", body.document)
    office, by = office_of(request), sharer()
    if kind == "task":
        made = await share_draft(office, by, key, body.receiver, body.days, unverified=body.unverified)
    else:
        made = await office.sharing.share(by, "document", key, body.receiver, body.days)
    return {"id": made, kind: key}


@sharing_router.delete("/api/shares/{share}", status_code=204, summary="End a share at once")
async def withdraw(request: Request, share: str) -> Response:
    await office_of(request).sharing.withdraw(sharer(), share)
    return Response(status_code=204)
