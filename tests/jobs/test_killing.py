"""Worker processes killed outright in the middle of a job: another takes over, and no step is done twice."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, get_args

import pytest

from bauhinia.jobs import Point, Tasks, Trade
from bauhinia.store import Database, Walls, within

WORKER = Path(__file__).parents[2] / "bench" / "dying_worker.py"
STEPS = 40
Begin = Callable[[], Awaitable[asyncio.subprocess.Process]]


@pytest.fixture
async def begin(tmp_path: Path, database_url: str) -> AsyncIterator[Begin]:
    """Starts workers; what still runs at the end is told to stop."""
    started: list[asyncio.subprocess.Process] = []

    async def one() -> asyncio.subprocess.Process:
        settings = {
            "BAUHINIA_DATABASE_URL": database_url,
            "BAUHINIA_DATA_FOLDER": str(tmp_path / "data"),
            "DYING_WORKER_PAUSE": "0.01",
        }
        started.append(
            await asyncio.create_subprocess_exec(
                sys.executable, WORKER, tmp_path, env=os.environ | settings, stdout=asyncio.subprocess.PIPE
            )
        )
        return started[-1]

    yield one
    for process in started:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        await process.communicate()


async def first_to_die(alive: list[asyncio.subprocess.Process]) -> asyncio.subprocess.Process:
    """The worker that ends first."""
    waiting = {asyncio.create_task(process.wait()): process for process in alive}
    done, rest = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    return waiting[done.pop()]


async def _never(*_: Any) -> dict[str, Any]:
    raise AssertionError("the front works on nothing")


async def test_workers_killed_at_every_point_of_a_step_lose_and_repeat_nothing(
    database: Database, begin: Begin, tmp_path: Path
) -> None:
    front = Tasks(database, Trade(functions={"work": _never}, versions={}))
    front.work_for_all(0)
    points: list[Point] = list(get_args(Point))
    with within(Walls(officer="clerk", department="Works")):
        task = await front.start("work", {"name": "job", "steps": STEPS})
        (tmp_path / "kill").write_text(points[0])
        alive = [await begin(), await begin()]
        for number in range(1, len(points) + 1):
            dead = await first_to_die(alive)
            assert dead.returncode == -signal.SIGKILL
            alive.remove(dead)
            if number < len(points):
                (tmp_path / "kill").write_text(points[number])
                alive.append(await begin())
        row = await front.wait(task)
    await front.close()
    assert row.status == "done"
    assert row.draft == {"answers": [f"The answer to job/{number}" for number in range(STEPS)]}
    async with database.maintenance() as connection:
        cursor = await connection.execute("SELECT key, extract(epoch FROM at)::float8 FROM steps")
        kept = dict(await cursor.fetchall())
    assert len(kept) == STEPS
    calls = Counter[str]()
    for word, key, when, _ in map(str.split, (tmp_path / "log").read_text().splitlines()):
        if word == "call":
            calls[key] += 1
            assert float(when) < kept[key], f"{key} was asked again after its answer was kept"
    # Killed before the effect nothing was paid; after it, or before the commit, one answer was in flight.
    assert calls.total() == STEPS + 2
