"""Pipeline efficiency: a long-document task through the whole product, beside its backend driven directly.

    python bench/pipeline.py [--model NAME] [--document FILE] [--rounds N]

The task's model requests are recorded as it runs; then the same requests are sent straight to a fresh backend
of the same settings, as many at once. Every run has a backend of its own, so that neither finds the other's
prompts in its cache.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

from bauhinia.gateway import Gateway
from bauhinia.models import Backend, BackendEvent, ChatRequest, Finish
from bauhinia.models.selection import open_backend
from bauhinia.pilot.office import open_office
from bauhinia.pilot.orders import SummariseOrder
from bauhinia.settings import Settings
from bauhinia.store import Database
from report import record

DOCUMENT = Path(__file__).parent.parent / "samples" / "consultation-paper-en.pdf"


@dataclass
class Recorder:
    """A backend that passes everything on and remembers what was asked and written."""

    backend: Backend
    requests: list[ChatRequest] = field(default_factory=list)
    tokens: int = 0

    @property
    def model(self) -> str:
        return self.backend.model

    @property
    def digest(self) -> str:
        return str(getattr(self.backend, "digest", ""))

    @property
    def context_tokens(self) -> int:
        return self.backend.context_tokens

    @property
    def slots(self) -> int:
        return self.backend.slots

    async def start(self) -> None:
        await self.backend.start()

    async def stop(self) -> None:
        await self.backend.stop()

    async def count_tokens(self, text: str) -> int:
        return await self.backend.count_tokens(text)

    async def chat(self, request: ChatRequest) -> AsyncGenerator[BackendEvent, None]:
        self.requests.append(request)
        async with aclosing(self.backend.chat(request)) as events:
            async for event in events:
                if isinstance(event, Finish):
                    self.tokens += event.usage.completion_tokens
                yield event


async def product(name: str, data: bytes, settings: Settings) -> tuple[float, Recorder]:
    """Tokens a second of the task, from the order to the draft, and what it asked."""
    with tempfile.TemporaryDirectory() as folder:
        own = settings.model_copy(update={"data_folder": Path(folder) / "data"})
        recorder = Recorder(open_backend(own))

        def door(settings: Settings, database: Database) -> Gateway:
            return Gateway(settings, database, backend=recorder)

        async with open_office(own, door) as office:
            card = await office.shelf.add(data, name)
            await office.model
            began = time.perf_counter()
            task = await office.tasks.wait(await office.start(SummariseOrder(documents=[card.id])))
            assert task.status == "done", task.message
            return recorder.tokens / (time.perf_counter() - began), recorder


async def direct(requests: list[ChatRequest], settings: Settings) -> float:
    """Tokens a second of the same requests, straight to the backend, as many at once as the product sends."""
    recorder = Recorder(open_backend(settings))
    await recorder.start()
    gate = asyncio.Semaphore(recorder.slots + 1)

    async def send(request: ChatRequest) -> None:
        async with gate, aclosing(recorder.chat(request)) as events:
            async for _ in events:
                pass

    try:
        began = time.perf_counter()
        await asyncio.gather(*(send(request) for request in requests))
        return recorder.tokens / (time.perf_counter() - began)
    finally:
        await recorder.stop()


async def main(name: str, data: bytes, settings: Settings, rounds: int) -> None:
    """Alternate the two, and record the median of the rounds' ratios."""
    ratios, own, floor = [], [], []
    for _ in range(rounds):
        speed, recorder = await product(name, data, settings)
        alone = await direct(recorder.requests, settings)
        own.append(speed)
        floor.append(alone)
        ratios.append(speed / alone)
        print(
            f"product {speed:.2f} tokens/s, backend alone {alone:.2f} tokens/s, "
            f"{len(recorder.requests)} requests"
        )
    record(
        "pipeline.efficiency",
        statistics.median(ratios),
        "ratio",
        beside={
            "product tokens/s": statistics.median(own),
            "backend alone tokens/s": statistics.median(floor),
        },
        target=">= 0.95",
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="qwen2.5-coder-1.5b-instruct")
    parser.add_argument("--document", type=Path, default=DOCUMENT)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    asyncio.run(
        main(
            options.document.name,
            options.document.read_bytes(),
            Settings(model=options.model),
            options.rounds,
        )
    )
