"""OpenID Connect against a real provider in its own process: who comes in, what is refused and why, and how it
ends."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
from pydantic import SecretStr
from yarl import URL

from bauhinia.models import FakeModel
from bauhinia.people import openid_provider
from bauhinia.people.passwords import digest
from bauhinia.settings import Settings

from ..people.openid_provider import CLIENT, SECRET
from .conftest import OpenSite, Site

PROGRAM = Path(__file__).parents[1] / "people" / "openid_provider.py"
ACCOUNT = "as.records@hyd.example"
USER = {"sub": "u1", "sid": "s1", "preferred_username": ACCOUNT, "name": "AS (Records)", "department": "hyd"}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    process = subprocess.Popen([sys.executable, str(PROGRAM)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process:
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture
def settings(settings: Settings, issuer: str) -> Settings:
    return settings.model_copy(
        update={
            "sign_in": "openid",
            "openid_preset": "keycloak",
            "openid_issuer": issuer,
            "openid_client_id": CLIENT,
            "openid_client_secret": SecretStr(SECRET),
        }
    )


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openid_provider, "KEYS_APART", 0.0)


async def control(issuer: str, **what: Any) -> dict[str, Any]:
    async with aiohttp.ClientSession() as session, session.post(f"{issuer}/control", json=what) as answer:
        told: dict[str, Any] = await answer.json()
        return told


@pytest.fixture
async def site(open_site: OpenSite, issuer: str) -> Site:
    site = await open_site(FakeModel(lambda _: "路政署會修葺行人天橋。", piece=1, delay=0.5))
    await site.office.accounts.add_department("hyd", "Highways Department")
    await site.office.accounts.add_officer(ACCOUNT, "Assistant Secretary (Records)", "hyd")
    await control(issuer, user=USER, fault={})
    return site


@pytest.fixture
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield session


async def came_back(browser: aiohttp.ClientSession, site: Site) -> URL:
    """The address that the provider sends the browser back to, not gone to yet."""
    async with browser.get(f"{site.url}/sign-in/openid?next=/tasks", allow_redirects=False) as answer:
        assert answer.status == 303
        there = URL(answer.headers["location"], encoded=True)
    async with browser.get(there, allow_redirects=False) as answer:
        assert answer.status == 302
        return URL(answer.headers["location"], encoded=True)


async def visit(browser: aiohttp.ClientSession, address: URL) -> tuple[int, str]:
    async with browser.get(address, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("location", "") or await answer.text()


def session_of(browser: aiohttp.ClientSession) -> str:
    return next((each.value for each in browser.cookie_jar if each.key == "session"), "")


async def why(site: Site) -> str:
    """The reason in the ledger's newest entry for a sign-in."""
    async with site.office.database.maintenance() as connection:
        cursor = await connection.execute("SELECT body FROM ledger ORDER BY seq DESC LIMIT 1")
        row = await cursor.fetchone()
    assert row is not None
    entry = orjson.loads(row[0])
    assert entry["deed"] == "people.sign_in", entry
    return str(entry["decisions"][-1][-1])


async def test_the_provider_lets_an_officer_in(site: Site, browser: aiohttp.ClientSession) -> None:
    assert await visit(browser, await came_back(browser, site)) == (303, "/tasks")
    officer = await site.office.accounts.of_session(session_of(browser))
    assert officer is not None and (officer.name, officer.department) == (
        "Assistant Secretary (Records)",
        "hyd",
    )
    assert await why(site) == "openid"


async def test_who_was_known_once_is_known_by_the_subject(
    site: Site, browser: aiohttp.ClientSession, issuer: str
) -> None:
    """A renamed account stays its officer's; who gets the old name later does not get the account."""
    await visit(browser, await came_back(browser, site))
    first = await site.office.accounts.of_session(session_of(browser))
    await control(issuer, user={**USER, "preferred_username": "renamed"})
    await visit(browser, await came_back(browser, site))
    assert await site.office.accounts.of_session(session_of(browser)) == first
    await control(issuer, user={**USER, "sub": "u2"})
    status, _ = await visit(browser, await came_back(browser, site))
    assert status == 401 and await why(site) == "account_taken"


FAULTS: dict[str, dict[str, Any]] = {
    "nonce": {"claims": {"nonce": "another"}},
    "no nonce": {"without": ["nonce"]},
    "audience": {"claims": {"aud": "another"}},
    "audiences": {"claims": {"aud": [CLIENT, "another"], "azp": "another"}},
    "issuer": {"claims": {"iss": "https://another.example"}},
    "expired": {"claims": {"exp": 1_000_000_000}},
    "never expires": {"without": ["exp"]},
    "issued in the future": {"claims": {"iat": 4_000_000_000}},
    "alg none": {"signature": "none"},
    "public key as a shared secret": {"signature": "public key"},
    "another's key": {"signature": "stranger"},
    "userinfo of another": {"userinfo": {"sub": "u2"}},
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_token_that_is_wrong_lets_nobody_in(
    site: Site, browser: aiohttp.ClientSession, issuer: str, fault: str
) -> None:
    await control(issuer, fault=FAULTS[fault])
    status, told = await visit(browser, await came_back(browser, site))
    assert status == 401 and "did not confirm who you are" in told
    assert not session_of(browser) and await why(site) == "provider_refused"
    await control(issuer, fault={})
    assert (await visit(browser, await came_back(browser, site)))[0] == 303


async def test_a_new_key_is_fetched_and_a_made_up_one_is_not_asked_for_often(
    site: Site, browser: aiohttp.ClientSession, issuer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await visit(browser, await came_back(browser, site)))[0] == 303
    await control(issuer, rotate=True)
    assert (await visit(browser, await came_back(browser, site)))[0] == 303
    monkeypatch.setattr(openid_provider, "KEYS_APART", 60.0)
    before = (await control(issuer))["asked"]
    await control(issuer, rotate=True)
    assert (await visit(browser, await came_back(browser, site)))[0] == 401
    assert (await control(issuer))["asked"] == before


async def test_an_answer_counts_once(site: Site, browser: aiohttp.ClientSession) -> None:
    address = await came_back(browser, site)
    assert (await visit(browser, address))[0] == 303
    assert (await visit(browser, address))[0] == 401 and await why(site) == "expired"


async def test_a_code_counts_once(site: Site, browser: aiohttp.ClientSession) -> None:
    spent = await came_back(browser, site)
    await visit(browser, spent)
    fresh = await came_back(browser, site)
    assert (await visit(browser, fresh.update_query(code=spent.query["code"])))[0] == 401
    assert await why(site) == "provider_refused"


async def test_an_answer_counts_in_the_browser_that_began(site: Site, browser: aiohttp.ClientSession) -> None:
    address = await came_back(browser, site)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as other:
        await came_back(other, site)
        assert (await visit(other, address))[0] == 401 and await why(site) == "expired"
    assert (await visit(browser, address))[0] == 303


async def test_an_answer_of_another_issuer_is_refused(site: Site, browser: aiohttp.ClientSession) -> None:
    address = (await came_back(browser, site)).update_query(iss="https://another.example")
    assert (await visit(browser, address))[0] == 401 and await why(site) == "provider_refused"


async def test_who_has_no_account_is_told(site: Site, browser: aiohttp.ClientSession, issuer: str) -> None:
    await control(issuer, user={**USER, "sub": "u3", "preferred_username": "nobody"})
    status, told = await visit(browser, await came_back(browser, site))
    assert status == 401 and "no account here yet" in told and await why(site) == "not_provisioned"


async def test_a_closed_account_stays_closed(site: Site, browser: aiohttp.ClientSession) -> None:
    await visit(browser, await came_back(browser, site))
    await site.office.accounts.close(ACCOUNT)
    status, _ = await visit(browser, await came_back(browser, site))
    assert status == 401 and await why(site) == "officer_closed"


@pytest.mark.parametrize(("department", "reason"), [("hyd", "openid"), ("nowhere", "department_unknown")])
async def test_new_officers_may_be_created_in_departments_that_exist(
    settings: Settings, open_site: OpenSite, browser: aiohttp.ClientSession, issuer: str, department: str,
    reason: str,
) -> None:  # fmt: skip
    site = await open_site(FakeModel())
    await site.office.accounts.add_department("hyd", "Highways Department")
    assert site.office.openid is not None
    site.office.openid._settings = settings.model_copy(
        update={"openid_new_officers": "created", "openid_roles": {"checkers": "auditor", "x": "no role"}}
    )
    groups = {"realm_access": {"roles": ["checkers", "x", "y"]}}
    await control(issuer, user={**USER, "department": department, **groups}, fault={})
    await visit(browser, await came_back(browser, site))
    assert await why(site) == reason
    officer = await site.office.accounts.of_session(session_of(browser))
    assert (officer is not None) == (reason == "openid")
    assert officer is None or officer.roles == {"auditor"}


async def test_a_provider_that_is_down_is_told(
    settings: Settings, open_site: OpenSite, browser: aiohttp.ClientSession
) -> None:
    site = await open_site(FakeModel())
    assert site.office.openid is not None
    site.office.openid.provider.issuer = "http://127.0.0.1:9"
    async with browser.get(f"{site.url}/sign-in/openid") as answer:
        assert answer.status == 502 and "cannot be used now" in await answer.text()


async def logged_out(site: Site, issuer: str, **claims: Any) -> int:
    token = (await control(issuer, logout=claims))["token"]
    form = {"logout_token": token}
    async with site.client.post(f"{site.url}/sign-in/openid/logout", data=form) as answer:
        return answer.status


@pytest.mark.parametrize("claims", [{"sub": "u1"}, {"sid": "s1"}, {"sub": "u1", "sid": "s1"}])
async def test_the_provider_ends_sessions(
    site: Site, browser: aiohttp.ClientSession, issuer: str, claims: dict[str, str]
) -> None:
    await visit(browser, await came_back(browser, site))
    session = session_of(browser)
    assert await logged_out(site, issuer, sub="u2") == 200
    assert await site.office.accounts.of_session(session) is not None
    assert await logged_out(site, issuer, **claims) == 200
    assert await site.office.accounts.of_session(session) is None


@pytest.mark.parametrize(
    "claims", [{}, {"sub": "u1", "events": {}}, {"sub": "u1", "nonce": "x"}, {"sub": "u1", "aud": "another"}]
)
async def test_a_logout_token_that_is_wrong_ends_nothing(
    site: Site, browser: aiohttp.ClientSession, issuer: str, claims: dict[str, Any]
) -> None:
    await visit(browser, await came_back(browser, site))
    assert await logged_out(site, issuer, **claims) == 400
    assert await site.office.accounts.of_session(session_of(browser)) is not None


async def test_a_stream_ends_within_a_second_of_the_providers_word(
    site: Site, browser: aiohttp.ClientSession, issuer: str
) -> None:
    await visit(browser, await came_back(browser, site))
    cookie = {"cookie": f"session={session_of(browser)}"}
    form = aiohttp.FormData()
    form.add_field("file", b"The Highways Department will repair footbridges.\n", filename="a.md")
    async with site.client.post(f"{site.url}/api/documents", data=form, headers=cookie) as answer:
        assert answer.status == 201, await answer.text()
        document = (await answer.json())["id"]
    order = {"document": document, "to": "zh-HK"}
    async with site.client.post(f"{site.url}/api/translate", json=order, headers=cookie) as answer:
        task = (await answer.json())["id"]
    async with site.client.get(f"{site.url}/api/tasks/{task}/events", headers=cookie) as stream:
        await stream.content.readany()
        assert await logged_out(site, issuer, sub="u1") == 200
        began = time.monotonic()
        with pytest.raises((aiohttp.ClientError, asyncio.IncompleteReadError)):
            while await stream.content.readany():
                pass
            raise aiohttp.ClientPayloadError
        assert time.monotonic() - began < 1.5


async def test_signing_out_goes_on_to_the_provider(
    site: Site, browser: aiohttp.ClientSession, issuer: str
) -> None:
    await visit(browser, await came_back(browser, site))
    session = session_of(browser)
    async with browser.post(f"{site.url}/sign-out") as answer:
        assert f"{issuer}/end?client_id={CLIENT}" in (await answer.text()).replace("&amp;", "&")
    assert await site.office.accounts.of_session(session) is None


async def test_no_secret_of_a_sign_in_lies_in_the_database(
    site: Site, browser: aiohttp.ClientSession
) -> None:
    address = await came_back(browser, site)
    async with site.office.database.maintenance() as connection:
        row = await (await connection.execute("SELECT state FROM openid_requests")).fetchone()
    assert row is not None and bytes(row[0]) == digest(address.query["state"])
