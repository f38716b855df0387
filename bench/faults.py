"""What is lost when things die: workers killed with `kill -9`, the database stopped, in the middle of work.

    python bench/faults.py [--kills 68] [--outages 6] [--seed 1]

First, jobs of 200 steps, each step a model call through the gateway with its ledger, are worked on by two
worker processes (`dying_worker.py`); one after another is killed, `--kills` times at random moments and once
at each named point of a step. Then two workers go on while the database is stopped every 5 to 9 s for up to
2 s, in turn in good order and by `kill -9`. What is counted: steps that are missing at the end or whose
result is wrong; checkpoints that were committed twice; model calls that began after their step's checkpoint
stood.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import psycopg

from bauhinia.jobs import Point, Tasks, Trade
from bauhinia.people import acting_as
from bauhinia.settings import Settings
from bauhinia.store import Database, EmbeddedPostgres
from dying_worker import OFFICER
from report import record

STEPS = 200
JOBS = 3
PATIENCE_SECONDS = 300


@dataclass(slots=True)
class Fleet:
    """Two worker processes; one that dies is replaced."""

    folder: Path
    url: str
    pause: float = 0.02
    """Seconds that the model takes."""
    begun: asyncio.Queue[asyncio.subprocess.Process] = field(default_factory=asyncio.Queue)
    """Workers that have taken a job up."""
    takeovers: list[float] = field(default_factory=list)
    """Seconds from a death to the next time that a job was taken up."""
    deaths: int = 0
    _died: float = 0.0
    _alive: list[asyncio.subprocess.Process] = field(default_factory=list)
    _readers: list[asyncio.Task[None]] = field(default_factory=list)
    _closing: bool = False

    async def add(self) -> None:
        """Start one more worker."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith("BAUHINIA_")}
        settings = {
            "BAUHINIA_DATABASE_URL": self.url,
            "BAUHINIA_DATA_FOLDER": str(self.folder / "data"),
            "BAUHINIA_MODEL": "fake",
            "DYING_WORKER_PAUSE": str(self.pause),
        }
        script = Path(__file__).with_name("dying_worker.py")
        process = await asyncio.create_subprocess_exec(
            sys.executable, script, self.folder, env=environment | settings, stdout=asyncio.subprocess.PIPE
        )
        self._alive.append(process)
        self._readers.append(asyncio.create_task(self._read(process)))

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for _ in process.stdout:
            if self._died:
                self.takeovers.append(time.monotonic() - self._died)
                self._died = 0.0
            self.begun.put_nowait(process)
        await process.wait()
        self._alive.remove(process)
        if not self._closing:
            self.deaths += 1
            self._died = time.monotonic()
            await self.add()

    async def close(self) -> None:
        """Stop them in good order."""
        self._closing = True
        for process in self._alive:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        await asyncio.gather(*self._readers)


async def killed(fleet: Fleet, plan: list[Point | None], chance: random.Random) -> None:
    """Kill a worker at each point of the plan, or at a moment of chance."""
    order = fleet.folder / "kill"
    for point in plan:
        async with asyncio.timeout(PATIENCE_SECONDS):
            process = await fleet.begun.get()
            while process.returncode is not None:
                process = await fleet.begun.get()
            if point is not None:
                order.write_text(point)
                while order.exists():  # noqa: ASYNC110  # another process takes it away
                    await asyncio.sleep(0.01)
                continue
            await moment(fleet.folder, process.pid, chance)
        with suppress(ProcessLookupError):
            process.kill()


async def moment(folder: Path, worker: int, chance: random.Random) -> None:
    """Some steps of that worker later, and in the middle of one."""
    most, began = chance.randrange(12), time.monotonic()

    def lines() -> int:
        return (folder / "log").read_text().count(f" {worker}\n")

    before = lines()
    # A worker whose job is done by then writes no more.
    while lines() < before + most and time.monotonic() - began < 5:  # noqa: ASYNC110  # of another process
        await asyncio.sleep(0.01)
    await asyncio.sleep(chance.uniform(0, 0.03))


async def stopped(postgres: EmbeddedPostgres, over: asyncio.Event, chance: random.Random) -> int:
    """Stop the database again and again until the work is over; how often."""
    outages = 0
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), chance.uniform(5, 9))
        if over.is_set():
            return outages
        pid = postgres.pid
        if outages % 2 and pid is not None:
            os.kill(pid, signal.SIGKILL)
        else:
            await asyncio.to_thread(postgres.stop)
        await asyncio.sleep(chance.uniform(0.5, 2))
        await asyncio.to_thread(postgres.start)
        outages += 1


async def ordered(tasks: Tasks, name: str) -> str:
    """A job of `STEPS` steps."""
    return await tasks.start("work", {"name": name, "steps": STEPS})


async def run(chosen: argparse.Namespace, folder: Path) -> None:
    """Both parts, then the count."""
    chance = random.Random(chosen.seed)
    plan: list[Point | None] = [*get_args(Point), *[None] * chosen.kills]
    chance.shuffle(plan)
    postgres = EmbeddedPostgres(folder / "postgres")
    await asyncio.to_thread(postgres.start)
    try:
        with psycopg.connect(postgres.url("postgres"), autocommit=True) as admin:
            admin.execute("CREATE DATABASE faults")
        # Named from outside, so that no worker starts the database again itself.
        url = postgres.url("faults")
        async with Database.open(Settings(database_url=url, data_folder=folder / "front")) as database:
            # A front only orders and watches: its own function is never called.
            front = Tasks(database, Trade(functions={"work": _never}, versions={}))
            front.work_for_all(0)
            with acting_as(OFFICER):
                jobs, fleet = await with_kills(front, folder, url, plan, chance)
                job, outages = await with_outages(front, folder, url, postgres, chosen.outages, chance)
                rows = [await front.get(task) for task in [*jobs, job]]
            await front.close()
        report(folder, url, rows, fleet, outages)
    finally:
        postgres.stop()


async def with_kills(
    front: Tasks, folder: Path, url: str, plan: list[Point | None], chance: random.Random
) -> tuple[list[str], Fleet]:
    """The jobs that were worked on while workers were killed, and the workers."""
    jobs = [await ordered(front, f"killed-{number}") for number in range(JOBS)]
    fleet = Fleet(folder, url)
    for _ in range(2):
        await fleet.add()
    await killed(fleet, plan, chance)
    async with asyncio.timeout(PATIENCE_SECONDS):
        for job in jobs:
            await front.wait(job)
    await fleet.close()
    return jobs, fleet


async def with_outages(
    front: Tasks, folder: Path, url: str, postgres: EmbeddedPostgres, least: int, chance: random.Random
) -> tuple[str, int]:
    """The job that was worked on while the database was stopped, and how often it was."""
    fleet = Fleet(folder, url, pause=least * 9 / STEPS)
    over = asyncio.Event()
    job = await ordered(front, "stopped")
    for _ in range(2):
        await fleet.add()
    stopping = asyncio.create_task(stopped(postgres, over, chance))
    async with asyncio.timeout(PATIENCE_SECONDS):
        await front.wait(job)
    over.set()
    outages = await stopping
    await fleet.close()
    return job, outages


def report(folder: Path, url: str, rows: list[Any], fleet: Fleet, outages: int) -> None:
    """The figures."""
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT key, result, extract(epoch FROM at)::float8 FROM steps").fetchall()
        recorded = connection.execute("SELECT count(*) FROM usage").fetchone()
    at = {key: when for key, _, when in found}
    right = sum(result == f"The answer to {key}" for key, result, _ in found)
    undone = [row.id for row in rows if row.status != "done" or len(row.draft["answers"]) != STEPS]
    calls, kept = Counter[str](), Counter[str]()
    late = 0
    for line in (folder / "log").read_text().splitlines():
        word, key, when, _ = line.split()
        if word == "kept":
            kept[key] += 1
        else:
            calls[key] += 1
            late += key in at and float(when) > at[key]
    wanted = STEPS * len(rows)
    beside = {
        "steps": wanted,
        "kills": fleet.deaths,
        "of them at named points": len(get_args(Point)),
        "stops of the database": outages,
        "seconds until taken over, median": statistics.median(fleet.takeovers),
    }
    record("faults.steps_lost", wanted - right + len(undone), "steps", beside=beside, target="= 0")
    repeated = sum(times - 1 for times in kept.values())
    record("faults.checkpoints_repeated", repeated, "checkpoints", beside=beside, target="= 0")
    record(
        "faults.calls_repeated",
        late,
        "finished calls",
        beside=beside
        | {
            "calls": calls.total(),
            "of them in flight when their worker or the database died": calls.total() - wanted,
            "in the ledger": recorded[0] if recorded else None,
        },
        target="= 0",
    )


async def _never(*_: Any) -> dict[str, Any]:
    raise AssertionError("the front works on nothing")


def main() -> None:
    """Do it in a folder that is thrown away."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--kills", type=int, default=68)
    options.add_argument("--outages", type=int, default=6)
    options.add_argument("--seed", type=int, default=1)
    with tempfile.TemporaryDirectory(prefix="bauhinia-bench-") as folder:
        asyncio.run(run(options.parse_args(), Path(folder)))


if __name__ == "__main__":
    main()
