"""The side-by-side editor, by keyboard, and with ten thousand segments."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.async_api import expect

from bauhinia.models import FakeModel
from bauhinia.pilot.orders import TranslateOrder
from bauhinia.pilot.segment_table import Segments
from bauhinia.pilot.segments import EditedSegment

from .conftest import OpenVisit, Serve, Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def translated(server: Server, count: int = 4) -> str:
    """A finished translation with that many segments."""

    async def work() -> str:
        office = server.office
        card = await office.shelf.add(b"The form is due in May.\n", "form.md")
        task = await office.start(TranslateOrder(document=card.id, to="zh-HK"))
        await office.tasks.wait(task)
        rows = [
            EditedSegment(
                place=i, passage=f"p{i}", source=f"Form <1>{i}</1> is due.", target=f"表格<1>{i}</1>到期。",
                original="", status="draft", findings=[],
            )
            for i in range(count)
        ]  # fmt: skip
        await Segments(office.database).add(task, rows)
        return task

    return server.run(work())


async def test_by_keyboard_and_chips(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(lambda _: "表格五月到期。"))
    page = await (visited := await visit(server)).go(f"/tasks/{translated(server)}/editor")
    await expect(page.locator(".editor-row")).to_have_count(4)
    await page.keyboard.press("Alt+ArrowDown")
    await expect(page.locator("#editor-place")).to_have_text("Segment 1")
    for place in ("source", "target"):
        await expect(page.locator(f"#editor-{place} .editor-chip")).to_have_text(["⟨1", "1⟩"])
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#editor-place")).to_have_text("Segment 2")
    await expect(page.locator("#editor-progress-words")).to_contain_text("1 of 4")
    await page.locator("#editor-target").fill("表格1到期。")
    await page.locator("#editor-save").click()
    await expect(page.locator("#editor-findings")).to_contain_text("Tag 1 of the source is missing.")
    assert visited.complaints == []


async def test_tags_are_put_in_by_key_and_deleted_as_one(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(lambda _: "表格五月到期。"))
    task = translated(server)
    page = await (visited := await visit(server)).go(f"/tasks/{task}/editor")
    await page.locator(".editor-row").nth(1).click()
    target = page.locator("#editor-target")
    await expect(target).to_be_focused()
    await target.fill("表格1到期<2>&")
    await target.press("Home")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Shift+ArrowRight")
    await page.keyboard.press("Alt+t")
    await expect(target).to_have_text("表格⟨111⟩到期<2>&")
    await page.keyboard.press("Control+z")
    await expect(target).to_have_text("表格1到期<2>&")
    await page.keyboard.press("Control+Shift+z")
    await page.locator("#editor-save").click()
    await expect(page.locator(".editor-row").nth(1)).to_contain_text("表格1到期<2>&")
    await expect(page.locator("#editor-findings .finding-error")).to_have_count(0)
    (kept,) = [row for row in server.run(server.office.segments.of(task)) if row.place == 1]
    assert kept.target == "表格<1>1</1>到期&lt;2&gt;&amp;"
    await target.press("End")
    for _ in range(len("到期<2>&") + 1):
        await page.keyboard.press("Backspace")
    await expect(target).to_have_text("表格⟨11")
    assert visited.complaints == []


async def test_words_that_the_server_has_not_come_back(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(lambda _: "表格五月到期。"))
    page = await (await visit(server)).go(f"/tasks/{translated(server)}/editor")
    await page.locator(".editor-row").first.click()
    await page.locator("#editor-target").press_sequentially("未儲存")
    await page.reload()
    await page.locator(".editor-row").first.click()
    await expect(page.locator("#editor-target")).to_contain_text("未儲存")


async def test_words_of_two_officers_are_both_kept(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(lambda _: "表格五月到期。"))
    task = translated(server)
    page = await (visited := await visit(server)).go(f"/tasks/{task}/editor")
    await page.locator(".editor-row").first.click()
    await page.locator("#editor-target").fill("我的文字")
    (first, *_) = server.run(server.office.segments.of(task))
    server.run(server.office.segments.save(task, [replace(first, target="他的文字")]))
    await page.locator("#editor-save").click()
    await expect(page.locator("#editor-problem")).to_contain_text("他的文字")
    await expect(page.locator("#editor-target")).to_have_text("我的文字")
    assert [words for words in visited.complaints if "409" not in words] == []
    visited.complaints.clear()
    await page.locator("#editor-problem button").click()
    await expect(page.locator("#editor-target")).to_have_text("他的文字")


async def test_replacing_asks_first_and_is_undone(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(lambda _: "表格五月到期。"))
    page = await (await visit(server)).go(f"/tasks/{translated(server)}/editor")
    page.on("dialog", lambda dialog: dialog.accept())
    await page.locator("[name=find]").fill("表格")
    await page.locator("[name=words]").fill("申請表")
    await page.locator("#editor-replace").click()
    await expect(page.locator(".editor-row").first).to_contain_text("申請表0到期")
    await page.locator("#editor-undo").click()
    await expect(page.locator(".editor-row").first).to_contain_text("表格0到期")
    await expect(page.locator("#editor-undo")).to_be_hidden()


async def test_ten_thousand_segments_have_few_rows(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(lambda _: "表格五月到期。"))
    page = await (await visit(server)).go(f"/tasks/{translated(server, 10_000)}/editor")
    await expect(page.locator(".editor-row").first).to_be_visible()
    await page.locator("#editor-list").evaluate("list => { list.scrollTop = list.scrollHeight; }")
    await expect(page.locator(".editor-row").last).to_contain_text("10000")
    assert await page.locator(".editor-row").count() < 40
