"""A translation on its page: confirm, put a term right, read what is wrong in one's own language."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from bauhinia.language import Term
from bauhinia.models import FakeModel
from bauhinia.pilot.orders import TranslateOrder
from bauhinia.translation.termbases import Termbases

from .conftest import OpenVisit, Serve, Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SOURCE = "The Highways Department will repair 42 footbridges in Kowloon by 31 March 2027.\n"
WRITTEN = "路政署會於2027年3月31日前修葺九龍42條行人天橋。"


def translated(server: Server) -> str:
    """A finished translation, in a department that forbids a word for footbridges."""
    server.run(
        Termbases(server.office.database).put(
            server.office.officer.department,
            Term("own-footbridge", "footbridge", "行人天橋", forbidden_zh=("人行橋",)),
        )
    )
    return server.task(TranslateOrder(document=server.document(SOURCE, "works.txt"), to="zh-HK"))


async def test_a_term_is_put_right_by_one_click(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(lambda _: WRITTEN))
    task = translated(server)
    page = await (await visit(server, language="zh-Hant-HK")).go(f"/tasks/{task}")
    await page.locator(".edit").first.click()
    wrong = "𠮷：" + WRITTEN.replace("行人天橋", "人行橋").replace("42", "43")
    await page.locator("textarea[aria-label]").fill(wrong)
    await page.keyboard.press("Escape")
    await expect(page.locator(".finding").first).to_contain_text("譯文欠缺：42")
    await page.get_by_role("button", name="改為「行人天橋」").click()
    await expect(page.locator(".pair .text").first).to_have_text(wrong.replace("人行橋", "行人天橋"))
    await expect(page.locator(".fix")).to_have_count(0)
    await expect(page.locator("#announce")).to_have_text("已改為「行人天橋」")
    await expect(page.locator(".edit").first).to_be_focused()
    await page.reload()
    await expect(page.locator(".pair .text").first).to_have_text(wrong.replace("人行橋", "行人天橋"))


async def test_a_passage_is_confirmed_and_an_edit_undoes_it(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(lambda _: WRITTEN))
    page = await (await visit(server)).go(f"/tasks/{translated(server)}")
    await page.get_by_role("button", name="Confirm").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(".confirmed-mark")).to_be_visible()
    await expect(page.locator("#announce")).to_have_text("Confirmed")
    await page.reload()
    await expect(page.locator(".confirmed-mark")).to_be_visible()
    await expect(page.locator(".confirm")).to_be_hidden()
    await page.locator(".edit").click()
    await page.locator("textarea[aria-label]").fill(WRITTEN.replace("會於", "將於"))
    await page.keyboard.press("Escape")
    await expect(page.locator(".confirm")).to_be_visible()
    await expect(page.locator(".confirmed-mark")).to_be_hidden()


async def test_a_fault_is_told_in_the_readers_language(serve: Serve, visit: OpenVisit) -> None:
    page = await (await visit(serve(FakeModel(lambda _: WRITTEN)), language="zh-Hans")).go("/")
    fault = {"check": "terms", "kind": "wrong", "found": "人行橋", "wanted": "行人天橋", "message": "x"}
    ask = "fault => import('/static/findings.js').then(module => module.told(fault))"
    assert await page.evaluate(ask, fault) == "词汇库的译法是“行人天橋”，不用“人行橋”。"
    assert await page.evaluate(ask, {**fault, "check": "unheard-of"}) == "x"
