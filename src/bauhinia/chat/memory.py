"""What a person lets the assistant know of them: written by themselves, off until they turn it on, seen,
changed and deleted on one page. Nothing is ever put in from a conversation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb
from pydantic import Field

from ..errors import InputError
from ..language import Variety
from ..privacy import find_personal
from ..store import Database
from .tools.resolve import districts
from .tools.result import Frozen

MOST_RIDES = 3
MOST_NEEDS = 3
LONGEST_LINE = 120


class Ride(Frozen):
    """A stop that a person uses."""

    called: str = Field(default="", max_length=20)
    """What they call where it takes them: `home`, 屋企."""
    route: str = Field(default="", max_length=10)
    """Of a bus or minibus; empty for a station."""
    stop: str = Field(min_length=1, max_length=60)


class Memory(Frozen):
    """All of it."""

    language: Variety | None = None
    """What to answer in where a question could be in either."""
    district: str = Field(default="", max_length=40)
    """One of `districts()`; empty for none."""
    rides: tuple[Ride, ...] = Field(default=(), max_length=MOST_RIDES)
    needs: tuple[str, ...] = Field(default=(), max_length=MOST_NEEDS)
    """In the person's words: `I use a wheelchair`."""


NOTHING = Memory()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    kept: dict[str, Any]
    changed: datetime


class Memories:
    """The memories of one database; everybody sees their own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def mine(self) -> Memory | None:
        """The acting person's; None where it is off."""
        found = await self._database.rows(_Row, "SELECT kept, changed FROM chat_memories")
        return Memory.model_validate(found[0].kept) if found else None

    async def keep(self, memory: Memory) -> None:
        """Turn it on, with this in it. Raises InputError for what must not be kept."""
        check(memory)
        await self._database.write(_KEEP, {"kept": Jsonb(memory.model_dump(mode="json"))})

    async def forget(self) -> int:
        """Turn it off: nothing is kept. How many there were."""
        return await self._database.write("DELETE FROM chat_memories", ())


def check(memory: Memory) -> None:
    """Raises InputError for a district that is none, and for what identifies a person."""
    if memory.district and memory.district not in districts().things:
        raise InputError("There is no such district.", hint="Choose one of the list.")
    for line in _lines(memory):
        if len(line) > LONGEST_LINE:
            raise InputError(
                f"A line has more than {LONGEST_LINE} characters.", hint="Write it in fewer words."
            )
        if found := find_personal(line):
            raise InputError(
                f"“{found[0].value}” looks like personal data, which is not kept.",
                hint="Leave out names, numbers and addresses: a stop or a need is enough.",
            )


def _lines(memory: Memory) -> Iterator[str]:
    yield from memory.needs
    for ride in memory.rides:
        # Apart: a route before a road's name looks like an address.
        yield ride.called
        yield ride.stop


_KEEP = """
INSERT INTO chat_memories (kept) VALUES (%(kept)s)
ON CONFLICT (owner) DO UPDATE SET kept = excluded.kept, changed = clock_timestamp()
"""
