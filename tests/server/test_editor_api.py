"""The editor's segments over HTTP: filled, written, confirmed, replaced, exported."""

from __future__ import annotations

from typing import Any

import docx

from bauhinia.documents.layout import line
from bauhinia.models import FakeModel
from bauhinia.pilot.segments import ALONE

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


async def test_an_edit_on_the_tasks_page_is_checked_anew(open_site: OpenSite) -> None:
    site, at = await opened(open_site)
    before = (await rows(site, at))["segments"]
    row = (await rows(site, at, "?find=Kowloon"))["segments"][0]
    others = [each for each in before if each["place"] != row["place"]]
    assert {"numbers", "consistency"} <= {fault["check"] for fault in row["findings"]}
    words = "路政署會在2027年3月31日或之前修葺九龍42條行人天橋。"
    status, _ = await site.json("PUT", f"{at}/passages/{row['passage']}", json={"text": words})
    _, now = await site.json("GET", f"{at}/segments/{row['place']}")
    assert (status, now["target"], now["findings"]) == (200, words, [])
    words = others[0]["target"]
    await site.json("PUT", f"{at}/passages/{row['passage']}", json={"text": words})
    assert (await rows(site, at))["segments"] == before


async def test_replacing_counts_first_takes_confirmation_back_and_is_undone(open_site: OpenSite) -> None:
    site, at = await opened(open_site)
    before = (await rows(site, at))["segments"]
    await site.json("PUT", f"{at}/segments/0", json={"target": before[0]["target"], "confirm": True})
    before = (await rows(site, at))["segments"]
    body = {"find": "行人天橋", "words": "天橋"}
    _, counted = await site.json("POST", f"{at}/segments/replace", json=body)
    assert counted["places"] > 0 and (await rows(site, at, "?only=edited"))["found"] == 0
    _, done = await site.json("POST", f"{at}/segments/replace", json={**body, "do": True})
    assert done == counted
    assert (await rows(site, at, "?only=edited"))["found"] == done["segments"]
    assert (await rows(site, at))["confirmed"] == 0
    _, undone = await site.json("POST", f"{at}/segments/replace/undo")
    assert undone["segments"] == done["segments"]
    assert (await rows(site, at))["segments"] == before
    _, again = await site.json("POST", f"{at}/segments/replace/undo")
    assert again["segments"] == 0


async def test_replacing_is_of_what_is_shown_and_minds_capitals_when_told(open_site: OpenSite) -> None:
    site, at = await opened(open_site)
    await site.json("PUT", f"{at}/segments/0", json={"target": "Form and form", "confirm": True})
    await site.json("PUT", f"{at}/segments/1", json={"target": "a form"})
    replace = f"{at}/segments/replace"
    body = {"find": "form", "words": "paper"}
    assert (await site.json("POST", replace, json=body))[1] == {"segments": 2, "places": 3}
    assert (await site.json("POST", replace, json={**body, "case": True}))[1] == {"segments": 2, "places": 2}
    _, done = await site.json("POST", replace, json={**body, "only": "unconfirmed", "do": True})
    assert done == {"segments": 1, "places": 1}
    targets = [row["target"] for row in (await rows(site, at, "?count=2"))["segments"]]
    assert targets == ["Form and form", "a paper"]


async def test_an_undo_leaves_what_was_written_since(open_site: OpenSite) -> None:
    site, at = await opened(open_site)
    replacement = {"find": "行人天橋", "words": "天橋", "do": True}
    await site.json("POST", f"{at}/segments/replace", json=replacement)
    await site.json("PUT", f"{at}/segments/0", json={"target": "修葺天橋"})
    await site.json("POST", f"{at}/segments/replace/undo")
    assert (await rows(site, at, "?count=1"))["segments"][0]["target"] == "修葺天橋"


async def test_nobody_overwrites_words_that_they_have_not_seen(open_site: OpenSite) -> None:
    site, at = await opened(open_site)
    seen = (await rows(site, at))["segments"][0]["target"]
    await site.json("PUT", f"{at}/segments/0", json={"target": "甲的文字", "was": seen})
    status, said = await site.json("PUT", f"{at}/segments/0", json={"target": "乙的文字", "was": seen})
    assert status == 409 and said["error"]["code"] == "Conflict"
    assert (await site.json("GET", f"{at}/segments/0"))[1]["target"] == "甲的文字"


async def test_a_suggestion_is_put_in_at_its_place(open_site: OpenSite) -> None:
    site, at = await opened(open_site)
    place = (await rows(site, at, "?find=Kowloon"))["segments"][0]["place"]
    written = "路政署會在2027年3月31日前修葺九龍24條行人天橋。"
    _, row = await site.json("PUT", f"{at}/segments/{place}", json={"target": written})
    number = next(i for i, fault in enumerate(row["findings"]) if fault["suggestion"] == "42")
    status, mended = await site.json("POST", f"{at}/segments/{place}/mend", json={"finding": number})
    assert status == 200 and mended["target"] == written.replace("24", "42")
    status, said = await site.json("POST", f"{at}/segments/{place}/mend", json={"finding": 99})
    assert status == 400 and "suggestion" in said["error"]["message"]


async def test_a_repeated_source_is_filled_and_differing_translations_are_told(open_site: OpenSite) -> None:
    site = await open_site(FakeModel(lambda _: "表格到期。"))
    _, card = await site.upload(
        b"The form is due.\n\nA heading\n\nThe form is due.\n\nThe form is due.\n", "a.md"
    )
    at = f"/api/tasks/{await site.finished('translate', document=card['id'], to='zh-HK')}"
    await site.json("PUT", f"{at}/segments/3", json={"target": "表格須交。"})
    _, row = await site.json("PUT", f"{at}/segments/0", json={"target": "表格限期已到。", "confirm": True})
    assert row["filled"] == 1
    segments = (await rows(site, at))["segments"]
    assert [row["target"] for row in segments if row["source"] == "The form is due."] == [
        "表格限期已到。", "表格限期已到。", "表格須交。",
    ]  # fmt: skip
    assert [row["status"] for row in segments][:1] == ["confirmed"] and segments[2]["status"] == "draft"
    assert [row["place"] for row in segments if "consistency" in {f["check"] for f in row["findings"]}] == [3]


async def test_the_database_reads_tagged_text_as_the_product_does(open_site: OpenSite) -> None:
    site, at = await opened(open_site)
    target = "A <1>b &lt;c&gt;</1> &amp;amp; <2/>d </x> <12345>"
    await site.json("PUT", f"{at}/segments/0", json={"target": target})
    async with site.office.database.connection() as connection:
        cursor = await connection.execute("SELECT target_words FROM segments WHERE place = 0")
        assert await cursor.fetchone() == (line(target, ALONE),)


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
