"""Tasks outlive their watchers; stopping keeps what is done; resuming asks no step twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from bauhinia.errors import InputError, ModelUnavailable, NotFound
from bauhinia.jobs import Ended, Progress, Report, Steps, TaskFunction, Tasks, Trade
from bauhinia.store import Database

Open = Callable[..., Tasks]


@pytest.fixture
async def open_tasks(database: Database) -> AsyncIterator[Open]:
    """Opens the tasks of a process that can do the given work; closed at the end."""
    opened: list[Tasks] = []

    def one(**functions: TaskFunction) -> Tasks:
        opened.append(Tasks(database, Trade(functions=functions, versions={}, pauses=())))
        return opened[-1]

    yield one
    for tasks in opened:
        await tasks.close()


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


async def test_a_task_ends_with_its_draft_and_every_event(open_tasks: Open) -> None:
    gate = asyncio.Event()
    gate.set()
    tasks = open_tasks(count=counting([], gate))
    task = await tasks.start("count", {"times": 2})
    events = [(number, event) async for number, event in tasks.events(task)]
    assert [number for number, _ in events] == [1, 2, 3, 4, 5, 6]
    assert events[-1][1] == Ended(status="done")
    row = await tasks.get(task)
    assert (row.status, row.draft) == ("done", {"total": 20})
    assert row.seconds > 0
    late = [event async for _, event in tasks.events(task, after=4)]
    assert len(late) == 2


async def test_cancelling_keeps_finished_steps_and_resuming_does_not_repeat_them(open_tasks: Open) -> None:
    gate, done = asyncio.Event(), list[int]()
    tasks = open_tasks(count=counting(done, gate))
    task = await tasks.start("count", {"times": 1})
    await _until(tasks, task, 2)
    await tasks.cancel(task)
    assert (await tasks.get(task)).status == "cancelled"
    assert done == [0, 1]
    gate.set()
    await tasks.resume(task)
    assert (await tasks.wait(task)).draft == {"total": 10}
    assert done == [0, 1, 2, 3, 4]


async def test_what_a_process_gives_up_another_goes_on_with(open_tasks: Open) -> None:
    gate, done = asyncio.Event(), list[int]()
    first = open_tasks(count=counting(done, gate))
    task = await first.start("count", {"times": 1})
    await _until(first, task, 2)
    await first.close()
    assert (await first.get(task)).status == "queued"
    gate.set()
    second = open_tasks(count=counting(done, gate))
    second.work_for_all(1)
    assert (await second.wait(task)).status == "done"
    assert done == [0, 1, 2, 3, 4]


async def test_what_a_killed_process_left_running_goes_on_by_itself(
    database: Database, open_tasks: Open
) -> None:
    async with database.connection() as connection:
        await connection.execute(
            "INSERT INTO tasks (id, kind, \"order\", status) VALUES ('t1', 'count', '{\"times\": 1}', 'running')"
        )
    gate = asyncio.Event()
    gate.set()
    tasks = open_tasks(count=counting([], gate))
    tasks.work_for_all(1)
    assert (await tasks.wait("t1")).status == "done"


async def test_an_error_is_told_in_its_own_words_and_a_defect_is_not(
    open_tasks: Open, caplog: pytest.LogCaptureFixture
) -> None:
    async def unavailable(*_: Any) -> dict[str, Any]:
        raise ModelUnavailable("No model is loaded.", hint="Run `bauhinia models fetch`.")

    async def defect(*_: Any) -> dict[str, Any]:
        raise RuntimeError("secret detail")

    tasks = open_tasks(unavailable=unavailable, defect=defect)
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


async def test_what_is_done_is_not_resumed_and_what_is_not_there_not_found(open_tasks: Open) -> None:
    gate = asyncio.Event()
    gate.set()
    tasks = open_tasks(count=counting([], gate))
    task = await tasks.start("count", {"times": 1})
    await tasks.wait(task)
    with pytest.raises(InputError):
        await tasks.resume(task)
    with pytest.raises(NotFound):
        await tasks.get("nothing")
    with pytest.raises(NotFound):
        await tasks.cancel("nothing")
    assert [row.id for row in await tasks.list()] == [task]
