"""What a translation of a hundred pages costs beside the model: our own seconds, layout kept, written back.

    python bench/translation.py [--pages N]

The backend is scripted: it answers at once, every word changed and every tag kept. So what is left is ours:
reading, segments, prompts, the gateway's stages and its ledger, the checks, the draft, and the file written.
The time in which the backend alone was at work is taken off, and told beside.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bauhinia.gateway import Gateway
from bauhinia.models import FakeModel, pseudo_reply
from bauhinia.models.backend import ChatRequest
from bauhinia.pilot.codec import from_json
from bauhinia.pilot.draft import Draft
from bauhinia.pilot.office import Office, open_office
from bauhinia.pilot.orders import TranslateOrder
from bauhinia.settings import Settings
from bauhinia.store import Database
from long_documents import long_paper
from report import record


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=100)
    asyncio.run(measure(parser.parse_args().pages))


async def measure(pages: int) -> None:
    """One translation, from the upload to the written file."""
    spent = Spent()
    with tempfile.TemporaryDirectory(prefix="bauhinia-bench-") as folder:
        settings = Settings(data_folder=Path(folder) / "data", model="fake")

        def door(settings: Settings, database: Database) -> Gateway:
            return Gateway(settings, database, backend=FakeModel(spent.reply, piece=1_000))

        async with open_office(settings, door) as office:
            await office.model
            data = long_paper(pages)
            steps = await translated(office, data)
    whole = sum(steps.values())
    beside = {**steps, "scripted replies": spent.seconds, "requests": float(spent.requests)}
    record(
        "translation.own_seconds_100_pages",
        (whole - spent.seconds) * 100 / pages,
        "s",
        beside=beside,
        target="<= 30",
    )


class Spent:
    """The scripted reply, and how long it took to make."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.requests = 0

    def reply(self, request: ChatRequest) -> str:
        began = time.perf_counter()
        answer = pseudo_reply(request)
        self.seconds += time.perf_counter() - began
        self.requests += 1
        return answer


async def translated(office: Office, data: bytes) -> dict[str, float]:
    """Seconds of each step of a translation into Chinese, the file's layout kept."""
    clock = laps()
    card = await office.shelf.add(data, "paper.docx")
    read = clock()
    task = await office.tasks.wait(await office.start(TranslateOrder(document=card.id, to="zh-HK")))
    assert task.status == "done", task.message
    worked = clock()
    assert task.draft is not None
    draft = from_json(Draft, task.draft)
    assert draft.layout == "docx", draft.findings
    name, written = await office.original_format(draft, {"document": card.id})
    assert name == "paper.zh-HK.docx" and len(written) > len(data) // 2
    return {"read": read, "translate": worked, "write back": clock()}


def laps() -> Callable[[], float]:
    """A stop watch: each call gives the seconds since the last."""
    before = time.perf_counter()

    def lap() -> float:
        nonlocal before
        now = time.perf_counter()
        before, passed = now, now - before
        return passed

    return lap


if __name__ == "__main__":
    main()
