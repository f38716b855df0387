"""The tree as the database helps to compute it: the hashes of every 256th part are kept, the rest is not.

The table `ledger_tiles` saves reading every row for a proof, and is believed by nobody: what is computed with
it is held against a signed root. The application's role cannot touch it.
"""

from __future__ import annotations

import asyncio

from ..errors import StoreError
from ..store import Connection
from . import tree
from .chain import Head

BITS = 8
"""Levels from one kept node to the next: 256 rows, 65 536 rows, ..."""
_AT_ONCE = 64
"""Nodes that are filled in with one statement."""


async def read_head(connection: Connection, *, lock: bool = False) -> Head:
    """Where the chain ends. Raises StoreError where the database does not say."""
    query = "SELECT seq, hash FROM ledger_head"
    cursor = await connection.execute(f"{query} FOR UPDATE" if lock else query)
    row = await cursor.fetchone()
    if row is None:
        raise StoreError(
            "The ledger's head is missing from the database.",
            hint="Somebody changed the database: restore a backup, and keep this one for inquiry.",
        )
    return Head(row[0], bytes(row[1]))


async def root(connection: Connection, size: int) -> bytes:
    """The root of the tree over the first `size` entries. Raises StoreError where one is missing."""
    return await tree.root(size, nodes(connection))


def nodes(connection: Connection) -> tree.NodeOf:
    """The hashes of whole nodes; each reads at most 255 rows."""

    async def node_of(node: tree.Node) -> bytes:
        level, place = node
        base = level - level % BITS
        width = 1 << (level - base)
        return tree.whole(await _row_of(connection, base, place * width, width))

    return node_of


async def fill(connection: Connection, size: int) -> None:
    """Keep the nodes that are whole in a tree of `size` leaves and not kept yet. Raises StoreError."""
    level = BITS
    while size >> level:
        await _fill_level(connection, level, size >> level)
        level += BITS


async def recompute(connection: Connection, size: int) -> None:
    """Forget what is kept, and fill it in from the rows. Raises StoreError."""
    await connection.execute("DELETE FROM ledger_tiles")
    await fill(connection, size)


async def _fill_level(connection: Connection, level: int, whole: int) -> None:
    query = "SELECT coalesce(max(place) + 1, 0) FROM ledger_tiles WHERE level = %s"
    row = await (await connection.execute(query, (level,))).fetchone()
    assert row is not None
    for first in range(row[0], whole, _AT_ONCE):
        places = range(first, min(first + _AT_ONCE, whole))
        await _keep(connection, level, places)


async def _keep(connection: Connection, level: int, places: range) -> None:
    below = await _row_of(connection, level - BITS, places.start << BITS, len(places) << BITS)
    hashes = await asyncio.to_thread(_tiles, below)
    await connection.execute(
        "INSERT INTO ledger_tiles (level, place, hash)"
        " SELECT %s, * FROM unnest(%s::bigint[], %s::bytea[]) ON CONFLICT DO NOTHING",
        (level, list(places), hashes),
    )


def _tiles(below: list[bytes]) -> list[bytes]:
    return [tree.whole(below[first : first + 256]) for first in range(0, len(below), 256)]


async def _row_of(connection: Connection, level: int, first: int, count: int) -> list[bytes]:
    """So many nodes of a kept level, or leaves. Raises StoreError where a row is missing."""
    if level:
        return await _kept_row(connection, level, first, count)
    cursor = await connection.execute(
        "SELECT hash FROM ledger WHERE seq > %s AND seq <= %s ORDER BY seq", (first, first + count)
    )
    found = [tree.leaf(bytes(row[0])) for row in await cursor.fetchall()]
    if len(found) != count:
        raise StoreError(
            f"The ledger is not whole between entries {first + 1} and {first + count}.",
            hint="Run `bauhinia ledger verify`, and keep this database for inquiry.",
        )
    return found


async def _kept_row(connection: Connection, level: int, first: int, count: int) -> list[bytes]:
    """Nodes as they are kept; one that is not is computed."""
    cursor = await connection.execute(
        "SELECT place, hash FROM ledger_tiles WHERE level = %s AND place >= %s AND place < %s",
        (level, first, first + count),
    )
    kept = {row[0]: bytes(row[1]) for row in await cursor.fetchall()}
    for place in range(first, first + count):
        if place not in kept:
            below = await _row_of(connection, level - BITS, place << BITS, 1 << BITS)
            kept[place] = tree.whole(below)
    return [kept[place] for place in range(first, first + count)]
