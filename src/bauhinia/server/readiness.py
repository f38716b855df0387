"""Whether the model can be asked yet. It is loaded in the background while the pages already work."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

from ..errors import BauhiniaError

State = Literal["loading", "ready", "failed"]


@dataclass(frozen=True, slots=True)
class Readiness:
    """Where the loading of the model stands."""

    state: State
    message: str = ""
    """Why it failed, one sentence."""
    hint: str = ""


def readiness(loading: asyncio.Task[None]) -> Readiness:
    """What the task that loads the model has come to."""
    if not loading.done():
        return Readiness("loading")
    error = asyncio.CancelledError() if loading.cancelled() else loading.exception()
    if error is None:
        return Readiness("ready")
    if isinstance(error, BauhiniaError):
        return Readiness("failed", error.message, error.hint)
    message = f"The model could not be loaded ({type(error).__name__})."
    return Readiness("failed", message, "Run `bauhinia doctor` to see what is wrong.")
