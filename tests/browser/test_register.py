"""An officer opens a new AI use, learns its tier, answers what is asked and signs; another approves; it runs."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from playwright.async_api import Page, expect

from bauhinia.errors import Refused
from bauhinia.gateway import Ask, Message
from bauhinia.models import FakeModel
from bauhinia.people import Administration, Change, NewOfficer, Officer, Origin, acting_as
from bauhinia.settings import Settings

from .conftest import OpenVisit, Serve, Server, Visit
from .departments import MACHINE
from .test_accessibility import SMALL, violations
from .test_department_pages import OVER

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
POSTS = {
    "owner": ("Chan Tai Man 陳大文", "EO(Records)2"),
    "reviewer": ("Wong Mei Ling 黃美玲", "SEO(Administration)"),
}
LOW = {"banned": "none", "critical": "none", "decides": "officer", "fields": "none", "personal": "little"}
CERTIFIED = ("certify_check", "certify_data", "certify_rules")
TEXT = {
    "en": ("Road works enquiries", "Sorts enquiries about road works by district.", "It sorts short texts."),
    "zh-Hant-HK": ("道路工程查詢", "按地區整理有關道路工程的查詢。", "能整理簡短文字。"),
}
SHAPES = (1, 2, 9, 10, 13)
"""Steps of a high use that hold every shape of question, and the signature's."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"sign_in": "accounts"})


class Hand:
    """Fills in forms, and counts what an officer has to do."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.deeds = 0

    async def click(self, selector: str) -> None:
        await self.page.locator(selector).click()
        self.deeds += 1

    async def write(self, selector: str, text: str) -> None:
        await self.page.locator(selector).fill(text)
        self.deeds += 1

    async def choose(self, answers: Mapping[str, str]) -> None:
        for question, option in answers.items():
            await self.click(f'[name="q.{question}"][value="{option}"]')


async def _people(server: Server) -> dict[str, tuple[Officer, str]]:
    """The owner and the reviewer, with a session of each."""
    office = server.office
    by = Administration(office.database, MACHINE, office.gateway.ledger.record)
    await by.put_department("hyd", "Highways Department", "路政署")
    found = {}
    for key, (name, post) in POSTS.items():
        new = NewOfficer(account=f"{key}@hyd.example", name=name, department="hyd", post=post)
        person = (await by.add_and_invite(new)).person
        if key == "reviewer":
            await by.change(person.id, Change(roles=frozenset({"department_administrator"})))
        session = await office.accounts.sessions.begin(
            person.id, "password", Origin(address="10.1.2.3", agent="x")
        )
        officer = await office.accounts.of_session(session)
        assert officer is not None
        found[key] = (officer, session)
    return found


async def asked(server: Server, officer: Officer, use: str) -> str:
    with acting_as(officer):
        ask = Ask(officer=officer, use=use, messages=(Message("user", "Sort this."),))
        return (await server.office.gateway.ask(ask)).text


async def signed_in(
    visit: OpenVisit, server: Server, session: str, language: str, **options: object
) -> Visit:
    window = await visit(server, language=language, **options)
    await window.context.add_cookies([{"name": "session", "value": session, "url": server.url}])
    return window


async def sound(page: Page) -> None:
    """Nothing serious for axe, nothing too wide, nothing too small."""
    assert await violations(page) == []
    assert await page.evaluate(OVER) <= 0
    assert await page.evaluate(SMALL) == []


@pytest.mark.parametrize(
    ("language", "scheme", "width"), [("en", "light", 1200), ("zh-Hant-HK", "dark", 390)]
)
async def test_a_new_use_is_opened_assessed_signed_approved_and_let_through(
    serve: Serve, visit: OpenVisit, language: str, scheme: str, width: int
) -> None:
    server = serve(FakeModel(lambda _: "Sorted."))
    people = server.run(_people(server))
    (owner, own_session), (_, session) = people["owner"], people["reviewer"]
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    window = await signed_in(visit, server, own_session, language, **options)
    name, purpose, fits = TEXT[language]

    page = await window.go("/register")
    await sound(page)
    hand = Hand(page)
    await hand.click('main a[href="/register/new"]')
    await sound(page)
    await hand.write("#title", name)
    await hand.write("#purpose", purpose)
    await hand.click("main form .primary")
    await page.wait_for_url("**/assessment")
    use = page.url.split("/")[-2]
    with pytest.raises(Refused):
        server.run(asked(server, owner, use))
    await sound(page)
    await hand.choose(LOW)
    await hand.click("main form .primary")
    await expect(page.locator(".ruling h2")).to_contain_text("Low risk" if language == "en" else "低風險")
    await sound(page)
    await hand.click("main form .primary")
    await hand.click('[name="q.licence"][value="open"]')
    await hand.write('[name="q.model_fits"]', fits)

    # Half-way: away from the page, and on with it later.
    await expect(page.locator("[data-kept]")).not_to_be_empty()
    await hand.click(".form-end a")
    await expect(page.locator(".tag-draft")).to_be_visible()
    await hand.click(".next .primary")
    await expect(page.locator('[name="q.certify_check"]')).to_be_visible()
    for each in CERTIFIED:
        await hand.click(f'[name="q.{each}"]')
    await hand.click("main form .primary")
    await sound(page)
    await hand.click('form[action$="/sign"] button')
    await expect(page.locator(".tag-waiting")).to_be_visible()
    assert hand.deeds <= 24  # fields and clicks, from the register to the signature

    other = await signed_in(visit, server, session, language, **options)
    page = await other.go(f"/register/{use}")
    hand = Hand(page)
    await hand.click(".next .primary")
    await expect(page.locator("main")).to_contain_text(fits)
    await sound(page)
    await hand.click('form[action$="/approve"] .primary')
    await expect(page.locator(".tag-approved")).to_be_visible()
    await sound(page)
    assert hand.deeds == 2
    assert server.run(asked(server, owner, use)) == "Sorted."


async def test_a_high_use_unfolds_what_it_demands_and_nothing_is_lost(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel())
    _, session = server.run(_people(server))["owner"]
    window = await signed_in(visit, server, session, "zh-Hans", viewport={"width": 320, "height": 640})
    page = await window.go("/register/new")
    hand = Hand(page)
    await hand.write("#title", "Licence renewals")
    await hand.write("#purpose", "Proposes which licences to renew.")
    await hand.click("main form .primary")
    await hand.choose(LOW | {"critical": "rights"})
    # “None of these” takes the others out.
    await hand.click('[name="q.critical"][value="none"]')
    await expect(page.locator('[name="q.critical"][value="rights"]')).not_to_be_checked()
    await hand.click('[name="q.critical"][value="rights"]')
    await hand.click("main form .primary")
    await expect(page.locator(".ruling h2")).to_contain_text("高风险")
    await hand.click('[name="q.claim"][value="limited"]')
    await expect(page.locator('[name="q.claim_reason"]')).to_be_visible()
    await hand.click('[name="q.claim"][value="found"]')
    await expect(page.locator('[name="q.claim_reason"]')).to_be_hidden()
    steps = page.locator(".steps a")
    assert await steps.count() == 14
    for step in range(await steps.count()):
        await steps.nth(step).click()
        await expect(steps.nth(step)).to_have_attribute("aria-current", "step")
        assert await page.evaluate(OVER) <= 0
        if step in SHAPES:
            await sound(page)
    await expect(page.locator(".finding-warning li")).not_to_have_count(0)
    await expect(page.locator('form[action$="/sign"]')).to_have_count(0)


async def test_an_unacceptable_use_is_told_so_and_cannot_be_signed(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel())
    _, session = server.run(_people(server))["owner"]
    window = await signed_in(visit, server, session, "zh-Hant-HK")
    page = await window.go("/register/new")
    hand = Hand(page)
    await hand.write("#title", "民意引導")
    await hand.write("#purpose", "令市民不自覺地改變看法。")
    await hand.click("main form .primary")
    await hand.choose(LOW | {"banned": "manipulation"})
    await hand.click("main form .primary")
    await expect(page.locator(".ruling h2")).to_contain_text("不可接受")
    await expect(page.locator(".finding-error")).to_be_visible()
    await expect(page.locator('form[action$="/sign"]')).to_have_count(0)
    await sound(page)
    page = await window.go("/register/calendar")
    await sound(page)
