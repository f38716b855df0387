"""The comparison page: two versions chosen, what changed told and marked, from change to change by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from bauhinia.models import FakeModel
from bauhinia.pilot.orders import CompareOrder

from .conftest import OpenVisit, Serve, Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

OLD = """# Footbridges

The form must be returned by 3 May 2026.

The first batch of works covers six footbridges in Sha Tin and Tsuen Wan, to be opened in turn.

The Highways Department will repair 42 footbridges in Kowloon.

| Bridge | Cost |
|---|---|
| Argyle Street | HK$3 million |
| Nathan Road | HK$5 million |
"""
NEW = """# Footbridges

The form should be returned by 10 May 2026.

The Highways Department will repair 42 footbridges in Kowloon.

A hotline is open at all hours for anybody who cannot use a footbridge.

The first batch of works covers six footbridges in Sha Tin and Tsuen Wan, to be opened in turn.

| Bridge | Cost |
|---|---|
| Argyle Street | HK$3 million |
| Nathan Road | HK$6 million |
"""


def compared(server: Server) -> str:
    """The path of a comparison that was done."""
    old, new = server.document(OLD, "old.md"), server.document(NEW, "new.md")
    return f"/tasks/{server.task(CompareOrder(documents=[old, new]))}"


async def test_two_versions_are_chosen_and_compared(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel())
    server.document(OLD, "old.md")
    server.document(NEW, "new.md")
    page = await (await visit(server)).go("/compare")
    for name, file in (("Earlier version", "old.md"), ("Later version", "new.md")):
        choice = page.get_by_label(re.compile(name))
        value = await choice.locator("option", has_text=file).get_attribute("value")
        await choice.select_option(value)
    await page.get_by_role("button", name="Start").click()
    await expect(page.locator(".substance")).to_contain_text(
        "The deadline moved from 3 May 2026 to 10 May 2026."
    )
    await expect(page.locator(".substance")).to_contain_text(
        "“must be returned by” became “should be returned by”"
    )
    await expect(page.locator(".substance")).to_contain_text("from HK$5 million to HK$6 million")
    assert server.model.requests == []


async def test_the_same_document_twice_is_refused(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel())
    document = server.document(OLD, "old.md")
    window = await visit(server)
    page = await window.go("/compare")
    await page.locator("#version-old").select_option(document)
    await page.locator("#version-new").select_option(document)
    await page.get_by_role("button", name="Start").click()
    await expect(page.locator("#problem")).to_contain_text("two different documents")
    await expect(page.locator("#version-new")).to_have_value(document)
    window.complaints.clear()


async def test_what_differs_is_marked_by_more_than_colour(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel())
    page = await (await visit(server)).go(compared(server))
    row = page.locator(".row-changed").first
    assert await row.locator("del").all_inner_texts() == ["must", "3"]
    assert await row.locator("ins").all_inner_texts() == ["should", "10"]
    lines = "(one) => getComputedStyle(one).textDecorationLine"
    assert await row.locator("del").first.evaluate(lines) == "line-through"
    assert await row.locator("ins").first.evaluate(lines) == "underline"
    await expect(row.locator(".row-status")).to_have_text("Changed")


async def test_the_halves_of_a_move_lead_to_one_another(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel())
    page = await (await visit(server)).go(compared(server))
    here, there = page.locator(".row-moved_from"), page.locator(".row-moved_to")
    await here.get_by_role("link").click()
    await expect(there).to_be_focused()
    await there.get_by_role("link").click()
    await expect(here).to_be_focused()


async def test_only_changes_and_from_one_to_the_next(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel())
    page = await (await visit(server)).go(compared(server))
    await expect(page.locator(".row-same").first).to_be_visible()
    await page.get_by_label("Only changes").check()
    await expect(page.locator(".row-same").first).to_be_hidden()
    changes = page.locator("[data-change]")
    assert await changes.count() >= 4
    await page.keyboard.press("Alt+ArrowDown")
    await expect(changes.nth(0)).to_be_focused()
    await page.keyboard.press("Alt+ArrowDown")
    await expect(changes.nth(1)).to_be_focused()
    await page.keyboard.press("Alt+ArrowUp")
    await expect(changes.nth(0)).to_be_focused()
    await page.get_by_role("button", name="Previous change").click()
    await expect(changes.last).to_be_focused()


async def test_a_change_of_the_summary_leads_to_its_row(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel())
    page = await (await visit(server)).go(compared(server))
    await page.locator(".change", has_text="HK$6 million").get_by_role("link").click()
    await expect(page.locator(".row:focus")).to_contain_text("Nathan Road")


async def test_with_a_version_removed_the_summary_stays(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel())
    old, new = server.document(OLD, "old.md"), server.document(NEW, "new.md")
    task = server.task(CompareOrder(documents=[old, new]))
    server.run(server.office.shelf.remove(new))
    page = await (await visit(server)).go(f"/tasks/{task}")
    await expect(page.locator(".substance")).to_contain_text("The deadline moved")
    await expect(page.locator("#comparison")).to_have_count(0)
