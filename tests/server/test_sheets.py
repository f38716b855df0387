"""Data sheets through the pages and the API: stated, shown beside citations, audited; held files let in."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest
from lxml import html

from bauhinia.knowledge.sheets import today
from bauhinia.models import FakeModel
from bauhinia.people.officer import acting_as
from bauhinia.settings import Settings

from ..statements import OURS
from .conftest import SOURCE, TRUE, OpenSite, Site
from .test_knowledge_pages import SHEET, collection, filled, shown

FORM = OURS.model_dump(include={"source", "basis", "reference", "post", "grade"})
PEOPLE = ("# List\n\n" + "\n\n".join(f"Officer {n}, o{n}@example.gov.hk" for n in range(25))).encode()


async def put(site: Site, key: str, **changes: object) -> int:
    status, _ = await site.json("PUT", f"/api/knowledge/collections/{key}/sheet", json={**SHEET, **changes})
    return status


async def without_a_sheet(site: Site) -> None:
    async with site.office.database.maintenance() as connection:
        await connection.execute("DELETE FROM knowledge_sheets")


async def test_the_sheet_is_a_page_and_a_file_and_is_linked_from_each_cited_passage(site: Site) -> None:
    await filled(site, a_md=SOURCE.encode())
    (found,) = await site.office.library.collections()
    (kept,) = await site.office.library.documents(found.id)
    path = f"/knowledge/collections/{found.id}/sheet"
    for page in (f"/knowledge/collections/{found.id}", f"/knowledge/documents/{kept.id}"):
        assert (await shown(site, page)).xpath(f"//main//a[@href='{path}']"), page
    words = (await shown(site, path)).xpath("//main")[0].text_content()
    for told in (OURS.source, OURS.reference, OURS.post, "The department's own work", "Passages by language"):
        assert told in words, told
    status, told = await site.json("GET", f"/api{path}")
    assert status == 200 and told["stated"]["reference"] == OURS.reference and told["flags"] == []
    assert told["spread"]["formats"] == {"md": 1} and told["cleaning"]


async def test_no_collection_is_made_without_its_rights(site: Site) -> None:
    for missing in FORM:
        lacking = {key: value for key, value in FORM.items() if key != missing}
        status, _ = await site.json(
            "POST", "/api/knowledge/collections", json={"name": "Papers", "sheet": lacking}
        )
        assert status in (400, 422), missing
        form = {"name": "Papers", **lacking}
        async with site.client.post(f"{site.url}/knowledge/collections", data=form) as answer:
            tree = html.document_fromstring(await answer.text())
            assert answer.status in (400, 422) and tree.xpath("//*[@role='alert']"), missing
            kept = tree.xpath("//form[@action='/knowledge/collections']//input[@name='name']/@value")
            assert kept == ["Papers"]
    assert await site.office.library.collections() == []


async def test_a_collection_from_before_takes_no_file_until_its_sheet_is_stated(site: Site) -> None:
    key = await collection(site)
    await without_a_sheet(site)
    page = await shown(site, f"/knowledge/collections/{key}")
    assert "To be stated" in page.text_content() and not page.xpath("//input[@type='file']")
    form = aiohttp.FormData()
    form.add_field("file", io.BytesIO(SOURCE.encode()), filename="a.md")
    status, told = await site.json("POST", f"/api/knowledge/collections/{key}/documents", data=form)
    assert status == 400 and "by what right" in str(told)
    async with site.client.post(f"{site.url}/knowledge/collections/{key}/sheet", data=FORM) as answer:
        assert answer.status == 200 and OURS.reference in await answer.text()
    assert (await shown(site, f"/knowledge/collections/{key}")).xpath("//input[@type='file']")


async def test_a_held_file_is_shown_and_let_in(site: Site) -> None:
    task = await filled(site, people_md=PEOPLE)
    (found,) = await site.office.library.collections()
    assert "Held: much personal data." in (await shown(site, f"/knowledge/arrivals/{task}")).text_content()
    place = f"/knowledge/collections/{found.id}"
    (form,) = (await shown(site, place)).xpath("//form[contains(@action, '/held')]")
    fields = {each.get("name"): each.get("value") for each in form.xpath(".//input")}
    assert (await site.json("GET", f"/api{place}/held"))[1][0]["name"] == "people.md"
    data = {**fields, "decision": "let_in"}
    async with site.client.post(site.url + place + "/held", data=data, allow_redirects=False) as answer:
        assert answer.status == 303
        begun = answer.headers["location"].rsplit("/", 1)[-1]
    await site.office.tasks.wait(begun)
    assert [each.name for each in await site.office.library.documents(found.id)] == ["people.md"]
    status, _ = await site.json("POST", f"/api{place}/held", json={**data, "place": 0})
    assert status == 409


async def test_an_altered_document_says_so_where_it_is_cited(site: Site, settings: Settings) -> None:
    await filled(site, a_md=SOURCE.encode())
    (found,) = await site.office.library.collections()
    (kept,) = await site.office.library.documents(found.id)
    page = f"/knowledge/documents/{kept.id}"
    assert not (await shown(site, page)).xpath("//main//*[@role='alert']")
    (blob,) = (settings.data_folder / "blobs").iterdir()
    blob.write_bytes(b"# Other")
    (alert,) = (await shown(site, page)).xpath("//main//*[@role='alert']")
    assert "no longer the one that was kept" in alert.text_content()
    status, told = await site.json("POST", f"/api/knowledge/collections/{found.id}/audits")
    assert status == 200 and [each["state"] for each in told["broken"]] == ["file_altered"]
    sheet = (await shown(site, f"/knowledge/collections/{found.id}/sheet")).text_content()
    assert "The last audit found a document altered" in sheet


async def test_an_answer_says_what_it_rests_on(open_site: OpenSite) -> None:
    site = await open_site(FakeModel(lambda asked: TRUE if "42" in str(asked) else "NOT FOUND"))
    await filled(site, repairs_md=SOURCE.encode())
    (found,) = await site.office.library.collections()
    assert await put(site, found.id, refresh_by=str(today() - timedelta(days=1)), grade="C") == 204
    question = {"question": "How many footbridges are repaired?"}
    _, begun = await site.json("POST", "/api/ask", json=question)
    task = await site.office.tasks.wait(begun["id"])
    assert task.status == "done" and task.draft is not None, task.message
    told = [each["check"] for each in task.draft["findings"]]
    assert told == ["one_source", "source_stale", "source_grade_c"]
    words = (await shown(site, f"/tasks/{task.id}")).text_content()
    assert "rests on one document alone" in words and "May be out of date" in words
    hit = (await shown(site, "/knowledge?question=footbridges")).xpath("//ol[@class='hits']/li")[0]
    assert "May be out of date" in hit.text_content()


@pytest.fixture
async def two(open_site: OpenSite, settings: Settings) -> AsyncIterator[tuple[Site, dict[str, str]]]:
    """A site with accounts; and the headers of two officers of one department and one of another."""
    site = await open_site(FakeModel(), settings.model_copy(update={"sign_in": "accounts"}))
    accounts, headers = site.office.accounts, {}
    for department in ("hyd", "td"):
        await accounts.add_department(department, department)
    for name, department in (("owner", "hyd"), ("colleague", "hyd"), ("stranger", "td")):
        await accounts.add_officer(name, f"Officer {name}", department)
        async with site.office.database.maintenance() as connection:
            row = await (
                await connection.execute("SELECT id FROM officers WHERE account = %s", (name,))
            ).fetchone()
        assert row is not None
        headers[name] = await accounts._begin(row[0])
    yield site, headers


async def test_a_held_file_is_let_in_by_the_owner_alone(two: tuple[Site, dict[str, str]]) -> None:
    site, sessions = two
    owner = await site.office.accounts.of_session(sessions["owner"])
    assert owner is not None
    with acting_as(owner):
        key = await site.office.library.create("Papers", sheet=OURS)
        begun = await site.office.arrivals.receive(site.office.tasks, key, _one(PEOPLE))
        await site.office.tasks.wait(begun)
        (held,) = await site.office.arrivals.held(key)
    body = {"batch": held.batch, "place": held.place, "decision": "turn_away"}
    expected = {"stranger": 404, "colleague": 403, "owner": 200}
    for name, wanted in expected.items():
        headers = {"cookie": f"session={sessions[name]}"}
        path = f"/api/knowledge/collections/{key}/held"
        status, told = await site.json("POST", path, json=body, headers=headers)
        assert status == wanted, (name, told)


async def _one(data: bytes) -> AsyncIterator[tuple[str, bytes]]:
    yield "people.md", data
