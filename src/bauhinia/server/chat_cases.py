"""What people say of the assistant's answers: feedback and complaints, with a number and a reply."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ..chat.conversations import answer_of
from ..errors import BauhiniaError, InputError
from ..guideline.case_kinds import case_kinds
from .chat_pages import Key, reception_of
from .pages import SEE_OTHER, page
from .state import office_of

chat_cases_router = APIRouter(include_in_schema=False)


@chat_cases_router.get("/chat/feedback")
async def feedback(request: Request, conversation: str = "", turn: int = 0) -> HTMLResponse:
    return await _feedback(request, conversation, turn)


async def _feedback(
    request: Request, conversation: str, turn: int, error: BauhiniaError | None = None, words: str = ""
) -> HTMLResponse:
    complaints = office_of(request).complaints
    about = await _asked_about(request, conversation, turn)
    return page(
        request,
        "chat_feedback.html",
        status=error.status if error else 200,
        kinds=case_kinds(),
        conversation=conversation,
        turn=turn,
        about=about[0] if about else "",
        mine=await complaints.mine(office_of(request).officer),
        written=words,
        error=error,
    )


@chat_cases_router.post("/chat/feedback")
async def say(
    request: Request,
    kind: Annotated[str, Form(max_length=40)] = "feedback",
    words: Annotated[str, Form(max_length=4_000)] = "",
    conversation: Key = "",
    turn: Annotated[int, Form(ge=0, le=1_000)] = 0,
    good: Annotated[Literal["", "yes", "no"], Form()] = "",
) -> Response:
    """The question that it is about goes along; the answer is found by its entry in the ledger."""
    office = office_of(request)
    about = await _asked_about(request, conversation, turn)
    told = f"{words.strip()}\n\n> {about[0]}" if about and words.strip() else words
    try:
        await office.complaints.file(
            office.officer, kind, told, entry=about[1] if about else None, good=_GOOD[good]
        )
    except InputError as error:
        return await _feedback(request, conversation, turn, error, words)
    return RedirectResponse("/chat/feedback", SEE_OTHER)


_GOOD = {"": None, "yes": True, "no": False}


async def _asked_about(request: Request, conversation: str, turn: int) -> tuple[str, int | None] | None:
    """The question that is complained about, and the ledger's entry of its answer."""
    if not conversation or not turn:
        return None
    _, turns = await reception_of(request).conversations.get(conversation)
    for each in turns:
        if each.number == turn:
            return each.question, answer_of(each.answer).entry
    return None
