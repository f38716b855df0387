"""Confirming over HTTP: an edit is learnt when an officer says so, and taken the next time."""

from __future__ import annotations

from bauhinia.models import FakeModel, pseudo_reply

from .conftest import OpenSite, Site


async def test_an_edit_is_taken_next_time_once_it_is_confirmed(open_site: OpenSite) -> None:
    site = await open_site(FakeModel(pseudo_reply))
    document = await site.document()
    task = await site.finished("translate", document=document, to="zh-HK")
    path = f"/api/tasks/{task}/passages/p1"
    status, _ = await site.json("PUT", path, json={"text": "路政署將於2027年3月31日前維修九龍42條行人天橋。"})
    assert status == 200
    assert await _memory_of(site, document) == ("", "0 % from memory")
    status, learnt = await site.json("POST", f"{path}/confirm")
    assert (status, learnt["added"]) == (200, 1)
    text, sentence = await _memory_of(site, document)
    assert text == "路政署將於2027年3月31日前維修九龍42條行人天橋。"
    assert sentence != "0 % from memory"
    status, learnt = await site.json("POST", f"/api/tasks/{task}/confirm")
    assert status == 200 and learnt["added"] >= 2
    _, said = await site.json("POST", "/api/translate/estimate", json={"document": document, "to": "zh-HK"})
    assert said["share"] == 1


async def _memory_of(site: Site, document: str) -> tuple[str, str]:
    """The passage that a second translation takes from the memory, and what was said before it."""
    order = {"document": document, "to": "zh-HK"}
    _, said = await site.json("POST", "/api/translate/estimate", json=order)
    task = await site.finished("translate", **order)
    _, row = await site.json("GET", f"/api/tasks/{task}")
    passages = row["draft"]["sections"][0]["passages"]
    taken = [passage["text"] for passage in passages if "memory" in passage["columns"]]
    return "".join(taken), said["sentence"]


async def test_only_a_passage_of_a_translation_is_confirmed(site: Site) -> None:
    task = await site.finished()
    status, said = await site.json("POST", f"/api/tasks/{task}/passages/p0/confirm")
    assert status == 400 and "no translation" in said["error"]["message"]
    task = await site.finished("translate", document=await site.document(), to="zh-HK")
    status, _ = await site.json("POST", f"/api/tasks/{task}/passages/p999/confirm")
    assert status == 404
