"""The pages of departments at work, and those before signing in: WCAG 2.2 AA and reflow."""

from __future__ import annotations

import pytest

from bauhinia.models import FakeModel
from bauhinia.settings import Settings

from .conftest import OpenVisit, Serve, Visit
from .departments import open_departments, reply
from .test_accessibility import SMALL, settled, violations

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PROVIDER = {
    "sign_in": "openid",
    "openid_issuer": "https://login.example.gov.hk",
    "openid_client_id": "bauhinia",
    "openid_preset": "iamsmart",
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update=PROVIDER)


async def faults(window: Visit, paths: dict[str, str], *, read: bool) -> dict[str, list[str]]:
    """What is wrong with pages: by axe where they are `read`, and by what scrolls sideways or is too small."""
    found = {}
    for name, path in paths.items():
        page = await window.go(path)
        await settled(page)
        # The last first: a locator counts those that are closed, and each click makes them one fewer.
        for summary in reversed(await page.locator("main details:not([open]) > summary").all()):
            await summary.click()
        over = await page.evaluate(OVER)
        wrong = [f"{over} px too wide"] if over > 0 else []
        wrong += await page.evaluate(SMALL)
        wrong += await violations(page) if read else []
        if wrong:
            found[name] = wrong
    return found


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en", "light", 1200), ("zh-Hant-HK", "dark", 390), ("zh-Hans", "light", 390)],
)
async def test_axe_finds_nothing_serious_on_the_pages_of_departments(
    serve: Serve, visit: OpenVisit, language: str, scheme: str, width: int
) -> None:
    server = serve(FakeModel(reply))
    pages = open_departments(server)
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    window = await visit(server, language=language, **options)
    found = await faults(window, pages.outside, read=True)
    await pages.sign_in(window)
    found |= await faults(window, pages.inside, read=True)
    assert found == {}


async def test_nothing_scrolls_sideways_or_is_too_small_at_320_pixels(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(reply))
    pages = open_departments(server)
    for language in ("en", "zh-Hant-HK"):
        window = await visit(server, language=language, viewport={"width": 320, "height": 640})
        found = await faults(window, pages.outside, read=False)
        await pages.sign_in(window)
        found |= await faults(window, pages.inside, read=False)
        assert found == {}, language


async def test_links_and_refusals_of_many_officers(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(reply))
    pages = open_departments(server)
    window = await visit(server, color_scheme="dark", viewport={"width": 390, "height": 800})
    await pages.sign_in(window)
    for rows, shown in (("a@hyd.example,A,hyd", "main code"), ("b@hyd.example,,nowhere", "#problem li")):
        page = await window.go("/people")
        file = f"account,name,department\n{rows}\n".encode()
        await page.locator("input[type=file]").set_input_files(
            {"name": "roll.csv", "mimeType": "text/csv", "buffer": file}
        )
        await page.locator("button[value=page]").click()
        await page.locator(shown).first.wait_for()
        assert await violations(page) == []
        assert await page.evaluate(OVER) <= 0
    window.complaints.clear()  # Chromium reports the 422 that was asked for.
