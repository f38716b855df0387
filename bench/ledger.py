"""What the tamper-evident ledger costs, how fast it is read again, and whether tampering is found.

    python bench/ledger.py [--rows 1000000] [--appends 500] [--trials 100]

Rows are what the gateway writes for a chat: about 780 bytes each. They are verified as `bauhinia ledger
verify` does, in one consistent view of a real embedded PostgreSQL, by as many processes as there are
processors, the start of those processes included; the best of three. Appends are one at a time, committed by
a PostgreSQL that is safe against power loss. Floors in the same run: a plain INSERT that commits, and a loop
of SHA-256 in Python over rows of that size.

Tampering is done as the database's owner, at random places of a ledger with checkpoints outside: an edited
body or hash, a deleted row, two rows swapped, the end cut off with its head, and everything from a row on
written anew with hashes and a head that fit. A trial counts when the first fault has the right kind and row;
for rewriting the row is known as well as the checkpoints are close: it must lie between the last that agrees
and the first that does not.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import secrets
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from bauhinia.ledger import Entry, Fault, Ledger
from bauhinia.ledger.chain import Head, Row, next_row
from bauhinia.settings import Settings
from bauhinia.store import Connection, Database
from report import record

AT = "2026-11-27T09:00:00.000+00:00"
STAGES = ("admit", "redact", "route", "forward", "restore", "inspect", "label", "record")
SMALL = 400
"""Entries of the ledger that is tampered with."""
EVERY = 40
"""Entries between two of its checkpoints."""

Tamper = Callable[[Connection, random.Random, list[Row]], Awaitable[Fault]]
"""Does it, and gives the fault that is to be found."""


def main() -> None:
    """Measure all three, report."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--appends", type=int, default=500)
    options.add_argument("--trials", type=int, default=100)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="bauhinia-bench-") as folder:
        asyncio.run(measure(Path(folder), chosen.rows, chosen.appends, chosen.trials))


async def measure(folder: Path, rows: int, appends: int, trials: int) -> None:
    """On one embedded PostgreSQL."""
    settings = Settings(data_folder=folder, database_url="", blobs_url="", model="fake")
    async with Database.open(settings) as database:
        await appending(database, settings, appends)
        await tampering(database, settings, trials)
        await verifying(database, settings, rows)


def entry() -> Entry:
    """What the gateway writes for a chat that was answered."""
    return Entry(
        kind="chat",
        outcome="answered",
        officer=secrets.token_hex(8),
        department="hyd",
        use="pilot.summarise",
        model="qwen2.5-coder-1.5b-instruct",
        task=secrets.token_hex(8),
        classification="restricted",
        decisions=tuple((stage, True, "ok") for stage in STAGES),
        prompt_digest=secrets.token_hex(32),
        prompt_characters=4_321,
        answer_digest=secrets.token_hex(32),
        answer_characters=987,
        prompt_tokens=1_234,
        completion_tokens=321,
        seconds=1.2345,
    )


async def appending(database: Database, settings: Settings, count: int) -> None:
    """One entry after the other, each beside a plain INSERT of the same bytes in the same moment."""
    ledger = Ledger.open(settings, database)
    entries = [entry() for _ in range(count)]
    async with database.maintenance() as connection:
        await connection.set_autocommit(True)
        await connection.execute("CREATE TABLE plain (seq bigint PRIMARY KEY, body text, hash bytea)")
        row = next_row(Head.empty(), entries[0], AT)
        ours, floor = [], []
        for number, each in enumerate(entries):
            ours.append(await timed(ledger.append(each)))
            values = (number, row.body, row.hash)
            floor.append(await timed(connection.execute("INSERT INTO plain VALUES (%s, %s, %s)", values)))
        await connection.execute("DROP TABLE plain")
    await ledger.close()
    record(
        "ledger.append_ms",
        statistics.median(ours),
        "ms",
        beside={
            "plain INSERT, committed": statistics.median(floor),
            "p95": statistics.quantiles(ours, n=20)[-1],
        },
        target="<= 2",
    )


async def timed(work: Awaitable[object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    await work
    return 1_000 * (time.perf_counter() - began)


async def verifying(database: Database, settings: Settings, rows: int) -> None:
    """A ledger of so many entries, read again."""
    await fill(database, rows)
    ledger = Ledger.open(
        settings.model_copy(update={"data_folder": settings.data_folder / "large"}), database
    )
    assert ledger.checkpoints is not None
    await ledger.checkpoints.make()
    rates = {False: list[float](), True: list[float]()}
    for _ in range(3):
        for with_tree, found in rates.items():
            began = time.perf_counter()
            verification = await ledger.verify(with_tree=with_tree)
            found.append(rows / (time.perf_counter() - began))
            assert verification.ok and verification.entries == verification.checkpoint == rows
    record(
        "ledger.verify_rows_per_second",
        max(rates[False]),
        "rows/s",
        beside={
            "with the tree's root": max(rates[True]),
            "SHA-256 loop, one process": hashing(rows),
            "processors": os.cpu_count(),
        },
        target=">= 500000",
    )


async def fill(database: Database, rows: int) -> None:
    """A new ledger of so many entries, written straight into the tables."""
    async with database.maintenance() as connection:
        await connection.execute("TRUNCATE ledger, usage, ledger_tiles")
        head = Head.empty()
        async with connection.cursor().copy("COPY ledger FROM STDIN") as copy:
            for _ in range(rows):
                row = next_row(head, entry(), AT)
                await copy.write_row((row.seq, row.body, row.hash))
                head = row.head
        await connection.execute("UPDATE ledger_head SET seq = %s, hash = %s", (head.seq, head.hash))
        await connection.commit()
        await connection.set_autocommit(True)
        await connection.execute("VACUUM ANALYZE ledger")


def hashing(rows: int) -> float:
    """Rows a second of nothing but SHA-256, in this process."""
    body, hash_ = next_row(Head.empty(), entry(), AT).body.encode(), b"\0" * 32
    began = time.perf_counter()
    for _ in range(rows):
        hash_ = sha256(hash_ + body).digest()
    return rows / (time.perf_counter() - began)


async def tampering(database: Database, settings: Settings, trials: int) -> None:
    """Every kind so often; the ledger is put back after each."""
    rows = await small(database, settings)
    ledger = Ledger.open(
        settings.model_copy(update={"data_folder": settings.data_folder / "small"}), database
    )
    chance, found, began = random.Random(20261127), dict.fromkeys(TAMPERING, 0), time.perf_counter()
    assert (await ledger.verify()).ok
    for name, tamper in TAMPERING.items():
        for _ in range(trials):
            async with database.maintenance() as connection:
                expected = await tamper(connection, chance, rows)
            verification = await ledger.verify()
            found[name] += verification.faults[:1] == (expected,)
            await restore(database, rows)
    assert (await ledger.verify()).ok, "it was put back"
    record(
        "ledger.tampering_found",
        sum(found.values()),
        f"of {trials * len(TAMPERING)}",
        beside={**found, "seconds": time.perf_counter() - began},
        target=f">= {trials * len(TAMPERING)}",
    )


async def small(database: Database, settings: Settings) -> list[Row]:
    """A ledger with a checkpoint at every fortieth entry, and its rows."""
    head, rows = Head.empty(), list[Row]()
    for _ in range(SMALL):
        rows.append(next_row(head, entry(), AT))
        head = rows[-1].head
    folder = settings.data_folder / "small"
    ledger = Ledger.open(settings.model_copy(update={"data_folder": folder}), database)
    assert ledger.checkpoints is not None
    for size in range(EVERY, SMALL + 1, EVERY):
        await restore(database, rows[:size])
        await ledger.checkpoints.make()
    return rows


async def restore(database: Database, rows: list[Row]) -> None:
    async with database.maintenance() as connection:
        await connection.execute("TRUNCATE ledger, ledger_tiles")
        async with connection.cursor().copy("COPY ledger FROM STDIN") as copy:
            for row in rows:
                await copy.write_row((row.seq, row.body, row.hash))
        await set_head(connection, rows[-1].head)


async def set_head(connection: Connection, head: Head) -> None:
    await connection.execute("UPDATE ledger_head SET seq = %s, hash = %s", (head.seq, head.hash))


async def edit(connection: Connection, chance: random.Random, rows: list[Row]) -> Fault:
    """One character of a body, or one byte of a hash."""
    row = chance.choice(rows)
    if chance.random() < 0.5:
        place = chance.randrange(1, len(row.body))
        body = row.body[:place] + ("x" if row.body[place] != "x" else "y") + row.body[place + 1 :]
        await connection.execute("UPDATE ledger SET body = %s WHERE seq = %s", (body, row.seq))
        return Fault(row.seq, "edited")
    hash_ = bytearray(row.hash)
    hash_[chance.randrange(32)] ^= 1 << chance.randrange(8)
    await connection.execute("UPDATE ledger SET hash = %s WHERE seq = %s", (bytes(hash_), row.seq))
    return Fault(row.seq, "edited")


async def delete(connection: Connection, chance: random.Random, rows: list[Row]) -> Fault:
    """One row, not the last."""
    seq = chance.choice(rows[:-1]).seq
    await connection.execute("DELETE FROM ledger WHERE seq = %s", (seq,))
    return Fault(seq, "missing")


async def swap(connection: Connection, chance: random.Random, rows: list[Row]) -> Fault:
    """Two rows, with their hashes or without."""
    one, other = sorted(chance.sample(rows, 2), key=lambda row: row.seq)
    columns = "body = %s, hash = %s" if chance.random() < 0.5 else "body = %s"
    for place, row in ((one.seq, other), (other.seq, one)):
        values = (row.body, row.hash) if "hash" in columns else (row.body,)
        await connection.execute(f"UPDATE ledger SET {columns} WHERE seq = {place}", values)
    return Fault(one.seq, "moved")


async def truncate(connection: Connection, chance: random.Random, rows: list[Row]) -> Fault:
    """The end, and the head set back to what is left."""
    left = chance.randrange(1, len(rows))
    await connection.execute("DELETE FROM ledger WHERE seq > %s", (left,))
    await set_head(connection, rows[left - 1].head)
    return Fault(left + 1, "truncated", (left // EVERY + 1) * EVERY)


async def rewrite(connection: Connection, chance: random.Random, rows: list[Row]) -> Fault:
    """A row and all after it, with hashes and a head that fit."""
    row = chance.choice(rows)
    head = Head(row.seq - 1, row.previous)
    for _ in range(row.seq, len(rows) + 1):
        forged = next_row(head, replace(entry(), officer="somebody-else"), AT)
        values = (forged.body, forged.hash, forged.seq)
        await connection.execute("UPDATE ledger SET body = %s, hash = %s WHERE seq = %s", values)
        head = forged.head
    await set_head(connection, head)
    last_that_agrees = (row.seq - 1) // EVERY * EVERY
    return Fault(last_that_agrees + 1, "rewritten", last_that_agrees + EVERY)


TAMPERING: dict[str, Tamper] = {
    "edit": edit, "delete": delete, "swap": swap, "truncate": truncate, "rewrite": rewrite,
}  # fmt: skip

if __name__ == "__main__":
    main()
