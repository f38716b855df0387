"""The JSON API that the pages use too. Every failure is `{"error": {"code", "message", "hint"}}`."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import UploadFile
from starlette.responses import Response

from ..documents import Block
from ..errors import DocumentTooLarge, InputError
from ..jobs import Task
from ..pilot.codec import draft_of, to_json
from ..pilot.orders import (
    AnalyseOrder,
    CompareOrder,
    DraftOrder,
    RedraftOrder,
    SummariseOrder,
    TranslateOrder,
)
from ..pilot.revision import reword
from . import events
from .edits import checking, edited
from .security import too_large_message
from .state import closing_of, editing_of, limits_of, office_of, readiness_of

api_router = APIRouter()
ExportFormat = Literal[
    "docx", "pdf", "odt", "md", "csv", "same", "beside",
    "xliff", "xliff12", "bilingual-docx", "bilingual-xlsx",
]  # fmt: skip


@api_router.get("/health", summary="Whether the server and its model are ready")
async def health(request: Request) -> dict[str, Any]:
    readiness = readiness_of(request)
    model = {"state": readiness.state, "message": readiness.message, "hint": readiness.hint}
    return {"status": "ok", "model": model}


@api_router.post(
    "/api/documents",
    status_code=201,
    summary="Put a file on the shelf (multipart, field `file`; of a protected one also `password`; may have "
    "`classification`)",
)
async def add_document(request: Request) -> dict[str, Any]:
    sent = await uploaded(request)
    card = await office_of(request).add(
        sent.data, sent.name, sent.password, classification=sent.classification
    )
    return asdict(card)


@dataclass(frozen=True, slots=True)
class Sent:
    """A form's file, and the password that came with it, which no log of this object shows."""

    name: str
    data: bytes = field(repr=False)
    password: str = field(repr=False)
    classification: str = ""
    """Empty takes the server's default."""


async def uploaded(request: Request) -> Sent:
    """The form's one file. Raises InputError, DocumentTooLarge."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise InputError("Send the file as a form with a field named `file`.", hint="See /api.")
    limit = limits_of(request).file_bytes
    async with request.form(max_files=1, max_fields=8) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            raise InputError("No file came with the request.", hint="Choose a file and try again.")
        if file.size is not None and file.size > limit:
            raise DocumentTooLarge(
                too_large_message(limit), hint="Split it into smaller files and try again."
            )
        password = form.get("password", "")
        if not isinstance(password, str):
            raise InputError("The password came as a file.", hint="Send it as a plain field of the form.")
        classification = str(form.get("classification", ""))
        return Sent(file.filename, await file.read(), password, classification)


@api_router.get("/api/documents", summary="The documents on the shelf")
async def list_documents(request: Request) -> list[dict[str, Any]]:
    return [asdict(card) for card in await office_of(request).shelf.cards()]


@api_router.get("/api/documents/{document}", summary="One document, with its blocks")
async def get_document(request: Request, document: str) -> dict[str, Any]:
    shelf = office_of(request).shelf
    card, read = await shelf.card(document), await shelf.document(document)
    return {**asdict(card), "blocks": [_block(block) for block in read.blocks]}


def _block(block: Block) -> dict[str, Any]:
    return {name: value for name, value in asdict(block).items() if value is not None}


@api_router.delete("/api/documents/{document}", status_code=204, summary="Take a document off the shelf")
async def remove_document(request: Request, document: str) -> Response:
    await office_of(request).remove(document)
    return Response(status_code=204)


class Started(BaseModel):
    """A task that has begun."""

    id: str


@api_router.post("/api/summarise", status_code=202, summary="Summarise documents")
async def summarise(request: Request, order: SummariseOrder) -> Started:
    return Started(id=await office_of(request).start(order))


@api_router.post("/api/translate", status_code=202, summary="Translate a document")
async def translate(request: Request, order: TranslateOrder) -> Started:
    return Started(id=await office_of(request).start(order))


@api_router.post("/api/draft", status_code=202, summary="Draft a text from instructions and sources")
async def draft(request: Request, order: DraftOrder) -> Started:
    return Started(id=await office_of(request).start(order))


@api_router.post(
    "/api/analyse", status_code=202, summary="Ask documents a question, or set out what they oblige"
)
async def analyse(request: Request, order: AnalyseOrder) -> Started:
    return Started(id=await office_of(request).start(order))


@api_router.post("/api/redraft", status_code=202, summary="Write a document anew, in another manner")
async def redraft(request: Request, order: RedraftOrder) -> Started:
    return Started(id=await office_of(request).start(order))


@api_router.post("/api/compare", status_code=202, summary="Compare two versions, in one language or two")
async def compare(request: Request, order: CompareOrder) -> Started:
    return Started(id=await office_of(request).start(order))


@api_router.get("/api/tasks", summary="The newest tasks, without their drafts")
async def list_tasks(request: Request) -> list[dict[str, Any]]:
    return [_task(task) for task in await office_of(request).tasks.list()]


@api_router.get("/api/tasks/{task}", summary="One task, with its draft once there is one")
async def get_task(request: Request, task: str) -> dict[str, Any]:
    return _task(await office_of(request).task(task))


def _task(task: Task) -> dict[str, Any]:
    return {**asdict(task), "usage": task.draft["usage"] if task.draft else None}


@api_router.get("/api/tasks/{task}/events", summary="A task's events as they come (server-sent events)")
async def task_events(request: Request, task: str, last_event_id: Annotated[str, Header()] = "") -> Response:
    office = office_of(request)
    seen = int(last_event_id) if last_event_id.isdecimal() else 0
    row = await office.tasks.get(task)
    if not row.is_open and 0 < row.told <= seen:
        return events.nothing_more()
    return events.stream(office.events(task), closing_of(request), after=seen)


@api_router.post("/api/tasks/{task}/cancel", summary="Stop a task, and the model's work for it")
async def cancel_task(request: Request, task: str) -> dict[str, Any]:
    office = office_of(request)
    await office.tasks.cancel(task)
    return _task(await office.task(task))


@api_router.post("/api/tasks/{task}/resume", status_code=202, summary="Go on with a task that stopped")
async def resume_task(request: Request, task: str) -> Started:
    await office_of(request).tasks.resume(task)
    return Started(id=task)


class Edit(BaseModel):
    """An officer's own words for a passage."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    section: int = Field(default=0, ge=0)
    """Which section of the draft, from 0."""
    text: str


@api_router.put(
    "/api/tasks/{task}/passages/{passage}", summary="Replace a passage's text; the original is kept"
)
async def edit_passage(request: Request, task: str, passage: str, edit: Edit) -> dict[str, Any]:
    office = office_of(request)
    async with editing_of(request):
        row = await office.tasks.get(task)
        check = await checking(office, row)
        draft, changed = edited(draft_of(row), edit.section, passage, edit.text, check)
        await office.tasks.save_draft(task, to_json(draft))
        await reword(office, row, passage, edit.text)
    return to_json(changed)


@api_router.get(
    "/api/tasks/{task}/export",
    summary="A finished draft as a file; `same`: in the original's format; `beside`: pages of a PDF beside "
    "those of its translation; the last four: for a translator",
)
async def export_task(
    request: Request,
    task: str,
    format: ExportFormat = "docx",  # noqa: A002
) -> Response:
    from ..pilot.issuing import issued

    file = await issued(office_of(request), task, format)
    headers = {"content-disposition": attachment(file.name)}
    return Response(file.data, media_type=file.media_type, headers=headers)


def attachment(name: str) -> str:
    """A `Content-Disposition` that keeps a Chinese file name."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
