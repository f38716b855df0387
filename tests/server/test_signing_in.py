"""A server that people sign in to: nothing without, nobody else's, and cut off when it ends."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest

from bauhinia.errors import StoreError
from bauhinia.models import FakeModel
from bauhinia.people import Accounts, Officer, acting_as
from bauhinia.people.officer import signed_in
from bauhinia.server import create_app
from bauhinia.server.signed_in import OPEN_PATHS
from bauhinia.settings import Settings

from .conftest import OpenSite, Site


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"sign_in": "accounts"})


BODIES = {
    ("PUT", "{passage}"): {"section": 0, "text": "x"},
    ("PUT", "{place}"): {"target": "x"},
    ("POST", "mend"): {"finding": 0},
    ("PUT", "classification"): {"classification": "restricted"},
    ("POST", "replace"): {"find": "x", "words": "x"},
}
"""What routes take, by method and the end of the path: a body that is refused would prove nothing."""


@dataclass(frozen=True, slots=True)
class Member:
    """An officer with a session and a token."""

    officer: Officer
    session: str
    token: str

    @property
    def cookie(self) -> dict[str, str]:
        return {"cookie": f"session={self.session}"}


@pytest.fixture
async def site(open_site: OpenSite) -> AsyncIterator[Site]:
    site = await open_site(FakeModel(lambda _: "路政署會修葺行人天橋。"))
    for key in ("hyd", "td"):
        await site.office.accounts.add_department(key, key.upper())
    yield site


async def member(site: Site, account: str, department: str) -> Member:
    accounts = site.office.accounts
    await accounts.add_officer(account, f"Officer {account}", department)
    async with site.office.database.maintenance() as connection:
        row = await (
            await connection.execute("SELECT id FROM officers WHERE account = %s", (account,))
        ).fetchone()
    assert row is not None
    session = await accounts._begin(row[0])
    officer = await accounts.of_session(session)
    assert officer is not None
    return Member(officer, session, await accounts.make_token(officer.id, "t", ["api", "v1"], 1))


async def work_of(site: Site, owner: Member) -> tuple[str, str]:
    """A document and a finished translation of that officer's."""
    with acting_as(owner.officer):
        card = await site.office.add(b"The Highways Department will repair footbridges.\n", "a.md")
        form = {"document": card.id, "to": "zh-HK"}
    async with site.client.post(f"{site.url}/api/translate", json=form, headers=owner.cookie) as answer:
        assert answer.status == 202, await answer.text()
        task = (await answer.json())["id"]
    with acting_as(owner.officer):
        assert (await site.office.tasks.wait(task)).status == "done"
    return card.id, task


def routes(site: Site) -> list[tuple[str, str]]:
    """Method and path of every route."""
    found = [
        (method, route.path)
        for route in create_app(site.office.settings, site.office).routes
        for method in getattr(route, "methods", None) or ()
        if method not in ("HEAD", "OPTIONS")
    ]
    assert len(found) > 40
    return found


def filled(path: str, document: str, task: str) -> str:
    """The path with ids in it."""
    values = {"document": document, "task": task, "passage": "p0", "place": "0", "language": "en", "key": "x"}
    return re.sub(r"{(\w+)(?::\w+)?}", lambda match: values.get(match[1], "x"), path)


async def test_nothing_is_answered_to_nobody(site: Site) -> None:
    for method, path in routes(site):
        if path.startswith(OPEN_PATHS):
            continue
        address = site.url + filled(path, "0" * 16, "0" * 16)
        for headers in ({}, {"cookie": "session=x"}, {"authorization": "Bearer bauhinia_x"}):
            async with site.client.request(method, address, headers=headers, allow_redirects=False) as answer:
                assert answer.status in (401, 303), (method, path, answer.status)
                if answer.status == 303:
                    assert answer.headers["location"].startswith("/sign-in?")


@pytest.mark.parametrize(("account", "department"), [("colleague", "hyd"), ("stranger", "td")])
async def test_nobody_gets_at_anothers_work(site: Site, account: str, department: str) -> None:
    owner = await member(site, "owner", "hyd")
    other = await member(site, account, department)
    document, task = await work_of(site, owner)
    for method, path in routes(site):
        if "{document}" not in path and "{task}" not in path:
            continue
        address = site.url + filled(path, document, task)
        body = BODIES.get((method, path.rsplit("/", 1)[-1]), {})
        for headers in (other.cookie, {"authorization": f"Bearer {other.token}"}):
            async with site.client.request(
                method, address, headers=headers, json=body, allow_redirects=False
            ) as answer:
                told = answer.status, (await answer.text())[:200]
                sent_away = answer.headers.get("location", "").startswith("/sign-in")
                assert answer.status in (401, 404) or sent_away, (method, path, told)
    async with site.client.get(f"{site.url}/api/tasks/{task}", headers=owner.cookie) as answer:
        assert answer.status == 200 and (await answer.json())["status"] == "done"
    async with site.client.get(f"{site.url}/api/documents", headers=other.cookie) as answer:
        assert await answer.json() == []


async def test_a_token_counts_for_its_scopes_alone(site: Site) -> None:
    owner = await member(site, "owner", "hyd")
    token = await site.office.accounts.make_token(owner.officer.id, "chat", ["v1"], 1)
    for path, expected in (("/v1/models", 200), ("/api/documents", 401), ("/", 303)):
        headers = {"authorization": f"Bearer {token}"}
        async with site.client.get(site.url + path, headers=headers, allow_redirects=False) as answer:
            assert answer.status == expected, path


async def test_a_stream_ends_within_a_second_of_its_session(open_site: OpenSite) -> None:
    site = await open_site(FakeModel(lambda _: "路政署會修葺行人天橋。", piece=1, delay=0.5))
    await site.office.accounts.add_department("hyd", "HYD")
    owner = await member(site, "owner", "hyd")
    with acting_as(owner.officer):
        card = await site.office.add(b"The Highways Department will repair footbridges.\n", "a.md")
    order = {"document": card.id, "to": "zh-HK"}
    async with site.client.post(f"{site.url}/api/translate", json=order, headers=owner.cookie) as answer:
        task = (await answer.json())["id"]
    async with site.client.get(f"{site.url}/api/tasks/{task}/events", headers=owner.cookie) as stream:
        await stream.content.readany()
        await site.office.accounts.sign_out(owner.session)
        began = time.monotonic()
        with pytest.raises(aiohttp.ClientError):
            while await stream.content.readany():
                pass
            raise aiohttp.ClientPayloadError
        assert time.monotonic() - began < 1.5
    async with site.client.get(f"{site.url}/api/documents", headers=owner.cookie) as answer:
        assert answer.status == 401


async def test_a_stream_ends_when_nobody_can_tell_whose_it_is(
    open_site: OpenSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = await open_site(FakeModel(lambda _: "word " * 40, piece=5, delay=0.5))
    await site.office.accounts.add_department("hyd", "HYD")
    owner = await member(site, "owner", "hyd")
    body = {"messages": [{"role": "user", "content": "Answer."}], "stream": True}
    async with site.client.post(f"{site.url}/v1/chat/completions", json=body, headers=owner.cookie) as stream:
        await stream.content.readany()

        async def unreadable(*_: object) -> Officer:
            raise StoreError("The database is gone.", hint="Start it.")

        monkeypatch.setattr(Accounts, "of_session", unreadable)
        began = time.monotonic()
        with pytest.raises(aiohttp.ClientError):
            while await stream.content.readany():
                pass
            raise aiohttp.ClientPayloadError
        assert time.monotonic() - began < 2.5, "the answer takes twenty seconds"


async def test_a_page_signs_in_and_out(site: Site) -> None:
    link = await site.office.accounts.add_officer("as.records", "Assistant Secretary (Records)", "hyd")
    key = (await site.office.accounts.invitation(link)).totp
    form = {"password": "correct horse battery staple", "code": _code(key)}
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as browser:
        async with browser.get(f"{site.url}/welcome/{link}") as answer:
            assert answer.status == 200 and "as.records" in await answer.text()
        async with browser.post(f"{site.url}/welcome/{link}", data=form) as answer:
            assert answer.status == 200 and "Assistant Secretary (Records)" in await answer.text()
        async with browser.post(f"{site.url}/sign-out") as answer:
            assert answer.status == 200 and str(answer.url).endswith("/sign-in")
        async with browser.get(site.url) as answer:
            assert "/sign-in" in str(answer.url)
    assert signed_in() is None


def _code(key: bytes) -> str:
    from cryptography.hazmat.primitives.hashes import SHA1
    from cryptography.hazmat.primitives.twofactor.totp import TOTP

    return TOTP(key, 6, SHA1(), 30).generate(int(time.time())).decode()
