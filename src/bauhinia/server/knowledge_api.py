"""The JSON API of the department's library."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from ..errors import InputError
from ..jobs import Task
from ..knowledge import Arrival, Hit, Mode, Statement
from ..knowledge.arrivals import KIND, Named, as_csv
from ..pilot.orders import AskOrder
from .api import Started, attachment
from .state import office_of

knowledge_api_router = APIRouter()
MOST_FILES = 1_000
"""Files of one request; an archive counts as one."""
NOT_RERANKED = "Bauhinia-Not-Reranked"
"""Header of a search whose order is not the reranker's, which is set: the error's name."""


class NewCollection(BaseModel):
    """A collection to be made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=120)
    days: int | None = Field(default=None, ge=1, le=36_500)
    """How long its documents are kept; null for as long as they are wanted."""
    sheet: Statement
    """Whose its documents are, and by what right they are held."""


@knowledge_api_router.get("/api/knowledge/collections", summary="The library's collections")
async def list_collections(request: Request) -> list[dict[str, Any]]:
    return [asdict(each) for each in await office_of(request).library.collections()]


@knowledge_api_router.post("/api/knowledge/collections", status_code=201, summary="Make a collection")
async def create_collection(request: Request, asked: NewCollection) -> Started:
    return Started(id=await office_of(request).library.create(asked.name, sheet=asked.sheet, days=asked.days))


@knowledge_api_router.delete(
    "/api/knowledge/collections/{collection}",
    status_code=204,
    summary="Delete a collection with all that is in it",
)
async def remove_collection(request: Request, collection: str) -> Response:
    await office_of(request).library.remove_collection(collection)
    return Response(status_code=204)


@knowledge_api_router.get(
    "/api/knowledge/collections/{collection}/documents", summary="The documents of a collection"
)
async def list_kept(request: Request, collection: str) -> list[dict[str, Any]]:
    library = office_of(request).library
    found = await library.collection(collection)
    return [asdict(each) for each in await library.documents(found.id)]


@knowledge_api_router.post(
    "/api/knowledge/collections/{collection}/documents",
    status_code=202,
    summary="Add files to a collection (multipart, fields `file`, `classification`); gives the task",
)
async def add_files(request: Request, collection: str) -> Started:
    return Started(id=await received(request, collection))


async def received(request: Request, collection: str) -> str:
    """The task that adds the form's files. Raises InputError, NotFound."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise InputError("Send the files as a form with fields named `file`.", hint="See /api.")
    office = office_of(request)
    found = await office.library.collection(collection)
    async with request.form(max_files=MOST_FILES, max_fields=8) as form:
        classification = str(form.get("classification", "")) or office.settings.classification
        return await office.arrivals.receive(
            office.tasks, found.id, _files(form), classification=classification
        )


async def _files(form: FormData) -> AsyncIterator[Named]:
    """One by one: together they may be more than fits into memory."""
    for file in form.getlist("file"):
        if isinstance(file, UploadFile) and file.filename:
            yield file.filename, await file.read()


@knowledge_api_router.get(
    "/api/knowledge/arrivals/{task}", summary="What became of each file that was added by a task"
)
async def list_arrivals(request: Request, task: str) -> dict[str, Any]:
    row, arrivals = await arrivals_of(request, task)
    return {"status": row.status, "files": [asdict(each) for each in arrivals]}


@knowledge_api_router.get("/api/knowledge/arrivals/{task}/csv", summary="The same for a spreadsheet")
async def arrivals_csv(request: Request, task: str) -> Response:
    _, arrivals = await arrivals_of(request, task)
    headers = {"content-disposition": attachment("arrivals.csv")}
    return Response(as_csv(arrivals), media_type="text/csv; charset=utf-8", headers=headers)


async def arrivals_of(request: Request, task: str) -> tuple[Task, list[Arrival]]:
    """The task and its files. Raises NotFound, InputError for a task of another kind."""
    office = office_of(request)
    row = await office.tasks.get(task)
    if row.kind != KIND:
        raise InputError("This task adds no files to the library.", hint="Open it on the list of tasks.")
    return row, await office.arrivals.of(row.order["batch"])


@knowledge_api_router.get(
    "/api/knowledge/documents/{document}", summary="A document of the library, with its text"
)
async def get_kept(request: Request, document: str) -> dict[str, Any]:
    library = office_of(request).library
    kept, read = await library.kept(document), await library.document(document)
    return {**asdict(kept), "blocks": [asdict(block) for block in read.blocks]}


@knowledge_api_router.delete(
    "/api/knowledge/documents/{document}", status_code=204, summary="Delete a document of the library"
)
async def remove_kept(request: Request, document: str) -> Response:
    await office_of(request).library.remove(document)
    return Response(status_code=204)


@knowledge_api_router.get("/api/knowledge/search", summary="Passages of the library that answer a question")
async def search(
    request: Request,
    response: Response,
    question: Annotated[str, Query(min_length=1, max_length=2_000)],
    collection: str = "",
    limit: Annotated[int, Query(ge=1, le=50)] = 5,
    mode: Mode = "hybrid",
) -> list[dict[str, Any]]:
    found = await office_of(request).search.find(
        question, collection=collection or None, limit=limit, mode=mode
    )
    if found.not_reranked is not None:
        response.headers[NOT_RERANKED] = found.not_reranked.code
    return [_hit(each) for each in found.hits]


def _hit(hit: Hit) -> dict[str, Any]:
    ranks = {"by_vectors": hit.by_vectors, "by_words": hit.by_words, "by_reranker": hit.by_reranker}
    return {**asdict(hit.passage), "score": hit.score, **ranks}


@knowledge_api_router.post("/api/ask", status_code=202, summary="Ask the library a question")
async def ask(request: Request, order: AskOrder) -> Started:
    return Started(id=await office_of(request).start(order))
