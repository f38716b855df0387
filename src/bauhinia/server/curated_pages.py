"""Pages on which departments keep what the assistant answers in their own words."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ..chat.curated import CuratedAnswer, CuratedAnswers, Wording
from ..errors import BauhiniaError, InputError, NotFound, Refused
from .chat_pages import reception_of
from .pages import SEE_OTHER, page
from .state import office_of

curated_router = APIRouter(include_in_schema=False)
USUAL_DAYS = 180
Text = Annotated[str, Form(max_length=4_000)]


@curated_router.get("/curated")
async def curated(request: Request, tried: str = "") -> HTMLResponse:
    """The department's answers, and what would be answered to a question."""
    return await _curated(request, tried=tried[:300])


async def _curated(
    request: Request,
    *,
    tried: str = "",
    error: BauhiniaError | None = None,
    open_: CuratedAnswer | None = None,
    written: dict[str, Any] | None = None,
) -> HTMLResponse:
    answers = _answers(request)
    return page(
        request,
        "curated.html",
        status=error.status if error else 200,
        held=await answers.listed(),
        tried=tried,
        would=await answers.preview(tried) if tried else None,
        open=open_,
        written=written or {},
        usual=date.today() + timedelta(days=USUAL_DAYS),
        today=date.today(),
        error=error,
    )


@curated_router.get("/curated/{curated}")
async def one(request: Request, curated: str) -> HTMLResponse:
    return await _curated(request, open_=await _answers(request).get(curated))


@curated_router.post("/curated")
async def write(
    request: Request,
    post: Annotated[str, Form(max_length=120)] = "",
    questions: Text = "",
    en: Text = "",
    zh: Text = "",
    yue: Text = "",
    url: Annotated[str, Form(max_length=500)] = "",
    expires: Annotated[str, Form(max_length=10)] = "",
    curated: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    office = office_of(request)
    answers = {tag: text.strip() for tag, text in _tagged(en, zh, yue) if text.strip()}
    try:
        wording = Wording(
            post=post, questions=questions.splitlines(), answers=answers, expires=_day(expires), url=url
        )
        await _answers(request).write(office.officer, wording, curated)
    except (InputError, Refused) as error:
        if isinstance(error, NotFound):
            raise
        kept = {
            "post": post,
            "questions": questions,
            "en": en,
            "zh": zh,
            "yue": yue,
            "url": url,
            "expires": expires,
        }
        return await _curated(request, error=error, written=kept)
    return RedirectResponse("/curated", SEE_OTHER)


@curated_router.post("/curated/{curated}/publish")
async def publish(request: Request, curated: str) -> Response:
    try:
        await _answers(request).publish(office_of(request).officer, curated)
    except (InputError, Refused) as error:
        if isinstance(error, NotFound):
            raise
        return await _curated(request, error=error)
    return RedirectResponse("/curated", SEE_OTHER)


@curated_router.post("/curated/{curated}/retire")
async def retire(request: Request, curated: str) -> Response:
    await _answers(request).retire(office_of(request).officer, curated)
    return RedirectResponse("/curated", SEE_OTHER)


def _answers(request: Request) -> CuratedAnswers:
    return reception_of(request).curated


def _tagged(en: str, zh: str, yue: str) -> tuple[tuple[str, str], ...]:
    return (("en", en), ("zh-Hant-HK", zh), ("yue-Hant-HK", yue))


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise InputError("The last day is no date.", hint="Write it as 2027-03-31.") from error
