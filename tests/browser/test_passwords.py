"""The dialog that asks for a file's password: by keyboard, after a wrong one, left alone, and for axe."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bauhinia.models import FakeModel

from .conftest import TRUE, OpenVisit, Serve
from .test_accessibility import violations

sys.path.insert(0, str(Path(__file__).parents[1] / "documents"))

from locked_makers import PASSWORD, locked_word

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LOCKED = {
    "name": "circular.docx",
    "mimeType": "application/octet-stream",
    "buffer": locked_word(),
}


async def choose(page: Page) -> None:
    await page.wait_for_load_state("networkidle")
    await page.locator("#file").set_input_files(LOCKED)  # type: ignore[arg-type]
    await expect(page.locator("#password")).to_be_visible()


async def test_a_wrong_password_then_the_right_one_by_keyboard(serve: Serve, visit: OpenVisit) -> None:
    window = await visit(serve(FakeModel(lambda _: TRUE)))
    page = await window.go("/")
    await choose(page)
    await expect(page.locator("#password-field")).to_be_focused()
    await expect(page.locator("#password-file")).to_have_text("circular.docx opens with a password.")
    await page.keyboard.type("not this one")
    await page.keyboard.press("Enter")
    await expect(page.locator("#password-wrong")).to_contain_text("does not open the file")
    await expect(page.locator("#password-field")).to_have_value("")
    await page.locator("#password-field").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("#shelf input")).to_be_checked()
    await expect(page.locator("#password")).to_be_hidden()
    assert PASSWORD not in await page.content()
    assert [url for url in window.requests if "password=" in url] == []
    window.complaints.clear()  # Chromium reports the two 422 that were asked for.


async def test_left_alone_the_file_is_not_added(serve: Serve, visit: OpenVisit) -> None:
    window = await visit(serve(FakeModel(lambda _: TRUE)))
    page = await window.go("/translate")
    await choose(page)
    await page.keyboard.press("Escape")
    await expect(page.locator("#upload-errors")).to_contain_text("circular.docx was not added.")
    await expect(page.locator("#password")).to_be_hidden()
    window.complaints.clear()


@pytest.mark.parametrize("language", ["en", "zh-Hant-HK"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_in_the_dialog(
    serve: Serve, visit: OpenVisit, language: str, scheme: str
) -> None:
    options = {"color_scheme": scheme, "viewport": {"width": 320, "height": 640}}
    window = await visit(serve(FakeModel(lambda _: TRUE)), language=language, **options)
    page = await window.go("/")
    await choose(page)
    await page.locator("#password-field").fill("not this one")
    await page.keyboard.press("Enter")
    await expect(page.locator("#password-wrong")).to_be_visible()
    assert await violations(page) == []
    wide = "document.getElementById('password').scrollWidth - document.getElementById('password').clientWidth"
    assert await page.evaluate(wide) <= 0
    window.complaints.clear()
