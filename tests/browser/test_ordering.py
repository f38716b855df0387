"""A translation's order follows the document that is chosen."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Route, expect

from bauhinia.models import FakeModel

from .conftest import OpenVisit, Serve

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

CHINESE = "委員會將於月底前審議每宗申請，並會以書面通知申請人結果。\n"


async def test_the_target_and_the_kinds_of_text_follow_the_document(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(lambda _: "路政署會維修行人天橋。"))
    english, chinese = server.document(), server.document(f"<p>{CHINESE}</p>", "notice.html")
    window = await visit(server)
    page = await window.go("/translate")
    to_chinese, to_english = (page.locator(f"input[name=to][value={to}]") for to in ("zh-HK", "en"))
    await expect(page.locator("input[name=to]:checked")).to_have_count(0)
    await page.locator(f"input[name=document][value='{english}']").check()
    await expect(to_chinese).to_be_checked()
    await page.locator(f"input[name=document][value='{chinese}']").check()
    await expect(to_english).to_be_checked()
    await page.locator(".stories summary").click()
    await expect(page.get_by_label("Descriptions of pictures")).to_be_visible()
    await expect(page.get_by_label("Speaker notes")).to_be_hidden()
    await expect(page.get_by_label("Hidden text")).not_to_be_checked()
    await to_chinese.check()
    await expect(page.locator("#estimate")).to_have_text(
        "The document is in that language already. Choose the other one."
    )
    window.complaints.clear()  # Chromium reports the 400 that was asked for.


async def test_an_uploaded_document_sets_the_target(serve: Serve, visit: OpenVisit) -> None:
    page = await (await visit(serve(FakeModel(lambda _: "路政署會維修行人天橋。")))).go("/translate")
    file = {"name": "notice.txt", "mimeType": "text/plain", "buffer": CHINESE.encode()}
    await page.locator("#file").set_input_files([file])  # type: ignore[list-item]
    await expect(page.locator("input[name=to][value=en]")).to_be_checked()
    await expect(page.locator("#estimate")).to_have_text("0 % from memory")


async def test_a_file_that_was_chosen_before_the_scripts_came_is_added(
    serve: Serve, visit: OpenVisit
) -> None:
    window = await visit(serve(FakeModel(lambda _: "路政署會維修行人天橋。")))
    held = asyncio.Event()

    async def late(route: Route) -> None:
        await held.wait()
        await route.continue_()

    await window.page.route("**/words/**", late)
    page = await window.go("/translate")
    file = {"name": "notice.txt", "mimeType": "text/plain", "buffer": CHINESE.encode()}
    await page.locator("#file").set_input_files([file])  # type: ignore[list-item]
    held.set()
    await expect(page.locator("input[name=to][value=en]")).to_be_checked()
