"""Reading the ledger again, and holding it against what was kept outside: what was edited, taken out, put
elsewhere, cut off or written anew.

Every row is read and hashed here; the database hashes nothing. Large ledgers are read by several processes,
each a stretch of one snapshot. A stretch begins with the stored hash of the row before it, which the stretch
before has computed: so every link of the chain is checked, wherever it is cut.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from ..errors import StoreError
from ..store import Connection, Database
from . import tree
from .chain import Head
from .checkpoints import Checkpoints, Place
from .notes import Checkpoint, PublicKey, Signed
from .reading import MOST_FAULTS, TILE, Fault, Found, Stretch, read

STRETCH = 1 << 16
"""Rows that are read in one go: about 50 MB pass, and the hashes of one stretch are in memory."""
_PROCESSES_FROM = 2 * STRETCH
"""Rows from which starting processes is worth its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a reading of the whole ledger found."""

    entries: int
    head: Head
    faults: tuple[Fault, ...]
    """By row; the first is where to begin looking."""
    anchored: bool
    """Whether there was anything kept outside to compare with; without, truncation cannot be seen."""
    checkpoint: int | None = None
    """The size of the largest signed checkpoint that the rows agree with."""

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class _Held:
    """What a place had before the rows were looked at."""

    place: Place
    newest: Signed | None
    """The largest checkpoint that our key signed."""
    largest: int | None
    """The largest size of any note."""


@dataclass(frozen=True, slots=True)
class _Outside:
    """What one place outside says of the ledger."""

    faults: tuple[Fault, ...]
    agrees: Checkpoint | None
    """The largest checkpoint that the rows agree with."""
    there: bool
    """Whether it has a checkpoint at all."""


async def verify(
    database: Database,
    kept: Head | None,
    checkpoints: Checkpoints | None = None,
    *,
    with_tree: bool = False,
    processes: int = 0,
) -> Verification:
    """Read every row, in one consistent view of the database, and compare with what is kept outside.

    `with_tree` computes the tree's root anew too, which takes half as long again. 0 processes take as many as
    there are processors. Raises StoreError where the database or a place of checkpoints cannot be read.
    """
    # Before the view of the database is taken: what is signed meanwhile is of rows that it does not have.
    held = [await _held(place, checkpoints.keys) for place in checkpoints.places] if checkpoints else []
    async with database.maintenance() as connection:
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        snapshot = await _one(connection, "SELECT pg_export_snapshot()")
        last = int(await _one(connection, "SELECT coalesce(max(seq), 0) FROM ledger"))
        stretches = [
            Stretch(database.url, snapshot, first, min(first + STRETCH, last), with_tree)
            for first in range(0, last, STRETCH)
        ]
        found = await _read_all(stretches, processes)
        faults = [fault for each in found for fault in each.faults]
        keys = checkpoints.keys if checkpoints else []
        outside = [await _compared(connection, each, keys, last) for each in held]
        agrees = max(
            (each.agrees for each in outside if each.agrees), key=lambda each: each.size, default=None
        )
        for each in outside:
            faults += [fault for fault in each.faults if not _explained(fault, faults)]
        head = Head(last, await _hash_at(connection, last) or b"")
        for fault in await _ends(connection, head, kept, agrees.size if agrees else 0):
            faults += [] if _explained(fault, faults) else [fault]
        if with_tree and agrees is not None and not faults:
            faults += await _tree_faults(connection, found, agrees)
    return Verification(
        entries=sum(each.rows for each in found),
        head=head if last else Head.empty(),
        faults=tuple(sorted(set(faults), key=lambda fault: fault.seq)[:MOST_FAULTS]),
        anchored=kept is not None or any(each.there for each in outside),
        checkpoint=agrees.size if agrees else None,
    )


async def _read_all(stretches: Sequence[Stretch], processes: int) -> list[Found]:
    """Each stretch, in processes where there is much to read."""
    if not stretches or stretches[-1].last <= _PROCESSES_FROM:
        return [await asyncio.to_thread(read, stretch) for stretch in stretches]
    workers = min(processes or os.cpu_count() or 1, len(stretches))
    loop = asyncio.get_running_loop()
    # Not forked: this process has threads and connections.
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
    try:
        return await asyncio.gather(*(loop.run_in_executor(pool, read, stretch) for stretch in stretches))
    finally:
        # A server that stops waits for the stretches that are being read, and for no more.
        pool.shutdown(cancel_futures=True)


def _explained(fault: Fault, found: Sequence[Fault]) -> bool:
    """Whether what is held against a checkpoint is only what a row before it shows already."""
    end = fault.checkpoint or fault.seq
    return fault.kind != "unsigned" and any(
        fault.seq <= each.seq <= end for each in found if each.kind != "unsigned"
    )


async def _ends(connection: Connection, head: Head, kept: Head | None, agreed: int) -> list[Fault]:
    """Whether the chain ends where the database and the head kept outside have it."""
    row = await (await connection.execute("SELECT seq, hash FROM ledger_head")).fetchone()
    recorded = Head(row[0], bytes(row[1])) if row else Head(0, b"")
    faults = []
    for other in (recorded, kept):
        if other is not None and other.seq > head.seq:
            faults.append(Fault(head.seq + 1, "truncated", None if other is recorded else other.seq))
    if kept is not None and 0 < kept.seq <= head.seq and await _hash_at(connection, kept.seq) != kept.hash:
        faults.append(Fault(min(agreed + 1, kept.seq), "rewritten", kept.seq))
    if recorded.seq <= head.seq and recorded != (head if head.seq else Head.empty()):
        faults.append(Fault(head.seq, "rewritten"))
    return faults


async def _held(place: Place, keys: Sequence[PublicKey]) -> _Held:
    # In this order: a note that comes between the two is not taken for one that nobody signed.
    largest = await place.largest()
    return _Held(place, await place.newest(keys), largest)


async def _compared(connection: Connection, held: _Held, keys: Sequence[PublicKey], last: int) -> _Outside:
    """Hold the rows against the checkpoints of a place. Whoever agrees with one agrees with all before it."""
    newest, largest, faults = held.newest, held.largest, list[Fault]()
    if largest is not None and (newest is None or newest.size < largest):
        faults.append(Fault(min(largest, last + 1), "unsigned", largest))
    if newest is None:
        return _Outside(tuple(faults), None, there=False)
    if await _agrees(connection, newest.checkpoint):
        return _Outside(tuple(faults), newest.checkpoint, there=True)
    good, bad = await _parting(connection, held.place, keys, newest.checkpoint)
    if bad.size > last:
        faults.append(Fault(last + 1, "truncated", bad.size))
    else:
        faults.append(Fault((good.size if good else 0) + 1, "rewritten", bad.size))
    return _Outside(tuple(faults), good, there=True)


async def _parting(
    connection: Connection, place: Place, keys: Sequence[PublicKey], bad: Checkpoint
) -> tuple[Checkpoint | None, Checkpoint]:
    """The last checkpoint that the rows agree with and the first that they do not."""
    sizes = [size for size in await place.sizes() if size < bad.size]
    good: Checkpoint | None = None
    while sizes:
        middle = len(sizes) // 2
        found = await place.read(sizes[middle])
        if found is None or not found.is_by(keys):
            del sizes[middle]
        elif await _agrees(connection, found.checkpoint):
            good, sizes = found.checkpoint, sizes[middle + 1 :]
        else:
            bad, sizes = found.checkpoint, sizes[:middle]
    return good, bad


async def _agrees(connection: Connection, checkpoint: Checkpoint) -> bool:
    return await _hash_at(connection, checkpoint.size) == checkpoint.chain


async def _tree_faults(connection: Connection, found: Sequence[Found], checkpoint: Checkpoint) -> list[Fault]:
    """Whether the root that was signed is the root over these rows."""
    tiles = [tile for each in found for tile in each.tiles]

    async def node_of(node: tree.Node) -> bytes:
        level, place = node
        first, end = place << level, (place + 1) << level
        if level >= 8:
            return tree.whole(tiles[first // TILE : end // TILE])
        cursor = await connection.execute(
            "SELECT hash FROM ledger WHERE seq > %s AND seq <= %s ORDER BY seq", (first, end)
        )
        return tree.whole([tree.leaf(bytes(row[0])) for row in await cursor.fetchall()])

    same = await tree.root(checkpoint.size, node_of) == checkpoint.root
    return [] if same else [Fault(checkpoint.size, "rewritten", checkpoint.size)]


async def _hash_at(connection: Connection, seq: int) -> bytes | None:
    row = await (await connection.execute("SELECT hash FROM ledger WHERE seq = %s", (seq,))).fetchone()
    return None if row is None else bytes(row[0])


async def _one(connection: Connection, query: str) -> str:
    row = await (await connection.execute(query)).fetchone()
    if row is None:
        raise StoreError("The ledger cannot be read.", hint="Look at the database's log.")
    return str(row[0])
