"""The library through its pages and its API: filled, searched, asked, emptied."""

from __future__ import annotations

import io
import socket
import zipfile

import aiohttp
from lxml import html

from bauhinia.models import FakeModel
from bauhinia.settings import Settings

from ..statements import OURS
from .conftest import SOURCE, TRUE, OpenSite, Site

SHEET = OURS.model_dump(mode="json")
CHINESE = "# 維修\n\n路政署會在二〇二七年三月三十一日或之前維修九龍的四十二條行人天橋。\n"


def archive(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, text in files.items():
            made.writestr(f"{name}.md", text)
    return out.getvalue()


async def collection(site: Site, name: str = "Circulars") -> str:
    status, made = await site.json("POST", "/api/knowledge/collections", json={"name": name, "sheet": SHEET})
    assert status == 201, made
    return str(made["id"])


async def filled(site: Site, **files: bytes) -> str:
    """The task that put these files into a new collection."""
    key = await collection(site)
    form = aiohttp.FormData(quote_fields=False)
    for name, data in files.items():
        form.add_field("file", io.BytesIO(data), filename=name.replace("_", "."))
    status, begun = await site.json("POST", f"/api/knowledge/collections/{key}/documents", data=form)
    assert status == 202, begun
    await site.office.tasks.wait(begun["id"])
    return str(begun["id"])


async def shown(site: Site, path: str) -> html.HtmlElement:
    async with site.client.get(site.url + path) as answer:
        assert answer.status == 200, await answer.text()
        return html.document_fromstring(await answer.text())


async def test_files_are_added_and_each_fate_is_told(site: Site) -> None:
    task = await filled(
        site, a_md=SOURCE.encode(), b_pdf=b"nothing", c_zip=archive(one=CHINESE, two="# T\n\nText.")
    )
    status, told = await site.json("GET", f"/api/knowledge/arrivals/{task}")
    assert status == 200 and told["status"] == "done"
    assert [(each["name"], each["fate"]) for each in told["files"]] == [
        ("a.md", "added"), ("b.pdf", "refused"), ("one.md", "added"), ("two.md", "added"),
    ]  # fmt: skip
    tree = await shown(site, f"/tasks/{task}")
    assert [cell.text_content().strip() for cell in tree.xpath("//tbody/tr/td[2]")] == [
        "Added", "Refused", "Added", "Added",
    ]  # fmt: skip
    async with site.client.get(f"{site.url}/api/knowledge/arrivals/{task}/csv") as answer:
        assert "b.pdf,refused" in await answer.text()


async def test_a_passage_is_found_marked_and_opened_at_its_place(site: Site) -> None:
    await filled(site, chinese_md=CHINESE.encode())
    tree = await shown(site, "/knowledge?question=维修行人天桥")
    (hit,) = tree.xpath("//ol[@class='hits']/li")
    assert "路政署會在" in hit.text_content() and "行人天橋" in hit.xpath(".//mark/text()")
    address = hit.xpath(".//a/@href")[0]
    path, _, place = address.partition("#")
    page = await shown(site, path)
    assert "四十二條行人天橋" in page.text_content() and page.xpath(f"//*[@id='{place}']")


async def test_an_answer_cites_the_library_and_what_is_not_there_is_said(open_site: OpenSite) -> None:
    site = await open_site(FakeModel(lambda asked: TRUE if "42" in str(asked) else "NOT FOUND"))
    await filled(site, repairs_md=SOURCE.encode())
    status, begun = await site.json(
        "POST", "/api/ask", json={"question": "How many footbridges are repaired?"}
    )
    assert status == 202, begun
    task = await site.office.tasks.wait(begun["id"])
    assert task.status == "done", task.message
    tree = await shown(site, f"/tasks/{task.id}")
    (cite,) = tree.xpath("//a[@class='cite']")
    assert cite.text_content() == "[1]" and "42 footbridges" in cite.get("title")
    path, _, place = cite.get("href").partition("#")
    (block,) = (await shown(site, path)).xpath(f"//*[@id='{place}']")
    assert TRUE in block.text_content()
    async with site.client.get(f"{site.url}/api/tasks/{task.id}/export?format=md") as answer:
        assert "repairs.md" in await answer.text()


async def test_nothing_is_invented_for_an_empty_library(site: Site) -> None:
    _, begun = await site.json("POST", "/api/ask", json={"question": "How many footbridges are repaired?"})
    task = await site.office.tasks.wait(begun["id"])
    assert task.draft is not None
    (passage,) = task.draft["sections"][0]["passages"]
    assert passage["text"] == "This was not found in the library." and not passage["citations"]


async def test_no_checkpoint_of_an_answer_holds_a_document(open_site: OpenSite) -> None:
    """What a search found is kept as places: its words go with the document."""
    site = await open_site(FakeModel(lambda _: "NOT FOUND"))
    await filled(site, repairs_md=SOURCE.encode())
    _, begun = await site.json("POST", "/api/ask", json={"question": "What is out of service?"})
    await site.office.tasks.wait(begun["id"])
    async with site.office.database.maintenance() as connection:
        for table in ("steps", "tasks", "events"):
            row = await (
                await connection.execute(f"SELECT count(*) FROM {table} AS t WHERE t::text ~ 'six weeks'")
            ).fetchone()
            assert row == (0,), table


async def test_documents_and_collections_are_removed_on_the_page(site: Site) -> None:
    await filled(site, a_md=SOURCE.encode())
    (found,) = await site.office.library.collections()
    (kept,) = await site.office.library.documents(found.id)
    async with site.client.post(f"{site.url}/knowledge/documents/{kept.id}/remove") as answer:
        assert answer.status == 200 and "There is no document here yet." in await answer.text()
    async with site.client.post(f"{site.url}/knowledge/collections/{found.id}/remove") as answer:
        assert answer.status == 200
    assert await site.office.library.collections() == []


async def test_what_is_wrong_is_a_sentence_on_the_page(site: Site) -> None:
    key = await collection(site)
    posts = {
        "/knowledge/collections": {
            "name": "Circulars",
            **OURS.model_dump(include={"source", "basis", "reference", "post", "grade"}),
        },
        "/knowledge/ask": {"question": " "},
        f"/knowledge/collections/{key}/documents": {},
    }
    for path, data in posts.items():
        async with site.client.post(site.url + path, data=data) as answer:
            assert answer.status in (400, 409, 422), path
            assert html.document_fromstring(await answer.text()).xpath("//*[@role='alert']"), path


async def test_the_page_and_the_api_say_what_was_not_reranked(
    open_site: OpenSite, settings: Settings
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        away = settings.model_copy(
            update={"reranker_url": f"http://127.0.0.1:{nobody.getsockname()[1]}", "reranker_timeout": 0.3}
        )
        site = await open_site(FakeModel(), away)
        await filled(site, a_md=SOURCE.encode() + b"\n\n# Lifts\n\nFootbridges have lifts.\n")
        tree = await shown(site, "/knowledge?question=footbridges")
        assert len(tree.xpath("//ol[@class='hits']/li")) == 2
        (said,) = tree.xpath("//section[@aria-labelledby='found']//p[contains(@class, 'finding')]")
        assert said.text_content().strip().startswith("Not reranked: ")
        path = "/api/knowledge/search?question=footbridges"
        async with site.client.get(site.url + path) as answer:
            assert answer.headers["Bauhinia-Not-Reranked"] == "ModelTimeout"
            assert [hit["by_reranker"] for hit in await answer.json()] == [None, None]
        tree = await shown(site, "/boundary")
        assert away.reranker_url in tree.text_content()


async def test_where_no_reranker_is_set_nothing_speaks_of_one(site: Site) -> None:
    await filled(site, a_md=SOURCE.encode())
    tree = await shown(site, "/knowledge?question=footbridges")
    assert "reranked" not in tree.text_content()
    async with site.client.get(f"{site.url}/api/knowledge/search?question=footbridges") as answer:
        assert answer.status == 200 and "Bauhinia-Not-Reranked" not in answer.headers
    status, told = await site.json("GET", "/api/boundary")
    assert (status, [each["part"] for each in told["endpoints"]]) == (200, ["model", "embedder"])
