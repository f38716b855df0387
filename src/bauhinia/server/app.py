"""The application: what is mounted where, in which order a request passes, what is opened and closed."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast
from weakref import WeakValueDictionary

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Route

from .. import __version__
from ..chat.sources import sources_base
from ..errors import BauhiniaError
from ..ledger.in_force import record_settings
from ..ledger.watching import verify_daily
from ..people import check_settings
from ..settings import Limits, Settings
from ..telemetry import tracing
from . import faults
from .agreed import Agreed
from .agreement_pages import agreement_router
from .api import api_router
from .audit_pages import audit_router
from .bilingual_api import bilingual_router
from .boundary_api import boundary_router
from .care_pages import care_pages_router
from .cases_api import cases_router
from .cases_pages import cases_pages_router
from .chat_cases import chat_cases_router
from .chat_install import chat_install_router
from .chat_memory import chat_memory_router
from .chat_pages import chat_router
from .chat_speech import chat_speech_router
from .consents_api import consents_router
from .curated_pages import curated_router
from .editor_api import editor_router
from .exchange_api import exchange_router
from .guideline_pages import guideline_router
from .itinerary_pages import itinerary_router
from .knowledge_api import knowledge_api_router
from .knowledge_pages import knowledge_router
from .label_api import label_router
from .label_pages import label_pages_router
from .ledger_api import ledger_router
from .ledger_pages import ledger_pages_router
from .mcp_endpoint import McpEndpoint
from .notes_pages import notes_router
from .observed import Observed, Traffic, templates
from .operation import operation_router
from .pages import pages_router
from .privacy_api import privacy_router
from .privacy_pages import privacy_pages_router
from .register_api import register_router
from .register_pages import register_pages_router
from .release_api import release_api_router
from .release_pages import release_router
from .security import BodyLimit, HostCheck, OriginCheck, SecurityHeaders
from .shared_rows import OnlyReading
from .sharing_api import sharing_router
from .sharing_pages import sharing_pages_router
from .sheets_api import sheets_api_router
from .sheets_pages import sheets_router
from .signed_in import SignedIn
from .state import office_of
from .studio_pages import studio_router
from .terms_pages import terms_router
from .translation_api import translation_router
from .usage_api import usage_router
from .usage_pages import usage_pages_router
from .v1 import FileTexts, files_router, v1_router

if TYPE_CHECKING:
    from ..chat.reception import Reception
    from ..chat.studio import Studio
    from ..pilot.office import Office

logger = logging.getLogger(__name__)
STATIC = Path(__file__).parent / "static"
UPLOAD_PATHS = re.compile(
    "/api/documents|/documents|/v1/files|/api/terms/import|/terms/import|/api/tasks/[^/]+/import"
    "|/label|/api/label/check|/chat/attach|/chat/hear|/chat/notes|/chat/notes/hear"
)
"""Where files come in."""
BULK_PATHS = re.compile("(?:/api)?/knowledge/collections/[^/]+/documents")
"""Where many files come in at once."""
BULK = 20
"""How many of the largest files may come in one such request."""
FORM_OVERHEAD = 100_000
"""Bytes that a multipart form may add to the file it carries."""
DAY_SECONDS = 86_400
REQUEST_BYTES = 4_000_000
"""Longest body of every other request."""


def create_app(settings: Settings, office: Office | None = None) -> FastAPI:
    """The server's application. Without an `office` it opens its own and closes it when it stops. Raises
    InputError for settings that would not protect what they are for."""
    check_settings(settings)
    limits = Limits()
    traffic = Traffic()
    app = FastAPI(
        title="Bauhinia",
        version=__version__,
        lifespan=_lifespan(settings, office),
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        # Ours is the one that tells of requests: FastAPI's own would follow variables of the environment.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        middleware=_middleware(settings, limits, traffic),
    )
    app.state.settings = settings
    app.state.limits = limits
    app.state.traffic = traffic
    app.state.closing = asyncio.Event()
    app.state.editing = WeakValueDictionary[str, asyncio.Lock]()
    faults.install(app)
    v1 = _v1(limits)
    app.router.routes.extend(_plain(v1))
    for router in (v1, *_routers(settings)):
        # Not `include_router`, which makes each route once more when the first request comes: 0.2 s.
        app.router.routes.extend(router.routes)
    app.state.mcp = McpEndpoint(lambda: cast("Office", app.state.office))
    app.router.routes.append(Route("/mcp", app.state.mcp, methods=["POST"]))
    app.mount("/static", _OwnFiles(directory=STATIC), name="static")
    app.state.templates = templates(app.routes)
    return app


def _v1(limits: Limits) -> APIRouter:
    return v1_router(
        lambda request: office_of(request).gateway,
        lambda request: FileTexts(office_of(request), limits),
    )


def _plain(router: APIRouter) -> list[Route]:
    """The same routes without what FastAPI does before an endpoint, a twentieth of a whole exchange, for
    endpoints that read the request themselves. FastAPI only describes them then."""
    return [
        Route(route.path, route.endpoint, methods=sorted(route.methods or ()))
        for route in router.routes
        if isinstance(route, APIRoute)
    ]


def _routers(settings: Settings) -> list[APIRouter]:
    """In the order in which a path is looked for: programs ask for the first oftener than people for any."""
    return [
        *(api_router, operation_router(settings), translation_router, exchange_router, editor_router),
        *(bilingual_router, files_router, sharing_router, release_api_router, boundary_router),
        *(cases_router, consents_router, pages_router, sharing_pages_router, cases_pages_router),
        *(care_pages_router, agreement_router, release_router),
        *(_of_people() if settings.sign_in != "none" else ()),
        *(chat_memory_router, chat_install_router),
        *(terms_router, usage_router, usage_pages_router, guideline_router, audit_router, ledger_router),
        *(ledger_pages_router, privacy_router, privacy_pages_router, knowledge_api_router, knowledge_router),
        *(sheets_api_router, sheets_router, register_router, register_pages_router, label_router),
        *(label_pages_router, chat_router, chat_cases_router, chat_speech_router),
        *(curated_router, itinerary_router, notes_router, studio_router),
    ]


def _of_people() -> tuple[APIRouter, ...]:
    """Where people sign in. What speaks SCIM, OpenID Connect and WebAuthn is loaded there alone."""
    from .account_pages import account_router
    from .openid_pages import openid_router
    from .people_api import people_router
    from .people_pages import people_pages_router
    from .scim_api import scim_router
    from .sign_in_pages import sign_in_router

    return sign_in_router, people_router, people_pages_router, scim_router, openid_router, account_router


def _middleware(settings: Settings, limits: Limits, traffic: Traffic) -> list[Middleware]:
    """Outermost first."""
    names = [name.strip() for name in settings.allowed_hosts.split(",") if name.strip()]

    def limit_for(path: str) -> int:
        if BULK_PATHS.fullmatch(path):
            return BULK * limits.file_bytes
        return limits.file_bytes + FORM_OVERHEAD if UPLOAD_PATHS.fullmatch(path) else REQUEST_BYTES

    return [
        Middleware(Observed, traffic=traffic),
        Middleware(SecurityHeaders),
        Middleware(faults.UnexpectedErrors),
        Middleware(HostCheck, host=settings.host, allowed_hosts=names),
        Middleware(OriginCheck),
        Middleware(BodyLimit, limit_for=limit_for),
        *([] if settings.sign_in == "none" else [Middleware(SignedIn)]),
        Middleware(Agreed),
        *([] if settings.sign_in == "none" else [Middleware(OnlyReading)]),
    ]


def _lifespan(
    settings: Settings, given: Office | None
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            _begin_telemetry(settings, stack)
            try:
                app.state.office = given or await _opened(settings, stack)
            except Exception as error:
                app.state.failure = error
                raise
            sources_base(settings.chat_sources)  # a setting that names no source fails now, not at a question
            app.state.reception = None
            app.state.studio = None if given else await _studio(settings, app.state.office, stack)
            stack.push_async_callback(_close_studio, app)
            stack.push_async_callback(_close_reception, app)
            stack.push_async_callback(app.state.mcp.close)
            try:
                yield
            finally:
                app.state.closing.set()

    return lifespan


def _begin_telemetry(settings: Settings, stack: AsyncExitStack) -> None:
    if settings.otlp_url and not tracing.is_on():
        tracing.switch_on(settings.otlp_url, __version__)
        stack.push_async_callback(asyncio.to_thread, tracing.switch_off)


async def _opened(settings: Settings, stack: AsyncExitStack) -> Office:
    """An office of our own, on a data folder that no other server holds. Raises StoreError.

    It works on whatever job has its turn, those of an earlier server too, so many at once as a setting says.
    """
    from ..pilot.office import open_office
    from ..store import hold_data_folder

    stack.enter_context(hold_data_folder(settings.data_folder))
    office = await stack.enter_async_context(open_office(settings))
    await record_settings(office.gateway.ledger, settings)
    office.tasks.work_for_all(settings.jobs)
    sweeping = asyncio.create_task(_sweep_daily(office.library.sweep, "library"), name="delete what is due")
    stack.push_async_callback(_stopped, sweeping)
    ledger = office.gateway.ledger
    reading = asyncio.create_task(verify_daily(ledger, settings.department), name="read the ledger again")
    stack.push_async_callback(_stopped, reading)
    return office


async def _close_reception(app: FastAPI) -> None:
    reception: Reception | None = app.state.reception
    if reception is not None:
        await reception.close()


async def _studio(settings: Settings, office: Office, stack: AsyncExitStack) -> Studio:
    """The studio, at work on whatever order has its turn, one at a time; where this process does any jobs."""
    from ..chat.studio import Studio

    studio = Studio(office)
    studio.tasks.work_for_all(min(settings.jobs, 1))
    sweeping = asyncio.create_task(_sweep_daily(studio.sweep, "studio"), name="delete old songs and films")
    stack.push_async_callback(_stopped, sweeping)
    return studio


async def _close_studio(app: FastAPI) -> None:
    studio: Studio | None = app.state.studio
    if studio is not None:
        await studio.close()


async def _sweep_daily(sweep: Callable[[], Awaitable[int]], what: str) -> None:
    """Delete what is due, at the start and once a day."""
    while True:
        try:
            if count := await sweep():
                logger.info("%d pieces of the %s were due and are deleted", count, what)
        except BauhiniaError as error:
            logger.warning("what is due in the %s could not be deleted: %s", what, error.message)
        await asyncio.sleep(DAY_SECONDS)


async def _stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


class _OwnFiles(StaticFiles):
    """Our own files: kept by the browser, but asked about each time, so that an upgrade shows at once."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["cache-control"] = "no-cache"
        return response
