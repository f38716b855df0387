"""Work for an officer of another department than the settings name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bauhinia.store import Walls, within


@asynccontextmanager
async def of_department(name: str) -> AsyncIterator[None]:
    """For `async with`, and for a whole test as its decorator."""
    with within(Walls(officer=f"officer of {name}", department=name, shared=True)):
        yield
