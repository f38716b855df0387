"""Signing in, in a browser: from a one-time link to a task, out again, and nothing without."""

from __future__ import annotations

import time

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.async_api import Page, expect

from bauhinia.models import FakeModel
from bauhinia.settings import Settings

from .conftest import OpenVisit, Serve
from .test_accessibility import violations

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
PASSWORD = "correct horse battery staple"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"sign_in": "accounts"})


def code(key: bytes, away: int = 0) -> str:
    return TOTP(key, 6, SHA1(), 30).generate(int(time.time()) + away).decode()


async def typed(page: Page, **fields: str) -> None:
    for name, words in fields.items():
        await page.locator(f"#{name}").fill(words)
    await page.locator("form.sign-in button.primary").click()


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh-Hant-HK", "dark")])
async def test_from_a_link_to_the_workspace_and_out(
    serve: Serve, visit: OpenVisit, language: str, scheme: str
) -> None:
    server = serve(FakeModel())
    accounts = server.office.accounts
    server.run(accounts.add_department("hyd", "Highways Department"))
    link = server.run(accounts.add_officer("as.records", "Assistant Secretary (Records)", "hyd"))
    key = server.run(accounts.invitation(link)).totp
    window = await visit(server, language=language, color_scheme=scheme)
    page = await window.go("/")
    await expect(page).to_have_url(f"{server.url}/sign-in?next=%2F")
    assert await violations(page) == []
    page = await window.go(f"/welcome/{link}")
    await expect(page.locator("#key")).to_contain_text(" ")
    assert await violations(page) == []
    await typed(page, password=PASSWORD, code=code(key, -30))
    await expect(page).to_have_url(f"{server.url}/")
    await expect(page.locator("header")).to_contain_text("Assistant Secretary (Records)")
    assert await violations(page) == []
    await page.locator("form[action='/sign-out'] button").click()
    await typed(page, account="as.records", password=PASSWORD, code=code(key))
    await expect(page.locator("header")).to_contain_text("Assistant Secretary (Records)")


async def test_a_wrong_code_is_told_in_place(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel())
    window = await visit(server)
    page = await window.go("/sign-in?next=/tasks")
    await typed(page, account="nobody", password=PASSWORD, code="000000")
    await expect(page.locator("[role=alert]")).to_contain_text("do not belong together")
    await expect(page.locator("#account")).to_have_value("nobody")
    assert await violations(page) == []
    window.complaints.clear()
