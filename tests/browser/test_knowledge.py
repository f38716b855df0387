"""The library in a browser: filled, searched, and a source opened at its passage."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from bauhinia.models import FakeModel

from ..statements import OURS
from .conftest import SOURCE, TRUE, OpenVisit, Serve
from .test_accessibility import violations

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def begin_a_collection(page: Page) -> None:
    """Fill the form of a new one, by what right it holds its documents too, and send it."""
    await page.locator("input[name=name]").fill("Notices")
    await page.locator("input[name=source]").fill("The department's notices")
    await page.locator("input[name=reference]").fill("File HyD 1/2026")
    await page.locator("input[name=post]").fill("Senior Records Officer")
    await page.locator("select[name=basis]").select_option("own_work")
    await page.locator("select[name=grade]").select_option("A")
    await page.locator("input[name=post]").press("Enter")


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh-Hant-HK", "dark")])
async def test_files_are_added_found_and_opened_at_the_passage(
    serve: Serve, visit: OpenVisit, language: str, scheme: str
) -> None:
    window = await visit(
        serve(FakeModel(lambda _: TRUE)),
        language=language,
        color_scheme=scheme,
        viewport={"width": 360, "height": 740},
    )
    page = await window.go("/knowledge")
    assert await violations(page) == []
    await begin_a_collection(page)
    files = [
        {"name": "repairs.md", "mimeType": "text/markdown", "buffer": SOURCE.format(more="").encode()},
        {"name": "broken.pdf", "mimeType": "application/pdf", "buffer": b"nothing"},
    ]
    await page.locator("input[type=file]").set_input_files(files)  # type: ignore[arg-type]  # two payloads
    await page.locator("button.primary").click()
    await expect(page.locator("[data-status=done]")).to_be_visible()
    await expect(page.locator(".fate-added")).to_have_count(1)
    await expect(page.locator(".fate-refused")).to_have_count(1)
    assert await violations(page) == []
    page = await window.go("/knowledge")
    await page.locator("input[type=search]").fill("repair footbridges")
    await page.keyboard.press("Enter")
    await expect(page.locator(".hits mark").first).to_be_visible()
    assert await violations(page) == []
    await page.locator(".hits a").first.click()
    await expect(page.locator(".kept .block.at").filter(has_text=TRUE)).to_be_in_viewport()
    assert await violations(page) == []
    await page.locator("main a[href$='/sheet']").click()
    await expect(page.locator("main")).to_contain_text("File HyD 1/2026")
    assert await violations(page) == []
    assert window.off_origin() == []


async def test_an_answer_s_citation_opens_the_page_at_its_sentence(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(lambda _: TRUE))

    async def fill() -> None:
        library = server.office.library
        await library.add(
            await library.create("Notices", sheet=OURS), "repairs.md", SOURCE.format(more="").encode()
        )

    server.run(fill())
    window = await visit(server)
    page = await window.go("/knowledge")
    await page.locator("input[type=search]").fill("How many footbridges will be repaired?")
    await page.locator("button.primary").first.click()
    await page.locator("a.cite").click()
    await expect(page.locator(".kept .block:focus")).to_contain_text("42 footbridges")
