"""A conversation in a real browser, on a phone and a desk, by keyboard and by its roles: what may be asked next,
files, voice, memory, history, and without a network."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from bauhinia.chat.replay import Replay
from bauhinia.chat.replay.clock import HONG_KONG
from bauhinia.models import FakeModel
from bauhinia.models.hearing import Heard, Segment
from bauhinia.settings import Settings

from .conftest import OpenVisit, Serve
from .test_accessibility import SMALL, violations
from .test_chat import DESK, PHONE, ask

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

OPENS = "The swimming pool opens at 6:30 in the morning."
NOTICE = {
    "name": "notice.md",
    "mimeType": "text/markdown",
    "buffer": f"# Pool notice\n\n{OPENS}\n\nThe fee is $17 for adults.\n".encode(),
}
WIDE = "document.documentElement.scrollWidth - innerWidth"
KEPT = """
caches.keys().then(names => Promise.all(names.map(name => caches.open(name).then(cache => cache.keys()))))
  .then(kept => kept.flat().map(request => new URL(request.url).pathname).sort())
"""


@pytest_asyncio.fixture(loop_scope="session")
async def replay() -> AsyncIterator[str]:
    async with Replay(lambda: datetime.now(HONG_KONG)) as server:
        yield server.base


@pytest.fixture
def settings(settings: Settings, replay: str) -> Settings:
    update = {"chat_sources": replay, "listener_url": "http://127.0.0.1:9/v1"}
    return settings.model_copy(update=update)


async def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)


async def clean(page: Page) -> None:
    """Nothing for axe, nothing too small for a thumb, nothing wider than the screen."""
    assert await violations(page) == []
    assert await page.evaluate(SMALL) == []
    assert await page.evaluate(WIDE) <= 0


@pytest.mark.parametrize("options", [PHONE, DESK], ids=["phone", "desk"])
async def test_a_conversation_from_its_first_question_to_its_end(
    serve: Serve, visit: OpenVisit, options: dict[str, Any]
) -> None:
    window = await visit(serve(FakeModel(lambda _: f"{OPENS} It closes at 22:15. ")), **options)
    page = await window.go("/chat")
    await ask(page, "Will it rain tomorrow?", turn=1)
    first = page.get_by_role("article").first
    await expect(first.get_by_role("listitem").first).to_contain_text("Hong Kong Observatory")
    following = first.get_by_role("list", name="You may ask next").get_by_role("button")
    asked = await following.first.text_content()
    await clean(page)
    await shot(page, f"talk-{options['viewport']['width']}")
    await following.first.press("Enter")
    second = page.get_by_role("article").nth(1)
    await expect(second.get_by_role("heading")).to_contain_text(asked or "")
    await expect(second.locator(".label")).to_contain_text("by program")
    await expect(page.get_by_role("list", name="You may ask next")).to_have_count(1)
    await page.locator("input[type=file]").set_input_files(NOTICE)
    await expect(page.locator(".attached")).to_contain_text("notice.md: held for 30 minutes")
    await clean(page)
    await ask(page, "When does the swimming pool open?", turn=3)
    third = page.get_by_role("article").nth(2)
    await expect(third).to_contain_text(OPENS)
    await expect(third).not_to_contain_text("22:15")
    await expect(third.locator(".label")).to_contain_text("from your file")
    await page.get_by_role("button", name="Remove notice.md").press("Enter")
    await third.get_by_role("link", name="Feedback or complaint").press("Enter")
    await expect(page.get_by_role("blockquote")).to_contain_text("swimming pool")
    await page.locator("#words").fill("It helped.")
    await page.locator("main button[type=submit]").press("Enter")
    await expect(page.get_by_role("heading", level=2)).to_be_visible()
    await page.get_by_role("link", name="History").press("Enter")
    await page.get_by_label("Search your conversations").fill("swimming")
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="Will it rain tomorrow?").press("Enter")
    await expect(page.get_by_role("article")).to_have_count(3)
    await page.get_by_text("Share, take along, delete").click()
    async with page.expect_download() as started:
        await page.get_by_role("link", name="Take along").press("Enter")
    assert (await started.value).suggested_filename == "conversation.md"
    await page.get_by_role("button", name="Share").press("Enter")
    await expect(page.get_by_label("Link")).to_have_value(re.compile("/chat/shared/"))
    await page.get_by_role("link", name="Back to the conversation").press("Enter")
    await page.get_by_text("Share, take along, delete").click()
    await page.get_by_role("button", name="Delete").press("Enter")
    await expect(page.get_by_text("There is none.")).to_be_visible()


class ScriptedHearer:
    """Hears two pieces, of one of which it is not sure."""

    model = "scripted"

    async def hear(self, wav: bytes, language: str) -> Heard:
        assert wav.startswith(b"RIFF") and language == "en"
        pieces = (Segment(0.0, 1.0, "When is the next"), Segment(1.0, 2.0, "holy day?", doubtful=True))
        return Heard(segments=pieces, model=self.model)

    async def stop(self) -> None:
        """Nothing was opened."""


async def test_what_is_spoken_comes_into_the_field_and_is_sent_by_the_person(
    serve: Serve, visit: OpenVisit
) -> None:
    server = serve(FakeModel())
    server.office.gateway.media.__dict__["hearer"] = ScriptedHearer()
    page = await (await visit(server, permissions=["microphone"], **PHONE)).go("/chat")
    voice = page.get_by_role("group", name="Speak")
    await voice.get_by_role("button", name="Speak").press("Enter")
    await expect(voice).to_contain_text("Listening, 1 of 60")
    await clean(page)
    await shot(page, "talk-speaking")
    await voice.get_by_role("button", name="Done speaking").press("Enter")
    field = page.locator("#question")
    await expect(field).to_have_value("When is the next holy day?")
    await expect(field).to_be_focused()
    await expect(voice.locator("mark")).to_have_text("holy day?")
    await expect(page.get_by_role("article")).to_have_count(0)
    await clean(page)
    await voice.get_by_role("button", name="Speak").press("Enter")
    await voice.get_by_role("button", name="Cancel").press("Enter")
    await expect(voice).to_contain_text("Nothing was written down")
    await expect(field).to_have_value("When is the next holy day?")


async def test_a_browser_that_gives_no_microphone_is_told_of(serve: Serve, visit: OpenVisit) -> None:
    page = await (await visit(serve(FakeModel()), permissions=[])).go("/chat")
    await page.get_by_role("button", name="Speak").press("Enter")
    await expect(page.get_by_role("group", name="Speak")).to_contain_text("gives no microphone")


async def test_the_memory_is_turned_on_used_and_turned_off(serve: Serve, visit: OpenVisit) -> None:
    window = await visit(serve(FakeModel()), **PHONE)
    page = await window.go("/chat")
    await page.get_by_role("link", name="See and change").press("Enter")
    await expect(page.get_by_text("It is off")).to_be_visible()
    await clean(page)
    await page.get_by_role("button", name="Turn it on").press("Enter")
    ride = page.get_by_role("group", name="Stop 1 that you use")
    await ride.get_by_label("Where it takes you").fill("home")
    await ride.get_by_label("Route").fill("96R")
    await ride.get_by_label("Stop where you get on").fill("Choi Hung")
    await page.get_by_label("Need 1").fill("I use a wheelchair")
    await clean(page)
    await shot(page, "talk-memory")
    await page.get_by_role("button", name="Keep this").press("Enter")
    await expect(ride.get_by_label("Where it takes you")).to_have_value("home")
    await page.get_by_role("link", name="Back to asking").press("Enter")
    await ask(page, "When is the next bus home?", turn=1)
    turn = page.get_by_role("article")
    await expect(turn).to_contain_text("96R")
    await expect(turn).to_contain_text("This uses what you let me remember.")
    await turn.get_by_role("link", name="What I may remember").press("Enter")
    await page.get_by_role("button", name="Turn it off").press("Enter")
    await expect(page.get_by_text("It is off")).to_be_visible()


async def test_without_a_network_there_is_a_notice_and_no_answer_is_kept(
    serve: Serve, visit: OpenVisit
) -> None:
    window = await visit(serve(FakeModel()), **PHONE)
    page = await window.go("/chat")
    assert await page.evaluate("navigator.serviceWorker.ready.then(ready => ready.scope)") == (
        f"{window.url}/chat"
    )
    await window.go("/chat")
    await ask(page, "What is 2 + 2?", turn=1)
    await page.reload()
    await expect(page.get_by_role("article")).to_have_count(1)
    shell = ["/chat/offline", "/static/chat.css", "/static/icon.svg", "/static/site.css"]
    assert await page.evaluate(KEPT) == shell
    await window.context.set_offline(True)
    await window.go("/chat/history")
    await expect(page.get_by_role("heading", name="There is no network")).to_be_visible()
    await expect(page.get_by_role("heading", name="沒有網絡")).to_be_visible()
    assert await page.evaluate(KEPT) == shell
    await window.context.set_offline(False)
    window.complaints.clear()
    await page.get_by_role("link", name="Try again").click()
    await expect(page.get_by_role("heading", name="What would you like to know?")).to_be_visible()
