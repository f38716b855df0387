"""An officer sees what a document holds before it is sent, and one who governs makes the rules stricter."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from bauhinia.models import FakeModel

from .conftest import OpenVisit, Serve

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LETTER = "Your HKID A123456(3) and telephone 2345 6789 were received.\n"


async def test_a_stricter_rule_is_told_before_a_document_is_sent(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel())
    document = server.document(LETTER, "letter.txt")
    window = await visit(server)
    page = await window.go(f"/summarise?document={document}")
    told = page.locator("#forecast")
    await expect(told).to_contain_text("identity card number (1)")
    await expect(told).to_contain_text("telephone number (1)")
    await expect(told).not_to_contain_text("the request will be refused")

    await told.get_by_role("link", name="The rules").click()
    await expect(page.get_by_role("heading", name="What becomes of personal data")).to_be_visible()
    summary = page.locator("details summary")
    await summary.focus()
    await page.keyboard.press("Enter")
    form = page.locator("details form")
    await form.get_by_label("Personal data").select_option(label="telephone number")
    await form.get_by_label("What is done").select_option(label="The request is refused")
    await form.get_by_label("Why").fill("No number leaves this office.")
    await page.keyboard.press("Enter")
    await expect(page.locator("#set ~ .table-scroll")).to_contain_text("No number leaves this office.")

    await window.go(f"/summarise?document={document}")
    await expect(told).to_contain_text("The request is refused: telephone number (1)")
    await expect(told).to_contain_text("Take it out first")
    assert server.model.requests == []
