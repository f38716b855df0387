"""The pages of the department's library: searched, asked, filled, and emptied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ..errors import BauhiniaError, InputError
from ..guideline.notice_texts import risks_beside
from ..knowledge import Found, choices
from ..knowledge.marking import pieces
from ..knowledge.sheets import answers_for
from ..pilot.orders import AskOrder
from .knowledge_api import arrivals_of, received
from .ordering import order_from_form
from .pages import PAGE_WORDS, SEE_OTHER, page
from .sheets_pages import flags_of, statement_of, typed
from .state import limits_of, office_of
from .view import asides_of, groups_of

knowledge_router = APIRouter(include_in_schema=False)
SHOWN = 10
"""Passages on a page of results."""


@knowledge_router.get("/knowledge")
async def library(request: Request) -> HTMLResponse:
    return await _library(request)


async def _library(
    request: Request, *, error: BauhiniaError | None = None, values: Mapping[str, str] | None = None
) -> HTMLResponse:
    office, asked = office_of(request), request.query_params
    question, collection = asked.get("question", "").strip(), asked.get("collection", "")
    found = Found(hits=[])
    wanted: frozenset[str] = frozenset()
    if question:
        try:
            found = await office.search.find(question, collection=collection or None, limit=SHOWN)
            wanted = await office.search.asked_for(question)
        except InputError as problem:
            error = problem
    return page(
        request,
        "knowledge.html",
        status=error.status if error else 200,
        collections=await office.library.collections(),
        question=question,
        chosen=collection,
        found=[(hit.passage, pieces(hit.passage.text, wanted)) for hit in found.hits],
        not_reranked=found.not_reranked,
        flags=await _flags(request, [hit.passage.document for hit in found.hits]),
        values=values or {},
        choices=choices(),
        risks=risks_beside("ask", office.notices),
        error=error,
    )


async def _flags(request: Request, documents: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What a reader of each document is warned of."""
    sheets = await office_of(request).sheets.of_documents(documents)
    return {document: flags_of(sheet) for document, sheet in sheets.items()}


@knowledge_router.post("/knowledge/ask")
async def ask(request: Request) -> Response:
    try:
        order = order_from_form("ask", await request.form())
        assert isinstance(order, AskOrder)
        task = await office_of(request).start(order)
    except InputError as error:
        return await _library(request, error=error)
    return RedirectResponse(f"/tasks/{task}", SEE_OTHER)


@knowledge_router.post("/knowledge/collections")
async def create(request: Request) -> Response:
    form = await request.form()
    days = str(form.get("days", "")).strip()
    try:
        if days and not days.isdecimal():
            raise InputError("The days are no number.", hint="Write a number, or nothing.")
        name = str(form.get("name", ""))
        key = await office_of(request).library.create(
            name, sheet=statement_of(form), days=int(days) if days else None
        )
    except InputError as error:
        return await _library(request, error=error, values=typed(form))
    return RedirectResponse(f"/knowledge/collections/{key}", SEE_OTHER)


@knowledge_router.get("/knowledge/collections/{collection}")
async def collection_page(request: Request, collection: str) -> HTMLResponse:
    return await _collection(request, collection)


async def _collection(
    request: Request, collection: str, *, error: BauhiniaError | None = None
) -> HTMLResponse:
    office = office_of(request)
    library = office.library
    found = await library.collection(collection)
    sheet = await office.sheets.of(found.id)
    return page(
        request,
        "collection.html",
        status=error.status if error else 200,
        collection=found,
        documents=await library.documents(found.id),
        sheet=sheet,
        flags=flags_of(sheet),
        held=await office.arrivals.held(found.id),
        may_decide=sheet is not None and answers_for(office.officer, sheet),
        limits=limits_of(request),
        error=error,
    )


@knowledge_router.post("/knowledge/collections/{collection}/documents")
async def add(request: Request, collection: str) -> Response:
    try:
        task = await received(request, collection)
    except InputError as error:
        return await _collection(request, collection, error=error)
    return RedirectResponse(f"/knowledge/arrivals/{task}", SEE_OTHER)


@knowledge_router.post("/knowledge/collections/{collection}/remove")
async def remove_collection(request: Request, collection: str) -> Response:
    await office_of(request).library.remove_collection(collection)
    return RedirectResponse("/knowledge", SEE_OTHER)


@knowledge_router.get("/knowledge/arrivals/{task}")
async def arrivals(request: Request, task: str) -> HTMLResponse:
    return await _arrivals(request, task, "arrivals.html")


@knowledge_router.get("/knowledge/arrivals/{task}/table")
async def arrivals_table(request: Request, task: str) -> HTMLResponse:
    """The table alone, for the page while the files are read."""
    return await _arrivals(request, task, "parts/arrivals.html")


async def _arrivals(request: Request, task: str, template: str) -> HTMLResponse:
    row, files = await arrivals_of(request, task)
    waiting = sum(each.fate == "waiting" for each in files)
    collection = row.order.get("collection", "")
    return page(request, template, task=row, files=files, waiting=waiting, collection=collection)


@knowledge_router.get("/knowledge/documents/{document}")
async def document(request: Request, document: str) -> HTMLResponse:
    """A document of the library; `at` names blocks, which the page marks."""
    office = office_of(request)
    library = office.library
    kept, read = await library.kept(document), await library.document(document)
    sheet = await office.sheets.of(kept.collection)
    return page(
        request,
        "kept.html",
        state=await office.integrity.document(document),
        sheet=sheet,
        flags=flags_of(sheet),
        entry=kept,
        collection=await library.collection(kept.collection),
        groups=groups_of(read),
        asides=asides_of(read),
        page_word=PAGE_WORDS.get(read.format, "page"),
    )


@knowledge_router.post("/knowledge/documents/{document}/remove")
async def remove(request: Request, document: str) -> Response:
    library = office_of(request).library
    kept = await library.kept(document)
    await library.remove(document)
    return RedirectResponse(f"/knowledge/collections/{kept.collection}", SEE_OTHER)
