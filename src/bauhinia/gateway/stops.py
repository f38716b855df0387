"""The switch as every gateway has it in memory: what is stopped, who wants no AI, whose content may be kept.

While anything is under way it is read anew four times a second; when nothing is, before the next exchange.
So a stop holds within half a second in every process, and an exchange under way ends with a sentence. What
cannot be read is taken for a stop: no exchange is begun that the database was not asked about, and
one under way ends once nobody could have been heard for as long as the ledger waits for the database.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..errors import BauhiniaError, StoreError
from ..guideline.consent import consent_texts
from ..guideline.without_ai import EVERY_USE, without_ai
from ..store import Database
from .exchange import Decision
from .refusals import error_for

logger = logging.getLogger(__name__)

WATCH = 0.25
"""Seconds between two looks while an exchange is under way."""
FRESH = 0.5
"""Seconds for which a look is enough for the next exchange."""
BLIND = 6.0
"""Seconds after which exchanges under way end when the switch cannot be read. The ledger waits for the
database for five: an answer that was paid for is not lost to a restart."""
_LOOK_SECONDS = 2.0
_OK = Decision("admit", True, "ok")


@dataclass(frozen=True, slots=True)
class _State:
    """What the database says."""

    version: int = 0
    stops: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Why, by scope and subject."""
    opt_outs: frozenset[tuple[str, str]] = frozenset()
    """Officer, use."""
    logged: frozenset[str] = frozenset()
    """Officers who consent to the keeping of what they ask."""


class UnderWay:
    """An exchange that the switch can end wherever it waits, until the end of the block that it is."""

    __slots__ = ("_all", "_limit", "ended_by", "model", "officer", "use")

    def __init__(self, watched: set[UnderWay], officer: str, use: str, model: str) -> None:
        self.officer, self.use, self.model = officer, use, model
        self.ended_by: Decision | None = None
        self._limit: asyncio.Timeout | None = None
        self._all = watched

    def __enter__(self) -> UnderWay:
        self._all.add(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._all.discard(self)

    def within(self, seconds: float | None) -> asyncio.Timeout:
        """A limit of time that the switch cuts short; ask `check` when it is passed."""
        self._limit = asyncio.timeout(seconds)
        return self._limit

    def check(self) -> None:
        """Raises Refused once it was ended."""
        if self.ended_by is not None:
            raise error_for(self.ended_by)

    def end(self, decision: Decision) -> None:
        """End what is waited for now, and all that would be waited for."""
        self.ended_by = decision
        if self._limit is not None:
            try:
                self._limit.reschedule(asyncio.get_running_loop().time())
            except RuntimeError:  # nothing is being waited for; `check` comes before the next wait
                return


class Switch:
    """The switch of one process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._state = _State()
        self._looked = float("-inf")
        self._looking = asyncio.Lock()
        self._all: set[UnderWay] = set()
        self._watch: asyncio.Task[None] | None = None

    async def admit(self, officer: str, use: str, model: str) -> Decision:
        """`ok`, `stopped` or `opted_out`. Raises StoreError where it cannot be read: it fails closed."""
        if time.monotonic() - self._looked > FRESH:
            async with self._looking:
                if time.monotonic() - self._looked > FRESH:
                    await self.look()
        return self.decide(officer, use, model)

    def decide(self, officer: str, use: str, model: str) -> Decision:
        """The same from memory."""
        stops, opt_outs = self._state.stops, self._state.opt_outs
        for place in (("all", ""), ("use", use), ("model", model)):
            if (why := stops.get(place)) is not None:
                what = "All use of AI" if place[0] == "all" else f"The {place[0]} {place[1]}"
                return Decision("admit", False, "stopped", f"{what} is stopped: {why}")
        if (officer, use) in opt_outs or (officer, EVERY_USE) in opt_outs:
            told = f"You chose that no AI is used for you here. {without_ai(use).name('en')}"
            return Decision("admit", False, "opted_out", told)
        return _OK

    def logs(self, officer: str) -> bool:
        """Whether the officer consented, as last read; the database asks again when it keeps something."""
        return officer in self._state.logged

    def under_way(self, officer: str, use: str, model: str) -> UnderWay:
        """Watched until the end of the block."""
        if self._watch is None:
            self._watch = asyncio.create_task(self._keep_watch(), name="watch the switch")
        return UnderWay(self._all, officer, use, model)

    async def look(self) -> None:
        """Read it anew, and end what is stopped. Raises StoreError."""
        began = time.monotonic()
        try:
            async with (
                asyncio.timeout(_LOOK_SECONDS),
                self._database.connection(autocommit=True) as connection,
            ):
                row = await (await connection.execute("SELECT version FROM switch")).fetchone()
                if row is None or row[0] != self._state.version:
                    versions = consent_texts().holding("content")
                    cursor = await connection.execute("SELECT switch_state(%s)", (list(versions),))
                    if (row := await cursor.fetchone()) is None:
                        raise _unreadable()
                    self._state = _state_of(row[0])
        except TimeoutError as error:
            raise _unreadable() from error
        self._looked = began
        for exchange in list(self._all):
            decision = self.decide(exchange.officer, exchange.use, exchange.model)
            if not decision.allowed and exchange.ended_by is None:
                exchange.end(decision)

    async def close(self) -> None:
        """End the watch."""
        if (watch := self._watch) is not None:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)

    async def _keep_watch(self) -> None:
        try:
            while self._all:
                await asyncio.sleep(WATCH)
                await self._watch_once()
        finally:
            self._watch = None

    async def _watch_once(self) -> None:
        try:
            await self.look()
        except BauhiniaError:
            if time.monotonic() - self._looked > BLIND:
                logger.warning("the switch cannot be read; %d exchanges are ended", len(self._all))
                lost = Decision("admit", False, "switch_lost", "The switch that stops AI cannot be read.")
                for exchange in list(self._all):
                    exchange.end(lost)


def _state_of(found: dict[str, list[list[str]]]) -> _State:
    version: object = found["version"]
    assert isinstance(version, int)
    return _State(
        version=version,
        stops={(scope, subject): why for scope, subject, why in found["stops"]},
        opt_outs=frozenset((officer, use) for officer, use in found["opt_outs"]),
        logged=frozenset(map(str, found["logged"])),
    )


def _unreadable() -> StoreError:
    return StoreError("The switch that stops AI cannot be read.", hint="Try again in a few seconds.")
