"""What the application keeps while it runs, typed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast
from weakref import WeakValueDictionary

from fastapi import Request

from ..settings import Limits, Settings
from .readiness import Readiness, readiness

if TYPE_CHECKING:
    from ..pilot.office import Office


def office_of(request: Request) -> Office:
    """The office that the application works with."""
    return cast("Office", request.app.state.office)


def settings_of(request: Request) -> Settings:
    """The settings that the application was made with."""
    return cast(Settings, request.app.state.settings)


def limits_of(request: Request) -> Limits:
    """What a document may cost."""
    return cast(Limits, request.app.state.limits)


def readiness_of(request: Request) -> Readiness:
    """Whether the model can be asked."""
    return readiness(office_of(request).model)


def closing_of(request: Request) -> asyncio.Event:
    """Set when the server is about to stop: streams end so that it can."""
    return cast(asyncio.Event, request.app.state.closing)


def editing_of(request: Request) -> asyncio.Lock:
    """Held while the draft of the request's task is changed: two passages saved at once must both be kept.
    Every task has its own, or an office of a thousand would save one by one."""
    locks = cast(WeakValueDictionary[str, asyncio.Lock], request.app.state.editing)
    return locks.setdefault(str(request.path_params.get("task", "")), asyncio.Lock())
