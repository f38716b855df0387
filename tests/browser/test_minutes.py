"""The column of who has to act, on the page of drafted minutes."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from bauhinia.models import FakeModel
from bauhinia.pilot.orders import DraftOrder

from .conftest import OpenVisit, Serve
from .test_accessibility import violations

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SAID = {
    "en": (
        "DSD must clear all 72 gullies in the vicinity of the market before the rainy season. Members noted it.",
        "Note that DSD must clear all 72 gullies. The Drainage Services Department (DSD) met. Note the date.",
        "Action",
        "DSD",
    ),
    "zh-HK": (
        "渠務署須清理街市附近全部72個排水口。委員備悉有關事宜。",
        "記錄渠務署須清理72個排水口，委員備悉，記錄日期。",
        "負責單位",
        "渠務署",
    ),
}


@pytest.mark.parametrize(("width", "is_wide"), [(1280, True), (360, False)])
@pytest.mark.parametrize("language", ["en", "zh-HK"])
async def test_who_has_to_act_stands_at_the_right_and_is_edited_there(
    serve: Serve, visit: OpenVisit, language: str, width: int, is_wide: bool
) -> None:
    written, told, heading, party = SAID[language]
    server = serve(FakeModel(lambda r: "{}" if r.schema is not None else written))
    order = DraftOrder(type="minutes", instructions=told, language=language)  # type: ignore[arg-type]
    task = server.task(order)
    interface = "en" if language == "en" else "zh-Hant-HK"
    window = await visit(server, language=interface, viewport={"width": width, "height": 900})
    page = await window.go(f"/tasks/{task}")
    first = page.locator(".beside").first
    await expect(first.locator(".beside-head")).to_have_text(heading)
    item, beside = (first.locator(".passage").nth(place) for place in (0, 1))
    await expect(beside.locator(".text")).to_have_text(party)
    left, right = await item.bounding_box(), await beside.bounding_box()
    assert left is not None and right is not None
    assert (right["x"] > left["x"] + left["width"]) is is_wide
    assert await violations(page) == []
    await beside.locator(".edit").click()
    await beside.locator("textarea").fill("Secretary")
    await page.keyboard.press("Escape")
    await expect(beside.locator(".text")).to_have_text("Secretary")
    await expect(beside).to_have_attribute("data-text", "Secretary")  # the server has it
    await page.reload()
    await expect(page.locator(".beside").first.locator(".passage").nth(1).locator(".text")).to_have_text(
        "Secretary"
    )
