"""Every failure as one clear sentence: JSON for programs, a page for people; never a trace."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .. import telemetry
from ..errors import BauhiniaError, DocumentTooLarge, InputError, NotFound
from ..telemetry import logs
from .security import refusal

logger = logging.getLogger(__name__)

PROGRAM_PATHS = (
    "/api/",
    "/v1/",
    "/mcp",
    "/chat/ask",
    "/chat/attach",
    "/chat/hear",
    "/chat/notes/hear",
    "/chat/notes/summary",
    "/health",
    "/metrics",
    "/static/",
    "/words/",
)


class Unexpected(BauhiniaError):
    """A defect of ours; the reference finds it in the log."""


class Stopping(BauhiniaError):
    """The server ends what it has begun, and begins nothing new."""

    status = 503
    retry_after = 5


class NotAllowed(InputError):
    """A method that this address does not take."""

    status = 405


def install(app: FastAPI) -> None:
    """Answer every error of the application in one shape."""
    app.add_exception_handler(BauhiniaError, _known)
    app.add_exception_handler(RequestValidationError, _misshapen)
    app.add_exception_handler(HTTPException, _refused_by_framework)


async def _known(request: Request, error: Exception) -> Response:
    assert isinstance(error, BauhiniaError)
    return await answer(request, error)


async def _misshapen(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return await answer(request, input_error(error))


async def _refused_by_framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return await answer(request, _from_framework(error))


def input_error(error: RequestValidationError | ValidationError) -> InputError:
    """The first thing wrong with a request, in one sentence that repeats nothing of what was sent."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path", "header"))
    reason = str(first["msg"]).removeprefix("Value error, ").rstrip(".")
    sentence = f"{place}: {reason}." if place else f"{reason}."
    return InputError(sentence, hint="Correct this and send it again; /api lists what each route takes.")


@contextmanager
def reading_input() -> Iterator[None]:
    """Raises InputError where a record is made of something else than it takes."""
    try:
        yield
    except ValidationError as error:
        raise input_error(error) from error


def _from_framework(error: HTTPException) -> BauhiniaError:
    if error.status_code == 404:
        return NotFound("There is nothing at this address.", hint="Start from the workspace page.")
    if error.status_code == 405:
        return NotAllowed("This address does not take that method.", hint="See /api for what it takes.")
    if error.status_code == 413:
        return DocumentTooLarge(str(error.detail), hint="Split it into smaller files and try again.")
    return InputError("The request could not be read.", hint="Check its form and encoding.")


async def answer(request: Request, error: BauhiniaError) -> Response:
    """The answer to a failed request."""
    if (told := program_answer(request.url.path, error)) is not None:
        return told
    from .pages import error_page

    return error_page(request, error)


def program_answer(path: str, error: BauhiniaError) -> Response | None:
    """What a program is told, in the shape of what it asks; None where a person asks."""
    if path.startswith("/v1/"):
        from .v1.faults import fault

        return fault(error)
    if path.startswith("/scim/"):
        from .scim_api import scim_fault

        return scim_fault(error)
    if path.startswith(PROGRAM_PATHS):
        return refusal(error.status, error.code, error.message, error.hint, error.retry_after)
    return None


class UnexpectedErrors:
    """Turns a defect into a plain 500 with a reference. The log gets where it broke, and never the error's
    own words, which may quote a document."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        started = False

        async def send_noting(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, send_noting)
        except Exception as error:
            fault = _noted(scope, error)
            if started:
                return None
            response = await answer(Request(scope, receive), fault)
            await response(scope, receive, send)


def _noted(scope: Scope, error: Exception) -> Unexpected:
    note = telemetry.current()
    reference = note.id if note is not None else secrets.token_hex(8)
    where = logs.where(error.__traceback__)
    logger.error("reference %s: %s in %s at %s", reference, type(error).__name__, scope["method"], where)
    return Unexpected(
        f"Something went wrong on our side (reference {reference}).",
        hint="Try again; if it happens again, give the reference to whoever runs this server.",
    )
