"""The public assistant, opened: what its pages and its command share."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from typing import Literal

from ..gateway import Gateway
from ..knowledge import Library, Search
from ..people import Officer
from ..pilot.office import Office
from ..settings import Settings
from ..store import Database
from .assistant import USE, Assistant
from .attachments import Attachments
from .conversations import Conversations
from .curated import CuratedAnswers
from .guests import Rate
from .line import Line, Step, Waiting, too_many
from .memory import NOTHING, Memories
from .sources import Sources, sources_base
from .tools import Context
from .turn import Event, Exchange

MOST_AT_ONCE = 128
"""Questions that are read and looked up at once: about as many as two cores answer in a second. Whoever comes
on top of them would make all wait, and is told to come back."""
SOON = 3
"""Seconds after which these come back."""


@dataclass(slots=True, kw_only=True)
class Reception:
    """Everything that answering the public needs."""

    gateway: Gateway
    database: Database
    search: Search
    library: Library
    context: Context
    curated: CuratedAnswers = field(init=False)
    conversations: Conversations = field(init=False)
    assistant: Assistant = field(init=False)
    line: Line = field(init=False)
    hearing: Line = field(init=False)
    """The line before the recogniser, which takes the machine's cores for itself."""
    rate: Rate = field(init=False)
    attachments: Attachments = field(init=False)
    memories: Memories = field(init=False)
    _at_work: int = 0

    def __post_init__(self) -> None:
        self.curated = CuratedAnswers(self.database, self.gateway.ledger)
        self.conversations = Conversations(self.database)
        self.line = Line(max(1, self.gateway.slots))
        self.hearing = Line(1)
        self.rate = Rate()
        self.attachments = Attachments()
        self.memories = Memories(self.database)
        self.assistant = Assistant(
            gateway=self.gateway,
            curated=self.curated,
            search=self.search,
            library=self.library,
            context=self.context,
        )

    async def answer(
        self,
        question: str,
        *,
        by: Officer,
        earlier: Sequence[Exchange] = (),
        reader: str = "",
        attached: Sequence[str] = (),
        network: bytes = b"",
    ) -> AsyncGenerator[Event | Waiting, None]:
        """An answer as it comes. What needs no model comes at once; for the model there is a line, and who
        waits is told how long. With files (`attached`: their ids) it is answered from them alone. `network`
        is a mark of where a guest is.

        Raises Refused, ModelBusy when the line is full or more is asked than can be looked up, NotFound for a
        file that is gone, StoreError.
        """
        files = self.attachments.get(attached, by=by)
        with self._place():
            memory = await self.memories.mine() or NOTHING
            asked = self.assistant.read(
                question, by=by, earlier=earlier, reader=reader, attached=files, memory=memory
            )
            events = await self.assistant.at_hand(asked)
        if events is None and (step := await self.step()) in ("curated_only", "stopped"):
            events = self.assistant.without_model(asked, step)
        if events is not None:
            for event in events:
                yield event
            return
        for event in self.assistant.at_once(asked):
            yield event
        async with self.line.joined(by.id, network) as waiting:
            async for standing in waiting:
                yield standing
            brief = self.line.step != "whole"
            async with aclosing(self.assistant.written(asked, brief=brief)) as written:
                async for told in written:
                    yield told

    @contextmanager
    def _place(self) -> Iterator[None]:
        """One of the places at which questions are looked up. Raises ModelBusy where all are taken."""
        if self._at_work >= MOST_AT_ONCE:
            raise too_many(SOON)
        self._at_work += 1
        try:
            yield
        finally:
            self._at_work -= 1

    async def step(self) -> Step | Literal["stopped"]:
        """How much is given at the moment: `stopped` while the switch stops the model for the public, which
        leaves departments' own answers and live sources. Raises StoreError."""
        decision = await self.gateway.switch.admit("", USE, self.gateway.model)
        return "stopped" if decision.reason == "stopped" else self.line.step

    async def close(self) -> None:
        """Close the connections to sources."""
        await self.context.sources.close()


def open_reception(settings: Settings, office: Office) -> Reception:
    """The reception that the settings describe. Raises InputError for a setting that names no source."""
    return Reception(
        gateway=office.gateway,
        database=office.database,
        search=office.search,
        library=office.library,
        context=Context(sources=Sources(sources_base(settings.chat_sources))),
    )
