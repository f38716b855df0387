"""The officer's rights in a browser: complain, see it withdrawn and answered; consent; opt out; the switch.

Every page of it is read by axe, in light and dark and three languages, at 320 pixels.
"""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from bauhinia.models import FakeModel
from bauhinia.pilot.orders import TranslateOrder
from bauhinia.server.words import LANGUAGES

from .conftest import OpenVisit, Serve, Server
from .test_accessibility import SMALL, violations

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def translated(server: Server) -> str:
    return server.task(TranslateOrder(document=server.document(), to="zh-HK"))


async def test_a_complaint_goes_from_the_answer_to_its_outcome(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(lambda _: "路政署會維修行人天橋。"))
    task = translated(server)
    page = await (await visit(server)).go(f"/tasks/{task}")
    await expect(page.locator('a[href*="format=docx"]')).to_be_visible()
    await page.get_by_text("It helped", exact=True).click()
    await expect(page.locator(".complain a")).to_have_text([re.compile("C-20")])
    await page.get_by_text("Complain, or ask for a correction").click()
    await page.get_by_label("What is it about?").select_option("unlawful")
    await page.get_by_label("What is wrong?").fill("It tells how to climb the bridge.")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator("#kept-back")).to_be_visible()
    case = page.url
    await page.goto(f"{server.url}/tasks/{task}")
    await expect(page.locator("#kept-back")).to_be_visible()
    await expect(page.locator('a[href*="format=docx"]')).to_have_count(0)
    await page.goto(case)
    await page.locator("#take").click()
    await page.get_by_label("Outcome").select_option("unfounded")
    await page.get_by_label("Reply to the complainant, in plain words").fill("No sentence says that.")
    await page.get_by_role("button", name="Decide and reply").click()
    await expect(page.locator("#reply + p")).to_have_text("No sentence says that.")
    await page.goto(f"{server.url}/tasks/{task}")
    await expect(page.locator("#kept-back")).to_have_count(0)
    await expect(page.locator('a[href*="format=docx"]')).to_be_visible()


async def test_consent_is_given_and_withdrawn_with_the_keyboard(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel())
    page = await (await visit(server, language="zh-Hant-HK")).go("/consents")
    section = page.locator("section", has=page.locator("#training"))
    await expect(section.locator(".status strong")).to_have_text("你未同意")
    await section.get_by_role("button", name="我已細閱並同意").focus()
    await page.keyboard.press("Enter")
    await expect(section.locator(".status strong")).to_have_text("你已同意")
    await section.get_by_role("button", name="撤回同意").focus()
    await page.keyboard.press("Enter")
    await expect(section.locator(".status strong")).to_have_text("你未同意")
    await expect(page.locator("#history + ul li")).to_have_count(2)


async def test_the_switch_is_pressed_and_lifted(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel())
    page = await (await visit(server)).go("/switch")
    await page.get_by_label("All use of AI").check()
    await page.get_by_label("Why? Officers are told this.").fill("A drill.")
    await page.get_by_role("button", name="Stop it now").click()
    await expect(page.locator(".history .status")).to_have_text("Stopped")
    await page.get_by_role("button", name="Let it go on").click()
    await expect(page.locator(".history .status")).to_have_text("Goes on again")


@pytest.mark.parametrize(
    ("language", "scheme"), [*((language, "light") for language in LANGUAGES), ("zh-Hant-HK", "dark")]
)
async def test_every_page_of_it_is_accessible_and_narrow(
    serve: Serve, visit: OpenVisit, language: str, scheme: str
) -> None:
    server = serve(FakeModel(lambda _: "路政署會維修行人天橋。"))
    case, incident = server.run(filled(server, translated(server)))
    window = await visit(
        server, language=language, color_scheme=scheme, viewport={"width": 320, "height": 640}
    )
    wrong = {}
    for path in (
        *("/consents", "/my-data", "/switch", "/cases", "/incidents", f"/cases/{case}"),
        f"/incidents/{incident}",
    ):
        page = await window.go(path)
        wide = await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if found := [*await violations(page), *await page.evaluate(SMALL), *(["wide"] if wide > 0 else [])]:
            wrong[path] = found
    assert wrong == {}


async def filled(server: Server, task: str) -> tuple[str, str]:
    """A complaint and an incident, by id."""
    from bauhinia.guideline.incidents import Incidents
    from bauhinia.guideline.stopping import Stopping

    office = server.office
    by, ledger = office.officer, office.gateway.ledger
    case = await office.complaints.file(by, "wrong", "The bridge is not in Kowloon.", task=task)
    await Stopping(office.database, ledger).stop(by, "use", "pilot.draft", "A drill.")
    incident = await Incidents(office.database, ledger).open(
        by, "leak", "high", "A list", "Sent.", drill=True
    )
    return case.id, incident
