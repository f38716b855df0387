"""What a task works with: the door to the model, the termbase, the checkpoints and someone to report to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypeVar

from ..gateway import Answer, Ask, Gateway, Message, Piece, Retraction, Usage
from ..jobs import PassageWithdrawn, PieceWritten, Progress, Report, Steps
from ..language import Termbase, Variety
from ..people import Officer
from ..provenance import Origin

Item = TypeVar("Item")
Result = TypeVar("Result")

PART_SHARE = 6
"""A part of a long document takes at most a sixth of the context: the rest is for instructions and answer,
and a small model summarises a page better than ten."""


def part_tokens(context_tokens: int) -> int:
    """How long a part of a long document may be for a model of that context."""
    return min(max(context_tokens // PART_SHARE, 400), 6_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An answer as it is kept in a checkpoint."""

    text: str
    cut: bool = False
    """The model ran out of room before it had finished."""
    reasons: tuple[str, ...] = ()
    """The gateway's reasons other than `ok`: `wrong_language`, `script_converted`, ..."""

    @classmethod
    def of(cls, answer: Answer) -> Written:
        """What a task needs of an answer."""
        reasons = tuple(decision.reason for decision in answer.decisions if decision.reason != "ok")
        return cls(text=answer.text, cut=answer.finish == "length", reasons=reasons)


@dataclass(slots=True, kw_only=True)
class Desk:
    """One task's working place."""

    gateway: Gateway
    officer: Officer
    termbase: Termbase
    steps: Steps
    report: Report
    use: str
    """The AI use in the register: `pilot.summarise`, ..."""
    classification: str
    """The highest of what the task works on; it goes with every request."""
    task: str | None = None
    said: str = ""
    """What the officer wrote: a question, instructions."""
    began: float = field(default_factory=time.monotonic)
    usage: Usage = field(default_factory=Usage)
    label: str = ""
    """The label of the newest answer."""
    made: list[Origin] = field(default_factory=list)
    """Where each answer came from, in the order they were given."""
    reasons: list[str] = field(default_factory=list)
    """Every reason other than `ok` that the gateway gave, for all answers."""

    @property
    def part_tokens(self) -> int:
        """How long a part of a long document may be, in tokens."""
        return part_tokens(self.gateway.context_tokens)

    @property
    def origin(self) -> Origin | None:
        """Where the draft comes from: the newest of all answers, and how many there were."""
        if not self.made:
            return None
        entries = [each.entry for each in self.made]
        newest = max(self.made, key=lambda each: each.entry)
        return replace(newest, first_entry=min(entries), answers=len(entries))

    async def write(
        self,
        key: str,
        messages: Sequence[Message],
        *,
        reply_in: Variety | None,
        max_tokens: int,
        passage: str = "",
        schema: dict[str, Any] | None = None,
        stop: Sequence[str] = (),
    ) -> Written:
        """Ask the model once; the answer is kept under `key` and not paid for twice.

        With `passage`, its text is streamed to whoever watches. Raises the gateway's errors.
        """
        ask = Ask(
            officer=self.officer,
            use=self.use,
            messages=tuple(messages),
            reply_in=reply_in,
            max_tokens=max_tokens,
            schema=schema,
            stop=tuple(stop),
            classification=self.classification,
            task=self.task,
            said=self.said,
        )

        async def work() -> dict[str, Any]:
            answer = await self._exchange(ask, passage)
            written = Written.of(answer)
            return {
                "text": written.text,
                "cut": written.cut,
                "reasons": list(written.reasons),
                "usage": [
                    answer.usage.prompt_tokens,
                    answer.usage.cached_tokens,
                    answer.usage.completion_tokens,
                ],
                "label": answer.label.sentence(reply_in or Variety.ENGLISH),
                "made": asdict(answer.label),
            }

        kept = await self.steps.run(key, work)
        prompt, cached, completion = kept["usage"]
        self.usage += Usage(prompt_tokens=prompt, cached_tokens=cached, completion_tokens=completion)
        self.label = kept["label"]
        # A checkpoint of an earlier version knows the model alone.
        self.made.append(Origin(**kept.get("made", {"model": self.gateway.model})))
        self.reasons += kept["reasons"]
        return Written(text=kept["text"], cut=kept["cut"], reasons=tuple(kept["reasons"]))

    async def _exchange(self, ask: Ask, passage: str) -> Answer:
        """One exchange through the door, its pieces reported as they come."""
        async for event in self.gateway.exchange(ask):
            if isinstance(event, Answer):
                return event
            if passage and isinstance(event, Piece):
                self.report(PieceWritten(passage=passage, text=event.text))
            elif passage and isinstance(event, Retraction):
                self.report(PassageWithdrawn(passage=passage, reason=event.reason))
        raise AssertionError("an exchange ends with an answer or an error")

    async def embed(self, texts: Sequence[str], kind: str = "passage") -> list[list[float]]:
        """Unit vectors, one a text."""
        assert kind in ("query", "passage")
        return await self.gateway.embed(
            list(texts),
            "query" if kind == "query" else "passage",
            officer=self.officer,
            use=self.use,
            classification=self.classification,
        )

    def progress(self, phase: str, section: int = 0, of: int = 0, *, note: str = "") -> None:
        """Tell where the work stands; the time left is what the sections so far suggest."""
        elapsed = time.monotonic() - self.began
        left = elapsed / section * (of - section) if of and section else None
        self.report(
            Progress(
                phase=phase,
                section=section,
                of=of,
                tokens=self.usage.completion_tokens,
                seconds_left=left,
                note=note[:80],
            )
        )

    async def in_order(
        self, items: Sequence[Item], work: Callable[[int, Item], Awaitable[Result]]
    ) -> AsyncIterator[Result]:
        """Work on several items at once, and give their results in the items' order.

        One more than the backend's slots, so that no slot stands idle while a result is being checked.
        """
        gate = asyncio.Semaphore(self.gateway.slots + 1)

        async def gated(index: int, item: Item) -> Result:
            async with gate:
                return await work(index, item)

        workers = [asyncio.ensure_future(gated(index, item)) for index, item in enumerate(items)]
        try:
            for worker in workers:
                yield await worker
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
