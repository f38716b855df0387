"""How soon the switch ends a stream in another process, and what its check costs a call.

    python bench/switch.py [--rounds 20]

One process serves an endless answer of the shipped FakeModel; this one writes the stop into the database, as
`bauhinia stop` does, and waits until the other says that its reader was told. `switch.check_microseconds` is
the whole of `Switch.admit` from memory, with 20 stops, 2,000 opt-outs and 2,000 consents held.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from bauhinia.errors import Refused
from bauhinia.gateway import Ask, Gateway, Message, Piece
from bauhinia.gateway.stops import Switch
from bauhinia.guideline.stopping import Stopping
from bauhinia.ledger import Ledger
from bauhinia.models import FakeEmbedder, FakeModel
from bauhinia.people import local_officer
from bauhinia.settings import Settings
from bauhinia.store import Database
from report import record

CALLS = 20_000


def main() -> None:
    """The rounds, or, asked by them, the other process."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--serve", default="", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.serve:
        asyncio.run(serve(Path(given.serve)))
        return
    with tempfile.TemporaryDirectory(prefix="bauhinia-bench-") as folder:
        Path(folder).chmod(0o755)
        times, check = asyncio.run(measure(Path(folder), given.rounds))
    times.sort()
    worst = {"median": statistics.median(times), "largest": times[-1]}
    record("switch.stop_ms_p95", times[int(len(times) * 0.95)], "ms", beside=worst, target="<= 1000")
    record("switch.check_microseconds", check, "µs", target="<= 20")


async def serve(folder: Path) -> None:
    """Streams again and again; says `writing` when one has begun and `told` when it was ended."""
    settings = Settings(data_folder=folder, model="fake")
    async with Database.open(settings) as database:
        model = FakeModel(lambda _: "word " * 100_000, delay=0.02)
        gateway = Gateway(settings, database, backend=model, embedder=FakeEmbedder())
        ask = Ask(officer=local_officer(settings), use="api.chat", messages=(Message("user", "Go on."),))
        while True:
            began = False
            try:
                async for event in gateway.exchange(ask):
                    if isinstance(event, Piece) and not began:
                        began = True
                        print("writing", flush=True)
            except Refused:
                if began:
                    print("told", flush=True)
            await asyncio.sleep(0.05)


async def measure(folder: Path, rounds: int) -> tuple[list[float], float]:
    """Milliseconds of each round, and microseconds of a check."""
    settings = Settings(data_folder=folder, model="fake")
    by = local_officer(settings)
    async with Database.open(settings) as database:
        other = await asyncio.create_subprocess_exec(
            sys.executable, __file__, "--serve", str(folder), stdout=asyncio.subprocess.PIPE
        )
        assert other.stdout is not None
        ledger = Ledger(database)
        stopping, times = Stopping(database, ledger), []
        try:
            for number in range(rounds):
                await line(other.stdout, b"writing")
                await asyncio.sleep(0.1 + 0.25 * number / rounds)  # at every place between two looks
                began = time.monotonic()
                key = await stopping.stop(by, "all", "", "A measurement.")
                await line(other.stdout, b"told")
                times.append((time.monotonic() - began) * 1_000)
                await stopping.resume(by, key)
        finally:
            with suppress(ProcessLookupError):
                other.kill()
            await other.wait()
        check = await cost_of_a_check(database)
        await ledger.close()
        return times, check


async def line(stream: asyncio.StreamReader, wanted: bytes) -> None:
    """Wait for that word. Raises RuntimeError when the other process has ended."""
    while (said := (await stream.readline()).strip()) != wanted:
        if not said:
            raise RuntimeError("the other process has ended")


async def cost_of_a_check(database: Database) -> float:
    """The median of five rounds."""
    async with database.maintenance() as connection:
        await connection.execute(
            "INSERT INTO stops (id, scope, subject, why, officer, officer_name)"
            " SELECT n::text, 'use', 'other.' || n, 'w', 'o', 'O' FROM generate_series(1, 20) AS n"
        )
        await connection.execute(
            "INSERT INTO opt_outs (officer, use) SELECT n::text, 'x' FROM generate_series(1, 2000) AS n"
        )
        await connection.execute(
            "INSERT INTO consents (subject, purpose, version, language, given)"
            " SELECT n::text, 'content', 'content-1', 'en', true FROM generate_series(1, 2000) AS n"
        )
    switch, found = Switch(database), []
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(CALLS):
            await switch.admit("o1", "api.chat", "fake")
        found.append((time.perf_counter() - began) / CALLS * 1e6)
    return statistics.median(found)


if __name__ == "__main__":
    main()
