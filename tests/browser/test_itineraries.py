"""The path to a plan in a real browser: on a phone and a desktop, by keyboard, in light and dark, clean for axe."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import axe_core_python
import pytest
from playwright.async_api import Page, expect

from bauhinia.models import FakeModel

from .conftest import OpenVisit, Serve

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RUN = "axe.run(document, {resultTypes: ['violations']}).then(found => found.violations)"
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


async def violations(page: Page) -> list[Any]:
    await page.wait_for_load_state("load")  # a sheet that is on its way leaves letters without colours
    await page.evaluate(AXE)
    found: list[Any] = await page.evaluate(RUN)
    return [(each["id"], [node["target"] for node in each["nodes"]]) for each in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_a_plan_is_made_and_can_be_read(
    serve: Serve, visit: OpenVisit, size: dict[str, int], scheme: str
) -> None:
    seen = await visit(serve(FakeModel()), viewport=size, color_scheme=scheme)
    page = await seen.go("/chat/itinerary")
    assert await violations(page) == [] and not await page.evaluate(WIDE)
    await page.get_by_role("textbox", name="In your own words").fill(
        "two days, museums and views, from Central"
    )
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("2 days in Hong Kong")
    assert await violations(page) == [] and not await page.evaluate(WIDE)
    picture = page.get_by_role("img", name="Schematic map of Hong Kong")
    await expect(picture).to_be_visible()
    await expect(page.get_by_role("region")).to_have_count(2)
    if folder := os.environ.get("SCREENSHOTS"):
        await page.screenshot(path=f"{folder}/plan-{size['width']}-{scheme}.png", full_page=True)
    sea = await page.locator(".map-sea").evaluate("sea => getComputedStyle(sea).fill")
    assert (sea == "rgb(22, 32, 44)") is (scheme == "dark")
    async with page.expect_download() as started:
        await page.get_by_role("link", name="Calendar file (.ics)").click()
    assert (await started.value).suggested_filename.endswith(".ics")
    await page.get_by_role("link", name="Change the trip").click()
    await expect(page.get_by_role("checkbox", name="Museums")).to_be_checked()
    await expect(page.get_by_role("spinbutton", name="Days")).to_have_value("2")
