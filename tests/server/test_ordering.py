"""The order of a translation: into which language, and which texts of the file."""

from __future__ import annotations

import io

import docx
import pytest
from lxml import html

from bauhinia.models import FakeModel, pseudo_reply

from .conftest import OpenSite, Site

ENGLISH = "The committee will consider each application before the end of the month."
TRADITIONAL = "委員會將於月底前審議每宗申請，並會以書面通知申請人結果。"
SIMPLIFIED = "委员会将于月底前审议每宗申请，并会以书面通知申请人结果。"


async def shelved(site: Site, text: str) -> str:
    status, card = await site.upload(f"{text}\n".encode(), "notice.txt")
    assert status == 201, card
    return str(card["id"])


async def ticked(site: Site, path: str, name: str) -> list[str]:
    async with site.client.get(site.url + path) as answer:
        tree = html.document_fromstring(await answer.text())
    return [str(box.get("value")) for box in tree.xpath(f"//input[@name='{name}'][@checked]")]


@pytest.mark.parametrize(("text", "other"), [(ENGLISH, "zh-HK"), (TRADITIONAL, "en"), (SIMPLIFIED, "en")])
async def test_a_chosen_document_is_offered_in_the_other_language(site: Site, text: str, other: str) -> None:
    document = await shelved(site, text)
    assert await ticked(site, f"/translate?document={document}", "to") == [other]
    assert await ticked(site, "/translate", "to") == []  # no guess before a document is chosen


@pytest.mark.parametrize(("text", "to"), [(ENGLISH, "en"), (TRADITIONAL, "zh-HK")])
async def test_a_document_is_not_translated_into_its_own_language(site: Site, text: str, to: str) -> None:
    order = {"document": await shelved(site, text), "to": to}
    for path in ("/api/translate", "/api/translate/estimate"):
        status, said = await site.json("POST", path, json=order)
        assert (status, said["error"]["code"]) == (400, "SameLanguage")
        assert "already" in said["error"]["message"] and "Translate it into" in said["error"]["hint"]
    headers = {"cookie": "language=zh-Hant-HK"}
    async with site.client.post(f"{site.url}/translate", data=order, headers=headers) as answer:
        assert answer.status == 400 and "文件本身已是該語文" in await answer.text()


@pytest.mark.parametrize(
    ("text", "to"), [(SIMPLIFIED, "zh-HK"), (f"{ENGLISH}\n\n{ENGLISH}\n\n{TRADITIONAL}", "en")]
)
async def test_another_script_and_a_bilingual_document_are_translated(site: Site, text: str, to: str) -> None:
    status, said = await site.json(
        "POST", "/api/translate", json={"document": await shelved(site, text), "to": to}
    )
    assert status == 202, said


def notice() -> bytes:
    document = docx.Document()
    document.add_paragraph(ENGLISH)
    document.sections[0].header.paragraphs[0].text = "Public notice of the committee"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


async def test_what_is_not_ticked_stays_as_it_is_in_the_file(open_site: OpenSite) -> None:
    site = await open_site(FakeModel(pseudo_reply))
    _, card = await site.upload(notice(), "notice.docx")
    kinds = await ticked(site, f"/translate?document={card['id']}", "stories")
    assert "header" in kinds and "hidden" not in kinds
    form = [("document", card["id"]), ("to", "zh-HK"), ("stories", "")]
    form += [("stories", kind) for kind in kinds if kind != "header"]
    async with site.client.post(f"{site.url}/translate", data=form, allow_redirects=False) as answer:
        assert answer.status == 303, await answer.text()
        task = answer.headers["location"].rpartition("/")[2]
    await site.office.tasks.wait(task)
    async with site.client.get(f"{site.url}/api/tasks/{task}/export?format=same") as answer:
        written = docx.Document(io.BytesIO(await answer.read()))
    assert written.sections[0].header.paragraphs[0].text == "Public notice of the committee"
    assert not written.paragraphs[0].text.isascii()


async def test_a_form_with_nothing_ticked_is_asked_again(site: Site) -> None:
    form = {"document": await shelved(site, ENGLISH), "to": "zh-HK", "stories": ""}
    async with site.client.post(f"{site.url}/translate", data=form) as answer:
        tree = html.document_fromstring(await answer.text())
    assert answer.status == 400
    assert "Choose at least one kind of text" in tree.get_element_by_id("problem").text_content()
    assert tree.xpath("//details[@open]//input[@name='stories']")
