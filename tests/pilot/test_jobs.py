"""A job is done as the officer who ordered it, in whatever process."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

from bauhinia.gateway import Gateway
from bauhinia.models import FakeEmbedder, FakeModel
from bauhinia.people import Officer, acting_as
from bauhinia.pilot.office import MANY_DOCUMENTS, Office, open_office
from bauhinia.pilot.orders import SummariseOrder
from bauhinia.settings import Settings
from bauhinia.store import Database
from bauhinia.store.walls import current

LIBRARIAN = Officer(
    id="librarian", department="Works", name="Lee Siu-ming", roles=frozenset({"programme_owner"})
)


def door(settings: Settings, database: Database) -> Gateway:
    return Gateway(settings, database, backend=FakeModel(), embedder=FakeEmbedder())


def recording(office: Office) -> list[Any]:
    """Whom each summary of this office is made for."""
    seen: list[Any] = []

    async def work(*_: Any) -> dict[str, Any]:
        seen.append((office.officer, current()))
        return {}

    functions = office.tasks.trade.functions
    assert isinstance(functions, dict)
    functions["summarise"] = work
    return seen


async def test_a_worker_acts_for_whoever_ordered_with_their_roles(settings: Settings) -> None:
    signed = settings.model_copy(update={"sign_in": "accounts"})
    async with AsyncExitStack() as stack:
        front, worker = [await stack.enter_async_context(open_office(signed, door)) for _ in range(2)]
        front.tasks.work_for_all(0)
        seen = recording(worker)
        worker.tasks.work_for_all(1)
        for name in ("clerk", "librarian"):
            officer = LIBRARIAN if name == "librarian" else Officer(id=name, department="Works", name=name)
            with acting_as(officer):
                task = await front.tasks.start("summarise", {})
                assert (await front.tasks.wait(task)).status == "done"
    assert [officer for officer, _ in seen] == [
        Officer(id="clerk", department="Works", name="clerk"),
        LIBRARIAN,
    ]
    assert [(walls.officer, walls.department, walls.shared) for _, walls in seen] == [
        ("clerk", "Works", False),
        ("librarian", "Works", True),
    ]


async def test_where_nobody_signs_in_it_is_the_one_local_officer(settings: Settings) -> None:
    async with AsyncExitStack() as stack:
        front, worker = [await stack.enter_async_context(open_office(settings, door)) for _ in range(2)]
        front.tasks.work_for_all(0)
        seen = recording(worker)
        worker.tasks.work_for_all(1)
        assert (await front.tasks.wait(await front.tasks.start("summarise", {}))).status == "done"
    ((officer, walls),) = seen
    assert (officer.id, walls.officer, walls.department, walls.shared) == (
        "local",
        "local",
        settings.department,
        True,
    )


async def test_an_order_on_many_documents_waits_behind_what_somebody_waits_for(settings: Settings) -> None:
    async with open_office(settings, door) as office:
        office.tasks.work_for_all(0)
        cards = await asyncio.gather(
            *(office.add(f"Paper {number}".encode(), f"{number}.txt") for number in range(MANY_DOCUMENTS + 1))
        )
        keys = [card.id for card in cards]
        few = await office.start(SummariseOrder(documents=keys[:1]))
        many = await office.start(SummariseOrder(documents=keys))
        async with office.database.connection() as connection:
            cursor = await connection.execute("SELECT id, priority FROM tasks")
            priorities = dict(await cursor.fetchall())
    assert priorities[few] > priorities[many]
