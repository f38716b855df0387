"""Fairness, leases, fences, versions, back-off, and news between processes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from bauhinia.errors import ModelBusy, StoreError
from bauhinia.jobs import (
    BULK,
    INTERACTIVE,
    Ended,
    PieceWritten,
    Progress,
    Report,
    Restarted,
    Steps,
    Tasks,
    Trade,
    Version,
)
from bauhinia.jobs.lease import LeaseLost
from bauhinia.jobs.queue import Queue
from bauhinia.store import Database, EmbeddedPostgres, Walls, within

Open = Callable[..., Tasks]
"""Opens what would be another process: nothing is shared but the database."""


@pytest.fixture
async def process(database: Database) -> AsyncIterator[Open]:
    opened: list[Tasks] = []

    def one(*, lease_seconds: float = 10, version: Version | None = None, **trade: Any) -> Tasks:
        functions = trade.pop("functions", {"work": told_nothing})
        versions = dict.fromkeys(functions, version or Version())
        made = Trade(functions=functions, versions=versions, **trade)
        opened.append(Tasks(database, made, lease_seconds=lease_seconds))
        return opened[-1]

    yield one
    for tasks in opened:
        await tasks.close()


async def told_nothing(*_: Any) -> dict[str, Any]:
    return {}


def officer(name: str, department: str = "") -> Any:
    return within(Walls(officer=name, department=department or name))


async def ordered(tasks: Tasks, names: str, priority: int = INTERACTIVE) -> list[str]:
    """Tasks of officers who are called like their departments."""
    made = []
    for name in names.split():
        with officer(name):
            made.append(await tasks.start("work", {"of": name}, priority=priority))
    return made


async def served(process: Open, number: int) -> list[str]:
    """Whose jobs one worker that does one at a time takes, in their order."""
    taking, took = asyncio.Queue[str](), list[str]()

    async def work(order: dict[str, Any], *_: Any) -> dict[str, Any]:
        taking.put_nowait(order["of"])
        return {}

    tasks = process(functions={"work": work})
    tasks.work_for_all(1)
    async with asyncio.timeout(20):
        for _ in range(number):
            took.append(await taking.get())
    return took


def asking(process: Open) -> Tasks:
    """A process that works on nothing."""
    tasks = process()
    tasks.work_for_all(0)
    return tasks


async def test_one_departments_many_jobs_do_not_starve_anothers(process: Open) -> None:
    front = asking(process)
    await ordered(front, "a " * 50)
    await ordered(front, "b")
    assert await served(process, 6) == ["a", "b", "a", "a", "a", "a"]


async def test_within_a_department_officers_take_turns(process: Open, database: Database) -> None:
    front = asking(process)
    for name in ("x", "x", "x", "y", "y"):
        with officer(name, "one department"):
            await front.start("work", {"of": name})
    assert await served(process, 5) == ["x", "y", "x", "y", "x"]


async def test_what_somebody_waits_for_comes_before_work_in_bulk(process: Open, database: Database) -> None:
    front = asking(process)
    with officer("a"):
        for name in ("bulk 1", "bulk 2"):
            await front.start("work", {"of": name}, priority=BULK)
        await front.start("work", {"of": "waited for"})
    assert await served(process, 3) == ["waited for", "bulk 1", "bulk 2"]


async def test_a_process_works_on_its_own_orders_until_it_is_told_to_work_for_all(process: Open) -> None:
    front, alone = asking(process), process()
    (others,) = await ordered(front, "a")
    with officer("b"):
        own = await alone.start("work", {})
        await alone.wait(own)
    with officer("a"):
        assert (await front.get(others)).status == "queued"
        alone.work_for_all(1)
        assert (await front.wait(others)).status == "done"


async def test_a_job_of_a_worker_that_went_silent_is_taken_over_and_its_writes_change_nothing(
    process: Open, database: Database
) -> None:
    queue = Queue(database, lease_seconds=0.2)
    front = asking(process)
    (task,) = await ordered(front, "a")
    claim = await queue.claim({"work": 1}, own=False)
    assert claim is not None and await queue.claim({"work": 1}, own=False) is None
    with officer("a"):
        steps = await Steps.of(database, task, claim.lease)

        async def one() -> int:
            return 1

        await steps.run("first", one)
        await asyncio.sleep(0.3)
        again = await Queue(database, lease_seconds=10).claim({"work": 1}, own=False)
        assert again is not None and again.id == task and again.lease != claim.lease
        assert await queue.keep([claim.lease]) == set()
        for late in (
            steps.run("second", one),
            queue.tell(claim, [Progress(phase="map")]),
            queue.finish(claim, Ended(status="done"), {"late": True}),
            queue.release(claim),
            queue.job(claim),
            queue.forget_events(claim),
        ):
            with pytest.raises(LeaseLost):
                await late
        row = await front.get(task)
        assert (row.status, row.draft, row.told) == ("running", None, 0)
        kept = await Steps.of(database, task, again.lease)
        assert kept._kept == {"first": 1}


async def test_a_job_that_ends_every_worker_is_set_aside(process: Open, database: Database) -> None:
    front = asking(process)
    (task,) = await ordered(front, "a")
    dying = Queue(database, lease_seconds=0.0)
    for _ in range(6):
        assert await dying.claim({"work": 1}, own=False) is not None
    worker = process()
    worker.work_for_all(1)
    with officer("a"):
        row = await front.wait(task)
        assert (row.status, "5 times" in row.message, "Resume" in row.hint) == ("parked", True, True)
        await front.resume(task)
        assert (await front.wait(task)).status == "done"


async def test_a_job_of_a_version_that_fits_no_more_is_set_aside_with_a_way_on(process: Open) -> None:
    front = asking(process)
    (task,) = await ordered(front, "a")
    newer = process(version=Version(now=3, since=2))
    newer.work_for_all(1)
    with officer("a"):
        row = await front.wait(task)
        assert row.status == "parked" and "another version" in row.message and "Resume it" in row.hint
        await newer.resume(task)
        assert (await newer.wait(task)).status == "done"


async def test_a_job_of_an_older_version_that_fits_goes_on(process: Open) -> None:
    front = asking(process)
    (task,) = await ordered(front, "a")
    process(version=Version(now=2, since=1)).work_for_all(1)
    with officer("a"):
        assert (await front.wait(task)).status == "done"


async def test_an_old_worker_leaves_a_newer_job_to_newer_ones_for_a_while(
    process: Open, database: Database
) -> None:
    front = process(version=Version(now=2, since=2))
    front.work_for_all(0)
    (task,) = await ordered(front, "a")
    old = Queue(database, lease_seconds=10)
    assert await old.claim({"work": 1}, own=False) is None
    async with database.maintenance() as connection:
        await connection.execute("UPDATE tasks SET queued = now() - interval '11 minutes'")
    process().work_for_all(1)
    with officer("a"):
        assert (await front.wait(task)).status == "parked"


async def test_what_may_pass_is_tried_again_after_longer_and_longer_pauses(process: Open) -> None:
    faults = [ModelBusy("Busy.", hint="Wait."), StoreError("Away.")]

    async def work(order: dict[str, Any], report: Report, *_: Any) -> dict[str, Any]:
        report(Progress(phase="map"))
        if faults:
            raise faults.pop(0)
        return {"done": True}

    tasks = process(functions={"work": work}, pauses=(0.01, 0.02))
    with officer("a"):
        task = await tasks.start("work", {})
        got = [event async for _, event in tasks.events(task)]
        row = await tasks.get(task)
    assert row.status == "done" and row.message == "" and row.not_before is None
    assert got[-3:] == [Restarted(), Progress(phase="map"), Ended(status="done")]

    faults += [ModelBusy("Busy.", hint="Wait.")] * 3
    with officer("a"):
        row = await tasks.wait(await tasks.start("work", {}))
    assert (row.status, row.message, faults) == ("failed", "Busy.", [])


async def test_another_process_sees_the_events_and_stops_the_work_within_a_second(process: Open) -> None:
    stopped = asyncio.Event()

    async def work(_: dict[str, Any], report: Report, *__: Any) -> dict[str, Any]:
        report(PieceWritten(passage="p", text="Once "))
        report(PieceWritten(passage="p", text="more"))
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        return {}

    front, worker = asking(process), process(functions={"work": work})
    worker.work_for_all(1)
    with officer("a"):
        task = await front.start("work", {})
        events = front.events(task)
        assert await anext(events) == (1, PieceWritten(passage="p", text="Once more"))
        began = time.monotonic()
        await front.cancel(task)
        await asyncio.wait_for(stopped.wait(), 5)
        assert time.monotonic() - began < 1
        number, event = await anext(events)
        assert number == 2 and isinstance(event, Ended) and event.status == "cancelled"
        await events.aclose()


async def test_a_database_that_goes_away_in_the_middle_of_work_costs_nothing(
    process: Open, postgres: EmbeddedPostgres, database_url: str
) -> None:
    name = sql.Identifier(str(conninfo_to_dict(database_url)["dbname"]))
    done: list[int] = []

    def allow(yes: bool) -> None:
        with psycopg.connect(postgres.url("postgres"), autocommit=True) as admin:
            admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(name, sql.Literal(yes)))
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND NOT %s",
                (conninfo_to_dict(database_url)["dbname"], yes),
            )

    async def work(_: dict[str, Any], report: Report, steps: Steps, __: str) -> dict[str, Any]:
        for number in range(3):

            async def step(number: int = number) -> int:
                if number == 1:
                    allow(False)
                    asyncio.get_running_loop().call_later(1.2, allow, True)
                done.append(number)
                return number

            await steps.run(str(number), step)
            report(Progress(phase="map", section=number + 1, of=3))
        return {"done": done}

    tasks = process(functions={"work": work})
    with officer("a"):
        task = await tasks.start("work", {})
        sections = [event.section async for _, event in tasks.events(task) if isinstance(event, Progress)]
        row = await tasks.get(task)
    assert (row.status, row.draft, done) == ("done", {"done": [0, 1, 2]}, [0, 1, 2])
    assert sections == [1, 2, 3]


async def test_what_a_finished_task_told_is_dropped_after_a_while(process: Open, database: Database) -> None:
    tasks = process()
    with officer("a"):
        task = await tasks.start("work", {})
        await tasks.wait(task)
        await Queue(database, lease_seconds=10).drop_old_events(3_600)
        assert [number async for number, _ in tasks.events(task)] == [1]
        await Queue(database, lease_seconds=10).drop_old_events(-1)
        assert [event async for _, event in tasks.events(task)] == [Ended(status="done")]
    async with database.maintenance() as connection:
        assert (await (await connection.execute("SELECT count(*) FROM events")).fetchone()) == (0,)


async def test_work_is_done_within_the_walls_of_whoever_ordered_it(process: Open, database: Database) -> None:
    async def work(*_: Any) -> dict[str, Any]:
        async with database.connection() as connection:
            cursor = await connection.execute(
                "SELECT acting_officer(), acting_department(), count(*) FROM tasks"
            )
            return {"acts": list(await cursor.fetchone() or ())}

    front = asking(process)
    tasks = await ordered(front, "a b")
    process(functions={"work": work}).work_for_all(2)
    for name, task in zip("ab", tasks, strict=True):
        with officer(name):
            assert (await front.wait(task)).draft == {"acts": [name, name, 1]}
