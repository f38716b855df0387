"""First use, and forty minutes before a deadline: terms, checks and acceptance with the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import Page, expect

from bauhinia.models import FakeModel
from bauhinia.pilot.orders import SummariseOrder
from bauhinia.settings import Settings

from .conftest import TRUE, OpenVisit, Server
from .test_accessibility import violations

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest.fixture
def asking(settings: Settings) -> Iterator[Server]:
    """A server that nobody has used before."""
    with Server(settings, FakeModel(lambda _: TRUE), asks=True) as server:
        yield server


async def tab_to(page: Page, selector: str) -> None:
    """Press Tab until that element has the focus."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


@pytest.mark.parametrize("language", ["en", "zh-Hant-HK"])
async def test_first_use_is_told_and_agreed_with_the_keyboard(
    asking: Server, visit: OpenVisit, language: str
) -> None:
    window = await visit(asking, language=language)
    page = await window.go("/summarise")
    await expect(page).to_have_url(re.compile("/agree"))
    assert await violations(page) == []
    await tab_to(page, "input[name=agree]")
    await page.keyboard.press("Space")
    await tab_to(page, "button.primary")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{asking.url}/summarise")
    await expect(page.locator(".risk-note")).to_be_visible()
    await page.goto(f"{asking.url}/")
    await expect(page).to_have_url(f"{asking.url}/")


async def test_a_draft_is_checked_and_accepted_on_one_screen(asking: Server, visit: OpenVisit) -> None:
    task = asking.task(SummariseOrder(documents=[asking.document()]))
    window = await visit(asking)
    page = await window.go(f"/tasks/{task}")
    await page.locator("input[name=agree]").check()
    await page.locator("button.primary").click()
    await expect(page.locator("#release .standing")).to_contain_text("nobody has checked it yet")
    await tab_to(page, "#release a.button")
    await page.keyboard.press("Enter")
    await expect(page.locator(".claims tbody tr").first).to_contain_text("42 footbridges")
    assert await violations(page) == []
    boxes = page.locator(".accept-form input[name=checked][required]")
    for index in range(await boxes.count()):
        await tab_to(page, "input[name=checked][required]")
        await page.keyboard.press("Space")
        await expect(boxes.nth(index)).to_be_checked()
    await tab_to(page, ".accept-form button")
    await page.keyboard.press("Enter")
    await expect(page.locator("#release .standing")).to_contain_text("accepted by Local officer")
    async with page.expect_download() as waiting:
        await page.locator("a[download]").first.click()
    assert not (await waiting.value).suggested_filename.startswith("DRAFT")
