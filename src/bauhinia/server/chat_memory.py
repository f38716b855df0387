"""The page on which a person turns the assistant's memory on, writes what it may know, and turns it off."""

from __future__ import annotations

from itertools import zip_longest
from typing import Annotated

import orjson
from fastapi import APIRouter, Form, Request
from pydantic import ValidationError
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ..chat.guests import is_guest
from ..chat.wordings import LANGUAGES
from ..errors import BauhiniaError, InputError, NotFound
from .api import attachment
from .chat_pages import reception_of
from .pages import SEE_OTHER, page
from .state import office_of

chat_memory_router = APIRouter(include_in_schema=False)
Line = Annotated[str, Form(max_length=200)]
Lines = Annotated[list[Annotated[str, Form(max_length=200)]], Form(max_length=10)]


@chat_memory_router.get("/chat/memory")
async def memory(request: Request) -> HTMLResponse:
    return await _memory(request)


async def _memory(request: Request, error: BauhiniaError | None = None) -> HTMLResponse:
    from ..chat.memory import LONGEST_LINE, MOST_NEEDS, MOST_RIDES
    from ..chat.tools.resolve import districts

    return page(
        request,
        "chat_memory.html",
        status=error.status if error else 200,
        memory=await reception_of(request).memories.mine(),
        languages=LANGUAGES,
        districts=list(districts().things.values()),
        rides=MOST_RIDES,
        needs=MOST_NEEDS,
        longest=LONGEST_LINE,
        guest=is_guest(office_of(request).officer),
        error=error,
    )


@chat_memory_router.post("/chat/memory")
async def remember(
    request: Request,
    language: Line = "",
    district: Line = "",
    called: Lines = [],  # noqa: B006  # FastAPI copies it
    route: Lines = [],  # noqa: B006
    stop: Lines = [],  # noqa: B006
    need: Lines = [],  # noqa: B006
) -> Response:
    """Turn it on, with what the form holds; a ride without a stop is left out."""
    from ..chat.memory import Memory

    rows = zip_longest(called, route, stop, fillvalue="")
    try:
        made = Memory.model_validate(
            {
                "language": language or None,
                "district": district,
                "rides": [
                    {"called": name.strip(), "route": number.strip(), "stop": where.strip()}
                    for name, number, where in rows
                    if where.strip()
                ],
                "needs": [each.strip() for each in need if each.strip()],
            }
        )
        await reception_of(request).memories.keep(made)
    except ValidationError:
        wrong = InputError("A line is longer than it may be.", hint="Write it in fewer words.")
        return await _memory(request, wrong)
    except InputError as error:
        return await _memory(request, error)
    return RedirectResponse("/chat/memory", SEE_OTHER)


@chat_memory_router.post("/chat/memory/delete")
async def forget(request: Request) -> Response:
    """Turn it off: nothing of it is kept."""
    await reception_of(request).memories.forget()
    return RedirectResponse("/chat/memory", SEE_OTHER)


@chat_memory_router.get("/chat/memory/export")
async def export(request: Request) -> Response:
    """What is remembered, to take along. Raises NotFound where it is off."""
    kept = await reception_of(request).memories.mine()
    if kept is None:
        raise NotFound("Nothing is remembered.", hint="The memory is off.")
    return Response(
        orjson.dumps(kept.model_dump(mode="json"), option=orjson.OPT_INDENT_2),
        media_type="application/json",
        headers={"content-disposition": attachment("remembered.json")},
    )
