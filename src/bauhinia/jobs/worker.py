"""A process's work on the queue: it claims jobs, keeps their leases, and gives back what it cannot end."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal

from ..errors import BauhiniaError, ModelBusy, ModelTimeout, ModelUnavailable, StoreError
from ..store import Database, Walls, within
from ..telemetry import logs, tracing
from .events import Delayed, Ended, Restarted, TaskEvent
from .lease import Claim, LeaseLost
from .notices import Notices
from .patience import patiently
from .queue import Job, Queue
from .steps import Steps
from .telling import Teller

logger = logging.getLogger(__name__)

TRACE = "traceparent"
"""Key of the request that ordered a job, beside what `acting_for` needs."""
MOST_CRASHES = 5
"""Workers that may die in one step of a job before it is set aside: one job must not end them all."""
AT_ONCE = 8
"""Jobs that a process works on at once unless it is told otherwise."""
PAUSES = (2.0, 10.0, 30.0, 120.0, 300.0)
"""Seconds before a job is tried again after errors that may pass, one after another."""
KEPT_SECONDS = 3_600.0
"""How long what a task told can be read after its end."""
_LOOK_SECONDS = 1.0
"""How long the queue is not looked at without a notice: leases end and pauses pass without one."""
_MAY_PASS = (ModelUnavailable, ModelBusy, ModelTimeout, StoreError)
_CRASHED = Ended(
    status="parked",
    message=f"The program stopped {MOST_CRASHES} times in the same step of this work.",
    hint="Tell whoever runs Bauhinia; its log says why. Resume it to try once more: finished steps are kept.",
)

Report = Callable[[TaskEvent], None]
TaskFunction = Callable[[dict[str, Any], Report, Steps, str], Awaitable[dict[str, Any]]]
"""Takes the order, a place to report to, the checkpoints and the task's id; gives the draft, all as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """Of one kind of work: a job that another version of the product ordered may not fit this one."""

    now: int = 1
    """Raised when the keys or the results of its steps change."""
    since: int = 1
    """The oldest version whose checkpoints still fit."""


@dataclass(slots=True)
class _Run:
    """A job that this process works on."""

    claim: Claim
    work: asyncio.Task[None]
    why: Literal["stopped", "released"] = "stopped"
    """What a cancelled `work` means: by default that its row is somebody else's now."""


ActingFor = Callable[[Claim, Mapping[str, Any]], AbstractContextManager[object]]
"""Makes code work for whom a job is, from its claim and what was kept with it."""


def within_walls(claim: Claim, _: Mapping[str, Any]) -> AbstractContextManager[object]:
    """Work within the walls of the job's officer, and as nobody in particular."""
    return within(Walls(officer=claim.officer, department=claim.department))


@dataclass(slots=True, kw_only=True)
class Trade:
    """What a worker can do, and how."""

    functions: Mapping[str, TaskFunction]
    versions: Mapping[str, Version]
    acting_for: ActingFor = within_walls
    pauses: Sequence[float] = PAUSES

    def version(self, kind: str) -> Version:
        """Of a kind of work."""
        return self.versions.get(kind, Version())


class Worker:
    """Works on jobs of one database until it is closed."""

    def __init__(self, database: Database, queue: Queue, notices: Notices, trade: Trade, beat: float) -> None:
        self._database = database
        self._queue = queue
        self._notices = notices
        self._trade = trade
        self._beat_seconds = beat
        self._runs: dict[str, _Run] = {}
        self._looking = asyncio.Event()
        self._background: list[asyncio.Task[None]] = []
        self._closed = False
        self.own_only = True
        """Work on nothing but what this process ordered itself."""
        self.at_once = AT_ONCE
        """Jobs worked on at once."""
        notices.tell_all(self._hear)

    def begin(self) -> None:
        """Claim and work in the background, until `close`."""
        if self._background or self._closed or not self.at_once:
            return
        self._notices.begin()
        for work in (self._claim_for_ever(), self._beat_for_ever()):
            # Not in the name of whoever happens to order first.
            self._background.append(asyncio.create_task(work, context=contextvars.Context()))

    def look(self) -> None:
        """There may be work."""
        self._looking.set()

    async def drop(self, task: str) -> None:
        """Stop working on a task that was stopped, if this process does, and wait until it has."""
        if (run := self._runs.get(task)) is not None:
            run.work.cancel()
            await asyncio.wait([run.work])

    async def close(self) -> None:
        """Stop, and give every job back at once: another worker goes on with it."""
        self._closed = True
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        runs = list(self._runs.values())
        for run in runs:
            run.why = "released"
            run.work.cancel()
        await asyncio.gather(*(run.work for run in runs), return_exceptions=True)

    def _hear(self, word: str, task: str) -> None:
        if word == "queued" or not word:
            self._looking.set()
        elif word == "stopped" and (run := self._runs.get(task)) is not None:
            run.work.cancel()

    async def _claim_for_ever(self) -> None:
        known = {kind: self._trade.version(kind).now for kind in self._trade.functions}
        while True:
            self._looking.clear()
            with _going_on("claim jobs"):
                await self._claim_all(known)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._looking.wait(), _LOOK_SECONDS)

    async def _claim_all(self, known: Mapping[str, int]) -> None:
        """Begin as many jobs as there is room for."""
        while len(self._runs) < self.at_once:
            claim = await self._queue.claim(known, own=self.own_only)
            if claim is None:
                return
            self._begin(claim)

    async def _beat_for_ever(self) -> None:
        cleaned = -KEPT_SECONDS
        while True:
            with _going_on("keep the leases of jobs"):
                await self._beat()
                if not self.own_only and time.monotonic() - cleaned > KEPT_SECONDS / 4:
                    cleaned = time.monotonic()
                    await self._queue.drop_old_events(KEPT_SECONDS)
            await asyncio.sleep(self._beat_seconds)

    async def _beat(self) -> None:
        """Make the leases longer; work whose lease is another's now is dropped."""
        runs = list(self._runs.values())
        held = await self._queue.keep([run.claim.lease for run in runs]) if runs else set()
        for run in runs:
            if run.claim.lease not in held:
                run.work.cancel()

    def _begin(self, claim: Claim) -> None:
        earlier = self._runs.get(claim.id)
        work = asyncio.create_task(self._work(claim), name=f"task {claim.id}")
        run = self._runs[claim.id] = _Run(claim, work)
        if earlier is not None:
            # Its lease ran out while this process stood still, and the same process has taken it over.
            earlier.work.cancel()

        def forget(_: asyncio.Task[None]) -> None:
            if self._runs.get(claim.id) is run:
                del self._runs[claim.id]
            self._looking.set()

        work.add_done_callback(forget)

    async def _work(self, claim: Claim) -> None:
        walls = Walls(officer=claim.officer, department=claim.department)
        try:
            with within(walls):
                job = await patiently(lambda: self._queue.job(claim))
            kept = {key: value for key, value in job.acting.items() if key != TRACE}
            with (
                self._trade.acting_for(claim, kept),
                tracing.job_span("task", job.acting.get(TRACE, ""), task=claim.id, kind=job.kind),
            ):
                if (why := self._unfit(claim, job)) is not None:
                    logger.error("task %s (%s) is set aside: %s", claim.id, job.kind, why.message)
                    await self._queue.finish(claim, why)
                    return
                await self._do(claim, job)
        except LeaseLost:
            logger.warning("task %s is another worker's now, or was stopped", claim.id)
        except Exception as error:
            # Left alone, its lease ends and it is taken over, until it is set aside for its crashes.
            _log_defect(claim.id, "job", error)
        except asyncio.CancelledError:
            run = self._runs.get(claim.id)
            if run is not None and run.work is asyncio.current_task() and run.why == "released":
                with within(walls):
                    await self._give_back(claim)

    def _unfit(self, claim: Claim, job: Job) -> Ended | None:
        """Why a job cannot be worked on here, said so that somebody can go on from there."""
        if claim.crashes >= MOST_CRASHES:
            return _CRASHED
        version = self._trade.version(job.kind)
        if version.since <= job.version <= version.now:
            return None
        return Ended(
            status="parked",
            message=f"This work was begun by another version of Bauhinia ({job.kind} {job.version}; this one "
            f"is {version.now}).",
            hint="Resume it to do it with this version: finished steps that still fit are kept.",
        )

    async def _do(self, claim: Claim, job: Job) -> None:
        """Do the job to its end, its delay or its failure, and write which."""
        teller = Teller(self._queue, claim)
        writing = asyncio.create_task(teller.run(), name=f"events of {claim.id}")
        try:
            if job.told:
                await patiently(lambda: self._queue.forget_events(claim))
                teller.tell(Restarted())
            steps = await patiently(lambda: Steps.of(self._database, claim.id, claim.lease))
            try:
                draft = await self._trade.functions[job.kind](job.order, teller.tell, steps, claim.id)
            except LeaseLost:
                raise
            except Exception as error:
                tries = 0 if steps.has_moved else job.tries
                await self._fail(claim, job, error, tries, teller)
            else:
                await self._finish(claim, Ended(status="done"), teller, draft)
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)

    async def _fail(self, claim: Claim, job: Job, error: Exception, tries: int, teller: Teller) -> None:
        """Try it again later, where that may help; else it has failed."""
        if not isinstance(error, _MAY_PASS) or tries >= len(self._trade.pauses):
            await self._finish(claim, _failed(claim, job, error), teller)
            return
        seconds = self._trade.pauses[tries]
        why = Ended(status="queued", message=error.message, hint=error.hint)
        event = Delayed(message=error.message, hint=error.hint, seconds=seconds)
        await patiently(teller.flush)
        await patiently(lambda: self._queue.delay(claim, why, seconds, event, own=self.own_only))

    async def _finish(
        self, claim: Claim, ended: Ended, teller: Teller, draft: dict[str, Any] | None = None
    ) -> None:
        await patiently(teller.flush)
        try:
            await patiently(lambda: self._queue.finish(claim, ended, draft))
        except BauhiniaError as error:  # a draft that the database cannot keep
            failed = Ended(status="failed", message=error.message, hint=error.hint)
            await patiently(lambda: self._queue.finish(claim, failed))

    async def _give_back(self, claim: Claim) -> None:
        """Where the database is away too, the lease's end gives it back."""
        try:
            await self._queue.release(claim)
        except (StoreError, LeaseLost):
            logger.info("task %s goes on when its lease ends", claim.id)


@contextmanager
def _going_on(what: str) -> Iterator[None]:
    """Whatever goes wrong in it is logged, and then tried again: a worker that gave up would do so unseen."""
    try:
        yield
    except StoreError:
        logger.info("the database is away; the work waits for it")
    except Exception:
        logger.exception("could not %s; trying again", what)


def _failed(claim: Claim, job: Job, error: Exception) -> Ended:
    if isinstance(error, BauhiniaError):
        return Ended(status="failed", message=error.message, hint=error.hint)
    _log_defect(claim.id, job.kind, error)
    return Ended(status="failed", message="Something went wrong on our side.", hint=f"Quote task {claim.id}.")


def _log_defect(task: str, kind: str, error: Exception) -> None:
    """Where it happened, without the error's own words: they may quote a document."""
    where = logs.where(error.__traceback__)
    logger.error("task %s (%s): %s at %s", task, kind, type(error).__name__, where)
