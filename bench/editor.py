"""The side-by-side editor in a real browser, with 10 000 segments beside 100.

    python bench/editor.py [--rounds 5]

Milliseconds that an officer waits: until the first rows stand after the address is opened, until the last
rows stand after a jump to the end, and until a confirmed segment is kept, learnt and the next one open. The
server is in this process, with the shipped FakeModel; Chromium is Debian's.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

import uvicorn
from playwright.async_api import Browser, Page, async_playwright, expect

from bauhinia.gateway import Gateway
from bauhinia.guideline.acknowledgements import Acknowledgements
from bauhinia.models import FakeEmbedder, FakeModel
from bauhinia.pilot.office import Office, open_office
from bauhinia.pilot.orders import TranslateOrder
from bauhinia.pilot.segments import EditedSegment
from bauhinia.server import create_app
from bauhinia.settings import Settings
from bauhinia.store import Database
from report import record

CHROMIUM = Path("/usr/bin/chromium")
COUNTS = (100, 10_000)
MEASURES = ("open", "jump", "confirm")
STOPPED = "bench/editor.py needs Debian's Chromium: apt-get install chromium"


def main() -> None:
    """Every measure at both sizes, and its growth."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--rounds", type=int, default=5)
    if not CHROMIUM.exists():
        raise SystemExit(STOPPED)
    found = asyncio.run(measured(options.parse_args().rounds))
    for name in MEASURES:
        few, many = (statistics.median(found[count][name]) for count in COUNTS)
        beside = {"with 100 segments": few, "times as long": many / few}
        record(f"editor.{name}_ms", many, "ms with 10 000 segments", beside=beside, target="<= 1000")


async def measured(rounds: int) -> dict[int, dict[str, list[float]]]:
    """Milliseconds by number of segments and measure."""
    found: dict[int, dict[str, list[float]]] = {count: {name: [] for name in MEASURES} for count in COUNTS}
    with tempfile.TemporaryDirectory(prefix="bauhinia-bench-") as folder:
        async with served(Path(folder)) as (office, url), async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            tasks = {count: await translation(office, count) for count in COUNTS}
            for _ in range(rounds):
                for count, task in tasks.items():
                    for name, took in (await visit(browser, f"{url}/tasks/{task}/editor", count)).items():
                        found[count][name].append(took)
            await browser.close()
    return found


async def visit(browser: Browser, address: str, count: int) -> dict[str, float]:
    """One officer's visit, each step timed."""
    page = await browser.new_page()
    took = {
        "open": await timed(opened(page, address)),
        "jump": await timed(jumped(page, count)),
        "confirm": await timed(confirmed(page)),
    }
    await page.close()
    return took


async def timed(step: Any) -> float:
    """Milliseconds of a step."""
    start = time.perf_counter()
    await step
    return 1000 * (time.perf_counter() - start)


async def opened(page: Page, address: str) -> None:
    await page.goto(address)
    await page.locator(".editor-row").first.wait_for()


async def jumped(page: Page, count: int) -> None:
    await page.locator("#editor-list").evaluate("list => { list.scrollTop = list.scrollHeight; }")
    await page.locator(f".editor-row[data-index='{count - 1}']").wait_for()


async def confirmed(page: Page) -> None:
    """The fourth segment from the end confirmed, until the next one is in the form."""
    row = page.locator(".editor-row").nth(-4)
    place = int(await row.get_attribute("data-index") or 0)
    await row.click()
    await page.locator("#editor-target").press("End")
    await page.keyboard.type("。")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#editor-place")).to_contain_text(str(place + 2))


async def translation(office: Office, count: int) -> str:
    """A finished translation with that many segments, none like another."""
    card = await office.shelf.add(b"The form is due in May.\n", f"form-{count}.md")
    task = await office.start(TranslateOrder(document=card.id, to="zh-HK"))
    await office.tasks.wait(task)
    await office.segments.add(task, [segment(place) for place in range(count)])
    return task


def segment(place: int) -> EditedSegment:
    return EditedSegment(
        place=place, passage=f"p{place}", original=f"<1>表格{place}</1>須在五月五日前交回部門。",
        source=f"<1>Form {place}</1> must be returned to the department by 5 May.",
        target=f"<1>表格{place}</1>須在五月五日前交回部門。", status="draft", findings=[],
    )  # fmt: skip


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[tuple[Office, str]]:
    """The product on a free port, in this process."""
    settings = Settings(data_folder=folder)

    def door(settings: Settings, database: Database) -> Gateway:
        return Gateway(
            settings, database, backend=FakeModel(lambda _: "表格五月到期。"), embedder=FakeEmbedder()
        )

    async with open_office(settings, door) as office:
        office.acknowledgements = Acknowledgements(office.database, office.gateway.ledger, ())
        app = create_app(settings, office)
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=5))
        signals: AbstractContextManager[None] = nullcontext()
        server.capture_signals = lambda: signals  # type: ignore[method-assign, assignment, return-value]
        serving = asyncio.ensure_future(server.serve())
        while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
            await asyncio.sleep(0.01)
        yield office, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        app.state.closing.set()
        server.should_exit = True
        await serving


if __name__ == "__main__":
    main()
