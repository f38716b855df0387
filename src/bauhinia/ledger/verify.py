"""Reading the chain again: what was edited, taken out, put elsewhere or cut off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import orjson

from ..store import Database
from .chain import Head, link

FaultKind = Literal["edited", "missing", "moved", "truncated", "rewritten"]

_FETCH = 5_000


@dataclass(frozen=True, slots=True)
class Fault:
    """Something is wrong with the ledger at this row."""

    seq: int
    kind: FaultKind
    """`edited`: body or hash is not what was written. `missing`: no row has this number. `moved`: the body
    was written for another number. `truncated`: the chain once went further than it does. `rewritten`: the
    chain is sound in itself but is not the one whose head was kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a reading of the whole ledger found."""

    entries: int
    head: Head
    faults: tuple[Fault, ...]
    anchored: bool
    """Whether there was a head kept outside to compare with; without one, truncation cannot be seen."""

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not self.faults


class _Reader:
    """Follows the chain row by row."""

    def __init__(self, kept: Head | None) -> None:
        self.head = Head.empty()
        self.entries = 0
        self.faults: list[Fault] = []
        self._kept = kept

    def read(self, seq: int, body: str, stored: bytes) -> None:
        self.faults.extend(Fault(missing, "missing") for missing in self._gap(seq))
        follows = seq == self.head.seq + 1
        if follows and link(self.head.hash, body) != stored:
            self.faults.append(Fault(seq, "moved" if _written_for(body) not in (None, seq) else "edited"))
        self.head = Head(seq, stored)
        self.entries += 1
        if self._kept is not None and seq == self._kept.seq and stored != self._kept.hash:
            self.faults.append(Fault(seq, "rewritten"))

    def finish(self, recorded: Head) -> None:
        furthest = max(recorded.seq, self._kept.seq if self._kept else 0)
        if self.head.seq < furthest:
            self.faults.append(Fault(self.head.seq + 1, "truncated"))
        elif recorded != self.head:
            self.faults.append(Fault(self.head.seq, "rewritten"))

    def _gap(self, seq: int) -> Iterator[int]:
        yield from range(self.head.seq + 1, seq)


def _written_for(body: str) -> int | None:
    try:
        seq = orjson.loads(body)["seq"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
    return seq if isinstance(seq, int) else None


async def verify(database: Database, kept: Head | None) -> Verification:
    """Stream the table in order, in one consistent view of the database, and compare with `kept`."""
    reader = _Reader(kept)
    async with database.connection(snapshot=True) as connection:
        row = await (await connection.execute("SELECT seq, hash FROM ledger_head")).fetchone()
        recorded = Head(row[0], bytes(row[1])) if row else Head(0, b"")
        async with connection.cursor(name="ledger", binary=True) as cursor:
            cursor.itersize = _FETCH
            await cursor.execute("SELECT seq, body, hash FROM ledger ORDER BY seq")
            async for seq, body, stored in cursor:
                reader.read(seq, body, stored)
    reader.finish(recorded)
    return Verification(
        entries=reader.entries, head=reader.head, faults=tuple(reader.faults), anchored=kept is not None
    )
