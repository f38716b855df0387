"""The pages of terms, by keyboard."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from bauhinia.language import Term
from bauhinia.models import FakeModel
from bauhinia.pilot.codec import draft_of
from bauhinia.pilot.orders import TranslateOrder
from bauhinia.pilot.revision import reword
from bauhinia.pilot.segments import first_segments
from bauhinia.translation.termbases import Termbases

from .conftest import OpenVisit, Serve, Server
from .test_accessibility import violations

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SOURCE = "The waste charging scheme begins in May.\n\nRead about the waste charging scheme.\n"
MODEL = ("垃圾徵費計劃五月開始。", "閱讀有關垃圾徵費的資料。")


def corrected(server: Server) -> None:
    """A translation whose officer corrected a term twice, and a term of the department's own."""
    task = server.task(TranslateOrder(document=server.document(SOURCE, "waste.txt"), to="zh-HK"))

    async def correct() -> None:
        office = server.office
        translation = await office.tasks.get(task)
        rows = first_segments(draft_of(translation))
        await office.segments.add(task, rows)
        for row in rows:
            await reword(office, translation, row.passage, row.target.replace("徵費", "收費"))
        own = Term("widget", "widget", "小器具", forbidden_zh=("器件物",))
        await Termbases(office.database).put(office.officer.department, own)

    server.run(correct())


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh-Hant-HK", "dark")])
async def test_a_proposed_term_is_accepted_and_found(
    serve: Serve, visit: OpenVisit, language: str, scheme: str
) -> None:
    server = serve(FakeModel(lambda asked: MODEL["Read" in asked.messages[-1].content]))
    corrected(server)
    window = await visit(
        server, language=language, color_scheme=scheme, viewport={"width": 360, "height": 740}
    )
    page = await window.go("/terms/candidates")
    await expect(page.locator(".candidates li")).to_contain_text("垃圾徵費")
    assert await violations(page) == []
    await page.locator(".candidates button[value=true]").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(".candidates")).to_have_count(0)
    page = await window.go("/terms")
    await page.locator("input[type=search]").fill("WASTE charging")
    await page.keyboard.press("Enter")
    await expect(page.locator(".terms tbody tr")).to_have_count(1)
    await expect(page.locator(".terms tbody tr")).to_contain_text("垃圾收費")
    assert await violations(page) == []
    page.once("dialog", lambda dialog: dialog.accept())
    await page.locator(".terms button").click()
    await expect(page.locator(".terms").get_by_text("waste charging scheme")).to_have_count(0)
