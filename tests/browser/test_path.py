"""An officer's path through the service: from the first administrator's link to a share that was withdrawn."""

from __future__ import annotations

from base64 import b32decode

import pytest
from playwright.async_api import Page, expect

from bauhinia.models import FakeModel
from bauhinia.people import FirstAdministrator
from bauhinia.settings import Settings

from .conftest import SOURCE, TRUE, OpenVisit, Serve, Visit
from .test_knowledge import begin_a_collection
from .test_signing_in import PASSWORD, code, typed

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
OFFICER, RECEIVER = "eo.records@hyd.example", "eo.traffic@td.example"
ROLL = f"""account,name,department,grade,post
{OFFICER},Chan Tai Man,hyd,Executive Officer II,EO(Records)1
{RECEIVER},Lee Siu Ming,td,Executive Officer II,EO(Traffic)1
"""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"sign_in": "accounts"})


async def set_up(page: Page) -> bytes:
    """Choose a password on the page of a one-time link; gives the authenticator's key, as the page shows it."""
    shown = (await page.locator("#key").inner_text()).replace(" ", "")
    key = b32decode(shown + "=" * (-len(shown) % 8))
    await typed(page, password=PASSWORD, code=code(key, -30))
    await expect(page.locator("form[action='/sign-out'] button")).to_be_visible()
    return key


async def administer(window: Visit, first: str) -> dict[str, str]:
    """The first administrator comes in, and adds a department and the officers; gives their links."""
    page = await window.go(f"/welcome/first/{first}")
    await typed(
        page,
        account="so@hyd.example",
        name="SO(IT)1",
        department_name="Highways Department",
        department="hyd",
    )
    await set_up(page)
    page = await window.go("/departments")
    await page.locator("#key").fill("td")
    await page.locator("#name_en").fill("Transport Department")
    await page.locator("#name_zh").fill("運輸署")
    await page.locator(".person-form button").click()
    await expect(page.locator("table")).to_contain_text("Transport Department")
    page = await window.go("/people")
    await page.locator("input[type=file]").set_input_files(
        {"name": "officers.csv", "mimeType": "text/csv", "buffer": ROLL.encode()}
    )
    await page.locator("button[value=page]").click()
    await expect(page.locator("main code")).to_have_count(2)
    accounts = await page.locator("main tbody th").all_inner_texts()
    return dict(zip(accounts, await page.locator("main code").all_inner_texts(), strict=True))


async def ask_the_library(page: Page, window: Visit) -> str:
    """Fill the library, ask it and open the source at the passage; gives the path of the answer."""
    await window.go("/knowledge")
    await begin_a_collection(page)
    await page.locator("input[type=file]").set_input_files(
        {"name": "repairs.md", "mimeType": "text/markdown", "buffer": SOURCE.format(more="").encode()}
    )
    await page.locator("button.primary").click()
    await expect(page.locator(".fate-added")).to_have_count(1)
    await window.go("/knowledge")
    await page.locator("input[type=search]").fill("How many footbridges will be repaired?")
    await page.locator("button.primary").first.click()
    await expect(page.locator(".status-done")).to_be_visible()
    answer = page.url.removeprefix(window.url)
    await page.locator("a.cite").first.click()
    await expect(page.locator(".kept .block.at").filter(has_text=TRUE)).to_be_in_viewport()
    return answer


async def test_from_the_first_link_to_a_share_that_was_withdrawn(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(lambda _: TRUE))
    first = server.run(FirstAdministrator(server.office.database).link())
    assert first is not None
    links = await administer(await visit(server), first)
    assert set(links) == {OFFICER, RECEIVER}

    window = await visit(server)
    page = await window.go(links[OFFICER].removeprefix(server.url))
    key = await set_up(page)
    await page.locator("form[action='/sign-out'] button").click()
    await typed(page, account=OFFICER, password=PASSWORD, code=code(key))
    await expect(page.locator("header")).to_contain_text("Chan Tai Man")
    answer = await ask_the_library(page, window)

    await window.go(answer)
    await page.locator(".sharing summary").click()
    await page.locator("input[name=receiver]").fill(RECEIVER)
    await page.locator("input[name=unverified]").check()  # nobody has accepted it yet
    await page.locator("form[action$='/share'] button").click()
    await expect(page.locator(".shares")).to_contain_text("Lee Siu Ming")

    theirs = await visit(server)
    reader = await theirs.go(links[RECEIVER].removeprefix(server.url))
    await set_up(reader)
    await reader.locator("main .history a").click()
    await expect(reader.locator(".pane.draft")).to_contain_text(TRUE)
    await expect(reader.locator(".shared-note")).to_be_visible()

    await page.reload()
    await expect(page.locator(".shares")).to_contain_text("has been read")
    await page.locator(".shares button").click()
    await expect(page.locator(".shares")).to_have_count(0)
    gone = await reader.reload()
    assert gone is not None and gone.status == 404
    await expect(reader.locator("main")).not_to_contain_text(TRUE)
    theirs.complaints.clear()  # Chromium reports the 404 that was asked for.
