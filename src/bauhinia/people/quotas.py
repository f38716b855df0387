"""Quotas: how much an officer, a department or an AI use may ask of models, and how much they have.

What was used is added up in the database by the statement that records a call. A process remembers it for a
second, adds what it settles itself, and asks anew when a limit is near; what is under way counts as it was
estimated. So within one process no limit is passed; several may pass one by what each has under way.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Literal, NamedTuple

from psycopg.types.json import Jsonb

from ..store import Database, Remembered
from .officer import Officer

Scope = Literal["officer", "each officer", "department", "use"]
Measure = Literal["requests", "tokens", "cost"]
Period = Literal["day", "month"]
SCOPES: tuple[Scope, ...] = ("officer", "each officer", "department", "use")
MEASURES: tuple[Measure, ...] = ("requests", "tokens", "cost")
PERIODS: tuple[Period, ...] = ("day", "month")
HONG_KONG = timezone(timedelta(hours=8))
"""Days and months are those of Hong Kong, which has no summer time."""
REMEMBERED = 1.0
"""Seconds for which limits and what was used are not asked anew."""
_NEAR = 0.9
"""Share of a limit from which the database is asked each time."""


class Amount(NamedTuple):
    """Of models' work."""

    requests: int = 0
    tokens: int = 0
    cost: int = 0
    """Millionths of a HK$."""

    def plus(self, other: Amount) -> Amount:
        """Both together."""
        return Amount(self.requests + other.requests, self.tokens + other.tokens, self.cost + other.cost)

    def minus(self, other: Amount) -> Amount:
        """What is left of it."""
        return Amount(self.requests - other.requests, self.tokens - other.tokens, self.cost - other.cost)

    def of(self, measure: Measure) -> int:
        """One of its measures."""
        return self.requests if measure == "requests" else self.tokens if measure == "tokens" else self.cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How much may be used in a period."""

    id: int
    scope: Scope
    department: str
    """Empty for all departments."""
    subject: str
    """An officer's id or an AI use; empty for each officer and for a department."""
    measure: Measure
    period: Period
    most: int
    warn_at: int
    """Percent of `most` from which the officer is told."""

    def holds(self, officer: Officer, use: str) -> bool:
        """Whether it is for that officer's asking for that use."""
        if self.department not in ("", officer.department):
            return False
        return self.subject in ("", officer.id if self.scope == "officer" else use)


class _Subject(NamedTuple):
    """What is added up: one of the rows of `usage_totals`."""

    scope: str
    subject: str

    @classmethod
    def of(cls, limit: Limit, officer: Officer) -> _Subject:
        if limit.scope in ("officer", "each officer"):
            return cls("officer", officer.id)
        if limit.scope == "department":
            return cls("department", officer.department)
        if limit.department:
            return cls("department use", f"{limit.department}\n{limit.subject}")
        return cls("use", limit.subject)


class Standing(NamedTuple):
    """A limit, and what has been used of it, what is under way included."""

    limit: Limit
    used: int

    @property
    def left(self) -> int:
        """What may still be used."""
        return max(0, self.limit.most - self.used)

    @property
    def warned(self) -> bool:
        """Whether the officer is to be told."""
        return self.used * 100 >= self.limit.most * self.limit.warn_at

    def fits(self, more: Amount) -> bool:
        """Whether so much more may be used."""
        return self.used + more.of(self.limit.measure) <= self.limit.most


@dataclass(slots=True)
class Reservation:
    """Room for one call, held from its admission until it is recorded."""

    quotas: Quotas
    subjects: frozenset[_Subject]
    estimate: Amount
    standings: tuple[Standing, ...]
    refused: Standing | None = None
    """The limit that it does not fit into; nothing is held then."""
    settled: bool = False

    @property
    def warned(self) -> Standing | None:
        """The limit of which the officer is to be told."""
        return next((standing for standing in self.standings if standing.warned), None)

    def settle(self, actual: Amount) -> None:
        """Let go of the room; what was really used is recorded. Once: a second time does nothing."""
        if self.settled or self.refused:
            return
        self.settled = True
        self.quotas._settle(self, actual)


@dataclass(slots=True)
class _Known:
    """What was used by a subject in the current day and month."""

    at: float
    amounts: dict[str, Amount]


class _Held(NamedTuple):
    """What an officer is held to who asks for an AI use."""

    limits: tuple[tuple[Limit, _Subject], ...]
    """Each with what it is a limit of."""
    subjects: frozenset[_Subject]


class Quotas:
    """The quotas of one database, as one process holds its officers to them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._limits: Remembered[str, list[Limit]] = Remembered(REMEMBERED)
        self._read: list[Limit] = []
        """The limits of which `_held` was made."""
        self._held: dict[tuple[str, str, str], _Held] = {}
        """By officer, department and AI use."""
        self._recent: Remembered[frozenset[_Subject], bool] = Remembered(REMEMBERED)
        """Whose use was learnt a moment ago."""
        self._known: dict[_Subject, _Known] = {}
        self._under_way: defaultdict[_Subject, Amount] = defaultdict(Amount)
        self._settled: defaultdict[_Subject, Amount] = defaultdict(Amount)
        """All that this process has settled."""

    async def reserve(self, officer: Officer, use: str, estimate: Amount) -> Reservation:
        """Room for a call of that size; `refused` says which limit it does not fit into. Raises
        StoreError."""
        limits, subjects = await self._that_hold(officer, use)
        if subjects:
            await self._recent.get(subjects, lambda: self._learn(subjects))
        # From where they were read last to the end nothing is awaited: what is found to be free is held.
        standings = tuple(self._standings(limits))
        if any(_is_near(standing, estimate) for standing in standings):
            await self._learn(subjects)
            standings = tuple(self._standings(limits))
        refused = next((standing for standing in standings if not standing.fits(estimate)), None)
        if refused is None:
            for subject in subjects:
                self._under_way[subject] = self._under_way[subject].plus(estimate)
        return Reservation(self, subjects, estimate, standings, refused)

    async def standings(self, officer: Officer, *uses: str) -> list[Standing]:
        """Every limit on that officer's asking for these uses, once, and what has been used of it."""
        held = [await self._that_hold(officer, use) for use in uses]
        limits = {limit.id: (limit, subject) for each in held for limit, subject in each.limits}
        if subjects := frozenset[_Subject]().union(*(each.subjects for each in held)):
            await self._learn(subjects)
        return list(self._standings(limits.values()))

    def forget(self) -> None:
        """Ask for the limits anew: one was just set."""
        self._limits.forget()

    def _settle(self, reservation: Reservation, actual: Amount) -> None:
        for subject in reservation.subjects:
            self._under_way[subject] = self._under_way[subject].minus(reservation.estimate)
            if self._under_way[subject] == Amount():
                del self._under_way[subject]
            self._settled[subject] = self._settled[subject].plus(actual)
            if known := self._known.get(subject):
                known.amounts = {period: amount.plus(actual) for period, amount in known.amounts.items()}

    async def _that_hold(self, officer: Officer, use: str) -> _Held:
        read = await self._limits.get("all", self._read_limits)
        if read is not self._read:
            self._read, self._held = read, {}
        key = (officer.id, officer.department, use)
        if (held := self._held.get(key)) is None:
            limits = in_force([limit for limit in read if limit.holds(officer, use)])
            pairs = tuple((limit, _Subject.of(limit, officer)) for limit in limits)
            held = self._held[key] = _Held(pairs, frozenset(subject for _, subject in pairs))
        return held

    async def _read_limits(self) -> list[Limit]:
        return await self._database.rows(Limit, "SELECT * FROM quotas_in_force()")

    async def _learn(self, subjects: frozenset[_Subject]) -> bool:
        """Read what the subjects have used; true."""
        at, today = time.monotonic(), datetime.now(HONG_KONG).date()
        asked = [
            {
                "scope": each.scope,
                "subject": each.subject,
                "period": period,
                "begins": str(begins(period, today)),
            }
            for each in subjects
            for period in PERIODS
        ]
        before = {each: self._settled[each] for each in subjects}
        async with self._database.connection() as connection:
            cursor = await connection.execute("SELECT * FROM usage_so_far(%s)", (Jsonb(asked),))
            rows = await cursor.fetchall()
        for each in subjects:
            # What was settled meanwhile may have been read or not: counted twice it errs on the safe side.
            meanwhile = self._settled[each].minus(before[each])
            self._known[each] = _Known(at, dict.fromkeys(PERIODS, meanwhile))
        for scope, subject, period, *amount in rows:
            amounts = self._known[_Subject(scope, subject)].amounts
            amounts[period] = amounts[period].plus(Amount(*amount))
        self._drop_old(at)
        return True

    def _drop_old(self, now: float) -> None:
        """Keep the memory small: an officer who left is read again on returning."""
        if len(self._known) > 50_000:
            self._known = {each: known for each, known in self._known.items() if known.at > now - 60}

    def _standings(self, limits: Iterable[tuple[Limit, _Subject]]) -> Iterable[Standing]:
        for limit, subject in limits:
            used = self._known[subject].amounts[limit.period].of(limit.measure)
            if (under_way := self._under_way.get(subject)) is not None:
                used += under_way.of(limit.measure)
            yield Standing(limit, used)


def in_force(limits: Sequence[Limit]) -> list[Limit]:
    """Those that count: an officer's own replaces each officer's, a department's own that of all."""
    chosen: dict[tuple[str, Measure, Period], Limit] = {}
    rest: list[Limit] = []
    for limit in limits:
        if limit.scope not in ("officer", "each officer"):
            rest.append(limit)
            continue
        key = ("officer", limit.measure, limit.period)
        before = chosen.get(key)
        if before is None or _closer(limit) > _closer(before):
            chosen[key] = limit
    return [*chosen.values(), *rest]


def _closer(limit: Limit) -> tuple[bool, bool]:
    return (limit.scope == "officer", bool(limit.department))


def _is_near(standing: Standing, estimate: Amount) -> bool:
    reached = standing.used + estimate.of(standing.limit.measure)
    return reached >= standing.limit.most * _NEAR


def begins(period: Period, day: date) -> date:
    """The first day of the period that has that day."""
    return day if period == "day" else day.replace(day=1)


def seconds_left(period: Period, now: datetime | None = None) -> int:
    """Until the period of Hong Kong that now is ends."""
    here = (now or datetime.now(UTC)).astimezone(HONG_KONG)
    first = here.replace(hour=0, minute=0, second=0, microsecond=0)
    following = first + timedelta(days=1)
    if period == "month":
        following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return int((following - here).total_seconds()) + 1
