"""Tasks outlive their watchers; stopping keeps what is done; resuming asks no step twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bauhinia.errors import InputError, ModelUnavailable, NotFound
from bauhinia.jobs import Ended, Progress, Report, Steps, Tasks
from bauhinia.store import Database

Step = Callable[[int], Awaitable[int]]


def counting(done: list[int], gate: asyncio.Event, stop_at: int = 2) -> Any:
    """A task of five steps that waits at one of them until the gate opens."""

    async def work(order: dict[str, Any], report: Report, steps: Steps, _: str) -> dict[str, Any]:
        total = 0
        for number in range(5):

            async def step(number: int = number) -> int:
                if number == stop_at:
                    await gate.wait()
                done.append(number)
                return number * int(order["times"])

            total += await steps.run(f"step/{number}", step)
            report(Progress(phase="map", section=number + 1, of=5))
        return {"total": total}

    return work


async def _until(tasks: Tasks, task: str, section: int) -> None:
    async for _, event in tasks.events(task):
        if isinstance(event, Progress) and event.section == section:
            return


async def test_a_task_ends_with_its_draft_and_every_event(database: Database) -> None:
    gate = asyncio.Event()
    gate.set()
    tasks = Tasks(database, {"count": counting([], gate)})
    task = await tasks.start("count", {"times": 2})
    events = [(number, event) async for number, event in tasks.events(task)]
    assert [number for number, _ in events] == [1, 2, 3, 4, 5, 6]
    assert events[-1][1] == Ended(status="done")
    row = await tasks.get(task)
    assert (row.status, row.draft) == ("done", {"total": 20})
    assert row.seconds > 0
    late = [event async for _, event in tasks.events(task, after=4)]
    assert len(late) == 2


async def test_cancelling_keeps_finished_steps_and_resuming_does_not_repeat_them(database: Database) -> None:
    gate, done = asyncio.Event(), list[int]()
    tasks = Tasks(database, {"count": counting(done, gate)})
    task = await tasks.start("count", {"times": 1})
    await _until(tasks, task, 2)
    await tasks.cancel(task)
    assert (await tasks.get(task)).status == "cancelled"
    assert done == [0, 1]
    gate.set()
    await tasks.resume(task)
    assert (await tasks.wait(task)).draft == {"total": 10}
    assert done == [0, 1, 2, 3, 4]


async def test_what_a_process_left_running_is_resumed_by_the_next(database: Database) -> None:
    gate, done = asyncio.Event(), list[int]()
    first = Tasks(database, {"count": counting(done, gate)})
    task = await first.start("count", {"times": 1})
    await _until(first, task, 2)
    await first.close()
    assert (await first.get(task)).status == "interrupted"
    gate.set()
    second = Tasks(database, {"count": counting(done, gate)})
    await second.resume(task)
    assert (await second.wait(task)).status == "done"
    assert done == [0, 1, 2, 3, 4]


async def test_tasks_left_by_a_killed_process_are_found_at_start(database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute(
            "INSERT INTO tasks (id, kind, \"order\", status) VALUES ('t1', 'count', '{\"times\": 1}', 'running')"
        )
    gate = asyncio.Event()
    gate.set()
    tasks = Tasks(database, {"count": counting([], gate)})
    assert await tasks.mark_interrupted() == 1
    row = await tasks.get("t1")
    assert row.status == "interrupted"
    assert row.hint
    await tasks.resume("t1")
    assert (await tasks.wait("t1")).status == "done"


async def test_an_error_is_told_in_its_own_words_and_a_defect_is_not(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async def unavailable(*_: Any) -> dict[str, Any]:
        raise ModelUnavailable("No model is loaded.", hint="Run `bauhinia models fetch`.")

    async def defect(*_: Any) -> dict[str, Any]:
        raise RuntimeError("secret detail")

    tasks = Tasks(database, {"unavailable": unavailable, "defect": defect})
    row = await tasks.wait(await tasks.start("unavailable", {}))
    assert (row.status, row.message, row.hint) == (
        "failed",
        "No model is loaded.",
        "Run `bauhinia models fetch`.",
    )
    caplog.clear()
    row = await tasks.wait(await tasks.start("defect", {}))
    assert row.status == "failed"
    assert "secret" not in row.message + row.hint
    assert row.id in row.hint
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text


async def test_what_is_done_is_not_resumed_and_what_is_not_there_not_found(database: Database) -> None:
    gate = asyncio.Event()
    gate.set()
    tasks = Tasks(database, {"count": counting([], gate)})
    task = await tasks.start("count", {"times": 1})
    await tasks.wait(task)
    with pytest.raises(InputError):
        await tasks.resume(task)
    with pytest.raises(NotFound):
        await tasks.get("nothing")
    with pytest.raises(NotFound):
        await tasks.cancel("nothing")
    assert [row.id for row in await tasks.list()] == [task]
