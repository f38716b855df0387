"""The public assistant's pages and its stream of an answer."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Form, Request, UploadFile
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse

from ..chat.attachments import LIMITS, MOST
from ..chat.conversations import LONGEST_QUESTION, Turn, answer_of, as_markdown, kept_of
from ..chat.guests import is_guest
from ..chat.line import Waiting
from ..chat.sources import hosts
from ..chat.speech import ear_lacks, voice_lacks
from ..chat.turn import Answer, Event, Exchange, Reference, Said
from ..errors import BauhiniaError, InputError
from ..people import Officer
from .api import attachment
from .events import LIVE, encode, failed
from .origin import site_of
from .pages import SEE_OTHER, page
from .state import closing_of, office_of, settings_of
from .words import words_for

if TYPE_CHECKING:
    from ..chat.reception import Reception

chat_router = APIRouter(include_in_schema=False)
EARLIER = 4
"""Exchanges that a question is understood from."""
EXAMPLES = ("weather", "bus", "holiday", "service")
SPOKEN = {"en": "en", "zh-Hant-HK": "yue", "zh-Hans": "cmn"}
"""What a person is likely to speak, by the language of the page."""
Words = Annotated[str, Form(max_length=LONGEST_QUESTION)]
Key = Annotated[str, Form(max_length=40, pattern=r"^[A-Za-z0-9_-]*$")]


class Question(BaseModel):
    """What a page asks."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(min_length=1, max_length=LONGEST_QUESTION)
    conversation: str = Field(default="", max_length=40, pattern=r"^[A-Za-z0-9_-]*$")
    attached: list[Annotated[str, Field(max_length=40)]] = Field(default_factory=list, max_length=MOST)
    """Ids of files that the question is about."""
    again: int = Field(default=0, ge=0, le=1_000)
    """The turn that is asked anew, with all after it forgotten; 0 for a new one."""


def reception_of(request: Request) -> Reception:
    """The assistant, opened when it is first asked for: its tools take 0.3 s and 14 MB, which a server
    that has no visitors never needs."""
    state = request.app.state
    if state.reception is None:
        from ..chat.reception import open_reception
        from ..chat.understanding import warm

        state.reception = open_reception(settings_of(request), office_of(request))
        threading.Thread(target=warm, daemon=True).start()
    return cast("Reception", state.reception)


@chat_router.get("/chat")
async def chat(request: Request) -> HTMLResponse:
    return page(request, "chat.html", **await _common(request), conversation=None, turns=[])


@chat_router.get("/chat/c/{key}")
async def conversation(request: Request, key: str) -> HTMLResponse:
    found, turns = await reception_of(request).conversations.get(key)
    return page(request, "chat.html", **await _common(request), conversation=found, turns=_views(turns))


async def _common(request: Request) -> dict[str, Any]:
    reception = reception_of(request)
    return {
        "remembers": await reception_of(request).memories.mine() is not None,
        "examples": EXAMPLES,
        "longest": LONGEST_QUESTION,
        "step": await reception.step(),
        "wait": reception.line.wait,
        "can_speak": voice_lacks(settings_of(request)) is None,
        "can_hear": ear_lacks(settings_of(request)) is None,
        "heard_elsewhere": office_of(request).gateway.boundary.limits["listener"].endpoint == "remote",
        "spoken": SPOKEN,
        "likely": SPOKEN.get(words_for(request).language, "en"),
    }


@chat_router.post("/chat/ask")
async def ask(request: Request, asked: Question) -> Response:
    """The answer as server-sent events: `waiting`, `reference`, `said`, then `answer` or `failed`."""
    reception, by = reception_of(request), office_of(request).officer
    hold_to_rate(request, by)
    earlier = await _earlier(reception, asked)
    lines = _lines(request, reception, by, asked, earlier)
    return StreamingResponse(lines, media_type="text/event-stream", headers=LIVE)


@chat_router.post("/chat")
async def ask_plainly(
    request: Request, question: Words = "", example: Words = "", conversation: Key = ""
) -> Response:
    """The same without scripts: the page of the conversation, once the answer is whole."""
    if not (question := (question or example).strip()):
        raise InputError("There is no question.", hint="Write one and send it.")
    reception, by = reception_of(request), office_of(request).officer
    hold_to_rate(request, by)
    asked = Question(question=question, conversation=conversation)
    answer: Answer | None = None
    earlier = await _earlier(reception, asked)
    reader = words_for(request).language
    async with aclosing(
        reception.answer(
            asked.question, by=by, earlier=earlier, reader=reader, network=_network(request, reception)
        )
    ) as events:
        async for event in events:
            answer = event if isinstance(event, Answer) else answer
    assert answer is not None, "an answer comes last"
    key = await reception.conversations.add(asked.conversation, asked.question, answer)
    return RedirectResponse(f"/chat/c/{key}#end", SEE_OTHER)


@chat_router.post("/chat/attach")
async def attach(request: Request, file: UploadFile) -> Response:
    """Read a file for the next question. Raises OverQuota, DocumentError, InputError, MissingPart."""
    reception, by = reception_of(request), office_of(request).officer
    hold_to_rate(request, by)
    data = await file.read(LIMITS.file_bytes + 1)
    if len(data) > LIMITS.file_bytes:
        raise InputError(
            f"The file has more than {LIMITS.file_bytes // 1_000_000} MB.", hint="Send a part of it."
        )
    made = await reception.attachments.add(data, file.filename or "file", by=by)
    told = {"id": made.id, "name": made.document.name, "warnings": made.document.warnings}
    return JSONResponse(told, headers={"cache-control": "no-store"})


def hold_to_rate(request: Request, by: Officer) -> None:
    """Count what a guest's network asks for. Raises OverQuota."""
    if is_guest(by):
        reception_of(request).rate.take(request.client.host if request.client else "")


def _network(request: Request, reception: Reception) -> bytes:
    """A mark of where a guest is; empty for an officer."""
    guest = is_guest(office_of(request).officer)
    return reception.rate.mark(request.client.host if request.client else "") if guest else b""


async def _earlier(reception: Reception, asked: Question) -> list[Exchange]:
    """What was said before, as far as it still counts. Raises NotFound."""
    if not asked.conversation:
        return []
    _, turns = await reception.conversations.get(asked.conversation)
    if asked.again:
        await reception.conversations.go_back(asked.conversation, asked.again)
        turns = [turn for turn in turns if turn.number < asked.again]
    return [turn.exchange for turn in turns[-EARLIER:]]


async def _lines(
    request: Request, reception: Reception, by: Officer, asked: Question, earlier: Sequence[Exchange]
) -> AsyncGenerator[bytes, None]:
    """The events on the wire. An answer is kept once it is whole; what was stopped is not."""
    reader = words_for(request).language
    closing = closing_of(request)
    try:
        async with aclosing(
            reception.answer(
                asked.question,
                by=by,
                earlier=earlier,
                reader=reader,
                attached=asked.attached,
                network=_network(request, reception),
            )
        ) as events:
            async for event in events:
                if closing.is_set():
                    return
                if isinstance(event, Answer):
                    key = await reception.conversations.add(asked.conversation, asked.question, event)
                    yield encode("answer", kept_of(event) | {"conversation": key})
                else:
                    yield encode(*_shown(event))
    except BauhiniaError as error:
        yield failed(error)


def _shown(event: Event | Waiting) -> tuple[str, dict[str, Any]]:
    match event:
        case Waiting():
            return "waiting", asdict(event)
        case Reference():
            return "reference", asdict(event)
        case Said():
            return "said", asdict(event)
        case Answer():
            raise AssertionError("told by itself")


def _views(turns: Sequence[Turn]) -> list[dict[str, Any]]:
    return [
        {"number": turn.number, "question": turn.question, "answer": answer_of(turn.answer)} for turn in turns
    ]


@chat_router.get("/chat/history")
async def history(request: Request, words: str = "") -> HTMLResponse:
    found = await reception_of(request).conversations.listed(words[:200])
    return page(
        request,
        "chat_history.html",
        found=found,
        asked=words[:200],
        guest=is_guest(office_of(request).officer),
    )


@chat_router.post("/chat/history/delete")
async def delete_history(request: Request) -> Response:
    await reception_of(request).conversations.delete_all()
    await reception_of(request).memories.forget()
    return RedirectResponse("/chat/history", SEE_OTHER)


@chat_router.post("/chat/c/{key}/delete")
async def delete_conversation(request: Request, key: str) -> Response:
    await reception_of(request).conversations.delete(key)
    return RedirectResponse("/chat/history", SEE_OTHER)


@chat_router.get("/chat/c/{key}/export")
async def export(request: Request, key: str, form: Literal["md", "json"] = "md") -> Response:
    """A conversation to take along."""
    found, turns = await reception_of(request).conversations.get(key)
    if form == "json":
        data = orjson.dumps(
            {"title": found.title, "begun": found.begun, "turns": [asdict(turn) for turn in turns]}
        )
        return Response(
            data,
            media_type="application/json",
            headers={"content-disposition": attachment("conversation.json")},
        )
    text = as_markdown(found, turns)
    return Response(
        text,
        media_type="text/markdown; charset=utf-8",
        headers={"content-disposition": attachment("conversation.md")},
    )


@chat_router.post("/chat/c/{key}/share")
async def share(request: Request, key: str) -> HTMLResponse:
    """The link, shown this once."""
    secret = await reception_of(request).conversations.share(key)
    return page(request, "chat_share.html", key=key, link=f"{site_of(request)}/chat/shared/{quote(secret)}")


@chat_router.post("/chat/c/{key}/unshare")
async def unshare(request: Request, key: str) -> Response:
    await reception_of(request).conversations.unshare(key)
    return RedirectResponse(f"/chat/c/{key}", SEE_OTHER)


@chat_router.get("/chat/shared/{secret}")
async def shared(request: Request, secret: str) -> HTMLResponse:
    found = await reception_of(request).conversations.shared(secret[:200])
    turns = [one | {"answer": answer_of(one["answer"])} for one in found.turns]
    return page(request, "chat_shared.html", shared=found, turns=turns)


@chat_router.get("/chat/sources/{document}")
async def source(request: Request, document: str) -> HTMLResponse:
    """A public document, as it was answered from."""
    library = reception_of(request).library
    return page(request, "chat_source.html", document=await library.document(document))


@chat_router.get("/chat/status")
async def status(request: Request) -> HTMLResponse:
    reception = reception_of(request)
    asked = reception.context.sources
    sources = [(host, asked.last(host.host)) for host in hosts().values()]
    step = await reception.step()
    lacking = {"in": ear_lacks(settings_of(request)), "out": voice_lacks(settings_of(request))}
    return page(request, "chat_status.html", line=reception.line, step=step, sources=sources, lacking=lacking)


@chat_router.get("/chat/manifest.webmanifest")
async def manifest(request: Request) -> Response:
    """What a phone needs to keep the page among its applications."""
    words = words_for(request)
    described = {
        "name": words("chat.name"), "short_name": words("chat.short_name"), "start_url": "/chat",
        "scope": "/chat", "display": "standalone", "lang": words.language, "background_color": "#faf9f7",
        "theme_color": "#8b1d58",
        "icons": [{"src": "/static/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    }  # fmt: skip
    return JSONResponse(described, media_type="application/manifest+json")
