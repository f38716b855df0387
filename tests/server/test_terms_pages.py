"""The page of terms: searched, taken in and out, and added to from officers' own translations."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable

import aiohttp
import pytest
from lxml import html

from bauhinia.models import FakeModel

from .conftest import OpenSite, Site

SOURCES = ("The waste charging scheme begins in May.", "Read about the waste charging scheme.")
MODEL = ("垃圾徵費計劃五月開始。", "閱讀有關垃圾徵費的資料。")
OFFICER = ("垃圾收費計劃五月開始。", "閱讀有關垃圾收費的資料。")
CANDIDATE = "waste charging scheme = 垃圾收費"


async def shown(site: Site, path: str = "/terms", **more: object) -> html.HtmlElement:
    async with site.client.request(str(more.pop("method", "GET")), site.url + path, **more) as answer:  # type: ignore[arg-type]
        assert answer.status == more.get("status", 200), await answer.text()
        return html.document_fromstring(await answer.text())


async def uploaded(site: Site, text: str, name: str = "own.csv") -> tuple[int, str]:
    form = aiohttp.FormData()
    form.add_field("file", io.BytesIO(text.encode()), filename=name)
    async with site.client.post(f"{site.url}/terms/import", data=form) as answer:
        return answer.status, html.document_fromstring(await answer.text()).text_content()


async def test_a_file_is_taken_over_found_exported_and_removed(site: Site) -> None:
    rows = "id,en,zh,forbidden_zh\nwidget,widget,小器具,器件物\nb,,乙乙,\n"
    status, said = await uploaded(site, rows)
    assert status == 200 and "1 added, 0 changed, 0 unchanged, 1 refused." in said and "line 3" in said
    tree = await shown(site, "/terms?words=WIDGET")
    (row,) = tree.xpath("//table[@class='terms']/tbody/tr")
    assert "小器具" in row.text_content() and row.xpath(".//s/text()") == ["器件物"]
    for form in ("tbx", "csv", "xlsx"):
        async with site.client.get(f"{site.url}/api/terms/export?format={form}") as answer:
            data = await answer.read()
            assert answer.status == 200 and f"terms.{form}" in answer.headers["content-disposition"]
        assert form == "xlsx" or "小器具" in data.decode()
    await shown(site, "/terms/remove", method="POST", data={"id": "widget"})
    assert not (await shown(site, "/terms?words=widget")).xpath("//table")


async def test_a_file_of_another_kind_is_a_sentence(site: Site) -> None:
    status, said = await uploaded(site, "x", "own.docx")
    assert status == 415 and "Terms come as .tbx, .csv or .xlsx." in said


Leave = Callable[[Site, str, str, str], Awaitable[None]]


async def on_the_page(site: Site, task: str, passage: str, text: str) -> None:
    path = f"/api/tasks/{task}/passages/{passage}"
    assert (await site.json("PUT", path, json={"text": text}))[0] == 200


async def in_the_editor(site: Site, task: str, passage: str, text: str) -> None:
    path = f"/api/tasks/{task}/segments"
    _, window = await site.json("GET", path)
    place = next(row["place"] for row in window["segments"] if row["passage"] == passage)
    assert (await site.json("PUT", f"{path}/{place}", json={"target": text}))[0] == 200


async def proposing(open_site: OpenSite, leave: Leave) -> Site:
    """A site where an officer corrected the same term twice."""
    site = await open_site(FakeModel(lambda asked: MODEL["Read" in asked.messages[-1].content]))
    _, card = await site.upload("\n\n".join(SOURCES).encode(), "waste.txt")
    task = await site.finished("translate", document=card["id"], to="zh-HK")
    for number, text in enumerate(OFFICER):
        await leave(site, task, f"p{number}", text)
    return site


@pytest.mark.parametrize("leave", [on_the_page, in_the_editor])
async def test_what_officers_corrected_is_proposed_and_accepted(open_site: OpenSite, leave: Leave) -> None:
    site = await proposing(open_site, leave)
    _, (found,) = await site.json("GET", "/api/terms/candidates")
    assert (found["en"], found["zh"], found["instead"]) == ("waste charging scheme", "垃圾收費", "垃圾徵費")
    (form,) = (await shown(site, "/terms/candidates")).xpath("//ul[@class='candidates']//form")
    fields = {field.get("name"): field.get("value") for field in form.xpath(".//input")}
    tree = await shown(site, "/terms/candidates", method="POST", data={**fields, "take": "true"})
    assert not tree.xpath("//ul[@class='candidates']")
    _, (term,) = await site.json("GET", "/api/terms?words=waste charging")
    assert (term["id"], term["zh"]) == (CANDIDATE, "垃圾收費")


async def test_a_dismissed_candidate_is_not_proposed_again(open_site: OpenSite) -> None:
    site = await proposing(open_site, on_the_page)
    verdict = {"en": "waste charging scheme", "zh": "垃圾收費", "take": False}
    status, _ = await site.json("POST", "/api/terms/candidates", json=verdict)
    assert status == 200
    _, found = await site.json("GET", "/api/terms/candidates")
    assert [(one["en"], one["zh"]) for one in found if one["zh"] == "垃圾收費"] == []
    assert (await site.json("GET", "/api/terms?words=waste charging"))[1] == []
