"""Reading a stretch of the ledger along its chain: fast while all is well, row by row where it is not.

Runs in a thread or in a process of its own, on a connection of its own. Rows come by PostgreSQL's COPY, which
costs a third of what a cursor does. The database hashes nothing: it may be what was tampered with.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal, LiteralString

import orjson
import psycopg
from psycopg import Connection, sql
from psycopg.pq import ExecStatus

from . import tree
from .chain import GENESIS, link

FaultKind = Literal["edited", "missing", "moved", "truncated", "rewritten", "unsigned"]

TILE = 256
"""Rows under a kept node of the tree."""
MOST_FAULTS = 1_000
"""Faults that are named; a ledger with more is not read any better."""
_SIZE = b"\x00\x00\x00\x20"
"""What stands before a hash of 32 bytes in COPY's binary format."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something is wrong with the ledger at this row."""

    seq: int
    kind: FaultKind
    """`edited`: body or hash is not what was written. `missing`: no row has this number. `moved`: the body
    was written for another number. `truncated`: the chain once went further than it does. `rewritten`: the
    chain is sound in itself but is not the one that was kept outside. `unsigned`: the newest checkpoint in a
    place outside was not signed by our key."""
    checkpoint: int | None = None
    """The size of the checkpoint, or the number of the head, that it is held against; None for what rows
    show by themselves."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows `first < seq <= last` as one snapshot of a database has them."""

    url: str
    snapshot: str
    first: int
    last: int
    tree: bool
    """Whether the tree's nodes are computed too."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was read of a stretch."""

    rows: int
    faults: tuple[Fault, ...]
    tiles: tuple[bytes, ...] = ()
    """The nodes over each 256 rows, where the tree was wanted and every row is there."""


def read(stretch: Stretch) -> Found:
    """Read a stretch. Blocks. Raises what psycopg does."""
    with on_snapshot(stretch.url, stretch.snapshot) as connection:
        before = _before(connection, stretch.first)
        if before is not None:
            hashes = _followed(connection, stretch, before)
            if hashes is not None:
                tiles = _tiles(hashes) if stretch.tree else ()
                return Found(len(hashes), (), tiles)
        return _looked_at(connection, stretch)


@contextmanager
def on_snapshot(url: str, snapshot: str) -> Iterator[Connection[Any]]:
    """A connection that sees the database as another one's transaction does."""
    # Text comes as the bytes that were hashed, whatever they are.
    with psycopg.connect(url, client_encoding="SQL_ASCII") as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        connection.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(snapshot))
        yield connection


def _before(connection: Connection[Any], first: int) -> bytes | None:
    """The hash that the stretch holds on to; None where its row is not there.

    That row is the last of the stretch before, which compares this hash with what it computed.
    """
    if first == 0:
        return GENESIS
    row = connection.execute("SELECT hash FROM ledger WHERE seq = %s", (first,), binary=True).fetchone()
    return None if row is None else bytes(row[0])


def _followed(connection: Connection[Any], stretch: Stretch, hash_: bytes) -> list[bytes] | None:
    """The hashes of the rows; None where one is missing or not as its chain has it."""
    found = []
    with closing(_copied(connection, stretch)) as rows:
        for row in rows:
            # COPY's row: two bytes how many fields, four how long the body is, the body, `_SIZE`, the hash.
            # No text of PostgreSQL's has a zero byte: a body or hash of another length cannot pass for this.
            hash_ = sha256(hash_ + row[6:-36]).digest()
            if not row.endswith(_SIZE + hash_):
                return None
            found.append(hash_)
    return found if len(found) == stretch.last - stretch.first else None


def _copied(connection: Connection[Any], stretch: Stretch) -> Generator[bytes, None, None]:
    """Each row's body and hash in COPY's binary format."""
    copy = sql.SQL(_COPY).format(stretch.first, stretch.last).as_bytes(connection)
    server = connection.pgconn
    begun = server.exec_(copy)
    if begun.status != ExecStatus.COPY_OUT:
        raise psycopg.DatabaseError(begun.error_message.decode(errors="replace"))
    get = server.get_copy_data
    try:
        size, data = get(0)
        first = bytes(data)[_HEADER:]
        if first != _END:
            yield first
        size, data = get(0)
        while size > len(_END):
            yield bytes(data)
            size, data = get(0)
    finally:
        # Also where nobody reads on: the connection is needed again.
        while size > 0:
            size, data = get(0)
        ended = server.get_result()
        while server.get_result() is not None:
            pass
    if ended is None or ended.status != ExecStatus.COMMAND_OK:
        raise psycopg.DatabaseError("the ledger's rows were not sent to their end")


_HEADER = 19
"""Bytes before the first row."""
_END = b"\xff\xff"
_COPY: LiteralString = (
    "COPY (SELECT body, hash FROM ledger WHERE seq > {} AND seq <= {} ORDER BY seq) TO STDOUT (FORMAT BINARY)"
)


def _tiles(hashes: list[bytes]) -> tuple[bytes, ...]:
    """The nodes over each 256 rows that are all there."""
    starts = range(0, len(hashes) - TILE + 1, TILE)
    return tuple(tree.whole([tree.leaf(each) for each in hashes[start : start + TILE]]) for start in starts)


def _looked_at(connection: Connection[Any], stretch: Stretch) -> Found:
    """Row by row: which are not as they were written."""
    with connection.cursor(name="ledger", binary=True) as cursor:
        cursor.itersize = 5_000
        cursor.execute(
            "SELECT seq, body, hash FROM ledger WHERE seq > %s AND seq <= %s ORDER BY seq",
            (stretch.first, stretch.last),
        )
        before = _before(connection, stretch.first)
        place, rows, faults = stretch.first, 0, list[Fault]()
        for seq, body, stored in cursor:
            faults += _missing(place + 1, seq)
            if before is not None and seq == place + 1 and link(before, body) != stored:
                faults.append(Fault(seq, "moved" if _written_for(body) not in (None, seq) else "edited"))
            place, before, rows = seq, stored, rows + 1
            del faults[MOST_FAULTS:]
    faults += _missing(place + 1, stretch.last + 1)
    return Found(rows, tuple(faults[:MOST_FAULTS]))


def _missing(first: int, end: int) -> list[Fault]:
    return [Fault(seq, "missing") for seq in range(first, min(end, first + MOST_FAULTS))]


def _written_for(body: bytes) -> int | None:
    try:
        seq = orjson.loads(body)["seq"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
    return seq if isinstance(seq, int) else None
