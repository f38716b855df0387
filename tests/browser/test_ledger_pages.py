"""The ledger in a browser: found by its fields, one entry with its proof, downloaded and checked elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import expect

from bauhinia.ledger import proofs
from bauhinia.models import FakeModel
from bauhinia.pilot.orders import SummariseOrder

from .conftest import OpenVisit, Serve
from .test_accessibility import violations

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


async def test_an_auditor_finds_an_entry_and_takes_its_proof_away(
    serve: Serve, visit: OpenVisit, tmp_path: Path
) -> None:
    server = serve(FakeModel())
    server.task(SummariseOrder(documents=[server.document()]))
    server.run(server.office.gateway.ledger.record("sharing.share", officer="local", department="hyd"))
    page = await (await visit(server)).go("/ledger")
    await page.get_by_label("Kind").select_option("chat")
    await page.get_by_role("button", name="Show").press("Enter")
    rows = page.locator("table.terms tbody tr")
    await expect(rows.first).to_contain_text("Question to the model")
    assert "sharing.share" not in await page.locator("table.terms").inner_text()
    await rows.last.get_by_role("link").click()
    await expect(page.get_by_role("heading", name="Proof")).to_be_visible()
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download the proof").click()
    file = tmp_path / "proof.json"
    await (await download.value).save_as(file)
    checkpoints = server.office.gateway.ledger.checkpoints
    assert checkpoints is not None
    proved = proofs.check(file.read_bytes(), [checkpoints.key])
    assert proved.entry is not None and f"/ledger/{proved.entry}" in page.url


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en", "light", 1280), ("zh-Hant-HK", "dark", 1280), ("zh-Hans", "light", 320)],
)
async def test_its_pages_are_for_everybody_who_may_read_them(
    serve: Serve, visit: OpenVisit, language: str, scheme: str, width: int
) -> None:
    server = serve(FakeModel())
    server.task(SummariseOrder(documents=[server.document()]))
    window = await visit(
        server, language=language, color_scheme=scheme, viewport={"width": width, "height": 800}
    )
    for path in ("/ledger", "/ledger/1"):
        page = await window.go(path)
        assert await violations(page) == []
        assert await page.evaluate(SIDEWAYS) <= 0
        if folder := os.environ.get("SCREENSHOTS"):
            await page.screenshot(path=f"{folder}/{path.replace('/', '-')}-{language}.png", full_page=True)
