"""The assistant in a real browser: the whole path on a phone and a desk, by keyboard and by its roles."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from bauhinia.models import FakeModel

from .conftest import OpenVisit, Serve
from .test_accessibility import SMALL, violations

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
LETTER = "How do I write a polite letter?"


async def ask(page: Page, question: str, *, turn: int) -> None:
    """Ask by keyboard alone, and wait for the whole answer."""
    await page.locator("#question").fill(question)
    await page.locator("#ask[data-ready]").wait_for()
    await page.keyboard.press("Enter")
    await expect(page.locator(".turn").nth(turn - 1).locator(".label")).to_be_visible()


async def test_enter_sends_before_the_pages_script_has_come(serve: Serve, visit: OpenVisit) -> None:
    window = await visit(serve(FakeModel()), **PHONE)
    await window.page.route(
        "**/static/chat.js", lambda route: route.fulfill(content_type="text/javascript", body="")
    )
    page = await window.go("/chat")
    await page.locator("#question").fill("What is 15% of 2,480?")
    await page.wait_for_load_state("load")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("article").first).to_contain_text("372")


@pytest.mark.parametrize("options", [PHONE, DESK], ids=["phone", "desk"])
async def test_the_whole_path(serve: Serve, visit: OpenVisit, options: dict[str, Any]) -> None:
    window = await visit(serve(FakeModel(lambda _: "Begin with a greeting.")), **options)
    page = await window.go("/chat")
    await expect(page.get_by_role("heading", name="What would you like to know?")).to_be_visible()
    await page.get_by_role("button", name="What is 15% of 2,480?").click()
    turn = page.get_by_role("article").first
    await expect(turn).to_contain_text("372")
    await expect(turn).to_contain_text("by program")
    await ask(page, LETTER, turn=2)
    second = page.get_by_role("article").nth(1)
    await expect(second).to_contain_text("No source was found")
    await expect(second).to_contain_text("model alone")
    await expect(page.get_by_role("log", name="Conversation")).to_be_visible()
    assert "/chat/c/" in page.url
    await page.reload()
    await expect(page.get_by_role("article")).to_have_count(2)
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert await page.evaluate(SMALL) == []
    await page.get_by_role("link", name="History").click()
    await page.get_by_label("Search your conversations").fill("polite")
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="What is 15% of 2,480?").click()
    await page.get_by_text("Share, take along, delete").click()
    await page.get_by_role("button", name="Share").click()
    link = await page.get_by_label("Link").input_value()
    await window.go(link.removeprefix(window.url))
    await expect(page.get_by_text("A shared copy")).to_be_visible()


async def test_a_question_is_changed_and_what_followed_goes(serve: Serve, visit: OpenVisit) -> None:
    page = await (await visit(serve(FakeModel(lambda _: "Begin with a greeting.")))).go("/chat")
    await ask(page, "What is 2 + 2?", turn=1)
    await ask(page, "What is 3 + 3?", turn=2)
    await page.get_by_role("article").first.get_by_role("button", name="Change").click()
    await expect(page.locator("#question")).to_have_value("What is 2 + 2?")
    await ask(page, "What is 5 + 5?", turn=1)
    await expect(page.get_by_role("article")).to_have_count(1)
    await page.reload()
    await expect(page.get_by_role("article")).to_have_count(1)
    await expect(page.get_by_role("article")).to_contain_text("10")


async def test_an_answer_is_stopped_and_nothing_is_lost(serve: Serve, visit: OpenVisit) -> None:
    slow = FakeModel(lambda _: "Begin with a greeting. " * 40, delay=0.2)
    page = await (await visit(serve(slow))).go("/chat")
    await page.locator("#question").fill(LETTER)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("article")).to_contain_text("greeting")
    await page.get_by_role("button", name="Stop").click()
    await expect(page.get_by_role("article")).to_contain_text("Stopped.")
    await expect(page.get_by_role("button", name="Send")).to_be_visible()


async def test_an_answer_is_shown_as_text_whatever_it_holds(serve: Serve, visit: OpenVisit) -> None:
    hostile = "<img src=http://elsewhere.example/x> ![x](http://elsewhere.example/y) is how one writes."
    page = await (await visit(serve(FakeModel(lambda _: hostile)))).go("/chat")
    await ask(page, LETTER, turn=1)
    assert await page.locator(".turn .answer img").count() == 0
    await page.reload()
    assert await page.locator(".turn .answer img").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh-Hant-HK"])
async def test_axe_finds_nothing_serious(serve: Serve, visit: OpenVisit, language: str, scheme: str) -> None:
    window = await visit(
        serve(FakeModel(lambda _: "Begin with a greeting.")), language=language, color_scheme=scheme, **PHONE
    )
    page = await window.go("/chat")
    found = {"/chat": await violations(page)}
    await ask(page, "What is 2 + 2?", turn=1)
    found["answered"] = await violations(page)
    for path in ("/chat/history", "/chat/status", "/chat/feedback", "/chat/memory", "/curated"):
        page = await window.go(path)
        found[path] = await violations(page)
    assert not any(found.values()), found
