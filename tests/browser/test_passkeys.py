"""Passkeys in Chromium, with its virtual authenticator: added on the account page, then enough alone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from bauhinia.models import FakeModel
from bauhinia.settings import Settings

from .conftest import OpenVisit, Serve, Server, Visit
from .test_accessibility import violations
from .test_signing_in import PASSWORD, code, typed

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"sign_in": "accounts"})


async def device(window: Visit, **options: Any) -> tuple[Any, str]:
    """A virtual authenticator: its CDP session and id."""
    session = await window.context.new_cdp_session(window.page)
    await session.send("WebAuthn.enable")
    made = await session.send("WebAuthn.addVirtualAuthenticator", {"options": {**DEVICE, **options}})
    return session, made["authenticatorId"]


async def signed_in(server: Server, visit: OpenVisit, **options: Any) -> Visit:
    """A window of an officer who has just set up the account; reached by a name, as passkeys need one."""
    accounts = server.office.accounts
    server.run(accounts.add_department("hyd", "Highways Department"))
    link = server.run(accounts.add_officer("as.records", "Assistant Secretary (Records)", "hyd"))
    key = server.run(accounts.invitation(link)).totp
    server.url = server.url.replace("127.0.0.1", "localhost")
    window = await visit(server, **options)
    page = await window.go(f"/welcome/{link}")
    await typed(page, password=PASSWORD, code=code(key))
    await expect(page).to_have_url(f"{server.url}/")
    return window


async def add(window: Visit) -> None:
    page = await window.go("/account")
    await page.locator("#passkey-name").fill("Office laptop")
    await page.locator("form[data-passkey=add] button").click()
    await expect(page.locator("table", has_text="Office laptop")).to_be_visible()


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh-Hant-HK", "dark")])
async def test_a_passkey_is_added_signs_in_alone_and_is_removed(
    serve: Serve, visit: OpenVisit, language: str, scheme: str
) -> None:
    server = serve(FakeModel())
    window = await signed_in(server, visit, language=language, color_scheme=scheme)
    await device(window)
    await add(window)
    page = window.page
    assert await violations(page) == []
    await page.locator("form[action='/sign-out'] button").click()
    await expect(page).to_have_url(f"{server.url}/sign-in")
    await page.locator("form[data-passkey=sign-in] button").click()
    await expect(page.locator("header")).to_contain_text("Assistant Secretary (Records)")
    await window.go("/account")
    await page.locator("form[action$='/remove'] button").click()
    await expect(page.locator("table", has_text="Office laptop")).to_have_count(0)


async def test_a_device_that_does_not_know_its_holder_is_refused(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel())
    window = await signed_in(server, visit)
    session, key = await device(window)
    await add(window)
    await window.page.locator("form[action='/sign-out'] button").click()
    await session.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    await window.page.locator("form[data-passkey=sign-in] button").click()
    await expect(window.page.locator("form[data-passkey=sign-in] [role=status]")).not_to_be_empty()
    assert not [each for each in await window.context.cookies() if each["name"] == "session"]
    window.complaints.clear()


async def test_an_answer_and_a_counter_count_once(serve: Serve, visit: OpenVisit) -> None:
    """A copied device shows itself by its counter; a recorded answer is worth nothing."""
    server = serve(FakeModel())
    window = await signed_in(server, visit)
    await device(window)
    await add(window)
    page = window.page
    await page.locator("form[action='/sign-out'] button").click()
    async with page.expect_request("**/sign-in/passkey") as asked:
        await page.locator("form[data-passkey=sign-in] button").click()
    await expect(page.locator("header")).to_contain_text("Assistant Secretary (Records)")
    recorded = (await asked.value).post_data
    await page.locator("form[action='/sign-out'] button").click()
    await expect(page).to_have_url(f"{server.url}/sign-in")
    again = await page.request.post(
        f"{server.url}/sign-in/passkey", data=recorded, headers={"content-type": "application/json"}
    )
    assert again.status == 401

    async def ahead() -> None:
        async with server.office.database.maintenance() as connection:
            await connection.execute("UPDATE passkeys SET counter = 1000000")

    server.run(ahead())
    await page.locator("form[data-passkey=sign-in] button").click()
    await expect(page.locator("form[data-passkey=sign-in] [role=status]")).not_to_be_empty()
    window.complaints.clear()
