"""Sharing and classifications, over HTTP: a receiver reads and does nothing else, while the share lasts."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import docx
import pytest

from bauhinia.models import FakeModel
from bauhinia.people import acting_as
from bauhinia.pilot.orders import TranslateOrder
from bauhinia.settings import Settings

from .conftest import OpenSite, Site
from .test_signing_in import BODIES, Member, filled, member, routes, work_of

READ_OF_DOCUMENT = {
    "/api/documents/{document}", "/documents/{document}", "/documents/{document}/text",
}  # fmt: skip
READ_OF_TASK = {
    "/api/tasks/{task}", "/api/tasks/{task}/events", "/api/tasks/{task}/export", "/tasks/{task}",
    "/tasks/{task}/live", "/tasks/{task}/passages/{passage}", "/tasks/{task}/accept",
    "/api/tasks/{task}/release",
    "/api/tasks/{task}/provenance",
    "/tasks/{task}/provenance",
}  # fmt: skip
COPIED = {"/api/documents/{document}/copy", "/documents/{document}/copy"}
"""Besides reading: the receiver's own copy."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"sign_in": "accounts"})


@pytest.fixture
async def site(open_site: OpenSite) -> AsyncIterator[Site]:
    site = await open_site(FakeModel(lambda _: "路政署會修葺行人天橋。"))
    for key in ("hyd", "td"):
        await site.office.accounts.add_department(key, key.upper())
    yield site


@dataclass(frozen=True, slots=True)
class Lent:
    """A document and a draft of it, shared by their owner."""

    owner: Member
    receiver: Member
    document: str
    task: str
    shares: tuple[str, str]


@pytest.fixture
async def lent(site: Site) -> Lent:
    """The document is shared with the whole of the receiver's department, the draft with the receiver."""
    owner, receiver = await member(site, "owner", "hyd"), await member(site, "receiver", "td")
    document, task = await work_of(site, owner)
    with acting_as(owner.officer):
        shares = (
            await site.office.sharing.share(owner.officer, "document", document, "td"),
            await site.office.sharing.share(owner.officer, "task", task, "receiver"),
        )
    return Lent(owner, receiver, document, task, shares)


async def status(site: Site, who: Member, method: str, path: str, **more: Any) -> tuple[int, str]:
    async with site.client.request(
        method, site.url + path, headers=who.cookie, allow_redirects=False, **more
    ) as answer:
        return answer.status, (await answer.read()).decode(errors="replace")


async def readable(site: Site, lent: Lent, who: Member) -> set[str]:
    """Paths of all that somebody gets at; everything else is refused or not there."""
    found = set()
    for method, path in routes(site):
        if not path.startswith(("/api/documents/{", "/documents/{", "/api/tasks/{", "/tasks/{")):
            continue
        body = BODIES.get((method, path.rsplit("/", 1)[-1]), {})
        code, text = await status(site, who, method, filled(path, lent.document, lent.task), json=body)
        assert code in (200, 201, 303, 403, 404), (method, path, code, text[:200])
        if code < 400:
            found.add(path)
            assert method == "GET" or path in COPIED, (method, path, code)
    return found


async def test_a_receiver_reads_and_does_nothing_else(site: Site, lent: Lent) -> None:
    assert await readable(site, lent, lent.receiver) == READ_OF_DOCUMENT | READ_OF_TASK | COPIED
    colleague = await member(site, "colleague", "td")
    assert await readable(site, lent, colleague) == READ_OF_DOCUMENT | COPIED
    assert await readable(site, lent, await member(site, "neighbour", "hyd")) == set()
    code, text = await status(site, lent.owner, "GET", f"/api/tasks/{lent.task}")
    assert code == 200 and '"status":"done"' in text


@pytest.mark.parametrize("end", ["expired", "withdrawn", "moved"])
async def test_what_is_over_is_not_there(site: Site, lent: Lent, end: str) -> None:
    if end == "withdrawn":
        for share in lent.shares:
            assert (await status(site, lent.owner, "DELETE", f"/api/shares/{share}"))[0] == 204
    elif end == "moved":
        async with site.office.database.maintenance() as connection:
            await connection.execute("UPDATE officers SET department = 'hyd' WHERE account = 'receiver'")
    else:
        async with site.office.database.maintenance() as connection:
            await connection.execute("UPDATE shares SET expires = now()")
    assert await readable(site, lent, lent.receiver) == set()
    assert (await site.json("GET", "/api/shares", headers=lent.receiver.cookie))[1]["received"] == []


async def test_orders_lists_and_forms_keep_to_what_is_own(site: Site, lent: Lent) -> None:
    receiver = lent.receiver
    order = {"documents": [lent.document]}
    code, text = await status(site, receiver, "POST", "/api/summarise", json=order)
    assert code == 403 and "Copy it to your shelf" in text
    for path in ("/api/documents", "/api/tasks"):
        assert (await site.json("GET", path, headers=receiver.cookie))[1] == []
    body = {"document": lent.document, "with": "hyd"}
    assert (await status(site, receiver, "POST", "/api/shares", json=body))[0] == 404
    assert (await status(site, receiver, "DELETE", f"/api/shares/{lent.shares[0]}"))[0] == 404
    code, text = await status(site, receiver, "GET", "/")
    assert code == 200 and f"/documents/{lent.document}" in text and f"/tasks/{lent.task}" in text


async def test_the_receivers_copy_is_theirs_and_keeps_its_classification(site: Site, lent: Lent) -> None:
    await _classify(site, lent.owner, lent.document, "restricted")
    code, copied = await site.json(
        "POST", f"/api/documents/{lent.document}/copy", headers=lent.receiver.cookie
    )
    assert code == 201 and copied["own"] and copied["classification"] == "restricted"
    await status(site, lent.owner, "DELETE", f"/api/documents/{lent.document}")
    with acting_as(lent.receiver.officer):
        assert b"Highways" in await site.office.shelf.file(copied["id"])


async def test_a_shared_translation_is_had_in_the_format_of_its_shared_document(site: Site) -> None:
    owner, receiver = await member(site, "owner", "hyd"), await member(site, "receiver", "td")
    written, file = docx.Document(), io.BytesIO()
    written.add_paragraph("The Highways Department will repair footbridges.")
    written.save(file)
    with acting_as(owner.officer):
        card = await site.office.add(file.getvalue(), "a.docx")
        task = await site.office.start(TranslateOrder(document=card.id, to="zh-HK"))
        assert (await site.office.tasks.wait(task)).status == "done"
        await site.office.sharing.share(owner.officer, "task", task, "receiver")
    path = f"/api/tasks/{task}/export?format=same"
    assert (await status(site, receiver, "GET", path))[0] == 404, "its file is the document's"
    with acting_as(owner.officer):
        await site.office.sharing.share(owner.officer, "document", card.id, "receiver")
    for who in (owner, receiver):
        code, text = await status(site, who, "GET", path)
        assert code == 200 and text.startswith("PK")


async def test_sharing_is_in_the_ledger_and_the_first_opening_once(site: Site, lent: Lent) -> None:
    for _ in range(2):
        assert (await status(site, lent.receiver, "GET", f"/documents/{lent.document}"))[0] == 200
    await status(site, lent.owner, "DELETE", f"/api/shares/{lent.shares[0]}")
    assert await _deeds(site, "sharing.%") == [
        ("sharing.share", lent.owner.officer.id),
        ("sharing.share", lent.owner.officer.id),
        ("sharing.open", lent.receiver.officer.id),
        ("sharing.withdraw", lent.owner.officer.id),
    ]


async def test_above_a_classification_nothing_is_shared_with_others(site: Site, lent: Lent) -> None:
    assert (await _classify(site, lent.owner, lent.document, "confidential"))[0] == 200
    assert await readable(site, lent, lent.receiver) == set(), "raising it withdraws it, and its drafts"
    draft = {"task": lent.task, "unverified": True}
    for body in ({"document": lent.document, "with": "td"}, {**draft, "with": "receiver"}):
        code, text = await status(site, lent.owner, "POST", "/api/shares", json=body)
        assert code == 403 and "confidential" in text
    code, text = await status(site, lent.owner, "POST", "/api/shares", json={**draft, "with": "hyd"})
    assert code == 201, text


async def test_an_officer_classifies_upwards_and_an_administrator_downwards(site: Site, lent: Lent) -> None:
    assert (await _classify(site, lent.owner, lent.document, "restricted"))[0] == 200
    assert (await _classify(site, lent.owner, lent.document, "unclassified"))[0] == 403
    assert (await _classify(site, lent.owner, lent.document, "cosmic"))[0] == 400
    code, task = await site.json("GET", f"/api/tasks/{lent.task}", headers=lent.owner.cookie)
    assert code == 200 and task["classification"] == "restricted"
    administrator = await member(site, "administrator", "hyd")
    async with site.office.database.maintenance() as connection:
        await connection.execute(
            "UPDATE officers SET roles = '{department_administrator}' WHERE account IN ('administrator', 'receiver')"
        )
    await asyncio.sleep(0.6)  # an officer that was proved is remembered for half a second
    assert (await _classify(site, administrator, lent.document, "unclassified"))[0] == 404
    with acting_as(lent.owner.officer):
        await site.office.sharing.share(lent.owner.officer, "document", lent.document, "administrator")
    assert (await _classify(site, lent.receiver, lent.document, "unclassified"))[0] == 404
    assert (await _classify(site, administrator, lent.document, "unclassified"))[0] == 200
    code, card = await site.json("GET", f"/api/documents/{lent.document}", headers=lent.owner.cookie)
    assert card["classification"] == "unclassified"


async def _classify(site: Site, who: Member, document: str, level: str) -> tuple[int, str]:
    body = {"classification": level}
    return await status(site, who, "PUT", f"/api/documents/{document}/classification", json=body)


async def test_a_stream_ends_within_a_second_of_its_share(open_site: OpenSite) -> None:
    site = await open_site(FakeModel(lambda _: "路政署會修葺行人天橋。", piece=1, delay=0.5))
    for key in ("hyd", "td"):
        await site.office.accounts.add_department(key, key.upper())
    owner, receiver = await member(site, "owner", "hyd"), await member(site, "receiver", "td")
    with acting_as(owner.officer):
        card = await site.office.add(b"The Highways Department will repair footbridges.\n", "a.md")
    order = {"document": card.id, "to": "zh-HK"}
    code, begun = await site.json("POST", "/api/translate", json=order, headers=owner.cookie)
    assert code == 202
    async with site.office.database.maintenance() as connection:
        # A draft that is not finished cannot be shared; a long stream is needed here.
        await connection.execute(
            "INSERT INTO shares (id, task, officer, department, officer_name, to_department, to_name, title,"
            " expires) VALUES ('s', %s, %s, 'hyd', 'O', 'td', 'TD', 't', now() + interval '1 hour')",
            (begun["id"], owner.officer.id),
        )
    address = f"{site.url}/api/tasks/{begun['id']}/events"
    async with site.client.get(address, headers=receiver.cookie) as stream:
        assert stream.status == 200 and await stream.content.readany()
        assert (await status(site, owner, "DELETE", "/api/shares/s"))[0] == 204
        began = time.monotonic()
        with pytest.raises(aiohttp.ClientError):
            while await stream.content.readany():
                pass
            raise aiohttp.ClientPayloadError
        assert time.monotonic() - began < 1.5
    assert (await status(site, receiver, "GET", f"/api/tasks/{begun['id']}"))[0] == 404


async def test_a_tasks_classification_goes_with_every_request_and_stays_within(site: Site) -> None:
    owner = await member(site, "owner", "hyd")
    made = {}
    for level in ("restricted", "confidential"):
        form = aiohttp.FormData()
        form.add_field("file", b"The Highways Department will repair footbridges.\n", filename="a.md")
        form.add_field("classification", level)
        _, card = await site.json("POST", "/api/documents", data=form, headers=owner.cookie)
        assert card["classification"] == level
        order = {"documents": [card["id"]]}
        _, begun = await site.json("POST", "/api/summarise", json=order, headers=owner.cookie)
        with acting_as(owner.officer):
            made[level] = await site.office.tasks.wait(begun["id"])
    assert (made["restricted"].status, made["confidential"].status) == ("done", "failed")
    assert "may not go" in made["confidential"].message
    async with site.office.database.maintenance() as connection:
        cursor = await connection.execute(
            "SELECT DISTINCT body::jsonb ->> 'outcome', body::jsonb ->> 'classification' FROM ledger"
            " WHERE body::jsonb ->> 'kind' IN ('chat', 'embed') ORDER BY 1"
        )
        assert await cursor.fetchall() == [("answered", "restricted"), ("refused", "confidential")]


async def test_a_marked_draft_says_what_it_is(site: Site) -> None:
    owner = await member(site, "owner", "hyd")
    document, task = await work_of(site, owner)
    await _classify(site, owner, document, "restricted")
    code, text = await status(site, owner, "GET", f"/api/tasks/{task}/export?format=md")
    assert code == 200 and "限閱" in text
    code, text = await status(site, owner, "GET", f"/tasks/{task}")
    assert code == 200 and "Restricted" in text


async def _deeds(site: Site, like: str) -> list[tuple[str, str]]:
    async with site.office.database.maintenance() as connection:
        cursor = await connection.execute(
            "SELECT body::jsonb ->> 'deed', body::jsonb ->> 'officer' FROM ledger"
            " WHERE body::jsonb ->> 'deed' LIKE %s ORDER BY seq",
            (like,),
        )
        return [(row[0], row[1]) for row in await cursor.fetchall()]


async def test_the_boundarys_page_and_api(site: Site) -> None:
    first, second = await member(site, "first", "hyd"), await member(site, "second", "td")
    async with site.office.database.maintenance() as connection:
        await connection.execute("UPDATE officers SET roles = '{service_operator}'")
    form = {"part": "model", "highest": "confidential", "days": "7", "why": "An agreed trial."}
    assert (await status(site, first, "POST", "/boundary", data=form))[0] == 303
    _, told = await site.json("GET", "/api/boundary", headers=second.cookie)
    key = told["asked"][0]["id"]
    assert (await status(site, first, "POST", f"/api/boundary/{key}/approve"))[0] == 403
    code, text = await status(site, second, "GET", "/boundary")
    assert code == 200 and f"/boundary/{key}/approve" in text
    assert (await status(site, second, "POST", f"/boundary/{key}/approve"))[0] == 303
    _, told = await site.json("GET", "/api/boundary", headers=second.cookie)
    assert [each["highest_now"] for each in told["endpoints"]] == ["confidential", "restricted"]
    code, told = await site.json("POST", f"/api/boundary/{key}/close", headers=first.cookie)
    assert code == 200 and told["asked"][0]["state"] == "closed"


async def test_the_sharer_reads_the_receiver_s_name_in_the_own_language(site: Site, lent: Lent) -> None:
    await site.office.accounts.add_department("td", "Transport Department", "運輸署")
    for language, name in (("en", "Transport Department"), ("zh-Hant-HK", "運輸署")):
        headers = {"cookie": f"{lent.owner.cookie['cookie']}; language={language}"}
        async with site.client.get(f"{site.url}/documents/{lent.document}", headers=headers) as answer:
            assert f"<span>{name}</span>" in await answer.text(), language
