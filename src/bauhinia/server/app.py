"""The application: what is mounted where, in which order a request passes, what is opened and closed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware import Middleware
from starlette.responses import Response

from .. import __version__
from ..people import check_settings
from ..settings import Limits, Settings
from ..telemetry import tracing
from . import faults
from .account_pages import account_router
from .api import api_router
from .bilingual_api import bilingual_router
from .editor_api import editor_router
from .exchange_api import exchange_router
from .observed import Observed, Traffic, templates
from .openid_pages import openid_router
from .operation import operation_router
from .pages import pages_router
from .security import BodyLimit, HostCheck, OriginCheck, SecurityHeaders
from .sign_in_pages import sign_in_router
from .signed_in import SignedIn
from .state import office_of
from .terms_pages import terms_router
from .translation_api import translation_router
from .usage_api import usage_router
from .usage_pages import usage_pages_router
from .v1 import v1_router

if TYPE_CHECKING:
    from ..pilot.office import Office

STATIC = Path(__file__).parent / "static"
UPLOAD_PATHS = re.compile("/api/documents|/documents|/api/terms/import|/terms/import|/api/tasks/[^/]+/import")
"""Where files come in."""
FORM_OVERHEAD = 100_000
"""Bytes that a multipart form may add to the file it carries."""
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
        middleware=_middleware(settings, limits, traffic),
    )
    app.state.settings = settings
    app.state.limits = limits
    app.state.traffic = traffic
    app.state.closing = asyncio.Event()
    app.state.editing = asyncio.Lock()
    faults.install(app)
    app.include_router(api_router)
    app.include_router(operation_router(settings))
    app.include_router(translation_router)
    app.include_router(exchange_router)
    app.include_router(editor_router)
    app.include_router(bilingual_router)
    app.include_router(v1_router(lambda request: office_of(request).gateway))
    app.include_router(pages_router)
    if settings.sign_in != "none":
        app.include_router(sign_in_router)
        app.include_router(openid_router)
        app.include_router(account_router)
    app.include_router(terms_router)
    app.include_router(usage_router)
    app.include_router(usage_pages_router)
    app.mount("/static", _OwnFiles(directory=STATIC), name="static")
    app.state.templates = templates(app.routes)
    return app


def _middleware(settings: Settings, limits: Limits, traffic: Traffic) -> list[Middleware]:
    """Outermost first."""
    names = [name.strip() for name in settings.allowed_hosts.split(",") if name.strip()]

    def limit_for(path: str) -> int:
        return limits.file_bytes + FORM_OVERHEAD if UPLOAD_PATHS.fullmatch(path) else REQUEST_BYTES

    return [
        Middleware(Observed, traffic=traffic),
        Middleware(SecurityHeaders),
        Middleware(faults.UnexpectedErrors),
        Middleware(HostCheck, host=settings.host, allowed_hosts=names),
        Middleware(OriginCheck),
        Middleware(BodyLimit, limit_for=limit_for),
        *([] if settings.sign_in == "none" else [Middleware(SignedIn)]),
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
    office.tasks.work_for_all(settings.jobs)
    return office


class _OwnFiles(StaticFiles):
    """Our own files: kept by the browser, but asked about each time, so that an upgrade shows at once."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["cache-control"] = "no-cache"
        return response
