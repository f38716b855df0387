"""The line before the model: one place a person, first come first served, with an honest wait.

As it grows, answers get worse in steps that are told: shorter, then only what departments wrote and live
sources give, then a "come back later" with the time.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Literal, NamedTuple

from ..errors import ModelBusy

Step = Literal["whole", "brief", "curated_only"]
BRIEF, CURATED, FULL = 4, 12, 40
"""Waiting for each place at the model: from here on answers are short, without the model, and refused."""
MOST_OWN, MOST_OF_A_NETWORK = 2, 8
"""Questions that one person, and that one network for each place at the model, may have waiting: nobody alone
brings the line to where others get less."""
TELL_SECONDS = 2.0
"""How often who waits is told anew."""
FIRST_GUESS = 20.0
"""Seconds that an answer is taken to need until some were measured."""
_WEIGHT = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Where somebody stands."""

    before: int
    """How many are served first."""
    seconds: int
    """Until their turn, from how long answers took of late."""


def too_many(wait: int) -> ModelBusy:
    """Told to whoever would have to wait behind everybody; `wait` is in seconds."""
    return ModelBusy(
        "Too many people are asking at the moment.", hint="Please come back later.", retry_after=wait
    )


class _Ticket(NamedTuple):
    person: str
    network: bytes
    called: asyncio.Event


class Line:
    """The line of one process."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._under_way: set[str] = set()
        self._waiting: OrderedDict[object, _Ticket] = OrderedDict()
        self._seconds = FIRST_GUESS

    @property
    def length(self) -> int:
        """How many wait."""
        return len(self._waiting)

    @property
    def step(self) -> Step:
        """How much is given at the moment."""
        each = self.length / self._places
        return "curated_only" if each >= CURATED else "brief" if each >= BRIEF else "whole"

    @property
    def wait(self) -> int:
        """Seconds that somebody who comes now would wait."""
        return self._expected(self.length)

    @asynccontextmanager
    async def joined(self, person: str, network: bytes = b"") -> AsyncIterator[AsyncGenerator[Waiting, None]]:
        """A place in the line: what it gives is told while waiting and ends when it is this person's turn.
        `network` is a mark of where a guest is; empty for whoever is signed in.

        Leaving the block lets the next one in. Raises ModelBusy when the line is full, or has too many
        questions of theirs.
        """
        self._check_room(person, network)
        ticket, called = object(), asyncio.Event()
        self._waiting[ticket] = _Ticket(person, network, called)
        self._call()
        began: float | None = None

        async def waiting() -> AsyncGenerator[Waiting, None]:
            nonlocal began
            while not called.is_set():
                yield self._standing(ticket)
                try:
                    async with asyncio.timeout(TELL_SECONDS):
                        await called.wait()
                except TimeoutError:
                    continue
            began = monotonic()

        try:
            yield waiting()
        finally:
            if self._waiting.pop(ticket, None) is None:
                self._under_way.discard(person)
                if began is not None:
                    self._seconds += _WEIGHT * (monotonic() - began - self._seconds)
            self._call()

    def _check_room(self, person: str, network: bytes) -> None:
        """Raises ModelBusy."""
        own = sum(each.person == person for each in self._waiting.values())
        near = sum(each.network == network != b"" for each in self._waiting.values())
        if self.length >= FULL * self._places:
            raise too_many(self.wait)
        if own >= MOST_OWN or near >= MOST_OF_A_NETWORK * self._places:
            raise ModelBusy(
                "So many questions from one place are waiting already.",
                hint="Wait for their answers first.",
                retry_after=self.wait,
            )

    def _call(self) -> None:
        """Call those whose turn it is: a person who is being answered does not hold up the others."""
        for ticket, (person, _, called) in list(self._waiting.items()):
            if len(self._under_way) >= self._places:
                return
            if person not in self._under_way:
                del self._waiting[ticket]
                self._under_way.add(person)
                called.set()

    def _standing(self, ticket: object) -> Waiting:
        before = list(self._waiting).index(ticket)
        return Waiting(before=before, seconds=self._expected(before))

    def _expected(self, before: int) -> int:
        return round((before + 1) * self._seconds / self._places)
