"""The ledger read by who may: filters, pages, proofs; and by nobody else."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bauhinia.errors import InputError
from bauhinia.ledger import Entry, PublicKey, proofs, rows
from bauhinia.models import FakeModel
from bauhinia.people.quotas import HONG_KONG
from bauhinia.settings import Settings

from .conftest import OpenSite, Site

ENTRY = Entry(
    kind="chat", outcome="answered", officer="clerk", department="hyd", use="pilot.summarise", model="fake",
    decisions=(("admit", True, "ok"), ("record", True, "ok")),
)  # fmt: skip


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"sign_in": "accounts"})


@pytest.fixture
async def site(open_site: OpenSite) -> AsyncIterator[Site]:
    site = await open_site(FakeModel())
    await site.office.accounts.add_department("hyd", "Highways Department", "路政署")
    await site.office.accounts.add_department("td", "Transport Department")
    for number in range(60):
        await site.office.gateway.ledger.append(replace(ENTRY, task=f"t{number}"))
    await site.office.gateway.ledger.append(
        replace(ENTRY, department="td", outcome="refused", error="Refused")
    )
    yield site


async def text_of(site: Site, method: str, path: str, headers: dict[str, str]) -> tuple[int, str]:
    async with site.client.request(method, site.url + path, headers=headers) as answer:
        return answer.status, await answer.text()


async def signed_in(site: Site, account: str, *roles: str) -> dict[str, str]:
    """The headers of an officer of Highways with those roles."""
    accounts = site.office.accounts
    await accounts.add_officer(account, f"Officer {account}", "hyd", roles=roles)
    async with site.office.database.maintenance() as connection:
        cursor = await connection.execute("SELECT id FROM officers WHERE account = %s", (account,))
        row = await cursor.fetchone()
    assert row is not None
    return {"cookie": f"session={await accounts._begin(row[0])}"}


async def test_only_who_audits_reads_it_and_a_refusal_is_an_entry_too(site: Site) -> None:
    for number, roles in enumerate(((), ("department_administrator",))):
        headers = await signed_in(site, f"clerk{number}", *roles)
        for path in (
            "/ledger",
            "/ledger/1",
            "/api/ledger",
            "/api/ledger/1",
            "/api/ledger/1/proof",
            "/api/ledger/key",
            "/api/ledger.jsonl",
        ):
            status, _ = await text_of(site, "GET", path, headers=headers)
            assert status == 403, path
    auditor = await signed_in(site, "auditor", "auditor")
    status, found = await site.json("GET", "/api/ledger?deed=ledger.read", headers=auditor)
    assert status == 200 and len(found["entries"]) == 14
    assert {each["outcome"] for each in found["entries"]} == {"refused"}
    assert found["entries"][0]["decisions"] == [["ledger.read", False, "no_role"]]


async def test_entries_come_by_what_they_are_about_a_page_after_the_other(site: Site) -> None:
    headers = await signed_in(site, "auditor", "auditor")
    status, first = await site.json("GET", "/api/ledger?kind=chat&department=hyd", headers=headers)
    assert status == 200 and len(first["entries"]) == 50
    second = (
        await site.json(
            "GET", f"/api/ledger?kind=chat&department=hyd&before={first['next']}", headers=headers
        )
    )[1]
    tasks = [each["task"] for each in (*first["entries"], *second["entries"])]
    assert tasks == [f"t{number}" for number in reversed(range(60))] and second["next"] is None
    for query, count in (
        ("outcome=refused&department=td", 1),
        ("officer=nobody", 0),
        ("use=pilot.summarise&kind=embed", 0),
        ("officer=clerk%22,%22", 0),
    ):
        assert (
            len((await site.json("GET", f"/api/ledger?{query}", headers=headers))[1]["entries"]) == count
        ), query
    assert (await site.json("GET", "/api/ledger?day=yesterday", headers=headers))[0] == 400


async def test_a_day_is_one_of_hong_kong(site: Site) -> None:
    headers = await signed_in(site, "auditor", "auditor")
    today = datetime.now(HONG_KONG).date()
    for day, count in (
        ("0001-01-01", 0),
        ("9999-12-31", 0),
        (today, 1),
        (today.replace(year=today.year - 1), 0),
        (today.replace(year=today.year + 1), 0),
    ):
        found = (await site.json("GET", f"/api/ledger?day={day}&department=td", headers=headers))[1]
        assert len(found["entries"]) == count, day


async def test_a_page_that_looks_through_so_many_goes_on_from_there(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "_LOOKED_THROUGH", 20)
    wanted, seen, pages = rows.Wanted(department="hyd", kind="chat"), 0, 0
    while True:
        found = await rows.page(site.office.database, wanted)
        seen, pages = seen + len(found.entries), pages + 1
        if found.next is None:
            break
        wanted = replace(wanted, before=found.next)
    assert (seen, pages > 3) == (60, True)


async def test_the_proof_on_the_page_is_one_that_holds_elsewhere(site: Site) -> None:
    headers = await signed_in(site, "auditor", "auditor")
    status, text = await text_of(site, "GET", "/api/ledger/7/proof", headers=headers)
    key = PublicKey.of((await site.json("GET", "/api/ledger/key", headers=headers))[1]["key"])
    proved = proofs.check(text.encode(), [key])
    entry = (await site.json("GET", "/api/ledger/7", headers=headers))[1]
    assert status == 200 and proved.entry == 7 and json.loads(proved.body) == entry
    with pytest.raises(InputError):
        proofs.check(text.replace("hyd", "td ").encode(), [key])
    assert (await site.json("GET", "/api/ledger/99999", headers=headers))[0] == 404


async def test_the_export_has_every_entry_and_is_an_entry_itself(site: Site) -> None:
    headers = await signed_in(site, "auditor", "auditor")
    status, text = await text_of(site, "GET", "/api/ledger.jsonl?kind=chat", headers=headers)
    lines = [json.loads(line) for line in text.splitlines()]
    assert status == 200 and [line["entry"]["seq"] for line in lines] == sorted(
        line["entry"]["seq"] for line in lines
    )
    assert len(lines) == 61
    found = (await site.json("GET", "/api/ledger?deed=ledger.export", headers=headers))[1]["entries"]
    assert len(found) == 1 and found[0]["outcome"] == "answered"


async def test_the_pages_show_the_entries_and_one_with_its_checkpoint(site: Site) -> None:
    headers = await signed_in(site, "auditor", "auditor")
    status, listed = await text_of(site, "GET", "/ledger?department=hyd&kind=chat", headers=headers)
    assert status == 200 and listed.count('<th scope="row"><a href="/ledger/') == 50
    assert "Highways Department" in listed and 'rel="next"' in listed
    status, one = await text_of(site, "GET", "/ledger/7", headers=headers)
    assert status == 200 and "— bauhinia/ledger " in one and "check-proof" in one
    chinese = {**headers, "accept-language": "zh-HK"}
    assert "紀錄冊" in (await text_of(site, "GET", "/ledger", headers=chinese))[1]
    assert (await text_of(site, "GET", "/ledger?day=x", headers=headers))[0] == 400


def test_every_entry_is_told_in_utc_of_one_form() -> None:
    """The search for a day compares times as texts."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    assert len(at) == 29 and at.endswith("+00:00")
