"""The block “Send to a human translator” of the editor: a file down, worked in, up again, and told."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest
from playwright.async_api import Page, expect

from bauhinia.models import FakeModel
from bauhinia.server.words import LANGUAGES

from .conftest import OpenVisit, Serve
from .test_accessibility import violations
from .test_editor import translated

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def downloaded(page: Page, form: str) -> bytes:
    async with page.expect_download() as expected:
        await page.locator(f".bilingual a[href$='format={form}']").click()
    return Path(await (await expected.value).path()).read_bytes()  # noqa: ASYNC240


def worked_in(data: bytes) -> bytes:
    """One row translated and confirmed, one with a lost tag, one taken out."""
    paper, out = docx.Document(io.BytesIO(data)), io.BytesIO()
    rows = paper.tables[0].rows
    rows[1].cells[2].text, rows[1].cells[3].text = "申請表<1>0</1>已到期。", "已確認"
    rows[2].cells[2].text = "申請表已到期。"
    paper.tables[0]._tbl.remove(rows[3]._tr)
    paper.save(out)
    return out.getvalue()


async def send(page: Page, name: str, data: bytes) -> None:
    await page.locator("#bilingual input").set_input_files({"name": name, "mimeType": "", "buffer": data})
    await page.locator("#bilingual button").click()


async def test_a_table_goes_down_and_up_without_leaving_the_page(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(lambda _: "表格五月到期。"))
    page = await (await visit(server)).go(f"/tasks/{translated(server)}/editor")
    await expect(page.locator(".editor-row")).to_have_count(4)
    await page.locator(".bilingual summary").focus()
    await page.keyboard.press("Enter")
    await page.evaluate("window.stayed = true")
    await send(page, "back.docx", worked_in(await downloaded(page, "bilingual-docx")))
    report = page.locator("#bilingual-report")
    await expect(report).to_contain_text("Changed: 1. Confirmed: 1. Unchanged: 1. Not taken over: 2.")
    await expect(report.locator("li")).to_have_text(
        ["Marks such as <1> are missing, added or crossed: 2", "Not in the file: 3"]
    )
    await expect(page.locator(".editor-row").first).to_contain_text("申請表0已到期")
    await expect(page.locator("#editor-progress-words")).to_contain_text("1 of 4")
    assert await page.evaluate("window.stayed")
    assert await violations(page) == []


@pytest.mark.parametrize("form", ["xliff", "xliff12", "bilingual-docx", "bilingual-xlsx"])
async def test_every_file_comes_back_as_it_went(serve: Serve, visit: OpenVisit, form: str) -> None:
    server = serve(FakeModel(lambda _: "表格五月到期。"))
    page = await (await visit(server)).go(f"/tasks/{translated(server)}/editor")
    await page.locator(".bilingual summary").click()
    await send(page, "file", await downloaded(page, form))
    await expect(page.locator("#bilingual-report")).to_have_text(
        "Changed: 0. Confirmed: 0. Unchanged: 4. Not taken over: 0."
    )


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_refusal_is_told_in_place_and_axe_passes(
    serve: Serve, visit: OpenVisit, language: str
) -> None:
    server = serve(FakeModel(lambda _: "表格五月到期。"))
    window = await visit(server, language=language)
    page = await window.go(f"/tasks/{translated(server)}/editor")
    await page.locator(".bilingual summary").click()
    await send(page, "letter.pdf", b"%PDF-1.7")
    await expect(page.locator("#bilingual-report")).to_contain_text("letter.pdf")
    await expect(page.locator("#bilingual-report [lang=en]")).to_contain_text("neither XLIFF nor a table")
    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    window.complaints.clear()  # Chromium reports the 415 that was asked for.
