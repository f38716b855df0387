"""Administering officers as pages and over HTTP; and that whoever loses something is cut off within a second."""

from __future__ import annotations

import contextlib
import csv
import io
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest

from bauhinia.models import FakeModel
from bauhinia.people import Administration, Change, Officer, acting_as
from bauhinia.settings import Settings

from .conftest import OpenSite, Site
from .test_signing_in import Member, member

OPERATOR = Officer(id="machine", department="", name="Machine", roles=frozenset({"service_operator"}))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"sign_in": "accounts"})


@pytest.fixture
async def site(open_site: OpenSite) -> AsyncIterator[Site]:
    site = await open_site(FakeModel(lambda _: "路政署會修葺行人天橋。", piece=1, delay=0.5))
    for key, name in (("hyd", "Highways Department"), ("td", "Transport Department")):
        await site.office.accounts.add_department(key, name)
    yield site


def machine(site: Site) -> Administration:
    return Administration(site.office.database, OPERATOR, site.office.gateway.ledger.record)


async def appointed(site: Site, account: str, *roles: str, department: str = "hyd") -> Member:
    """A signed-in officer with roles."""
    made = await member(site, account, department)
    await machine(site).change(made.officer.id, Change(roles=frozenset(roles)))
    officer = await site.office.accounts.of_session(made.session)
    assert officer is not None and officer.roles == set(roles)
    return Member(officer, made.session, made.token)


async def asked(site: Site, by: Member, method: str, path: str, **more: Any) -> tuple[int, str]:
    async with site.client.request(
        method, site.url + path, headers=by.cookie, allow_redirects=False, **more
    ) as answer:
        return answer.status, await answer.text()


async def test_an_officer_is_added_over_http_and_takes_up_the_link(site: Site) -> None:
    head = await appointed(site, "head", "department_administrator")
    new = {
        "account": "clerk",
        "name": "Clerk",
        "department": "hyd",
        "grade": "Clerical Officer",
        "post": "CO1",
    }
    status, made = await site.json("POST", "/api/people", json=new, headers=head.cookie)
    assert (status, made["person"]["state"]) == (201, "invited"), made
    async with site.client.get(made["link"]) as answer:
        assert answer.status == 200 and "clerk" in await answer.text()
    path = f"/api/people/{made['person']['id']}"
    status, told = await site.json("PATCH", path, json={"post": "CO2", "version": 1}, headers=head.cookie)
    assert (status, told["post"], told["version"]) == (200, "CO2", 2)
    status, told = await site.json("PATCH", path, json={"post": "CO3", "version": 1}, headers=head.cookie)
    assert (status, told["error"]["code"]) == (409, "Conflict")
    status, told = await site.json("PATCH", path, json={"roles": ["auditor"]}, headers=head.cookie)
    assert (status, told["error"]["code"]) == (403, "NotPermitted")
    status, found = await site.json("GET", "/api/people?words=co2", headers=head.cookie)
    assert [each["account"] for each in found["people"]] == ["clerk"]


@pytest.mark.parametrize("role", ["", "programme_owner"])
async def test_who_administers_nothing_sees_and_does_nothing(site: Site, role: str) -> None:
    by = await appointed(site, "clerk", *([role] if role else []))
    other = await member(site, "other", "hyd")
    new = {"account": "x", "name": "X", "department": "hyd"}
    for method, path, more in (
        ("GET", "/api/people", {}),
        ("POST", "/api/people", {"json": new}),
        ("POST", "/api/people/import", {"data": b"account,name,department\nx,X,hyd\n"}),
        ("GET", f"/api/people/{other.officer.id}", {}),
        ("PATCH", f"/api/people/{other.officer.id}", {"json": {"active": False}}),
        ("POST", f"/api/people/{other.officer.id}/invitation", {}),
        ("GET", "/api/departments", {}),
        ("PUT", "/api/departments/md", {"json": {"name_en": "Marine Department"}}),
        ("DELETE", "/api/departments/td", {}),
        ("GET", "/people", {}),
        ("POST", "/people", {"data": new}),
        ("GET", f"/people/{other.officer.id}", {}),
        ("POST", f"/people/{other.officer.id}", {"data": {"active": "false"}}),
        ("POST", f"/people/{other.officer.id}/invitation", {}),
        ("GET", "/departments", {}),
        ("POST", "/departments", {"data": {"key": "md", "name_en": "Marine Department"}}),
        ("POST", "/departments/td/remove", {}),
    ):
        status, text = await asked(site, by, method, path, **more)
        assert status == 403, (method, path, status, text[:300])
    status, text = await asked(site, by, "GET", "/about")
    assert status == 200 and "/people" not in text
    found = await machine(site).departments()
    assert [each.id for each in found] == ["hyd", "td"] and found[0].officers == 2


async def test_the_pages_add_change_and_close(site: Site) -> None:
    by = await appointed(site, "operator", "service_operator")
    new = {"account": "clerk", "name": "Clerk <b>", "department": "hyd", "roles": ["", "auditor"]}
    status, text = await asked(site, by, "POST", "/people", data=aiohttp.FormData(list(_pairs(new))))
    assert status == 200 and "/welcome/" in text
    status, text = await asked(site, by, "GET", "/people?words=clerk")
    key = re.search(r'href="/people/([0-9a-f]{16})"', text)
    assert status == 200 and key is not None and "Clerk &lt;b&gt;" in text
    path = f"/people/{key[1]}"
    for form in (
        {"name": "Clerk", "grade": "文書主任", "post": "CO"},
        {"roles": ""},
        {"department": "td"},
        {"active": "false"},
    ):
        status, text = await asked(site, by, "POST", path, data=form)
        assert status == 303, text
    person = await machine(site).person(key[1])
    assert (person.name, person.grade, person.roles, person.department, person.active) == (
        "Clerk", "文書主任", [], "td", False,
    )  # fmt: skip
    status, text = await asked(site, by, "POST", path, data={"name": "Y", "version": "1"})
    assert status == 409 and 'role="alert"' in text
    status, text = await asked(site, by, "POST", f"/people/{by.officer.id}", data={"active": "false"})
    assert status == 403 and "own account" in text


async def test_a_department_is_added_and_removed_on_its_page(site: Site) -> None:
    by = await appointed(site, "operator", "service_operator")
    form = {"key": "md", "name_en": "Marine Department", "name_zh": "海事處"}
    assert (await asked(site, by, "POST", "/departments", data=form))[0] == 303
    status, text = await asked(site, by, "GET", "/departments")
    assert status == 200 and "海事處" in text
    status, text = await asked(site, by, "POST", "/departments", data={**form, "key": "a b"})
    assert status == 400 and 'role="alert"' in text
    assert (await asked(site, by, "POST", "/departments/hyd/remove"))[0] == 409
    assert (await asked(site, by, "POST", "/departments/md/remove"))[0] == 303
    assert "海事處" not in (await asked(site, by, "GET", "/departments"))[1]


def _pairs(form: dict[str, Any]) -> Any:
    for name, value in form.items():
        for each in value if isinstance(value, list) else [value]:
            yield name, each


def _roll(text: str, answer: str) -> aiohttp.FormData:
    form = aiohttp.FormData()
    form.add_field("file", io.BytesIO(text.encode()), filename="officers.csv")
    form.add_field("answer", answer)
    return form


async def test_a_roll_gives_links_as_csv_or_says_which_line_is_faulty(site: Site) -> None:
    by = await appointed(site, "head", "department_administrator")
    good = "account,name,department\n=1@hyd.example,EO 1,hyd\neo2,EO 2,hyd\n"
    status, text = await asked(site, by, "POST", "/people/import", data=_roll(f"{good}x,X,td\n", "csv"))
    assert status == 422 and "Line 4" in text and "another department" in text
    assert (await machine(site).departments())[0].officers == 1
    status, text = await asked(site, by, "POST", "/people/import", data=_roll(good, "csv"))
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert status == 200 and [row[0] for row in rows] == ["account", "'=1@hyd.example", "eo2"]
    async with site.client.get(rows[2][1]) as answer:
        assert answer.status == 200 and "eo2" in await answer.text()


LOSSES: dict[str, Callable[[Administration, str], Awaitable[Any]]] = {
    "a role": lambda by, key: by.change(key, Change(roles=frozenset())),
    "the department": lambda by, key: by.change(key, Change(department="td")),
    "the account": lambda by, key: by.change(key, Change(active=False)),
}


@pytest.mark.parametrize("loss", LOSSES)
async def test_who_loses_something_is_cut_off_within_a_second(site: Site, loss: str) -> None:
    owner = await appointed(site, "owner", "auditor")
    with acting_as(owner.officer):
        card = await site.office.add(b"The Highways Department will repair footbridges.\n", "a.md")
    order = {"document": card.id, "to": "zh-HK"}
    async with site.client.post(f"{site.url}/api/translate", json=order, headers=owner.cookie) as answer:
        task = (await answer.json())["id"]
    token = {"authorization": f"Bearer {owner.token}"}
    async with AsyncExitStack() as stack:
        streams = [
            await stack.enter_async_context(
                site.client.get(f"{site.url}/api/tasks/{task}/events", headers=headers)
            )
            for headers in (owner.cookie, token)
        ]
        for stream in streams:
            await stream.content.readany()
        await LOSSES[loss](machine(site), owner.officer.id)
        began = time.monotonic()
        for stream in streams:
            with contextlib.suppress(aiohttp.ClientError):
                while await stream.content.readany():
                    pass
        assert time.monotonic() - began < 1.5
    for headers in (owner.cookie, token):
        async with site.client.get(f"{site.url}/api/documents", headers=headers) as answer:
            assert answer.status == 401
