"""For those who run the server: is it alive, is it ready, and how is it doing."""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from ..errors import BauhiniaError, NotFound
from ..settings import Settings
from ..telemetry import metrics
from .readiness import readiness
from .security import LOOPBACK, host_name
from .state import office_of

if TYPE_CHECKING:
    from ..pilot.office import Office
    from ..telemetry.metrics import Metrics

CHECK_SECONDS = 2.0
"""How long one part may take to show that it works."""
KEPT_SECONDS = 5.0
"""How long a finding counts: whoever asks more often costs nothing."""
COUNTED_SECONDS = 15.0
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "via")
"""Headers that a proxy adds."""
Check = Callable[["Office"], Awaitable[str]]
"""Gives `ok`, or a stable word for what is wrong."""


def operation_router(settings: Settings) -> APIRouter:
    """`/health/live`, `/health/ready` and, where the settings ask for them, `/metrics`."""
    router = APIRouter(include_in_schema=False)
    ready = _Ready()
    router.add_api_route("/health/live", _live, methods=["GET"])
    router.add_api_route("/health/ready", ready.answer, methods=["GET"])
    if settings.metrics != "off":
        router.add_api_route("/metrics", _Exposition(settings, metrics.switch_on()).answer, methods=["GET"])
    return router


async def _live() -> dict[str, str]:
    """The process answers: that is all that can be asked of it without asking others."""
    return {"status": "ok"}


class _Ready:
    """Whether requests can be sent here, and if not, why."""

    def __init__(self) -> None:
        self._looking = asyncio.Lock()
        self._found: dict[str, str] = {}
        self._at = float("-inf")

    async def answer(self, request: Request) -> Response:
        """200 when every part works, 503 otherwise, each part with its word."""
        if request.app.state.traffic.stopping:
            return JSONResponse({"status": "stopping", "checks": {}}, 503)
        async with self._looking:
            if time.monotonic() - self._at > KEPT_SECONDS:
                self._found = await _look(office_of(request))
                self._at = time.monotonic()
        ok = all(word == "ok" for word in self._found.values())
        return JSONResponse(
            {"status": "ready" if ok else "not_ready", "checks": self._found}, 200 if ok else 503
        )


async def _look(office: Office) -> dict[str, str]:
    words = await asyncio.gather(*(_within_time(check, office) for check in CHECKS.values()))
    return dict(zip(CHECKS, words, strict=True))


async def _within_time(check: Check, office: Office) -> str:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check(office)
    except TimeoutError:
        return "timeout"
    except BauhiniaError as error:
        return error.code


async def _database(office: Office) -> str:
    async with office.database.connection() as connection:
        await connection.execute("SELECT 1")
    return "ok"


async def _ledger(office: Office) -> str:
    kept = await office.gateway.ledger.anchored()
    head = await office.gateway.ledger.head()
    return "ok" if kept is None or kept.seq <= head.seq else "shorter_than_anchored"


async def _model(office: Office) -> str:
    state = readiness(office.model).state
    if state == "ready":
        await office.gateway.reach()
        return "ok"
    return state


async def _blobs(office: Office) -> str:
    await office.shelf.blobs.probe()
    return "ok"


CHECKS: dict[str, Check] = {"database": _database, "ledger": _ledger, "model": _model, "blobs": _blobs}


class _Exposition:
    """Everything that Prometheus may read, for those who may read it."""

    def __init__(self, settings: Settings, series: Metrics) -> None:
        self._settings = settings
        self._series = series
        self._counting = asyncio.Lock()
        self._counted_at = float("-inf")

    async def answer(self, request: Request) -> Response:
        """The text; to a stranger this address does not exist."""
        if not self._may_read(request):
            raise NotFound("There is nothing at this address.", hint="Start from the workspace page.")
        await self._count(office_of(request))
        return Response(self._series.text(), headers={"content-type": self._series.content_type})

    def _may_read(self, request: Request) -> bool:
        if self._settings.metrics == "token":
            wanted = self._settings.metrics_token.get_secret_value()
            shown = request.headers.get("authorization", "").removeprefix("Bearer ")
            return bool(wanted) and hmac.compare_digest(shown.encode(), wanted.encode())
        near = request.client is not None and request.client.host in LOOPBACK
        straight = not any(name in request.headers for name in FORWARDED)
        return near and straight and host_name(request.headers.get("host", "")) in LOOPBACK

    async def _count(self, office: Office) -> None:
        async with self._counting:
            if time.monotonic() - self._counted_at < COUNTED_SECONDS:
                return
            self._series.tasks_are(await office.tasks.counts())
            self._series.state_is(await _state(office))
            self._counted_at = time.monotonic()


async def _state(office: Office) -> dict[str, Any]:
    in_use, idle = office.database.connections
    head = await office.gateway.ledger.head()
    state = {
        "database_connections_in_use": in_use,
        "database_connections_idle": idle,
        "ledger_entries": head.seq,
        "model_ready": float(readiness(office.model).state == "ready"),
        "model_restarts": office.gateway.restarts,
    }
    if (age := await office.gateway.ledger.anchor_age()) is not None:
        state["ledger_anchor_age_seconds"] = age
    if (verified := office.gateway.ledger.verified) is not None:
        state["ledger_faults"] = len(verified.faults)
    return state
