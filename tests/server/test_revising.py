"""A translation on its page: confirmed, put right by one click, and told everywhere as its officer left it."""

from __future__ import annotations

import json
from typing import Any

from lxml import html

from bauhinia.cli.places import Here
from bauhinia.jobs import PassageReady
from bauhinia.language import Term
from bauhinia.models import FakeModel
from bauhinia.translation.termbases import Termbases

from .conftest import OpenSite, Site

WRITTEN = "路政署會於2027年3月31日前修葺九龍42條行人天橋。"
SOURCE = "The Highways Department will repair 42 footbridges in Kowloon by 31 March 2027.\n"


async def translated(open_site: OpenSite) -> tuple[Site, str]:
    """A translation of one sentence."""
    site = await open_site(FakeModel(lambda _: WRITTEN))
    _, card = await site.upload(SOURCE.encode(), "works.txt")
    return site, await site.finished("translate", document=card["id"], to="zh-HK")


async def written(site: Site, task: str, text: str) -> Any:
    status, passage = await site.json("PUT", f"/api/tasks/{task}/passages/p0", json={"text": text})
    assert status == 200, passage
    return passage


async def shown(site: Site, task: str, path: str = "", language: str = "en") -> html.HtmlElement:
    headers = {"cookie": f"language={language}"}
    async with site.client.get(f"{site.url}/tasks/{task}{path}", headers=headers) as answer:
        assert answer.status == 200
        return html.document_fromstring(await answer.text())


async def test_a_confirmed_passage_says_so_until_it_is_edited(open_site: OpenSite) -> None:
    site, task = await translated(open_site)
    assert (await shown(site, task)).xpath("//button[@class='confirm']")
    assert not (await shown(site, task)).find_class("confirmed")
    status, _ = await site.json("POST", f"/api/tasks/{task}/passages/p0/confirm")
    assert status == 200
    assert len((await shown(site, task)).find_class("confirmed")) == 1
    _, window = await site.json("GET", f"/api/tasks/{task}/segments")
    assert window["confirmed"] == 1  # the editor tells the same
    await written(site, task, f"{WRITTEN}完。")
    assert not (await shown(site, task)).find_class("confirmed")
    status, _ = await site.json("POST", f"/api/tasks/{task}/confirm")
    assert status == 200 and (await shown(site, task)).find_class("confirmed")


async def test_an_edited_translation_is_checked_anew(open_site: OpenSite) -> None:
    site, task = await translated(open_site)
    passage = await written(site, task, WRITTEN.replace("42", "43"))
    assert [finding["check"] for finding in passage["findings"]] == ["numbers", "added"]
    found = (await shown(site, task, "/passages/p0", "zh-Hant-HK")).find_class("finding")
    assert "譯文欠缺：42" in found[0].text_content()
    passage = await written(site, task, WRITTEN)
    assert passage["findings"] == []


async def test_a_forbidden_term_has_its_place_and_its_cure(open_site: OpenSite) -> None:
    site, task = await translated(open_site)
    term = Term("own-footbridge", "footbridge", "行人天橋", forbidden_zh=("人行橋",))
    await Termbases(site.office.database).put(site.office.officer.department, term)
    text = "𠮷：" + WRITTEN.replace("行人天橋", "人行橋")
    await written(site, task, text)
    (button,) = (await shown(site, task)).xpath("//button[@class='fix']")
    start, end = int(button.get("data-start")), int(button.get("data-end"))
    assert (text[start:end], button.get("data-words")) == ("人行橋", "行人天橋")
    await written(site, task, text[:start] + button.get("data-words") + text[end:])
    assert not (await shown(site, task)).xpath("//button[@class='fix']")


async def test_every_reader_of_a_task_is_told_the_editors_words(open_site: OpenSite) -> None:
    site, task = await translated(open_site)
    await site.json("GET", f"/api/tasks/{task}/segments")
    words = "路政署會修葺天橋。"
    status, _ = await site.json("PUT", f"/api/tasks/{task}/segments/0", json={"target": words})
    assert status == 200
    _, record = await site.json("GET", f"/api/tasks/{task}")
    async with site.client.get(f"{site.url}/api/tasks/{task}/events") as answer:
        events = await answer.text()
    lines = [line.removeprefix("data: ") for line in events.splitlines() if '"section":0,"passage":{' in line]
    here = Here(site.office)
    replayed = [event async for event in here.events(task) if isinstance(event, PassageReady)]
    async with site.client.get(f"{site.url}/tasks/{task}/live") as answer:
        live = await answer.text()
    told = {
        "record": record["draft"]["sections"][0]["passages"][0]["text"],
        "events": json.loads(lines[0])["passage"]["text"],
        "command line": (await here.task(task))["draft"]["sections"][0]["passages"][0]["text"],
        "its events": replayed[0].passage["text"],
        "its file": (await here.export(task, "md")).decode(),
        "live page": live,
        "page": (await shown(site, task)).text_content(),
    }
    assert [where for where, said in told.items() if words not in said] == []
