"""The editor's segments over HTTP: filled, written, confirmed, replaced, exported."""

from __future__ import annotations

from typing import Any

import docx

from bauhinia.models import FakeModel

from .conftest import OpenSite, Site


async def opened(open_site: OpenSite) -> tuple[Site, str]:
    """A site, and a translation of a Markdown file finished on it."""
    site = await open_site(FakeModel(lambda _: "路政署會修葺行人天橋。"))
    task = await site.finished("translate", document=await site.document(), to="zh-HK")
    return site, f"/api/tasks/{task}"


async def rows(site: Site, at: str, asked: str = "") -> Any:
    status, body = await site.json("GET", f"{at}/segments{asked}")
    assert status == 200, body
    return body


async def test_a_window_has_totals_and_goes_by_filter(open_site: OpenSite) -> None:
    site, at = await opened(open_site)
    body = await rows(site, at, "?from=1&count=1")
    assert [row["place"] for row in body["segments"]] == [1]
    assert body["total"] == body["found"] > 1 and body["confirmed"] == 0
    assert (await rows(site, at, "?only=edited"))["found"] == 0
    assert (await rows(site, at, "?find=KOWLOON"))["found"] == 1
    assert (await rows(site, at, "?only=findings"))["found"] == body["with_findings"] > 0


async def test_confirming_is_learnt_checked_and_exported(open_site: OpenSite) -> None:
    site, at = await opened(open_site)
    place = (await rows(site, at, "?find=Kowloon"))["segments"][0]["place"]
    target = "路政署會在2027年3月31日或之前修葺九龍42條行人天橋。"
    status, row = await site.json("PUT", f"{at}/segments/{place}", json={"target": target, "confirm": True})
    assert (status, row["status"], row["target"]) == (200, "confirmed", target)
    assert "numbers" not in {fault["check"] for fault in row["findings"]}
    assert (await rows(site, at))["confirmed"] == 1
    _, found = await site.json("GET", f"{at}/segments/{place}/help")
    assert found["matches"][0]["score"] == 101 and found["matches"][0]["target"] == target
    assert any("路政署" in term["target"] for term in found["terms"])
    for form in ("md", "same"):
        async with site.client.get(f"{site.url}{at}/export?format={form}") as answer:
            assert answer.status == 200 and target in await answer.text()


async def test_replacing_counts_first_and_takes_confirmation_back(open_site: OpenSite) -> None:
    site, at = await opened(open_site)
    body = {"find": "行人天橋", "words": "天橋"}
    _, counted = await site.json("POST", f"{at}/segments/replace", json=body)
    assert counted["places"] > 0 and (await rows(site, at, "?only=edited"))["found"] == 0
    _, done = await site.json("POST", f"{at}/segments/replace", json={**body, "do": True})
    assert done == counted
    assert (await rows(site, at, "?only=edited"))["found"] == done["segments"]


async def test_a_lost_tag_is_a_finding_and_no_replacement_touches_one(open_site: OpenSite) -> None:
    import io

    site = await open_site(FakeModel(lambda _: "路政署會修葺行人天橋。"))
    paper, data = docx.Document(), io.BytesIO()
    paragraph = paper.add_paragraph("The department will repair ")
    paragraph.add_run("all").bold = True
    paragraph.add_run(" footbridges.")
    paper.save(data)
    _, card = await site.upload(data.getvalue(), "a.docx")
    at = f"/api/tasks/{await site.finished('translate', document=card['id'], to='zh-HK')}"
    assert "<1>all</1>" in (await rows(site, at))["segments"][0]["source"]
    _, row = await site.json("PUT", f"{at}/segments/0", json={"target": "路政署會修葺1條天橋。"})
    assert "tags" in {fault["check"] for fault in row["findings"]}
    await site.json("PUT", f"{at}/segments/0", json={"target": "路政署會修葺<1>1</1>條天橋。"})
    _, done = await site.json("POST", f"{at}/segments/replace", json={"find": "1", "words": "2", "do": True})
    assert done["places"] == 1
    assert (await rows(site, at))["segments"][0]["target"] == "路政署會修葺<1>2</1>條天橋。"


async def test_other_tasks_and_places_are_refused(site: Site) -> None:
    task = await site.finished()
    status, said = await site.json("GET", f"/api/tasks/{task}/segments")
    assert status == 400 and "translation" in said["error"]["message"]


async def test_the_whole_is_confirmed_as_the_editor_has_it(open_site: OpenSite) -> None:
    """Seen on reading: confirming a task learnt the model's words after an officer had changed them."""
    site, at = await opened(open_site)
    row = (await rows(site, at, "?find=Kowloon"))["segments"][0]
    target = "路政署會在2027年3月31日或之前修葺九龍42條行人天橋。"
    await site.json("PUT", f"{at}/segments/{row['place']}", json={"target": target})
    status, _ = await site.json("POST", f"{at}/passages/{row['passage']}/confirm")
    assert status == 200
    _, found = await site.json("GET", f"{at}/segments/{row['place']}/help")
    assert [match["target"] for match in found["matches"]][:1] == [target]
